/**
 * Runs one statement that the server makes final by itself, once it was consented to: definitions, and what acts on the server.
 * It waits for locks no longer than a change does.
 */
import type { AloneEnd, AloneRequest } from '../../app/ports.ts';
import { toFailure } from '../../core/errors.ts';
import { commandTag } from './commandTag.ts';
import { limitLockWaits } from './change/limits.ts';
import { notPrepared, type Context } from './context.ts';
import { sendDirectly } from './execute.ts';
import { lostFailure, sqlFailure } from './sqlFailure.ts';

const shownRows = 1000;
const shownBytes = 8 * 1024 * 1024;

/** Never rejects. */
export async function runAlone(context: Context, { statement, limits, sink, signal }: AloneRequest): Promise<AloneEnd> {
  const limited = await limitLockWaits(context, limits.lockTimeoutMs);
  if (limited.kind !== 'complete') return { kind: 'failed', failure: notPrepared(limited) };
  // A definition on a large table takes its time: the person stops it, the clock does not.
  const sent = await sendDirectly(context, { statement, sink, signal, statementTimeoutMs: 0, rowLimit: shownRows, byteLimit: shownBytes });
  await limitLockWaits(context, undefined);
  if (sent.kind === 'prevented') return { kind: 'failed', failure: sent.failure };
  if (sent.kind === 'unsent') return { kind: 'cancelled' };
  const { end, stream } = sent;
  if (stream.broken) return { kind: 'failed', failure: toFailure(stream.broken.thrown) };
  switch (end.kind) {
    case 'complete':
      return { kind: 'done', rows: stream.count, commandTag: commandTag(statement, end.results, stream.count) };
    case 'unsent':
      return { kind: 'cancelled' };
    case 'lost':
      return end.sent ? { kind: 'in-doubt' } : { kind: 'failed', failure: lostFailure(end.loss, 'The statement was not sent: nothing is different.') };
    case 'error':
      return { kind: 'failed', failure: sqlFailure(end.error, { text: statement.text, consequence: end.stopped === 'asked' ? `It was stopped while it ran. ${leftovers}` : leftovers }) };
  }
}

/** MariaDB drops the tables it finds before the one it does not; other statements commit what was open and fail all the same. */
const leftovers = 'It did not run to its end, and what it had done by then may stay: look before you run it again.';
