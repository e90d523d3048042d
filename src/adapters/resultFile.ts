/** A file that is there whole or not at all: written beside its place, and put there when everything is in it. */
import { randomUUID } from 'node:crypto';
import { constants, copyFile, link, open, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { syncFolder } from './syncFolder.ts';

export interface ResultFile {
  /** UTF-8 bytes so far. */
  readonly bytes: number;
  write(text: string): Promise<void>;
  /** Puts it in place. `taken`: another file got there meanwhile and stays as it is; nothing of this one is left. */
  finish(): Promise<'written' | 'taken'>;
  /** Nothing of it is left. Never rejects. */
  abandon(): Promise<void>;
}

export type ResultFileOptions = {
  /** The person said that what is there may be replaced. Otherwise nothing ever is. */
  readonly replaces: boolean;
};

/** Readable for its owner only: rows of a database are nobody else's business until the person says so. Rejects when the folder cannot be written to. */
export async function createResultFile(file: string, { replaces }: ResultFileOptions): Promise<ResultFile> {
  const draft = path.join(path.dirname(file), `.${path.basename(file).slice(0, 100)}.${randomUUID()}.part`);
  const handle = await open(draft, 'wx', 0o600);
  let bytes = 0;
  let isOpen = true;
  const close = async (): Promise<void> => {
    if (!isOpen) return;
    isOpen = false;
    await handle.close();
  };
  const abandon = async (): Promise<void> => {
    await close().catch(() => undefined);
    // What cannot be removed has the name of a draft.
    await rm(draft, { force: true }).catch(() => undefined);
  };
  return {
    get bytes() {
      return bytes;
    },
    async write(text) {
      const chunk = Buffer.from(text, 'utf8');
      await handle.writeFile(chunk);
      bytes += chunk.length;
    },
    async finish() {
      try {
        await handle.sync();
        await close();
        const end = replaces ? await replace(draft, file) : await putWhereNothingIs(draft, file);
        await syncFolder(path.dirname(file));
        return end;
      } finally {
        await abandon();
      }
    },
    abandon,
  };
}

async function replace(draft: string, file: string): Promise<'written'> {
  await rename(draft, file);
  return 'written';
}

/** A second name fails when the name is taken; renaming would replace what is there. */
async function putWhereNothingIs(draft: string, file: string): Promise<'written' | 'taken'> {
  try {
    await link(draft, file);
    return 'written';
  } catch (thrown) {
    if (codeOf(thrown) === 'EEXIST') return 'taken';
    if (!withoutLinks.has(codeOf(thrown) ?? '')) throw thrown;
  }
  // A file system without second names, such as FAT: a copy fails in the same way.
  try {
    await copyFile(draft, file, constants.COPYFILE_EXCL);
    return 'written';
  } catch (thrown) {
    if (codeOf(thrown) === 'EEXIST') return 'taken';
    await rm(file, { force: true });
    throw thrown;
  }
}

const withoutLinks = new Set(['EPERM', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP']);

function codeOf(thrown: unknown): string | undefined {
  return (thrown as NodeJS.ErrnoException | undefined)?.code;
}
