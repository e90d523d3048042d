/**
 * For stores that each window reads once, when it is opened, and writes back as a whole, as in the tabs of a browser: what another window
 * stored meanwhile would be taken for absent, made a second time, and lost with the next write. Names of what is stored are marked in a
 * folder all windows see; a window that misses something marked since it was opened says so instead.
 */
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { toFailure } from '../../core/errors.ts';
import type { SecretStore, SecretWrite } from './secretStore.ts';

export type StaleWindowOptions = {
  /** Absolute path; made when it is missing. */
  readonly folder: string;
  /** When this window read the store, or a little earlier; epoch ms by the clock of the folder. */
  readonly openedAt: number;
};

const stale = { kind: 'failed', message: 'Another window stored a key or a password that this one does not know of, and storing more here would lose it. Reload this window (“Developer: Reload Window”) and try again.' } as const;

export function refuseWhenStale(store: SecretStore, { folder, openedAt }: StaleWindowOptions): SecretStore {
  const markOf = (key: string): string => path.join(folder, createHash('sha256').update(key).digest('hex'));
  const isNewer = async (file: string): Promise<boolean> => await stat(file).then(({ mtimeMs }) => mtimeMs > openedAt, () => false);
  const isStale = async (): Promise<boolean> => {
    // No folder: nothing was ever stored.
    for (const name of await readdir(folder).catch(() => [])) {
      const file = path.join(folder, name);
      if ((await isNewer(file)) && (await store.read(await readFile(file, 'utf8'))).kind === 'absent') return true;
    }
    return false;
  };
  const unlessStale = async (act: () => Promise<SecretWrite>, mark: () => Promise<void>): Promise<SecretWrite> => {
    try {
      if (await isStale()) return stale;
      const done = await act();
      if (done.kind === 'done') await mark();
      return done;
    } catch (thrown) {
      return { kind: 'failed', message: `It cannot be seen what other windows stored: ${toFailure(thrown).message}` };
    }
  };
  return {
    label: store.label,
    async read(key) {
      const read = await store.read(key);
      return read.kind === 'absent' && (await isNewer(markOf(key))) ? stale : read;
    },
    write: async (key, value) =>
      await unlessStale(
        async () => await store.write(key, value),
        async () => {
          await mkdir(folder, { recursive: true, mode: 0o700 });
          await writeFile(markOf(key), key, { mode: 0o600 });
        },
      ),
    remove: async (key) => await unlessStale(async () => await store.remove(key), async () => await rm(markOf(key), { force: true })),
  };
}
