/** The bindings of this workspace on disk: beside the editor's own data, never in the repo. */
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseBindings, serialiseBindings, type BoundDocument } from './boundDocument.ts';

export interface BindingFile {
  load(): Promise<Map<string, BoundDocument>>;
  /** Writes the newest state; states in between may be left out. Rejects when it cannot be written. */
  save(documents: ReadonlyMap<string, BoundDocument>): Promise<void>;
}

export function createBindingFile(file: string): BindingFile {
  let queue: Promise<unknown> = Promise.resolve();
  const write = async (text: string): Promise<void> => {
    await mkdir(path.dirname(file), { recursive: true });
    // Replaced in one step: a crash leaves the old file or the new one.
    const draft = `${file}.new`;
    await writeFile(draft, text, { mode: 0o600 });
    await rename(draft, file);
  };
  return {
    async load() {
      try {
        return parseBindings(await readFile(file, 'utf8'));
      } catch {
        // There is none yet, or it cannot be read: documents are then not bound, and that is safe.
        return new Map();
      }
    },
    async save(documents) {
      const text = serialiseBindings(documents);
      const turn = queue.then(async () => await write(text));
      queue = turn.catch(() => undefined);
      await turn;
    },
  };
}
