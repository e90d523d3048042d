/**
 * Ways back on disk: one sealed file for each change, there before COMMIT is sent and gone when the change is not committed.
 * Until the server has acknowledged the COMMIT a file is called `.pending`; what a crash leaves like that may or may not be
 * needed, so it is kept and says so.
 */
import { constants } from 'node:fs';
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Clock } from '../../app/ports.ts';
import type { UndoStore } from '../../app/undoPort.ts';
import { epochMs } from '../../core/brand.ts';
import { toFailure } from '../../core/errors.ts';
import type { UndoEntry } from '../../core/undo/kept.ts';
import type { SecretStore } from '../credentials/secretStore.ts';
import { syncFolder } from '../syncFolder.ts';
import { expiryOf, readUndoFile, readUndoHead, writeUndoFile, type UndoHead } from './undoFile.ts';
import { findOrMakeUndoKey, findUndoKey } from './undoKey.ts';

export type UndoStoreOptions = {
  /** Absolute path; made when it is missing. */
  readonly folder: string;
  /** The store in use right now; asked for each time, since a setting can change it. */
  readonly secrets: () => SecretStore;
  readonly clock: Clock;
  /** How long a way back is kept. Zero: none is. */
  readonly retentionDays: () => number;
  /** Something could not be tidied up. */
  readonly onTrouble?: (message: string) => void;
};

export type StoredUndo = UndoHead & { /** False: nobody knows whether its change was committed. */ readonly isConfirmed: boolean };

export type StoredUndos = {
  /** Latest first. */
  readonly entries: readonly StoredUndo[];
  /** Files that cannot be opened, with the reason of one of them. */
  readonly unreadable: number;
  readonly problem?: string;
};

export interface FileUndoStore extends UndoStore {
  /** Removes what expired, and lists the rest. Never rejects. */
  list(): Promise<StoredUndos>;
  /** @throws when there is none, or it cannot be opened */
  load(run: string): Promise<UndoEntry>;
}

const dayMs = 24 * 60 * 60 * 1000;
/** Longer than any change may stay open: until then a pending one belongs to a change that is still being decided. */
const pendingMs = 20 * 60 * 1000;
const suffixes = ['.undo', '.pending'] as const;

export function createUndoStore(options: UndoStoreOptions): FileUndoStore {
  const { folder, secrets, clock, retentionDays, onTrouble } = options;
  const fileOf = (run: string, suffix: (typeof suffixes)[number]) => path.join(folder, `${safeName(run)}${suffix}`);
  const tidy = async (work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (thrown) {
      onTrouble?.(`What is kept to take changes back could not be tidied up in ${folder} (${toFailure(thrown).message}). It is tried again later.`);
    }
  };

  const removeExpired = async (): Promise<readonly Found[]> => {
    const found = await readFolder(folder);
    const now = clock.now();
    const isOver = ({ text }: Found) => (expiryOf(text) ?? 0) <= now;
    await Promise.all([...found.filter(isOver).map(({ file }) => file), ...(await oldDrafts(folder, now))].map(async (file) => await rm(file, { force: true })));
    return found.filter((each) => !isOver(each));
  };

  return {
    async keep(entry) {
      const days = retentionDays();
      if (days <= 0) return { kind: 'failed', reason: 'keeping ways back is turned off in the settings.' };
      const key = await findOrMakeUndoKey(secrets());
      if (key.kind !== 'found') return { kind: 'failed', reason: `the key it is kept under cannot be had: ${key.kind === 'failed' ? withoutStop(key.message) : 'the secret store forgets it'}.` };
      const expiresAt = epochMs(clock.now() + days * dayMs);
      try {
        await writeDurably(fileOf(entry.run, '.pending'), writeUndoFile(entry, expiresAt, key.key));
      } catch (thrown) {
        return { kind: 'failed', reason: `it could not be written to ${folder}: ${withoutStop(toFailure(thrown).message)}.` };
      }
      await tidy(async () => void (await removeExpired()));
      return { kind: 'kept', expiresAt };
    },
    confirm: async (run) =>
      await tidy(async () => {
        await confirmFile(fileOf(run, '.pending'), fileOf(run, '.undo'));
        await syncFolder(folder);
      }),
    discard: async (run) => await tidy(async () => void (await Promise.all(suffixes.map(async (suffix) => await rm(fileOf(run, suffix), { force: true }))))),
    async list() {
      try {
        const found = await removeExpired();
        const key = await findUndoKey(secrets());
        return found.length === 0 ? { entries: [], unreadable: 0 } : readHeads(found, key.kind === 'found' ? key.key : undefined, clock.now());
      } catch (thrown) {
        return { entries: [], unreadable: 0, problem: toFailure(thrown).message };
      }
    },
    async load(run) {
      const key = await findUndoKey(secrets());
      if (key.kind !== 'found') throw new Error('the key it was sealed with is not in the secret store any more');
      const found = (await readFolder(folder)).find((each) => each.run === safeName(run));
      if (!found) throw new Error('it is not there any more');
      return readUndoFile(found.text, run, key.key);
    },
  };
}

type Found = { readonly file: string; readonly run: string; readonly isConfirmed: boolean; readonly text: string };

async function readFolder(folder: string): Promise<readonly Found[]> {
  const names = await readdir(folder).catch((thrown: unknown) => {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw thrown;
  });
  const files = names.flatMap((name) => {
    const suffix = suffixes.find((each) => name.endsWith(each));
    return suffix === undefined ? [] : [{ file: path.join(folder, name), run: name.slice(0, -suffix.length), isConfirmed: suffix === '.undo' }];
  });
  const read = await Promise.all(files.map(async (each) => ({ ...each, text: await readFile(each.file, 'utf8').catch(() => undefined) })));
  // Another window may have removed one in between.
  return read.flatMap(({ text, ...each }) => (text === undefined ? [] : [{ ...each, text }]));
}

/** What a crash in the middle of writing left. */
async function oldDrafts(folder: string, now: number): Promise<readonly string[]> {
  const names = await readdir(folder).catch(() => []);
  const drafts = await Promise.all(names.filter((name) => name.endsWith('.draft')).map(async (name) => ({ file: path.join(folder, name), facts: await stat(path.join(folder, name)).catch(() => undefined) })));
  return drafts.flatMap(({ file, facts }) => (facts && facts.mtimeMs + pendingMs < now ? [file] : []));
}

function readHeads(found: readonly Found[], key: Uint8Array | undefined, now: number): StoredUndos {
  const entries: StoredUndo[] = [];
  let problem = key ? undefined : 'the key they were sealed with is not in the secret store any more';
  let unreadable = 0;
  for (const { text, run, isConfirmed } of found) {
    try {
      if (!key) throw new Error(problem);
      const head = readUndoHead(text, run, key);
      if (isConfirmed || head.time + pendingMs < now) entries.push({ ...head, isConfirmed });
    } catch (thrown) {
      unreadable += 1;
      problem ??= toFailure(thrown).message;
    }
  }
  return { entries: entries.toSorted((a, b) => b.time - a.time), unreadable, ...(problem === undefined ? {} : { problem }) };
}

/** Doing it twice is doing it once. */
async function confirmFile(pending: string, confirmed: string): Promise<void> {
  try {
    await rename(pending, confirmed);
  } catch (thrown) {
    const isDone = await stat(confirmed).then(() => true, () => false);
    if (!isDone) throw thrown;
  }
}

/** On disk under its final name, or not there at all. */
async function writeDurably(file: string, text: string): Promise<void> {
  const folder = path.dirname(file);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const draft = `${file}.draft`;
  try {
    const handle = await open(draft, constants.O_CREAT | constants.O_WRONLY | constants.O_TRUNC, 0o600);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(draft, file);
    await syncFolder(folder);
  } catch (thrown) {
    await Promise.all([draft, file].map(async (each) => await rm(each, { force: true }).catch(() => undefined)));
    throw thrown;
  }
}

/** Run ids are ours, but a name on disk must never lead elsewhere. */
function safeName(run: string): string {
  return run.replaceAll(/[^\w-]/gu, '_');
}

function withoutStop(text: string): string {
  return text.replace(/\.$/u, '');
}
