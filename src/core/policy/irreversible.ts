/** Which statements ask first because nothing can take them back, and why. Pure. */
import type { ClassifiedStatement, StatementTag } from '../sql/verdict.ts';
import type { DenyReason } from './decision.ts';

/** What reaches files or programs is not made safe by asking: what it does is not in the database at all. */
const outsideTags: readonly StatementTag[] = ['server_file', 'server_program', 'client_file'];

export function reachesOutside({ tags }: ClassifiedStatement): boolean {
  return tags.some((tag) => outsideTags.includes(tag));
}

/**
 * True for what is run after consent instead of before: it cannot run in a transaction, a rollback would not undo it, or it
 * acts on the server and not on the data, so that running it twice would show nothing.
 */
export function asksFirst(statement: ClassifiedStatement): boolean {
  const { canPreview, canRunInTransaction, class: kind, tags } = statement;
  if (kind === 'unknown' || kind === 'txn' || kind === 'session') return false;
  return !canPreview || !canRunInTransaction || (kind === 'admin' && tags.includes('ro_slip')) || callsForGood(statement);
}

/** Functions whose effect is final at once, for everybody: a preview would be the deed. */
function callsForGood({ reasons }: ClassifiedStatement): boolean {
  return reasons.some(({ code, message }) => code === 'function' && /\b(?:setval|heap_force_kill)\b/u.test(message));
}

/** Why it cannot be taken back, as a sentence. */
export function whyIrreversible({ implicitCommit, canRunInTransaction, class: kind }: ClassifiedStatement): string {
  if (implicitCommit) return 'The server commits it by itself, and with it whatever else is open.';
  if (!canRunInTransaction) return 'The server does not run it inside a transaction.';
  return kind === 'admin' ? 'It acts on the server, where a rollback undoes nothing.' : 'A rollback does not undo what it does.';
}

/** Why it is not even asked about: it is not alone, or nobody can be asked here. */
export function refuseIrreversible(statement: ClassifiedStatement, count: number, why = whyIrreversible(statement)): DenyReason {
  const span = { start: statement.start, end: statement.end };
  if (count > 1) return { code: 'not-alone', span, message: `Nothing was sent: ${quoteStatement(statement)} can only run alone, because nothing takes it back. ${why} Run it by itself, and the other statements before or after it.` };
  return { code: 'cannot-preview', span, message: `Nothing was sent: ${quoteStatement(statement)} cannot be shown before it is final. ${why} It needs somebody who is asked first, and here nobody can be asked.` };
}

const quotedLength = 60;

/** The beginning of a statement, in quotes. */
export function quoteStatement({ text }: ClassifiedStatement): string {
  const line = text.replaceAll(/\s+/gu, ' ');
  return `“${line.length > quotedLength ? `${line.slice(0, quotedLength)}…` : line}”`;
}
