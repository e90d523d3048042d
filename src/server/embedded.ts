/** The same server inside the editor: for two people on one machine, or behind a forwarded port, when no other server is set. */
import { createLog } from './log.ts';
import type { PageFiles } from './page.ts';
import { openStore } from './openStore.ts';
import { serve } from './serve.ts';
import type { RunningServer } from './serve.ts';

export type EmbeddedOptions = {
  /** Path of the SQLite file; other windows may use the same. */
  readonly file: string;
  readonly page: PageFiles;
  /** Where it was last time, so that links stay good over a restart. Another port is taken when that one is not free. */
  readonly port?: number;
  /** Takes lines of the log. */
  readonly write: (line: string) => void;
};

/** Reachable from this machine only. Rejects with `StoreProblem` when there is no SQLite in this editor. */
export async function serveEmbedded({ file, page, port = 0, write }: EmbeddedOptions): Promise<RunningServer> {
  const log = createLog(write);
  // Any team of whoever uses this editor.
  const at = async (wanted: number): Promise<RunningServer> => await serve({ store: await openStore({ file }, log), log, page, admission: 'any' }, { host: '127.0.0.1', port: wanted });
  return await at(port).catch(async (error: unknown) => {
    const isTaken = port !== 0 && error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
    if (!isTaken) throw error;
    return await at(0);
  });
}
