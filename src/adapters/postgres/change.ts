/**
 * Runs the statements of a change in one transaction and measures them, in one round trip: limits, snapshot, first reading,
 * the statements, deferred constraints, second reading. The transaction stays open.
 */
import type { ChangeRequest, ChangeStart } from '../../app/ports.ts';
import { toFailure, type Failure } from '../../core/errors.ts';
import type { EpochMs } from '../../core/brand.ts';
import { changeSteps, positionsOf, type Positions } from './changeSteps.ts';
import { parseCost } from './cost.ts';
import { closeForGuard, rollBack, sqlStateOf, type Context } from './context.ts';
import { guardState, refuseByGuards } from './guards.ts';
import type { BatchEnd } from './line.ts';
import { createOpenChange } from './openChange.ts';
import { createPreview, leftTransaction } from './previewOf.ts';
import { lostFailure, sqlFailure } from './sqlFailure.ts';
import { tryOnCopy } from './trial.ts';

const unchanged = 'The change was rolled back: nothing is different.';
const serializationFailure = '40001';
const queryCancelled = '57014';
const maxRetries = 3;

type Attempt = { readonly end: BatchEnd; readonly notices: readonly string[]; readonly openedAt: EpochMs };

/** Never rejects. */
export async function beginChange(context: Context, request: ChangeRequest): Promise<ChangeStart> {
  const refused = refuse(context, request);
  if (refused) return { kind: 'failed', failure: refused };
  let countExactly = true;
  for (let retries = 0; ; ) {
    const at = positionsOf(request);
    const attempt = await run(context, request, countExactly);
    if (attempt.end.kind === 'complete' && attempt.end.status === 'T') {
      const opened = await open(context, request, attempt);
      if (opened.kind !== 'failed' || opened.failure.sqlState !== serializationFailure || retries === maxRetries) return opened;
      retries += 1;
      continue;
    }
    const next = nextAttempt(attempt.end, at);
    const again = !request.signal.aborted && next !== undefined && (next === 'estimate' ? countExactly : retries < maxRetries);
    if (!again) return await fail(context, request, attempt.end, at);
    await rollBack(context.line);
    if (next === 'estimate') countExactly = false;
    else retries += 1;
  }
}

function refuse({ line, versionNumber, hasOpenChange }: Context, { statements }: ChangeRequest): Failure | undefined {
  if (hasOpenChange) return { code: 'internal', message: 'Not run: an earlier change of this document is still open. Commit it or roll it back first.' };
  if (versionNumber < 130_000) return { code: 'sql', message: 'Not run: changes can be measured from PostgreSQL 13 on, and this server is older. Nothing was sent.' };
  if (statements.some((statement) => statement.class === 'txn')) {
    return { code: 'sql', message: 'Not run: a statement that begins or ends a transaction cannot be part of a change. Nothing was sent.' };
  }
  const waiting = statements.findIndex(({ kind, text }) => kind.startsWith('copy') && /\bfrom\s+stdin\b/i.test(text));
  if (waiting >= 0) return { code: 'sql', message: 'Not run: COPY … FROM STDIN waits for rows from the client, and Countersign sends none. Nothing was sent; use INSERT.' };
  return refuseByGuards(line, statements.map(({ text }) => text));
}

async function run(context: Context, request: ChangeRequest, countExactly: boolean): Promise<Attempt> {
  const { statements, limits, signal } = request;
  const notices: string[] = [];
  const openedAt = context.clock.now();
  const timeout = limits.statementTimeoutMs;
  const end = await context.line.run(changeSteps(context, request, countExactly), {
    signal,
    ...(timeout > 0 ? { deadlineMs: timeout * (statements.length + 4) + 10_000 } : {}),
    onNotice: ({ message }) => {
      if (message !== undefined) notices.push(message);
    },
  });
  return { end, notices, openedAt };
}

/** Whether to try again: with everything, or with estimates because counting took too long. */
function nextAttempt(end: BatchEnd, at: Positions): 'same' | 'estimate' | undefined {
  const state = sqlStateOf(end);
  if (state === serializationFailure) return 'same';
  return state === queryCancelled && end.kind === 'error' && end.at === at.emptying ? 'estimate' : undefined;
}

async function open(context: Context, request: ChangeRequest, { end, notices, openedAt }: Attempt): Promise<ChangeStart> {
  if (end.kind !== 'complete') return { kind: 'cancelled' };
  try {
    const measured = await createPreview(context, request, { results: end.results, notices, openedAt });
    if (request.signal.aborted) {
      await rollBack(context.line);
      return { kind: 'cancelled' };
    }
    if ('failure' in measured) {
      await rollBack(context.line);
      return { kind: 'failed', failure: measured.failure };
    }
    return { kind: 'open', change: createOpenChange(context, request, measured) };
  } catch (thrown) {
    // Readings that make no sense: what cannot be shown must not become final.
    await rollBack(context.line);
    return { kind: 'failed', failure: toFailure(thrown) };
  }
}

async function fail(context: Context, request: ChangeRequest, end: BatchEnd, at: Positions): Promise<ChangeStart> {
  if (sqlStateOf(end) === guardState && end.kind === 'error' && end.at === at.setUp) {
    return { kind: 'failed', failure: await closeForGuard(context) };
  }
  await rollBack(context.line);
  if (request.signal.aborted || end.kind === 'unsent') return { kind: 'cancelled' };
  const cost = end.kind === 'error' ? parseCost(end.error) : undefined;
  if (cost) {
    const trial = await tryOnCopy(context, request);
    return { kind: 'costly', ...cost, ...(trial ? { trial } : {}) };
  }
  switch (end.kind) {
    case 'lost':
      return { kind: 'failed', failure: lostFailure(end.loss, 'The server rolls the change back: nothing is different. Run it again to connect anew.') };
    case 'complete':
      return { kind: 'failed', failure: leftTransaction };
    case 'error':
      return describeError(request, end, at);
  }
}

function describeError({ statements }: ChangeRequest, { error, at: step }: Extract<BatchEnd, { kind: 'error' }>, at: Positions): ChangeStart {
  const index = at.statements.indexOf(step);
  const statement = statements[index];
  if (statement) return { kind: 'failed', statement: index, failure: sqlFailure(error, { text: statement.text, consequence: unchanged }) };
  const consequence = step === at.constraints ? `A constraint that is checked at the end does not hold. ${unchanged}` : unchanged;
  return { kind: 'failed', failure: sqlFailure(error, { consequence }) };
}
