/**
 * Runs the statements of a change in one transaction and measures them: the rows they take are locked first, then each runs,
 * then what was found is held against the number of rows the server wrote. The transaction stays open.
 */
import type { ChangeRequest, ChangeStart } from '../../../app/ports.ts';
import { toFailure, type Failure } from '../../../core/errors.ts';
import { liftLimits, wholeSeconds } from './limits.ts';
import { rollBack, shortDeadlineMs, type Context } from '../context.ts';
import { refuseText } from '../guards.ts';
import { lostFailure, sqlFailure, timeLimitFailure } from '../sqlFailure.ts';
import { ask, errnoOf, errors, Unanswered } from './asking.ts';
import { findCost } from './cost.ts';
import { createOpenChange } from './openChange.ts';
import { planChange, type Plan } from './plan.ts';
import { measure, redefined, type Prepared } from './measure.ts';
import { previewOf } from './previewOf.ts';

const unchanged = 'The change was rolled back: nothing is different.';
const maxRetries = 3;

/** Never rejects. */
export async function beginChange(context: Context, request: ChangeRequest): Promise<ChangeStart> {
  const refused = refuse(context, request);
  if (refused) return { kind: 'failed', failure: refused };
  if (request.signal.aborted) return { kind: 'cancelled' };
  for (let retries = 0; ; retries += 1) {
    const end = await attempt(context, request);
    if (!('again' in end)) return end;
    if (retries >= maxRetries || request.signal.aborted) return end.otherwise;
  }
}

/** Worth another attempt: somebody else was faster. */
type Again = { readonly again: true; readonly otherwise: ChangeStart };

async function attempt(context: Context, request: ChangeRequest): Promise<ChangeStart | Again> {
  const prepared = await prepare(context, request).catch((thrown: unknown) => endOf(thrown, request, 'Nothing was run.'));
  if ('kind' in prepared) return prepared;
  try {
    const measured = await measure(context, request, prepared);
    const preview = 'failure' in measured ? undefined : await previewOf(context, request, measured);
    if (!request.signal.aborted && preview && !('failure' in measured)) return { kind: 'open', change: createOpenChange(context, request, measured, preview) };
    await undo(context);
    if (!('failure' in measured)) return { kind: 'cancelled' };
    const failed: ChangeStart = { kind: 'failed', failure: measured.failure };
    return measured.failure === redefined ? { again: true, otherwise: failed } : failed;
  } catch (thrown) {
    // After a lock that could not be had the server undoes one statement and leaves the others in place.
    await undo(context);
    const end = endOf(thrown, request, unchanged);
    return errnoOf(thrown) === errors.deadlock ? { again: true, otherwise: end } : end;
  }
}

/** Everything that is found out before anything runs. Throws `Unanswered`. */
async function prepare(context: Context, { statements, limits }: ChangeRequest): Promise<Prepared | ChangeStart> {
  const former = await context.metadata();
  if (!former) return { kind: 'failed', failure: noSecondLine };
  // Behind somebody who waits to alter a table of the change, a read would wait for the change itself.
  await ask(former, `SET SESSION lock_wait_timeout = ${wholeSeconds(limits.lockTimeoutMs)}`, { deadlineMs: shortDeadlineMs });
  const plan = await planChange(former, { statements, database: context.server.database, dialect: dialectOf(context), versionNumber: context.versionNumber });
  const why = whyIrreversible(plan);
  if (why !== undefined) return { kind: 'irreversible', why };
  const cost = await findCost(former, plan, limits.maxExpectedRows);
  return cost ? { kind: 'costly', ...cost } : { plan, former };
}

async function undo(context: Context): Promise<void> {
  await rollBack(context.line);
  await liftLimits(context);
}

function dialectOf({ server }: Context): 'mysql' | 'mariadb' {
  return server.dialect === 'mariadb' ? 'mariadb' : 'mysql';
}

function refuse({ hasOpenChange, line }: Context, { statements }: ChangeRequest): Failure | undefined {
  if (hasOpenChange) return { code: 'internal', message: 'Not run: an earlier change of this document is still open. Commit it or roll it back first.' };
  if (line.isLost) return { code: 'connection', message: 'The connection was lost. Nothing was sent; run it again to connect anew.' };
  if (statements.some((statement) => statement.class === 'txn')) {
    return { code: 'sql', message: 'Not run: a statement that begins or ends a transaction cannot be part of a change. Nothing was sent.' };
  }
  if (statements.some(({ implicitCommit, canRunInTransaction }) => implicitCommit || !canRunInTransaction)) {
    return { code: 'sql', message: 'Not run: the server makes a statement like this final by itself, so there is nothing to show before. Nothing was sent.' };
  }
  for (const { text } of statements) {
    const failure = refuseText(text);
    if (failure) return failure;
  }
  return undefined;
}

/** What such an engine has written stays, whatever is rolled back. */
function whyIrreversible({ untransactional }: Plan): string | undefined {
  if (untransactional.length === 0) return undefined;
  const tables = untransactional.map(({ ref, engine }) => `${ref.schema}.${ref.table} (${engine})`).join(', ');
  return `It writes, or may write through a trigger or foreign key, to ${tables}, whose engine keeps no transactions: a rollback would not undo that.`;
}

function endOf(thrown: unknown, { statements, limits, signal }: ChangeRequest, consequence: string): ChangeStart {
  if (signal.aborted) return { kind: 'cancelled' };
  if (!(thrown instanceof Unanswered)) return { kind: 'failed', failure: toFailure(thrown) };
  const { end, statement } = thrown;
  const at = statement === undefined ? {} : { statement };
  switch (end.kind) {
    case 'unsent':
      return { kind: 'cancelled' };
    case 'stopped':
      return { kind: 'failed', ...at, failure: timeLimitFailure(limits.statementTimeoutMs, consequence) };
    case 'lost':
      return { kind: 'failed', ...at, failure: lostFailure(end.loss, 'The server rolls the change back: nothing is different. Run it again to connect anew.') };
    case 'error': {
      if (end.stopped === 'time') return { kind: 'failed', ...at, failure: timeLimitFailure(limits.statementTimeoutMs, consequence) };
      const text = statement === undefined ? undefined : statements[statement]?.text;
      return { kind: 'failed', ...at, failure: sqlFailure(end.error, { consequence, ...(text === undefined ? {} : { text }) }) };
    }
  }
}

const noSecondLine: Failure = {
  code: 'connection',
  message: 'Not run: the second connection, on which the rows are read as they were before, could not be opened. Nothing was sent; run it again.',
};
