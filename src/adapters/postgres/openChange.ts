/** A change that ran and waits for its end. */
import type { ChangeRequest, OpenChange } from '../../app/ports.ts';
import type { Fingerprint } from '../../core/effect/fingerprint.ts';
import type { TableImages } from '../../core/effect/preview.ts';
import type { CommitResult } from '../../core/outcome.ts';
import type { Undo } from '../../core/undo/undo.ts';
import { rollBack, type Context } from './context.ts';
import { takeFingerprint } from './fingerprint.ts';
import { parseGuards, readGuards } from './guards.ts';
import { fetchImages } from './images.ts';
import type { LineLoss } from './line.ts';
import { placeOfChange } from './place.ts';
import type { MeasuredChange } from './previewOf.ts';
import { lostFailure, sqlFailure } from './sqlFailure.ts';
import { makeUndo } from './undo.ts';
import { readWaiters } from './waiters.ts';

/** How long the answer to COMMIT may take beyond the statements' own limit. */
const commitGraceMs = 15_000;

/** Rows of all tables that a way back may have, when nobody says otherwise. */
const defaultUndoRows = 10_000;

/** States by which a server ends a transaction for its own time limits. */
const timeoutStates: readonly (string | undefined)[] = ['25P03', '25P04'];

export function createOpenChange(context: Context, { limits, statements }: ChangeRequest, measured: MeasuredChange): OpenChange {
  const { line } = context;
  const stopImages = new AbortController();
  let over = false;
  let imaging: Promise<readonly TableImages[]> | undefined;
  let undoing: Promise<Undo> | undefined;
  let fingerprinting: Promise<Fingerprint> | undefined;
  let reading: Promise<unknown> = Promise.resolve();
  const { signal } = stopImages;
  const { maxRows, maxTableBytes, maxUndoRows = defaultUndoRows } = limits;
  const request = { ...measured, statements, signal, ...(maxTableBytes === undefined ? {} : { maxTableBytes }) };
  context.hasOpenChange = true;

  /** One after the other on the same lines, in the order they are asked for: what a person waits for comes first. */
  const inTurn = <Result>(read: () => Promise<Result>): Promise<Result> => {
    const mine = reading.then(read);
    reading = mine.catch(() => undefined);
    return mine;
  };

  /** Exactly one caller gets to end the change, after whatever is being read in it. */
  const end = async <Result>(how: () => Promise<Result>, otherwise: Result): Promise<Result> => {
    if (over) return otherwise;
    over = true;
    // Whatever became of the rows, the transaction has to end.
    await reading;
    const result = await how();
    if (measured.advisoryLocks > 0) await releaseAdvisoryLocks(context, statements);
    context.hasOpenChange = false;
    return result;
  };

  return {
    preview: measured.preview,
    ended: line.lost.then(reasonOf),
    images() {
      imaging ??= inTurn(() => fetchImages(context, { ...request, maxRows }));
      return imaging;
    },
    waiters: async () => (over ? [] : await readWaiters(context, measured.processId)),
    fingerprint() {
      fingerprinting ??= over ? Promise.resolve(alreadyEnded) : inTurn(() => takeFingerprint(context, request));
      return fingerprinting;
    },
    place: async () => (over ? undefined : await inTurn(async () => await placeOfChange(context))),
    undo() {
      undoing ??= inTurn(() => makeUndo(context, { ...request, maxRows: maxUndoRows }));
      return undoing;
    },
    // What is being read is finished first: stopping it could hit the COMMIT.
    commit: () =>
      end(async () => {
        const result = await sendCommit(context);
        if (result.kind === 'acknowledged' && statements.some((statement) => statement.class === 'session')) await refreshGuards(context);
        return result;
      }, alreadyOver),
    rollback() {
      if (!over) stopImages.abort();
      return end(() => rollBack(line), undefined);
    },
  };
}

/** What a function took on the way must not outlive the change; what the person asked for in so many words stays. */
async function releaseAdvisoryLocks(context: Context, statements: ChangeRequest['statements']): Promise<void> {
  if (statements.some((statement) => statement.class === 'session')) context.keepsAdvisoryLocks = true;
  if (context.line.isLost || context.keepsAdvisoryLocks === true) return;
  await context.line.run([{ text: 'SELECT pg_catalog.pg_advisory_unlock_all()' }], { deadlineMs: 5000 });
}

async function sendCommit({ line }: Context): Promise<CommitResult> {
  // Outside a transaction the server answers COMMIT just the same.
  if (!line.isLost && line.status === 'I') return alreadyOver;
  const end = await line.run([{ text: 'COMMIT' }], { deadlineMs: commitGraceMs });
  switch (end.kind) {
    case 'complete':
      // The server answers ROLLBACK when the transaction had already failed.
      return end.results[0]?.tag === 'COMMIT' ? { kind: 'acknowledged' } : { kind: 'rejected', failure: failedBefore };
    case 'error':
      await rollBack(line);
      return { kind: 'rejected', failure: sqlFailure(end.error, { consequence: 'The server refused to commit and rolled the change back: nothing is different.' }) };
    case 'unsent':
      return alreadyOver;
    case 'lost':
      return end.sent ? { kind: 'in-doubt' } : { kind: 'rejected', failure: lostFailure(end.loss, 'COMMIT was not sent, and the server rolls the change back: nothing is different.') };
  }
}

async function refreshGuards(context: Context): Promise<void> {
  const end = await context.line.run([readGuards], { deadlineMs: 10_000 });
  if (end.kind === 'complete') context.guards = parseGuards(end.results[0]?.rows[0]);
}

function reasonOf({ sqlState }: LineLoss): 'server-timeout' | 'connection-lost' {
  return timeoutStates.includes(sqlState) ? 'server-timeout' : 'connection-lost';
}

const alreadyEnded: Fingerprint = { kind: 'none', reason: 'The change has ended, and its rows can no longer be told from others.' };

const alreadyOver: CommitResult = {
  kind: 'rejected',
  failure: { code: 'internal', message: 'Not committed: the change had already ended. Nothing is different.' },
};

const failedBefore = {
  code: 'sql',
  message: 'Not committed: the transaction had failed before, and the server rolled it back. Nothing is different.',
} as const;
