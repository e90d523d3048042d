/**
 * What is kept of a log beside the spool, so that it can be held to its word: the key it was first seen with, every checkpoint it
 * signed, the receipts of each stream, and what it answered when it broke its word. Files that only grow, but for checkpoints that newer ones stand for.
 */
import { constants } from 'node:fs';
import { mkdir, open, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { b64u, equalBytes, parseB64u } from '../../../core/approval/bytes.ts';
import type { Crypto } from '../../../core/approval/crypto.ts';
import { openCheckpoint, parseCheckpoint, type Checkpoint, type LogKey } from '../../../core/audit/checkpoint.ts';
import { parseNote, splitNotes } from '../../../core/audit/checkpointNote.ts';
import type { Receipt } from '../../../core/audit/receipt.ts';
import { sha256 } from '../spool/digest.ts';
import { compactCheckpoints } from './compactCheckpoints.ts';

/** A receipt as it is kept, and when it came. */
export type KeptReceipt = Receipt & { readonly time: number; readonly origin: string };

export type Alarm = { readonly time: number; readonly kind: string; readonly note: string; /** The checkpoint it does not agree with. */ readonly kept?: string };

export interface KeptLog {
  /** The log as it was first seen; `undefined` before. */
  pinned(): Promise<LogKey | undefined>;
  /** Once: later ones are compared with it, and do not replace it. */
  pin(log: LogKey): Promise<void>;
  /** The largest checkpoint, of this program or another one in the same folder. */
  latest(log: LogKey): Promise<{ readonly checkpoint: Checkpoint; readonly note: string } | undefined>;
  /** Durable when it resolves. */
  keep(receipt: KeptReceipt, checkpoint: Checkpoint): Promise<void>;
  /** @returns false when this very alarm was raised before */
  alarm(alarm: Alarm): Promise<boolean>;
}

const logsFolder = 'logs';
export const pinFile = 'log.json';
export const checkpointsFile = 'checkpoints.txt';
export const alarmsFile = 'alarms.jsonl';

/** Names of endpoints may hold anything, and be long; their files may not. */
const nameOf = (endpoint: string): string => sha256(endpoint).slice(0, 16);

/** Where the checkpoints of an endpoint are. */
export function logFolder(folder: string, endpoint: string): string {
  return path.join(folder, logsFolder, nameOf(endpoint));
}

export function logsIn(folder: string): string {
  return path.join(folder, logsFolder);
}

export function receiptsFile(endpoint: string): string {
  return `receipts-${nameOf(endpoint)}.jsonl`;
}

/** Bytes of checkpoints above which old ones go: years of a person's work. */
const usualBytes = 4 * 1024 * 1024;

export function createKeptLog(crypto: Crypto, folder: string, endpoint: string, mostBytes = usualBytes): KeptLog {
  const own = logFolder(folder, endpoint);
  const checkpoints = path.join(own, checkpointsFile);
  let newest: { readonly checkpoint: Checkpoint; readonly note: string } | undefined;
  /** How many bytes of the file were read. */
  let seen = 0;
  let known: LogKey | undefined;
  /** Above, the file is made smaller again. */
  let limit = mostBytes;
  let compacting: Promise<void> | undefined;

  const compact = async (log: LogKey): Promise<void> => {
    await compactCheckpoints({ crypto, log, file: checkpoints, folder, receipts: receiptsFile(endpoint) });
    // What has to stay may be much: not again with the next record.
    limit = Math.max(mostBytes, (await sizeOfFile(checkpoints)) * 2);
  };

  /** What was added since, here or by other windows: the largest that this very key signed. What a crash cut off is passed over. */
  const readNew = async (log: LogKey): Promise<void> => {
    // Made smaller by another window.
    if ((await sizeOfFile(checkpoints)) < seen) seen = 0;
    const text = await readFrom(checkpoints, seen);
    seen += Buffer.byteLength(text);
    const larger = splitNotes(text).map((note) => ({ note, size: sizeOf(note) })).filter(({ size }) => size > (newest?.checkpoint.size ?? -1));
    for (const { note } of larger.toSorted((a, b) => b.size - a.size)) {
      const opened = await openCheckpoint(crypto, log, note);
      if (opened.kind !== 'signed') continue;
      newest = { checkpoint: opened.checkpoint, note };
      return;
    }
  };

  return {
    async pinned() {
      return (known ??= parsePin(await readFile(path.join(own, pinFile), 'utf8').catch(ifMissing)));
    },
    async pin({ origin, pub }) {
      await mkdir(own, { recursive: true, mode: 0o700 });
      await writeDurably(path.join(own, pinFile), `${JSON.stringify({ endpoint, origin, pub: b64u(pub) })}\n`, constants.O_EXCL);
    },
    async latest(log) {
      await readNew(log);
      return newest;
    },
    async keep(receipt, checkpoint) {
      for (const stream of new Set(receipt.runs.map((run) => run.stream))) {
        await writeDurably(path.join(folder, stream, receiptsFile(endpoint)), `${JSON.stringify({ ...receipt, runs: receipt.runs.filter((run) => run.stream === stream) })}\n`);
      }
      const isKnown = newest !== undefined && newest.checkpoint.size === checkpoint.size && equalBytes(newest.checkpoint.root, checkpoint.root);
      if (isKnown) return;
      await mkdir(own, { recursive: true, mode: 0o700 });
      await writeDurably(checkpoints, `${receipt.note}\n`);
      if (checkpoint.size >= (newest?.checkpoint.size ?? 0)) newest = { checkpoint, note: receipt.note };
      if (known !== undefined && (await sizeOfFile(checkpoints)) > limit) compacting ??= compact(known).catch(() => undefined).finally(() => (compacting = undefined));
    },
    async alarm(alarm) {
      await mkdir(own, { recursive: true, mode: 0o700 });
      const file = path.join(own, alarmsFile);
      const known = (await readFile(file, 'utf8').catch(ifMissing)).split('\n').some((line) => isSameAlarm(line, alarm));
      if (!known) await writeDurably(file, `${JSON.stringify(alarm)}\n`);
      return !known;
    },
  };
}

async function sizeOfFile(file: string): Promise<number> {
  return (await stat(file).catch(() => undefined))?.size ?? 0;
}

/** What a note claims; -1 when it is none. */
function sizeOf(note: string): number {
  return parseCheckpoint(parseNote(note)?.text ?? '')?.size ?? -1;
}

function parsePin(text: string): LogKey | undefined {
  if (text === '') return undefined;
  const { origin, pub } = JSON.parse(text) as { origin?: unknown; pub?: unknown };
  const key = typeof pub === 'string' ? parseB64u(pub) : undefined;
  return typeof origin === 'string' && key !== undefined ? { origin, pub: key } : undefined;
}

/** The signature of a note is another one each time; what it is about is not. */
function isSameAlarm(line: string, { kind, note }: Alarm): boolean {
  try {
    const known = JSON.parse(line) as Partial<Alarm>;
    return known.kind === kind && known.note?.split('\n\n')[0] === note.split('\n\n')[0];
  } catch {
    // Cut off while it was written.
    return false;
  }
}

/** One write, on disk when it resolves. What a crash cut off before gets a line of its own. */
async function writeDurably(file: string, text: string, flags = 0): Promise<void> {
  const { O_APPEND, O_CREAT, O_RDWR } = constants;
  const handle = await open(file, O_APPEND | O_CREAT | O_RDWR | flags, 0o600);
  try {
    const { size } = await handle.stat();
    const { buffer } = size === 0 ? { buffer: Buffer.from('\n') } : await handle.read(Buffer.alloc(1), 0, 1, size - 1);
    await handle.appendFile(buffer[0] === 0x0a ? text : `\n\n${text}`);
    await handle.datasync();
  } finally {
    await handle.close();
  }
}

/** Empty when there is nothing more. */
async function readFrom(file: string, start: number): Promise<string> {
  const handle = await open(file, 'r').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  try {
    const size = (await handle?.stat())?.size ?? 0;
    if (handle === undefined || size <= start) return '';
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(size - start), 0, size - start, start);
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await handle?.close();
  }
}

function ifMissing(error: NodeJS.ErrnoException): string {
  if (error.code === 'ENOENT') return '';
  throw error;
}
