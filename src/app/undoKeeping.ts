/**
 * The way back is on disk before COMMIT can be sent, and goes again when the change was not committed. While nobody knows
 * what became of COMMIT it stays: it restores nothing that was not changed.
 */
import { recordedText } from '../core/audit/recordedText.ts';
import type { Preview } from '../core/effect/preview.ts';
import { toFailure } from '../core/errors.ts';
import type { Outcome } from '../core/outcome.ts';
import { describeTarget } from '../core/profile/connection.ts';
import { leftAlone, noticeOf, type UndoEntry, type UndoNotice } from '../core/undo/kept.ts';
import type { Undo, UndoSteps } from '../core/undo/undo.ts';
import type { OpenChange } from './ports.ts';
import type { Run } from './run.ts';
import type { UndoKept } from './undoPort.ts';

export interface UndoKeeping {
  /** `undefined` where no way back is kept at all. Never rejects. */
  prepare(): Promise<UndoNotice | undefined>;
  /** The change ended. Never rejects. */
  settle(outcome: Outcome): Promise<void>;
}

/** What can be taken back: an open change, or a statement that brought its way back along. */
export type Undoable = Pick<OpenChange, 'undo'> & { readonly preview: Pick<Preview, 'effects' | 'transactionId'> };

export function createUndoKeeping(run: Run, change: Undoable): UndoKeeping {
  const { undo: store } = run.ports;
  let keeping: Promise<UndoKept> | undefined;
  let isOver = false;

  return {
    async prepare() {
      if (!store) return undefined;
      const undo = run.request.wayBack ?? (await madeBy(change));
      if (undo.kind === 'none') return undo;
      if (undo.steps.length === 0) return { kind: 'nothing' };
      // Too late: nothing may be left behind for a change that is gone.
      if (isOver) return { kind: 'none', reason: 'the change has ended.' };
      keeping = store.keep(entryOf(run, change, undo));
      const kept = await keeping;
      return kept.kind === 'kept' ? noticeOf(run.request.run, undo, kept.expiresAt) : { kind: 'none', reason: kept.reason };
    },
    async settle(outcome) {
      isOver = true;
      const { run: id, undoOf } = run.request;
      const kept = await keeping;
      if (kept?.kind === 'kept' && outcome.kind !== 'in-doubt') await (outcome.kind === 'committed' ? store?.confirm(id) : store?.discard(id));
      // What it did not restore can be tried again.
      if (outcome.kind === 'committed' && undoOf !== undefined && leftAlone(outcome) === 0) await store?.discard(undoOf);
    },
  };
}

async function madeBy(change: Undoable): Promise<Undo> {
  try {
    return (await change.undo?.()) ?? { kind: 'none', reason: 'this version makes none for this server.' };
  } catch (thrown) {
    return { kind: 'none', reason: `it could not be made: ${toFailure(thrown).message}.` };
  }
}

function entryOf({ ports, request, verdict }: Run, { preview }: Undoable, undo: UndoSteps): UndoEntry {
  const { run, connection, text } = request;
  return {
    run,
    connection: connection.id,
    address: describeTarget(connection),
    time: ports.clock.now(),
    sql: recordedText(text, verdict),
    effects: preview.effects,
    ...(preview.transactionId === undefined ? {} : { transactionId: preview.transactionId }),
    undo,
  };
}
