/** What the parts of one session share. */
import type { Clock, ServerIdentity } from '../../app/ports.ts';
import type { Failure } from '../../core/errors.ts';
import type { Address } from '../address.ts';
import type { Evidence } from './change/evidence.ts';
import { describeBroken, parseGuards, readGuards, type Guards } from './guards.ts';
import type { Line, QueryEnd } from './line.ts';
import { lostFailure, sqlFailure } from './sqlFailure.ts';

export type Context = {
  readonly address: Address;
  readonly server: ServerIdentity;
  /** e.g. 101119 for 10.11.19, 90704 for 9.7.4. */
  readonly versionNumber: number;
  /**
   * The line everything of the person's runs on. At rest it is in autocommit, outside a transaction, and its session keeps
   * transactions read-only unless they begin with START TRANSACTION READ WRITE.
   */
  readonly line: Line;
  /** The server's number of that line, as `trx_mysql_thread_id` and KILL know it. */
  readonly threadId: string;
  /** The line beside it, for metadata and before-images, read-only too; opened again when it was lost. `undefined` when that fails. */
  metadata(): Promise<Line | undefined>;
  readonly clock: Clock;
  /** Session state that was in force when the session began, or after its last direct statement. */
  guards: Guards;
  /** The server's limit for one statement, as it was last set; 0: none. */
  timeLimitMs: number;
  /** What a person has to know before the first result; said once. */
  notice: string | undefined;
  /** True while a change waits for its end: nothing else may run on the line. */
  hasOpenChange: boolean;
  /** Of the last change whose COMMIT was sent: its rows tell whether it was. */
  evidence?: Evidence;
};

/** How long our own small statements may take before the line is cut. */
export const shortDeadlineMs = 10_000;

/** Ends what a statement left open. The line is cut when that fails, because nobody may run anything on it then. */
export async function rollBack(line: Line): Promise<void> {
  if (line.isLost) return;
  // A stop that arrived late can hit the ROLLBACK itself: once more, then no more.
  for (let attempt = 0; attempt < 2; attempt += 1) {
    // Whatever completion_type says: it ends the transaction, and nothing else.
    const end = await line.run('ROLLBACK AND NO CHAIN NO RELEASE', { deadlineMs: shortDeadlineMs });
    if (end.kind === 'complete' && !line.inTransaction) return;
  }
  line.destroy('The transaction could not be rolled back, so the connection was cut; the server rolls back by itself.');
}

/**
 * Asks the server whether the session still is as it was; when not, or when it cannot be asked, rolls back and closes it.
 *
 * @param isReadOnly - false where the session was made writable for a direct statement
 */
export async function checkGuards(context: Context, isReadOnly = true): Promise<Failure | undefined> {
  const { line, server, guards } = context;
  const end = await line.run(readGuards(server.dialect), { deadlineMs: shortDeadlineMs });
  const failure = end.kind === 'complete' ? describeBroken(guards, parseGuards(end.results[0]?.rows[0]), isReadOnly) : notPrepared(end);
  if (!failure) return undefined;
  await rollBack(line);
  line.destroy(failure.message);
  return failure;
}

/** The server's own limit, a little above ours: it ends what we could not stop. MySQL applies it to SELECT only. */
export async function limitTime(context: Context, milliseconds: number): Promise<Failure | undefined> {
  if (context.timeLimitMs === milliseconds) return undefined;
  const { line, server } = context;
  const limit = milliseconds === 0 ? 0 : milliseconds + 1000;
  const text = server.dialect === 'mariadb' ? `SET SESSION max_statement_time = ${String(limit / 1000)}` : `SET SESSION max_execution_time = ${String(limit)}`;
  const end = await line.run(text, { deadlineMs: shortDeadlineMs });
  if (end.kind !== 'complete') return notPrepared(end);
  context.timeLimitMs = milliseconds;
  return undefined;
}

/** Why a statement of ours ahead of the person's did not work. */
export function notPrepared(end: Exclude<QueryEnd, { kind: 'complete' }>): Failure {
  switch (end.kind) {
    case 'error':
      return sqlFailure(end.error, { consequence: 'The statement was not run.' });
    case 'lost':
      return lostFailure(end.loss, 'The statement was not sent. Run it again to connect anew.');
    case 'unsent':
      return { code: 'internal', message: 'The statement was not sent.' };
  }
}

/** Bounds a run by its own time limit and what a line may take on top; without a limit, by nothing. */
export function deadlineFor(statementTimeoutMs: number): { readonly deadlineMs?: number; readonly timeLimitMs?: number } {
  return statementTimeoutMs > 0 ? { timeLimitMs: statementTimeoutMs, deadlineMs: statementTimeoutMs + 10_000 } : {};
}
