/**
 * Checkpoints of a log that others were shown, as they say with what they sign: two that do not belong to one log are the proof that it
 * shows different people different ones. Kept beside the own ones until they were compared; each a file of its own, so that windows
 * need no lock.
 */
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Crypto } from '../../core/approval/crypto.ts';
import { openCheckpoint, type Checkpoint, type LogKey } from '../../core/audit/checkpoint.ts';
import type { LogWord } from '../../app/approvalPorts.ts';
import { readKeptLogs, type KeptLogOfEndpoint } from './readKeptLogs.ts';
import { sha256 } from './spool/digest.ts';

export type Heard = { readonly checkpoint: Checkpoint; readonly note: string; /** Where it is kept. */ readonly file: string };

/** As long as it may be in what people sign. */
const longestNote = 2000;
/** Of one log: whoever sends more does not make a disk full. */
const mostHeard = 200;

const folderIn = (own: string): string => path.join(own, 'heard');

/** @param folder - the spool's */
export function createLogWord(crypto: Pick<Crypto, 'sha256' | 'verify'>, folder: string): LogWord {
  const logs = async (): Promise<readonly KeptLogOfEndpoint[]> => await readKeptLogs(folder, []);
  return {
    async seen() {
      const newest = await Promise.all((await logs().catch(() => [])).map(async ({ log, notes }) => await largestOf(crypto, log, notes)));
      return newest.flatMap((each) => each ?? []).toSorted((a, b) => b.checkpoint.size - a.checkpoint.size)[0]?.note;
    },
    async heard(note) {
      try {
        for (const { log, folder: own, notes } of await logs()) {
          const opened = await openCheckpoint(crypto, log, note);
          // What the log did not sign says nothing about it.
          if (opened.kind !== 'signed' || note.length > longestNote || notes.includes(note)) continue;
          await mkdir(folderIn(own), { recursive: true, mode: 0o700 });
          if ((await readdir(folderIn(own))).length >= mostHeard) continue;
          await writeFile(path.join(folderIn(own), `${sha256(note.split('\n\n')[0] ?? '').slice(0, 32)}.txt`), note, { mode: 0o600 });
        }
      } catch {
        // Nobody's work waits for it: the next one they sign says it again.
      }
    },
  };
}

async function largestOf(crypto: Pick<Crypto, 'sha256' | 'verify'>, log: LogKey, notes: readonly string[]): Promise<{ readonly checkpoint: Checkpoint; readonly note: string } | undefined> {
  for (const note of notes.toReversed()) {
    if (note.length > longestNote) continue;
    const opened = await openCheckpoint(crypto, log, note);
    // They are kept in the order in which they came.
    if (opened.kind === 'signed' && opened.checkpoint.size > 0) return { checkpoint: opened.checkpoint, note };
  }
  return undefined;
}

/** Notes that were not compared yet, whoever signed them. @param own - folder of the log */
export async function readHeard(own: string): Promise<readonly { readonly note: string; readonly file: string }[]> {
  const names: readonly string[] = await readdir(folderIn(own)).catch(() => []);
  return await Promise.all(names.toSorted().map(async (name) => ({ note: await readFile(path.join(folderIn(own), name), 'utf8').catch(() => ''), file: path.join(folderIn(own), name) })));
}

/** Those that the log signed. */
export async function openHeard(crypto: Pick<Crypto, 'sha256' | 'verify'>, log: LogKey, own: string): Promise<readonly Heard[]> {
  const opened = await Promise.all((await readHeard(own)).map(async ({ note, file }) => ({ note, file, end: await openCheckpoint(crypto, log, note) })));
  return opened.flatMap(({ note, file, end }) => (end.kind === 'signed' ? [{ note, file, checkpoint: end.checkpoint }] : []));
}

/** It belongs to the log as it is known here, whose own checkpoints stand for it from now on. */
export async function forgetHeard({ file }: Pick<Heard, 'file'>): Promise<void> {
  await rm(file, { force: true });
}
