/**
 * Runs one statement in a transaction that the server keeps read-only, and always rolls back.
 *
 * Two locks, because either alone has a way out: the session is read-only, so that what commits implicitly is refused; and
 * the transaction is, so that a function cannot make the session writable and then write.
 */
import type { ReadEnd, ReadRequest } from '../../app/ports.ts';
import { toFailure, type Failure } from '../../core/errors.ts';
import type { Lineage } from '../../core/masking/lineage.ts';
import { RowStream } from '../rowStream.ts';
import { commandTag } from './commandTag.ts';
import { checkGuards, deadlineFor, limitTime, notPrepared, rollBack, shortDeadlineMs, type Context } from './context.ts';
import type { Field } from './field.ts';
import { refuseText } from './guards.ts';
import { traceColumns } from './lineage.ts';
import type { QueryEnd } from './line.ts';
import { lostFailure, sqlFailure, timeLimitFailure } from './sqlFailure.ts';
import { columnNames } from './typeNames.ts';

const unchanged = 'Nothing was changed: it was only read.';

/** Never rejects. */
export async function readStatement(context: Context, request: ReadRequest): Promise<ReadEnd> {
  const { line } = context;
  const refused = refuseText(request.statement.text);
  if (refused) return { kind: 'failed', failure: refused };
  if (request.signal.aborted) return { kind: 'cancelled', rows: 0 };
  const prevented = await begin(context, request);
  if (prevented) return { kind: 'failed', failure: prevented };
  const { end, stream } = await runStreamed(context, request, () => stopServer(context));
  const escaped = end.kind === 'complete' && !line.inReadOnlyTransaction;
  await passWarnings(context, request, end);
  await rollBack(line);
  if (escaped) {
    line.destroy(transactionEnded.message);
    return { kind: 'failed', failure: transactionEnded };
  }
  return describeEnd(end, request, stream);
}

/** Why the statement must not be sent, or `undefined` when the transaction is read-only and the session as it was. */
async function begin(context: Context, { statementTimeoutMs }: ReadRequest): Promise<Failure | undefined> {
  const { line } = context;
  const limited = await limitTime(context, statementTimeoutMs);
  if (limited) return limited;
  const begun = await line.run('START TRANSACTION READ ONLY', { deadlineMs: shortDeadlineMs });
  if (begun.kind !== 'complete') return notPrepared(begun);
  const broken = await checkGuards(context);
  if (broken) return broken;
  if (line.inReadOnlyTransaction) return undefined;
  await rollBack(line);
  return notReadOnly;
}

/** Sends the person's statement and passes its rows on. */
export async function runStreamed(
  context: Context,
  request: ReadRequest,
  full: () => void,
): Promise<{ readonly end: QueryEnd; readonly stream: RowStream<Field> }> {
  const { line } = context;
  const { statement, sink, rowLimit, byteLimit, signal, statementTimeoutMs } = request;
  if (context.notice !== undefined) sink.notice(context.notice);
  context.notice = undefined;
  const trace = async (fields: readonly Field[]): Promise<Lineage> => await traceColumns(context, statement, fields);
  const stream = new RowStream<Field>({ sink, types: columnNames, trace, rowLimit, byteLimit, full, pause: () => line.pause(), resume: () => line.resume() });
  const end = await line.run(statement.text, {
    receiver: stream,
    signal,
    ...deadlineFor(statementTimeoutMs),
    rowBytes: byteLimit,
    onDropped: () => stream.dropped(),
  });
  await stream.end();
  return { end, stream };
}

/** Stops the server. Until it has heard it, nothing more is read: what it sends meanwhile is not wanted. */
export function stopServer({ line }: Context): void {
  line.pause();
  void line.stop('enough').then(() => line.resume());
}

const warningLimit = 20;

/** What the server has to say beside the result, while it still knows. */
export async function passWarnings({ line }: Context, { sink }: ReadRequest, end: QueryEnd): Promise<void> {
  if (end.kind !== 'complete' || end.stopped || !end.results.some(({ warnings }) => warnings > 0)) return;
  const asked = await line.run(`SHOW WARNINGS LIMIT ${String(warningLimit)}`, { deadlineMs: shortDeadlineMs });
  if (asked.kind !== 'complete') return;
  for (const [, , message] of asked.results[0]?.rows ?? []) if (message != null) sink.notice(message);
}

function describeEnd(end: QueryEnd, request: ReadRequest, stream: RowStream<Field>): ReadEnd {
  const { count: rows, truncated, broken } = stream;
  if (broken) return { kind: 'failed', failure: toFailure(broken.thrown) };
  switch (end.kind) {
    case 'unsent':
      return { kind: 'cancelled', rows };
    case 'lost':
      return request.signal.aborted
        ? { kind: 'cancelled', rows }
        : { kind: 'failed', failure: lostFailure(end.loss, `${unchanged} Run it again to connect anew.`) };
    case 'complete':
    case 'error':
      if (truncated) return { kind: 'done', rows, commandTag: `SELECT ${String(rows)}`, truncated };
      // A statement that was stopped may look complete: an interrupted SLEEP just returns 1.
      if (end.stopped === 'asked') return { kind: 'cancelled', rows };
      if (end.stopped === 'time') return { kind: 'failed', failure: timeLimitFailure(request.statementTimeoutMs, unchanged) };
      return end.kind === 'complete'
        ? { kind: 'done', rows, commandTag: commandTag(request.statement, end.results, rows) }
        : { kind: 'failed', failure: sqlFailure(end.error, { text: request.statement.text }) };
  }
}

const notReadOnly: Failure = {
  code: 'connection',
  message: 'Not run: the server did not begin a read-only transaction. Nothing was sent. Behind a proxy, connect to the server itself.',
};

const transactionEnded: Failure = {
  code: 'connection',
  message: 'The statement ended its read-only transaction, which no read does: what it did may be final. The session was closed. Look at the data before you go on.',
};
