/**
 * Runs one statement outside a transaction, for connections that are not protected: what definitions and session settings
 * need. The session is writable for just that long.
 */
import type { ReadEnd, ReadRequest } from '../../app/ports.ts';
import { toFailure, type Failure } from '../../core/errors.ts';
import type { RowStream } from '../rowStream.ts';
import { commandTag } from './commandTag.ts';
import { checkGuards, limitTime, notPrepared, rollBack, shortDeadlineMs, type Context } from './context.ts';
import type { Field } from './field.ts';
import { parseGuards, readGuards, refuseText } from './guards.ts';
import type { QueryEnd } from './line.ts';
import { passWarnings, runStreamed, stopServer } from './read.ts';
import { lostFailure, sqlFailure, timeLimitFailure } from './sqlFailure.ts';

/** Never rejects. */
export async function executeStatement(context: Context, request: ReadRequest): Promise<ReadEnd> {
  const sent = await sendDirectly(context, request);
  switch (sent.kind) {
    case 'prevented':
      return { kind: 'failed', failure: sent.failure };
    case 'unsent':
      return { kind: 'cancelled', rows: 0 };
    case 'sent': {
      const { stream } = sent;
      if (stream.broken) return { kind: 'failed', failure: toFailure(stream.broken.thrown) };
      return sent.leftOpen ? { kind: 'failed', failure: openTransaction } : describeEnd(sent.end, request, stream);
    }
  }
}

/** What became of a statement outside a transaction, before it is put into words. */
export type DirectEnd =
  | { readonly kind: 'prevented'; readonly failure: Failure }
  | { readonly kind: 'unsent' }
  | { readonly kind: 'sent'; readonly end: QueryEnd; readonly stream: RowStream<Field>; readonly leftOpen: boolean };

/** Never rejects. The session is read-only again afterwards. */
export async function sendDirectly(context: Context, request: ReadRequest): Promise<DirectEnd> {
  const { line } = context;
  const { statement, signal } = request;
  const refused = refuseText(statement.text);
  if (refused) return { kind: 'prevented', failure: refused };
  if (signal.aborted) return { kind: 'unsent' };
  const prevented = (await limitTime(context, request.statementTimeoutMs)) ?? (await makeWritable(context)) ?? (await checkGuards(context, false));
  if (prevented) return { kind: 'prevented', failure: prevented };
  // Only a read may be stopped for its rows: anything else would be undone by it.
  const { end, stream } = await runStreamed(context, request, () => (statement.class === 'read' ? stopServer(context) : undefined));
  const leftOpen = end.kind === 'complete' && line.inTransaction;
  await passWarnings(context, request, end);
  await rollBack(line);
  await rest(context);
  return { kind: 'sent', end, stream, leftOpen };
}

async function makeWritable({ line }: Context): Promise<Failure | undefined> {
  const end = await line.run('SET SESSION TRANSACTION READ WRITE', { deadlineMs: shortDeadlineMs });
  return end.kind === 'complete' ? undefined : notPrepared(end);
}

/** Back to read-only. The person may have changed the session on purpose: from now on that is its state. */
async function rest(context: Context): Promise<void> {
  const { line, server } = context;
  if (line.isLost) return;
  const set = await line.run('SET SESSION TRANSACTION READ ONLY', { deadlineMs: shortDeadlineMs });
  const end = await line.run(readGuards(server.dialect), { deadlineMs: shortDeadlineMs });
  if (set.kind === 'complete' && end.kind === 'complete') context.guards = parseGuards(end.results[0]?.rows[0]);
  else line.destroy('The session could not be made read-only again, so the connection was cut.');
}

function describeEnd(end: QueryEnd, request: ReadRequest, { count: rows, truncated }: RowStream<Field>): ReadEnd {
  const { statement, statementTimeoutMs } = request;
  switch (end.kind) {
    case 'unsent':
      return { kind: 'cancelled', rows };
    case 'lost':
      return { kind: 'failed', failure: lostFailure(end.loss, 'Whether the statement took effect is unknown: look before you run it again.') };
    case 'complete':
    case 'error': {
      const isRead = statement.class === 'read';
      const done: ReadEnd = { kind: 'done', rows, commandTag: commandTag(statement, end.results, rows), ...(truncated ? { truncated } : {}) };
      if (truncated && isRead) return done;
      // What changes something is not called cancelled when the server says that it was done.
      if (end.kind === 'complete') return end.stopped === 'asked' && isRead ? { kind: 'cancelled', rows } : done;
      if (end.stopped === 'asked') return { kind: 'cancelled', rows };
      if (end.stopped === 'time') return { kind: 'failed', failure: timeLimitFailure(statementTimeoutMs, 'What the server had not finished of it was undone.') };
      return { kind: 'failed', failure: sqlFailure(end.error, { text: statement.text }) };
    }
  }
}

const openTransaction: Failure = {
  code: 'sql',
  message: 'The statement left a transaction open, so it was rolled back: nothing it did is kept. Countersign begins and ends transactions itself.',
};
