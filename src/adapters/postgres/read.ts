/**
 * Runs one statement in a transaction that the server keeps read-only, in one round trip, and always rolls back.
 *
 * The guard in front of it is also the first query of the transaction: after it nobody can make the transaction writable.
 */
import type { ReadEnd, ReadRequest } from '../../app/ports.ts';
import { toFailure } from '../../core/errors.ts';
import type { Lineage } from '../../core/masking/lineage.ts';
import type { Step } from './batch.ts';
import { closeForGuard, deadlineFor, rollBack, sqlStateOf, type Context } from './context.ts';
import { guardItem, guardState, guardValues, refuseByGuards } from './guards.ts';
import { traceColumns } from './lineage.ts';
import type { BatchEnd } from './line.ts';
import { RowStream } from '../rowStream.ts';
import { lostFailure, sqlFailure } from './sqlFailure.ts';
import type { Field } from './wire.ts';

const guardStep = 1;
const statementStep = 2;
const unchanged = 'Nothing was changed: it was only read.';

/** Never rejects. */
export async function readStatement(context: Context, request: ReadRequest): Promise<ReadEnd> {
  const refused = refuseByGuards(context.line, [request.statement.text]);
  if (refused) return { kind: 'failed', failure: refused };
  const stream = createStream(context, request, () => stopServer(context));
  const end = await runBatch(context, request, stream);
  if (sqlStateOf(end) === guardState && end.kind === 'error' && end.at === guardStep) {
    return { kind: 'failed', failure: await closeForGuard(context) };
  }
  await stream.end();
  await rollBack(context.line);
  return describeEnd(end, request, stream);
}

/** @param full - what to do when no more rows are wanted */
export function createStream({ line, types, metadata }: Context, { statement, sink, rowLimit, byteLimit }: ReadRequest, full: () => void): RowStream<Field> {
  const trace = async (fields: readonly Field[]): Promise<Lineage> => await traceColumns(metadata, statement, fields);
  return new RowStream({ sink, types, trace, rowLimit, byteLimit, full, pause: () => line.pause(), resume: () => line.resume() });
}

/** Stops the server. Until it has heard it, nothing more is read: what it sends meanwhile is not wanted. */
export function stopServer({ line }: Context): void {
  line.pause();
  void line.cancel().then(() => line.resume());
}

function runBatch(context: Context, request: ReadRequest, stream: RowStream<Field>): Promise<BatchEnd> {
  const { line, guards } = context;
  const { statement, sink, signal, byteLimit, statementTimeoutMs } = request;
  const steps: readonly Step[] = [
    { text: 'BEGIN TRANSACTION ISOLATION LEVEL READ COMMITTED, READ ONLY' },
    {
      text: `SELECT ${guardItem(1)}, pg_catalog.set_config('statement_timeout', $3, true)`,
      values: [...guardValues(guards), String(statementTimeoutMs)],
    },
    { text: statement.text, rows: stream },
    { text: 'ROLLBACK' },
  ];
  return line.run(steps, {
    signal,
    ...deadlineFor(statementTimeoutMs),
    rowBytes: byteLimit,
    onDropped: () => stream.dropped(),
    onNotice: (notice, step) => {
      if (step === statementStep && notice.message !== undefined) sink.notice(notice.message);
    },
  });
}

function describeEnd(end: BatchEnd, request: ReadRequest, stream: RowStream<Field>): ReadEnd {
  const rows = stream.count;
  if (stream.broken) return { kind: 'failed', failure: toFailure(stream.broken.thrown) };
  switch (end.kind) {
    case 'unsent':
      return { kind: 'cancelled', rows };
    case 'lost':
      return request.signal.aborted
        ? { kind: 'cancelled', rows }
        : { kind: 'failed', failure: lostFailure(end.loss, `${unchanged} Run it again to connect anew.`) };
    case 'complete':
    case 'error': {
      const { truncated } = stream;
      const tag = end.results[statementStep]?.tag;
      if (truncated) return { kind: 'done', rows, commandTag: `SELECT ${String(rows)}`, truncated };
      if (tag !== undefined) return { kind: 'done', rows, commandTag: tag };
      if (end.kind === 'complete') return { kind: 'done', rows, commandTag: '' };
      if (request.signal.aborted) return { kind: 'cancelled', rows };
      const where = end.at === statementStep ? { text: request.statement.text } : {};
      return { kind: 'failed', failure: sqlFailure(end.error, where) };
    }
  }
}
