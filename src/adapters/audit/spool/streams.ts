/** Reads the streams in a spool's folder. */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { headOf, newStream, parseEvent, type ChainedEvent, type ChainHead } from '../../../core/audit/chain.ts';
import { readChain, type ChainEnd } from '../../../core/audit/readChain.ts';
import { sha256 } from './digest.ts';

/** `file` names the one in which the reading stopped. */
export type ReadStream = { readonly stream: string; readonly events: readonly ChainedEvent[]; readonly head: ChainHead; readonly end: ChainEnd; readonly file?: string };

/** Names of the streams, in no meaningful order. Empty when the folder is not there. */
export async function listStreams(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(ifMissing);
  return entries.filter((entry) => entry.isDirectory() && /^[0-9a-f]{24}$/u.test(entry.name)).map(({ name }) => name);
}

/** All events of a stream as far as they hold together. */
export async function readStream(folder: string, stream: string): Promise<ReadStream> {
  const events: ChainedEvent[] = [];
  let head = newStream(stream);
  const files = await filesOf(path.join(folder, stream));
  for (const [index, name] of files.entries()) {
    const file = path.join(folder, stream, name);
    const read = readChain(await readFile(file, 'utf8'), head, sha256);
    for (const event of read.events) events.push(event);
    head = read.head;
    // Only the last file of all can have been cut off by a crash.
    const isLast = index === files.length - 1;
    if (read.end.kind === 'damaged') return { stream, events, head, end: read.end, file };
    if (read.end.kind === 'torn') return { stream, events, head, end: isLast ? read.end : { kind: 'damaged', line: read.events.length + 1, problem: 'unreadable' }, file };
  }
  return { stream, events, head, end: { kind: 'whole' } };
}

/** Ends of the newest streams, oldest first, so that a new one can name them. */
export async function readHeads(folder: string): Promise<readonly ChainHead[]> {
  const newest = (await listStreams(folder)).toSorted().slice(-mostHeads);
  const heads = await Promise.all(newest.map(async (stream) => await readHead(folder, stream)));
  return heads.flatMap((head) => head ?? []);
}

const mostHeads = 16;

async function readHead(folder: string, stream: string): Promise<ChainHead | undefined> {
  const last = (await filesOf(path.join(folder, stream))).at(-1);
  if (last === undefined) return undefined;
  const lines = (await readFile(path.join(folder, stream, last), 'utf8')).split('\n');
  // What comes after the last line end was never acknowledged.
  const event = parseEvent(lines.at(-2) ?? '');
  return event && headOf(event);
}

async function filesOf(folder: string): Promise<readonly string[]> {
  return (await readdir(folder)).filter((name) => /^\d{12}\.jsonl$/u.test(name)).toSorted();
}

function ifMissing(error: NodeJS.ErrnoException): [] {
  if (error.code === 'ENOENT') return [];
  throw error;
}
