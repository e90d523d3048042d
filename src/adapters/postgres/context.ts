/** What the parts of one session share. */
import type { Clock, ServerIdentity } from '../../app/ports.ts';
import type { Failure } from '../../core/errors.ts';
import type { Address } from '../address.ts';
import type { BatchEnd, Line } from './line.ts';
import type { ColumnTypes } from './columnTypes.ts';
import { describeBroken, parseGuards, readGuards, type Guards } from './guards.ts';

export type Context = {
  readonly address: Address;
  readonly server: ServerIdentity;
  /** e.g. 180004. */
  readonly versionNumber: number;
  /** The line everything of the person's runs on. */
  readonly line: Line;
  /** The line beside it, for metadata and before-images; opened again when it was lost. `undefined` when that fails. */
  metadata(): Promise<Line | undefined>;
  readonly types: ColumnTypes;
  readonly clock: Clock;
  /** Session state that was in force when the session began, or after its last direct statement. */
  guards: Guards;
  /** True while a change waits for its end: nothing else may run on the line. */
  hasOpenChange: boolean;
  /** True once the person took advisory locks in so many words: they stay until the session ends. */
  keepsAdvisoryLocks?: true;
};

/** Ends what a batch left open. The line is cut when that fails, because nobody may run anything on it then. */
export async function rollBack(line: Line): Promise<void> {
  if (line.isLost || line.status === 'I') return;
  const end = await line.run([{ text: 'ROLLBACK' }], { deadlineMs: 5000 });
  if (end.kind === 'complete' && end.status === 'I') return;
  // A cancel that arrived late can have hit the ROLLBACK itself: once more, then no more.
  const again = await line.run([{ text: 'ROLLBACK' }], { deadlineMs: 5000 });
  if (again.kind !== 'complete' || again.status !== 'I') line.destroy('The transaction could not be rolled back, so the connection was cut; the server rolls back by itself.');
}

/** A guard did not hold: says which, and closes the session. */
export async function closeForGuard(context: Context): Promise<Failure> {
  const { line, guards } = context;
  await rollBack(line);
  const end = await line.run([readGuards], { deadlineMs: 5000 });
  const now = end.kind === 'complete' ? parseGuards(end.results[0]?.rows[0]) : guards;
  const failure = describeBroken(guards, now);
  line.destroy(failure.message);
  return failure;
}

/** Bounds a run by its own time limit and what a line may take on top; without a limit, by nothing. */
export function deadlineFor(statementTimeoutMs: number, statements = 1): { readonly deadlineMs?: number } {
  return statementTimeoutMs > 0 ? { deadlineMs: statementTimeoutMs * statements + 10_000 } : {};
}

/** SQLSTATE of the server's error in a batch, if that is how it ended. */
export function sqlStateOf(end: BatchEnd): string | undefined {
  return end.kind === 'error' ? (end.error as Error & { readonly code?: string }).code : undefined;
}
