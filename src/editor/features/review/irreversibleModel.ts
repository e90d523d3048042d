/** What the review panel shows of a statement that nothing takes back: it did not run, so there are facts and no rows. Pure. */
import type { IrreversibleRequest } from '../../../app/ports.ts';
import { epochMs } from '../../../core/brand.ts';
import type { Inspection } from '../../../core/effect/inspection.ts';
import { describeTarget } from '../../../core/profile/connection.ts';
import type { ReviewModel } from '../../../protocol/review.ts';
import type { ReviewedRequest } from './openReview.ts';

/** Nothing ran, so nothing was measured and nothing counts down. */
export function asReviewedRequest({ connection, statement, obligations, phrase, inspection }: IrreversibleRequest): ReviewedRequest {
  const preview = { statements: [], effects: [], permanent: [], notices: [], openedAt: epochMs(0), expiresAt: epochMs(0) };
  return { connection, statements: [statement], obligations, phrase, inspection, preview };
}

export function createIrreversibleModel({ connection, statements, phrase }: ReviewedRequest, { facts, unknown }: Inspection, review: number): ReviewModel {
  const [statement] = statements;
  return {
    review,
    basis: 'not-run',
    environment: connection.environment,
    connection: connection.name,
    where: describeTarget(connection),
    title: `${capitalise(phrase ?? 'This statement')}: not run yet`,
    subtitle: 'Cannot be shown beforehand and cannot be rolled back. Nothing ran so far; once it runs, it is final.',
    statements: statements.map(({ text }) => ({ text, commandTag: '', rows: 0 })),
    risks: [{ level: 'high', text: 'It is final as soon as it runs: no rollback and no undo.' }, ...(statement?.reasons ?? []).map(({ message }) => ({ level: 'high' as const, text: sentence(message) }))],
    effects: [],
    facts: [...facts, ...unknown.map((text) => ({ label: 'Not known', text })), { label: 'Recorded', text: 'in the journal on this machine, before it runs.' }],
    ...(phrase === undefined ? {} : { phrase }),
    expiresAt: 0,
    holdMs: 0,
  };
}

function capitalise(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function sentence(text: string): string {
  return /[.!?]$/u.test(text) ? text : `${text}.`;
}
