/** The way back of a change made from a terminal: kept as the editor keeps it, and part of what is printed. */
import path from 'node:path';
import { createKeychainStore } from '../../adapters/credentials/keychainStore.ts';
import { createUndoStore } from '../../adapters/undo/undoStore.ts';
import type { Clock } from '../../app/ports.ts';
import type { UndoStore } from '../../app/undoPort.ts';
import type { UndoSteps } from '../../core/undo/undo.ts';
import { stateFolder } from './machine.ts';

export interface CapturingUndoStore extends UndoStore {
  /** What was made for the change of this run. */
  readonly captured: UndoSteps | undefined;
}

const retentionDays = 7;

/** @param mayCommit - without a person nothing is committed, so nothing is kept either */
export function createCapturingUndoStore(clock: Clock, mayCommit: boolean): CapturingUndoStore {
  const keychain = createKeychainStore();
  const kept = mayCommit ? createUndoStore({ folder: path.join(stateFolder(), 'undo'), secrets: () => keychain, clock, retentionDays: () => retentionDays }) : undefined;
  let captured: UndoSteps | undefined;
  return {
    get captured() {
      return captured;
    },
    async keep(entry) {
      captured = entry.undo;
      return kept ? await kept.keep(entry) : { kind: 'failed', reason: 'nobody is here to commit the change.' };
    },
    confirm: async (run) => await kept?.confirm(run),
    discard: async (run) => await kept?.discard(run),
  };
}
