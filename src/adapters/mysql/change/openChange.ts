/** A change that ran and waits for its end. */
import type { ChangeRequest, OpenChange } from '../../../app/ports.ts';
import { toFailure } from '../../../core/errors.ts';
import type { Fingerprint } from '../../../core/effect/fingerprint.ts';
import type { Preview, TableImages } from '../../../core/effect/preview.ts';
import type { CommitResult } from '../../../core/outcome.ts';
import { checkGuards, rollBack, type Context } from '../context.ts';
import { parseGuards, readGuards } from '../guards.ts';
import type { Undo } from '../../../core/undo/undo.ts';
import type { LineLoss } from '../line.ts';
import { readPlace } from '../place.ts';
import { lostFailure, sqlFailure } from '../sqlFailure.ts';
import { makeMysqlUndo } from '../undo.ts';
import { fingerprintOf } from './fingerprint.ts';
import { fetchImages } from './images.ts';
import { liftLimits } from './limits.ts';
import type { Measured } from './measure.ts';
import { findWaiters } from './waiters.ts';
import { gatherWitnesses } from './witnesses.ts';

/** How long the answer to COMMIT may take. */
const commitDeadlineMs = 75_000;

/** Rows of all tables that a way back may have, when nobody says otherwise. */
const defaultUndoRows = 10_000;

/** The server's numbers for a session that was idle for too long. */
const idleErrors: readonly (number | undefined)[] = [4031, 1927];

export function createOpenChange(context: Context, request: ChangeRequest, measured: Measured, preview: Preview): OpenChange {
  const { line, clock } = context;
  const stopReading = new AbortController();
  let over = false;
  let reading: Promise<unknown> = Promise.resolve();
  let imaging: Promise<readonly TableImages[]> | undefined;
  context.hasOpenChange = true;

  /** One after the other on the change's own line. */
  const inTurn = async <Result>(read: () => Promise<Result>, otherwise: (thrown: unknown) => Result): Promise<Result> => {
    const mine = reading.then(read).catch(otherwise);
    reading = mine;
    return await mine;
  };
  /** Exactly one caller gets to end the change, after whatever is being read in it. */
  const end = async <Result>(how: () => Promise<Result>, otherwise: Result): Promise<Result> => {
    if (over) return otherwise;
    over = true;
    await reading;
    const result = await how();
    context.hasOpenChange = false;
    await liftLimits(context);
    return result;
  };

  return {
    preview,
    ended: line.lost.then((loss) => reasonOf(loss, clock.now() >= preview.expiresAt)),
    images() {
      imaging ??= inTurn(async () => await fetchImages({ own: line, measured, preview, maxRows: request.limits.maxRows, signal: stopReading.signal }), () => withoutRows(preview));
      return imaging;
    },
    waiters: async () => (over ? [] : await findWaiters(context, measured.plan)),
    fingerprint: async () => (over ? { kind: 'none', reason: 'The change has ended.' } : await inTurn(async () => await fingerprintOf({ own: line, measured, preview }), unread)),
    place: async () => (over ? undefined : await inTurn(async () => await readPlace(context), () => undefined)),
    undo: async () =>
      await inTurn<Undo>(async () => await makeMysqlUndo({ context, own: line, measured, preview, statements: request.statements, dialect: context.server.dialect === 'mariadb' ? 'mariadb' : 'mysql', maxRows: request.limits.maxUndoRows ?? defaultUndoRows, signal: stopReading.signal }), unmade),
    commit: () =>
      end(async () => {
        const { transactionId = '' } = preview;
        context.evidence = { transactionId, threadId: context.threadId, timeZone: measured.timeZone, witnesses: await gatherWitnesses(line, measured) };
        return await sendCommit(context, request);
      }, alreadyOver),
    rollback() {
      if (!over) stopReading.abort();
      return end(() => rollBack(line), undefined);
    },
  };
}

async function sendCommit(context: Context, { statements }: ChangeRequest): Promise<CommitResult> {
  const { line } = context;
  if (line.isLost) return { kind: 'rejected', failure: { code: 'connection', message: 'Not committed: the connection was lost before, and the server rolled the change back. Nothing is different.' } };
  // Reading the rows may have met an error that ended the transaction; then COMMIT would say yes to nothing.
  const alive = await line.run('DO 0', { deadlineMs: 10_000 });
  if (alive.kind === 'complete' && !line.inTransaction) return alreadyOver;
  const answer = await line.run('COMMIT', { deadlineMs: commitDeadlineMs });
  switch (answer.kind) {
    case 'complete':
      if (statements.some((statement) => statement.class === 'session')) await refreshGuards(context);
      return { kind: 'acknowledged' };
    case 'error':
      await rollBack(line);
      return { kind: 'rejected', failure: sqlFailure(answer.error, { consequence: 'The server refused to commit and rolled the change back: nothing is different.' }) };
    case 'unsent':
      return alreadyOver;
    case 'lost':
      return answer.sent ? { kind: 'in-doubt' } : { kind: 'rejected', failure: lostFailure(answer.loss, 'COMMIT was not sent, and the server rolls the change back: nothing is different.') };
  }
}

/** Session statements were part of the change: what they set is from now on the session's state. */
async function refreshGuards(context: Context): Promise<void> {
  const { line, server } = context;
  const end = await line.run(readGuards(server.dialect), { deadlineMs: 10_000 });
  if (end.kind === 'complete') context.guards = parseGuards(end.results[0]?.rows[0]);
  await checkGuards(context);
}

/** MariaDB hangs up without a word. */
function reasonOf({ errno }: LineLoss, isExpired: boolean): 'server-timeout' | 'connection-lost' {
  return idleErrors.includes(errno) || isExpired ? 'server-timeout' : 'connection-lost';
}

function withoutRows({ effects }: Preview): readonly TableImages[] {
  return effects.map(({ table }) => ({ table, columns: [], key: [], changes: [], incomplete: 'The rows could not be read: the connection was lost.' }));
}

function unmade(thrown: unknown): Undo {
  return { kind: 'none', reason: `it could not be made: ${toFailure(thrown).message.replace(/\.$/u, '')}.` };
}

function unread(): Fingerprint {
  return { kind: 'none', reason: 'The rows could not be read.' };
}

const alreadyOver: CommitResult = {
  kind: 'rejected',
  failure: { code: 'internal', message: 'Not committed: the change had already ended. Nothing is different.' },
};
