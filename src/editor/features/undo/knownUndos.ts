/** Texts that came with more than their words, to the letter: an edited one is a change like any other. */
import type { RunRequest } from '../../../app/run.ts';
import type { UndoEntry } from '../../../core/undo/kept.ts';
import type { UndoSteps } from '../../../core/undo/undo.ts';

/** What a run has to know beyond its text. */
export type TextFacts = Pick<RunRequest, 'undoOf' | 'wayBack'>;

export interface KnownUndos {
  /** A script that takes back what a run changed. */
  addUndo(entry: UndoEntry, script: string): void;
  /** A script that was made together with its way back. */
  addReversible(script: string, wayBack: UndoSteps): void;
  of(text: string): TextFacts;
}

export function createKnownUndos(): KnownUndos {
  const known = new Map<string, TextFacts>();
  return {
    addUndo({ run, undo }, script) {
      known.set(keyOf(script), { undoOf: run });
      const [only] = undo.steps;
      // Run by the caret, the words above a statement stay behind.
      if (only && undo.steps.length === 1) known.set(keyOf(only.sql), { undoOf: run });
    },
    addReversible: (script, wayBack) => void known.set(keyOf(script), { wayBack }),
    of: (text) => known.get(keyOf(text)) ?? {},
  };
}

/** Line ends are the editor's. */
function keyOf(text: string): string {
  return text.replaceAll('\r\n', '\n').trim().replace(/;$/u, '');
}
