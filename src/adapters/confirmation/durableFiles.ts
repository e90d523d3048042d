/** Small files that are on disk, whole and under their name, when a call resolves, and are never written over. */
import { randomUUID } from 'node:crypto';
import { link, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { syncFolder } from '../syncFolder.ts';

/**
 * Makes a file that was not there, readable for its owner only. A crash at any point leaves either nothing under that name or all of it.
 *
 * @returns false when there is one already: it stays as it is
 */
export async function writeOnce(file: string, text: string): Promise<boolean> {
  const folder = path.dirname(file);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const draft = path.join(folder, `${randomUUID()}.draft`);
  try {
    await writeSynced(draft, text);
    const isNew = await putInPlace(draft, file);
    await syncFolder(folder);
    return isNew;
  } finally {
    await rm(draft, { force: true }).catch(() => undefined);
  }
}

/** Replaces a file, or makes it. Whoever reads sees the old one or the new one. */
export async function writeOver(file: string, text: string): Promise<void> {
  const folder = path.dirname(file);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const draft = path.join(folder, `${randomUUID()}.draft`);
  try {
    await writeSynced(draft, text);
    await rename(draft, file);
    await syncFolder(folder);
  } finally {
    await rm(draft, { force: true }).catch(() => undefined);
  }
}

/** Names in a folder; none when there is no such folder. */
export async function namesIn(folder: string): Promise<readonly string[]> {
  return await readdir(folder).catch((thrown: unknown) => {
    if (isMissing(thrown)) return [];
    throw thrown;
  });
}

export function isMissing(thrown: unknown): boolean {
  return codeOf(thrown) === 'ENOENT' || codeOf(thrown) === 'ENOTDIR';
}

async function writeSynced(file: string, text: string): Promise<void> {
  const handle = await open(file, 'wx', 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** A second name for the draft fails when the name is taken; renaming would replace what is there. */
async function putInPlace(draft: string, file: string): Promise<boolean> {
  try {
    await link(draft, file);
    return true;
  } catch (thrown) {
    if (codeOf(thrown) === 'EEXIST') return false;
    if (!withoutLinks.has(codeOf(thrown) ?? '')) throw thrown;
  }
  // A file system without second names, such as FAT: only here two windows in the same moment could both believe to be first.
  const isTaken = await stat(file).then(() => true, () => false);
  if (!isTaken) await rename(draft, file);
  return !isTaken;
}

const withoutLinks = new Set(['EPERM', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP']);

function codeOf(thrown: unknown): string | undefined {
  return (thrown as NodeJS.ErrnoException | undefined)?.code;
}
