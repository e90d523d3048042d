/** Texts that are ways back, to the letter: an edited one is a change like any other and takes back nothing. */
import type { UndoEntry } from '../../../core/undo/kept.ts';

export interface KnownUndos {
  add(entry: UndoEntry, script: string): void;
  /** The run that the text takes back. */
  of(text: string): string | undefined;
}

export function createKnownUndos(): KnownUndos {
  const runs = new Map<string, string>();
  return {
    add({ run, undo }, script) {
      runs.set(keyOf(script), run);
      const [only] = undo.steps;
      // Run by the caret, the words above a statement stay behind.
      if (only && undo.steps.length === 1) runs.set(keyOf(only.sql), run);
    },
    of: (text) => runs.get(keyOf(text)),
  };
}

/** Line ends are the editor's. */
function keyOf(text: string): string {
  return text.replaceAll('\r\n', '\n').trim().replace(/;$/u, '');
}
