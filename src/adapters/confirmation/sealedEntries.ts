/**
 * Entries on disk that change a few times and must not be lost: each state of an entry is a sealed file of its own, numbered, made once
 * and never written over. The highest number counts. Two windows that change one entry in the same moment cannot both take a number, so
 * the slower one reads again and changes what is there then.
 */
import { rm, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { toFailure } from '../../core/errors.ts';
import { findMachineKey, findOrMakeMachineKey } from '../credentials/machineKey.ts';
import type { SecretStore } from '../credentials/secretStore.ts';
import { seal, unseal } from '../undo/sealed.ts';
import { isMissing, namesIn, writeOnce } from './durableFiles.ts';

export type SealedEntriesOptions = {
  /** Absolute path; made when it is missing. */
  readonly folder: string;
  /** The store in use right now; asked for each time, since a setting can change it. */
  readonly secrets: () => SecretStore;
  /** Name of the key, and part of every seal. */
  readonly purpose: string;
  /** Ending of the files, without a dot. */
  readonly suffix: string;
};

export type StoredEntries<Entry> = {
  readonly entries: readonly Entry[];
  /** Entries that are there and cannot be opened. They stay where they are. */
  readonly unreadable: readonly string[];
  /** The reason of one of them. */
  readonly problem?: string;
};

export interface SealedEntries<Entry extends { readonly id: string }> {
  /** @throws when it cannot be written; false when there is one with this id */
  create(entry: Entry): Promise<boolean>;
  /** `next` may be called again with what another window made of the entry. @throws when there is none, or it cannot be read or written */
  update(id: string, next: (current: Entry) => Entry): Promise<Entry>;
  /** @throws when it is there and cannot be opened */
  get(id: string): Promise<Entry | undefined>;
  list(): Promise<StoredEntries<Entry>>;
  remove(id: string): Promise<void>;
}

const isId = /^[\w-]{1,64}$/;
const attempts = 100;
/** What a crash in the middle of writing left is nobody's after this. */
const draftMs = 60 * 60 * 1000;

export function createSealedEntries<Entry extends { readonly id: string }>(options: SealedEntriesOptions): SealedEntries<Entry> {
  const { folder, suffix } = options;
  const fileOf = (id: string, version: number): string => path.join(folder, `${checkedId(id)}.${String(version)}.${suffix}`);

  const versions = async (): Promise<ReadonlyMap<string, readonly number[]>> => {
    const found = new Map<string, readonly number[]>();
    for (const name of await namesIn(folder)) {
      const [, id = '', number = ''] = pattern(suffix).exec(name) ?? [];
      if (id !== '') found.set(id, [...(found.get(id) ?? []), Number(number)].toSorted((a, b) => b - a));
    }
    return found;
  };

  const read = async (id: string, version: number, key: () => Promise<Uint8Array>): Promise<Entry | 'replaced'> => {
    const line = await readSmall(fileOf(id, version));
    if (line === undefined) return 'replaced';
    return JSON.parse(opened(line.trimEnd(), await key(), sealOf(options, id, version)), revive) as Entry;
  };

  /** @param seen - what was in the folder a moment ago */
  const latest = async (id: string, seen?: ReadonlyMap<string, readonly number[]>, key = async () => await keyFor('reading', options)): Promise<{ readonly entry: Entry; readonly version: number } | undefined> => {
    for (let attempt = 0; attempt < attempts; attempt += 1) {
      const [version] = (attempt === 0 && seen !== undefined ? seen : await versions()).get(id) ?? [];
      if (version === undefined) return undefined;
      const entry = await read(id, version, key);
      if (entry !== 'replaced') return { entry, version };
    }
    throw new Error('another window keeps changing it');
  };

  const write = async (entry: Entry, version: number): Promise<boolean> => {
    const line = seal(JSON.stringify(entry, keepBytes), await keyFor('writing', options), sealOf(options, entry.id, version));
    return await writeOnce(fileOf(entry.id, version), `${line}\n`);
  };

  return {
    async create(entry) {
      await removeOldDrafts(folder);
      return (await versions()).has(checkedId(entry.id)) ? false : await write(entry, 1);
    },
    async update(id, next) {
      for (let attempt = 0; attempt < attempts; attempt += 1) {
        const current = await latest(id);
        if (current === undefined) throw new Error('it is not kept here');
        const entry = next(current.entry);
        const version = current.version + 1;
        if (!(await write(entry, version))) continue;
        // A number could be free again because others went on from it and tidied up: then this state is not the latest.
        const [highest, ...older] = (await versions()).get(id) ?? [];
        if (highest === version) {
          // Also those that a crash left here.
          await Promise.all(older.map(async (each) => await rm(fileOf(id, each), { force: true })));
          return entry;
        }
        if (highest !== undefined && highest > version) await rm(fileOf(id, version), { force: true });
      }
      throw new Error('another window keeps changing it');
    },
    get: async (id) => (await latest(id))?.entry,
    async list() {
      const entries: Entry[] = [];
      const unreadable: string[] = [];
      let problem: string | undefined;
      const seen = await versions();
      // However many files somebody put there: one look at the folder, one question to the secret store.
      const key = once(async () => await keyFor('reading', options));
      for (const id of seen.keys()) {
        try {
          const found = await latest(id, seen, key);
          if (found !== undefined) entries.push(found.entry);
        } catch (thrown) {
          unreadable.push(id);
          problem ??= toFailure(thrown).message;
        }
      }
      return { entries, unreadable, ...(problem === undefined ? {} : { problem }) };
    },
    async remove(id) {
      // The highest goes last: until then the entry is there as it was.
      for (const version of ((await versions()).get(checkedId(id)) ?? []).toReversed()) await rm(fileOf(id, version), { force: true });
    },
  };
}

function pattern(suffix: string): RegExp {
  return new RegExp(`^([\\w-]{1,64})\\.(\\d{1,9})\\.${suffix}$`, 'u');
}

/** A file that is given another name, or belongs to another entry, does not open. */
function sealOf({ purpose }: SealedEntriesOptions, id: string, version: number): string {
  return `countersign ${purpose} 1 ${id} ${String(version)}`;
}

function opened(line: string, key: Uint8Array, about: string): string {
  try {
    return unseal(line, key, about);
  } catch {
    // What the cryptography says of it helps nobody.
    throw new Error('it was sealed with another key than the one that is kept here, or it is damaged');
  }
}

async function keyFor(use: 'reading' | 'writing', { secrets, purpose }: SealedEntriesOptions): Promise<Uint8Array> {
  const found = await (use === 'reading' ? findMachineKey : findOrMakeMachineKey)(secrets(), purpose);
  if (found.kind === 'found') return found.key;
  throw new Error(found.kind === 'failed' ? found.message : 'the key it is sealed with is not in the secret store');
}

/** No entry is larger. */
const maxFileBytes = 64 * 1024 * 1024;

/** `undefined`: there is no such file. */
async function readSmall(file: string): Promise<string | undefined> {
  try {
    if ((await stat(file)).size > maxFileBytes) throw new Error(`it is larger than ${String(maxFileBytes)} bytes`);
    return await readFile(file, 'utf8');
  } catch (thrown) {
    if (isMissing(thrown)) return undefined;
    throw thrown;
  }
}

function once<Value>(work: () => Promise<Value>): () => Promise<Value> {
  let begun: Promise<Value> | undefined;
  return async () => await (begun ??= work());
}

function checkedId(id: string): string {
  if (!isId.test(id)) throw new TypeError('an id that cannot be the name of a file');
  return id;
}

async function removeOldDrafts(folder: string): Promise<void> {
  for (const name of (await namesIn(folder)).filter((each) => each.endsWith('.draft'))) {
    const file = path.join(folder, name);
    const facts = await stat(file).catch(() => undefined);
    if (facts !== undefined && facts.mtimeMs + draftMs < Date.now()) await rm(file, { force: true });
  }
}

const bytesKey = '$bytes';

/** JSON has no bytes: they travel as base64 under a name of their own. */
function keepBytes(_key: string, value: unknown): unknown {
  return value instanceof Uint8Array ? { [bytesKey]: Buffer.from(value).toString('base64') } : value;
}

function revive(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !(bytesKey in value) || typeof value[bytesKey] !== 'string') return value;
  return Uint8Array.from(Buffer.from(value[bytesKey], 'base64'));
}
