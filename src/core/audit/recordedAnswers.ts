/** Who confirmed or rejected, read from the signed answers in a record. What they are worth was judged before they were recorded. */
import { parseB64u } from '../approval/bytes.ts';
import { parseDecision } from '../approval/decision.ts';
import { recordOf } from './chain.ts';

export type RecordedAnswer = {
  readonly reviewer: string;
  readonly decision: string;
  readonly comment: string;
  /** When it was given, as the reviewer's machine had it; epoch milliseconds. */
  readonly time: number;
};

/** @param confirmation - of a record; anything may be in an older one. Pure. */
export function readAnswers(confirmation: unknown): readonly RecordedAnswer[] {
  const decisions = recordOf(confirmation)['decisions'];
  return Array.isArray(decisions) ? decisions.flatMap(readAnswer) : [];
}

function readAnswer(envelope: unknown): readonly RecordedAnswer[] {
  const payload = recordOf(envelope)['payload'];
  const bytes = typeof payload === 'string' ? parseB64u(payload) : undefined;
  const body = bytes && parseDecision(bytes);
  return body ? [{ reviewer: body.reviewer, decision: body.decision, comment: body.comment, time: body.time }] : [];
}
