/** A change that ran and waits for its end. */
import type { ChangeRequest, OpenChange } from '../../app/ports.ts';
import type { TableImages } from '../../core/effect/preview.ts';
import type { CommitResult } from '../../core/outcome.ts';
import type { Undo } from '../../core/undo/undo.ts';
import { rollBack, type Context } from './context.ts';
import { parseGuards, readGuards } from './guards.ts';
import { fetchImages } from './images.ts';
import type { LineLoss } from './line.ts';
import type { MeasuredChange } from './previewOf.ts';
import { lostFailure, sqlFailure } from './sqlFailure.ts';
import { makeUndo } from './undo.ts';

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
  context.hasOpenChange = true;

  /** Exactly one caller gets to end the change, after whatever is being read in it. */
  const end = async <Result>(how: () => Promise<Result>, otherwise: Result): Promise<Result> => {
    if (over) return otherwise;
    over = true;
    // Whatever became of the rows, the transaction has to end.
    await Promise.allSettled([imaging, undoing]);
    const result = await how();
    context.hasOpenChange = false;
    return result;
  };

  return {
    preview: measured.preview,
    ended: line.lost.then(reasonOf),
    images() {
      imaging ??= fetchImages(context, { ...measured, maxRows: limits.maxRows, signal: stopImages.signal });
      return imaging;
    },
    undo() {
      // One after the other on the same lines: the images come first, because a person waits for them.
      undoing ??= Promise.allSettled([imaging]).then(async () => await makeUndo(context, { ...measured, statements, maxRows: limits.maxUndoRows ?? defaultUndoRows, signal: stopImages.signal }));
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

const alreadyOver: CommitResult = {
  kind: 'rejected',
  failure: { code: 'internal', message: 'Not committed: the change had already ended. Nothing is different.' },
};

const failedBefore = {
  code: 'sql',
  message: 'Not committed: the transaction had failed before, and the server rolled it back. Nothing is different.',
} as const;
