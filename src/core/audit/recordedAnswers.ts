/** Who confirmed or rejected, read from the signed answers in a record. What they are worth was judged before they were recorded. */
import { parseB64u } from '../approval/bytes.ts';
import { parseDecision, type DecisionBody } from '../approval/decision.ts';
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

/** Checkpoints of logs that reviewers were shown, as they signed them into their answers. Whether the log signed them is another question. Pure. */
export function logWordsIn(confirmation: unknown): readonly string[] {
  const decisions = recordOf(confirmation)['decisions'];
  return Array.isArray(decisions) ? decisions.flatMap((envelope) => bodyOf(envelope)?.log ?? []) : [];
}

function bodyOf(envelope: unknown): DecisionBody | undefined {
  const payload = recordOf(envelope)['payload'];
  const bytes = typeof payload === 'string' ? parseB64u(payload) : undefined;
  return bytes && parseDecision(bytes);
}

function readAnswer(envelope: unknown): readonly RecordedAnswer[] {
  const body = bodyOf(envelope);
  return body ? [{ reviewer: body.reviewer, decision: body.decision, comment: body.comment, time: body.time }] : [];
}
