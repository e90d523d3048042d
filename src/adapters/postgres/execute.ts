/**
 * Runs one statement outside a transaction, for connections that are not protected: what VACUUM, CREATE DATABASE and
 * session settings need. It is sent alone, because the server takes everything before one Sync as one transaction.
 */
import type { ReadEnd, ReadRequest } from '../../app/ports.ts';
import { toFailure, type Failure } from '../../core/errors.ts';
import { closeForGuard, deadlineFor, rollBack, sqlStateOf, type Context } from './context.ts';
import { guardItem, guardState, guardValues, parseGuards, readGuards, refuseByGuards } from './guards.ts';
import type { BatchEnd } from './line.ts';
import { createStream, stopServer } from './read.ts';
import { lostFailure, sqlFailure } from './sqlFailure.ts';

/** Never rejects. */
export async function executeStatement(context: Context, request: ReadRequest): Promise<ReadEnd> {
  const { line, guards } = context;
  const { statement, signal, sink, byteLimit, statementTimeoutMs } = request;
  const refused = refuseByGuards(line, [statement.text]) ?? (await prepare(context, statementTimeoutMs));
  if (refused) return { kind: 'failed', failure: refused };
  // Only a read may be stopped for its rows: anything else would be undone by it.
  const stream = createStream(context, request, () => (statement.class === 'read' ? stopServer(context) : undefined));
  const end = await line.run([{ text: statement.text, rows: stream }], {
    signal,
    ...deadlineFor(statementTimeoutMs),
    rowBytes: byteLimit,
    onDropped: () => stream.dropped(),
    onNotice: (notice) => {
      if (notice.message !== undefined) sink.notice(notice.message);
    },
  });
  await stream.end();
  if (statement.class === 'session' && /advisory/iu.test(statement.text)) context.keepsAdvisoryLocks = true;
  const leftOpen = !line.isLost && line.status !== 'I';
  await rollBack(line);
  context.guards = await guardsNow(context, guards);
  if (stream.broken) return { kind: 'failed', failure: toFailure(stream.broken.thrown) };
  return leftOpen ? { kind: 'failed', failure: openTransaction } : describeEnd(end, request, stream);
}

/** Checks the session and sets the time limit, apart from the statement. */
async function prepare(context: Context, statementTimeoutMs: number): Promise<Failure | undefined> {
  const text = `SELECT ${guardItem(1)}, pg_catalog.set_config('statement_timeout', $3, false)`;
  const end = await context.line.run([{ text, values: [...guardValues(context.guards), String(statementTimeoutMs)] }], { deadlineMs: 10_000 });
  if (end.kind === 'complete') return undefined;
  if (sqlStateOf(end) === guardState) return await closeForGuard(context);
  if (end.kind === 'error') return sqlFailure(end.error, { consequence: 'The statement was not run.' });
  return end.kind === 'lost' ? lostFailure(end.loss, 'The statement was not sent. Run it again to connect anew.') : undefined;
}

/** The person may have changed the session on purpose: from now on that is its state. */
async function guardsNow({ line }: Context, before: Context['guards']): Promise<Context['guards']> {
  const end = await line.run([readGuards], { deadlineMs: 10_000 });
  return end.kind === 'complete' ? parseGuards(end.results[0]?.rows[0]) : before;
}

function describeEnd(end: BatchEnd, request: ReadRequest, stream: { count: number; truncated: 'row-limit' | 'byte-limit' | undefined }): ReadEnd {
  const rows = stream.count;
  const { truncated } = stream;
  switch (end.kind) {
    case 'unsent':
      return { kind: 'cancelled', rows };
    case 'lost':
      return { kind: 'failed', failure: lostFailure(end.loss, 'Whether the statement took effect is unknown: look before you run it again.') };
    case 'complete':
      return { kind: 'done', rows, commandTag: end.results[0]?.tag ?? '', ...(truncated ? { truncated } : {}) };
    case 'error':
      if (truncated && request.statement.class === 'read') return { kind: 'done', rows, commandTag: `SELECT ${String(rows)}`, truncated };
      if (request.signal.aborted && sqlStateOf(end) === '57014') return { kind: 'cancelled', rows };
      return { kind: 'failed', failure: sqlFailure(end.error, { text: request.statement.text }) };
  }
}

const openTransaction: Failure = {
  code: 'sql',
  message: 'The statement left a transaction open, so it was rolled back: nothing it did is kept. Countersign begins and ends transactions itself.',
};
