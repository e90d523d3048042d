/**
 * Runs one statement that no transaction can take back, alone: what the server makes final by itself, once it was consented to.
 * What keeps others out has the time limits of a change; what lets them work may take its time, and ends when it is stopped.
 */
import type { AloneEnd, AloneRequest } from '../../app/ports.ts';
import { toFailure, type Failure } from '../../core/errors.ts';
import { closeForGuard, deadlineFor, rollBack, sqlStateOf, type Context } from './context.ts';
import { guardItem, guardState, guardValues, refuseByGuards } from './guards.ts';
import type { BatchEnd } from './line.ts';
import { createStream } from './read.ts';
import { lostFailure, sqlFailure } from './sqlFailure.ts';

/** How long it may wait for a lock when it keeps nobody out itself. */
const patientLockMs = 60_000;
const shownRows = 1000;
const shownBytes = 8 * 1024 * 1024;

/** Never rejects. */
export async function runAlone(context: Context, request: AloneRequest): Promise<AloneEnd> {
  const { line } = context;
  const { statement, limits, signal, sink } = request;
  if (signal.aborted) return { kind: 'cancelled' };
  const refused = refuseByGuards(line, [statement.text]) ?? (await prepare(context, request));
  if (refused) return { kind: 'failed', failure: refused };
  const statementTimeoutMs = keepsOthersOut(request) ? limits.statementTimeoutMs : 0;
  const stream = createStream(context, { statement, sink, signal, statementTimeoutMs, rowLimit: shownRows, byteLimit: shownBytes }, () => undefined);
  const end = await line.run([{ text: statement.text, rows: stream }], {
    signal,
    ...deadlineFor(statementTimeoutMs),
    rowBytes: shownBytes,
    onDropped: () => stream.dropped(),
    onNotice: (notice) => {
      if (notice.message !== undefined) sink.notice(notice.message);
    },
  });
  await stream.end();
  await rollBack(line);
  await line.run([{ text: 'RESET lock_timeout' }], { deadlineMs: 5000 });
  if (stream.broken) return { kind: 'failed', failure: toFailure(stream.broken.thrown) };
  return describeEnd(end, request, stream.count);
}

/** Checks the session and sets the time limits, apart from the statement. */
async function prepare(context: Context, request: AloneRequest): Promise<Failure | undefined> {
  const { lockTimeoutMs, statementTimeoutMs } = request.limits;
  const [lock, statement] = keepsOthersOut(request) ? [lockTimeoutMs, statementTimeoutMs] : [Math.max(lockTimeoutMs, patientLockMs), 0];
  const text = `SELECT ${guardItem(1)}, pg_catalog.set_config('lock_timeout', $3, false), pg_catalog.set_config('statement_timeout', $4, false)`;
  const end = await context.line.run([{ text, values: [...guardValues(context.guards), String(lock), String(statement)] }], { deadlineMs: 10_000 });
  if (end.kind === 'complete') return undefined;
  if (sqlStateOf(end) === guardState) return await closeForGuard(context);
  if (end.kind === 'error') return sqlFailure(end.error, { consequence: 'The statement was not run.' });
  return lostFailure(end.kind === 'lost' ? end.loss : { message: 'it was closed' }, 'The statement was not sent. Run it again to connect anew.');
}

function keepsOthersOut({ statement }: AloneRequest): boolean {
  return statement.tags.includes('lock');
}

function describeEnd(end: BatchEnd, { statement, signal }: AloneRequest, rows: number): AloneEnd {
  switch (end.kind) {
    case 'unsent':
      return { kind: 'cancelled' };
    case 'complete':
      return { kind: 'done', rows, commandTag: end.results[0]?.tag ?? '' };
    case 'lost':
      return end.sent ? { kind: 'in-doubt' } : { kind: 'failed', failure: lostFailure(end.loss, 'The statement was not sent: nothing is different.') };
    case 'error': {
      const stopped = signal.aborted && sqlStateOf(end) === '57014' ? 'It was stopped while it ran. ' : '';
      return { kind: 'failed', failure: sqlFailure(end.error, { text: statement.text, consequence: `${stopped}${leftovers(statement.text)}` }) };
    }
  }
}

/** What a statement that failed on its way may leave behind. */
function leftovers(text: string): string {
  if (!/\bconcurrently\b/iu.test(text)) return 'It did not run to its end; nothing else of it was shown, so look before you run it again.';
  return 'It works in several steps of its own, and those before the failure stay: an index marked invalid may be left behind. Drop it before you run it again.';
}
