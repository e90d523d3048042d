/** Where the server or the policy points at, in the document the text was taken from. Pure. */
import type { Failure } from '../../../core/errors.ts';
import type { Outcome } from '../../../core/outcome.ts';
import { createByteMap } from '../../../core/sql/bytes.ts';
import type { ScriptVerdict } from '../../../core/sql/verdict.ts';
import { toDocumentOffset, type FrozenText } from './freeze.ts';

/** UTF-16 offsets in the document. */
export type Problem = { readonly start: number; readonly end: number; readonly message: string };

/** The problems an outcome points at; none when it points nowhere. */
export function problemsOf(outcome: Outcome, frozen: FrozenText, verdict: ScriptVerdict | undefined): readonly Problem[] {
  if (outcome.kind === 'refused') return refusedProblems(outcome.reasons, frozen);
  if (outcome.kind !== 'failed' || outcome.failure.code !== 'sql') return [];
  const place = placeOf(outcome.failure, outcome.statement ?? 0, frozen, verdict);
  return place ? [{ ...place, message: outcome.failure.message }] : [];
}

/** The word a failure points at, or the whole statement when the server names no position. */
export function placeOf({ position }: Failure, statement: number, frozen: FrozenText, verdict: ScriptVerdict | undefined): { start: number; end: number } | undefined {
  const found = verdict?.statements[statement];
  if (!found) return undefined;
  const begin = createByteMap(frozen.text).toIndex(found.start);
  const at = (index: number): number => toDocumentOffset(frozen, begin + index);
  if (position === undefined) return { start: at(0), end: at(found.text.length) };
  const word = /^[\p{L}\p{N}_$]+|^[^\s]/u.exec(found.text.slice(position));
  return { start: at(position), end: at(position + (word?.[0].length ?? 1)) };
}

function refusedProblems(reasons: Extract<Outcome, { kind: 'refused' }>['reasons'], frozen: FrozenText): readonly Problem[] {
  const bytes = createByteMap(frozen.text);
  return reasons.flatMap(({ span, message }) =>
    span ? [{ start: toDocumentOffset(frozen, bytes.toIndex(span.start)), end: toDocumentOffset(frozen, bytes.toIndex(span.end)), message }] : [],
  );
}
