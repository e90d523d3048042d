/** How far one endpoint has a stream. Lost or behind, events are sent again, and the endpoint knows them by their hash. */
import { readdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ChainHead } from '../../../core/audit/chain.ts';

export interface Cursor {
  /** The last event the endpoint has; 0 when it has none. */
  read(): Promise<number>;
  write(head: Omit<ChainHead, 'stream'>): Promise<void>;
}

/** How far every endpoint that ever got something has a stream. */
export async function readDeliveries(folder: string, stream: string): Promise<readonly { readonly endpoint: string; readonly seq: number }[]> {
  const files = (await readdir(path.join(folder, stream)).catch(() => [])).flatMap((name) => /^delivered-([0-9a-f]+)\.json$/u.exec(name)?.[1] ?? []);
  return await Promise.all(
    files.map(async (hex) => {
      const endpoint = Buffer.from(hex, 'hex').toString();
      return { endpoint, seq: await createCursor(folder, stream, endpoint).read() };
    }),
  );
}

/** @param endpoint - its name; two that differ only in signs share no file */
export function createCursor(folder: string, stream: string, endpoint: string): Cursor {
  const file = path.join(folder, stream, `delivered-${Buffer.from(endpoint).toString('hex').slice(0, 80)}.json`);
  return {
    async read() {
      try {
        const { seq } = JSON.parse(await readFile(file, 'utf8')) as { seq?: unknown };
        return typeof seq === 'number' ? seq : 0;
      } catch {
        // None yet, or cut off by a crash: everything is sent again.
        return 0;
      }
    },
    async write(head) {
      const draft = `${file}.${String(process.pid)}`;
      await writeFile(draft, JSON.stringify(head), { mode: 0o600 });
      await rename(draft, file);
    },
  };
}
