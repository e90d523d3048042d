/** Reads the streams in a spool's folder. */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { headOf, newStream, parseEvent, type ChainedEvent, type ChainHead } from '../../../core/audit/chain.ts';
import { isRemoved, removedHeads } from '../../../core/audit/pruned.ts';
import { readChain, type ChainEnd } from '../../../core/audit/readChain.ts';
import { sha256 } from './digest.ts';

/** `start` is what its first event follows on: removed events, where it does not begin with 1. `file` names the one in which the reading stopped. */
export type ReadStream = { readonly stream: string; readonly start: ChainHead; readonly events: readonly ChainedEvent[]; readonly head: ChainHead; readonly end: ChainEnd; readonly file?: string };

/** Names of the streams, in no meaningful order. Empty when the folder is not there. */
export async function listStreams(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(ifMissing);
  return entries.filter((entry) => entry.isDirectory() && /^[0-9a-f]{24}$/u.test(entry.name)).map(({ name }) => name);
}

/** All events of a stream as far as they hold together; whether what it follows on may be gone is for whoever verifies. */
export async function readStream(folder: string, stream: string): Promise<ReadStream> {
  const events: ChainedEvent[] = [];
  const files = await filesOf(path.join(folder, stream));
  let start: ChainHead | undefined;
  let head = newStream(stream);
  for (const [index, name] of files.entries()) {
    const file = path.join(folder, stream, name);
    const text = await readFile(file, 'utf8');
    if (start === undefined) head = start = startOf(stream, name, text);
    const read = readChain(text, head, sha256);
    for (const event of read.events) events.push(event);
    head = read.head;
    // Only the last file of all can have been cut off by a crash.
    const isLast = index === files.length - 1;
    if (read.end.kind === 'damaged') return { stream, start, events, head, end: read.end, file };
    if (read.end.kind === 'torn') return { stream, start, events, head, end: isLast ? read.end : { kind: 'damaged', line: read.events.length + 1, problem: 'unreadable' }, file };
  }
  return { stream, start: start ?? newStream(stream), events, head, end: { kind: 'whole' } };
}

/**
 * The events after `seq` that are in the same file as the next one, as far as they hold together. Empty when there are none, or
 * when one between is damaged: what is behind it does not follow.
 */
export async function readAfter(folder: string, stream: string, seq: number): Promise<readonly ChainedEvent[]> {
  const files = await filesOf(path.join(folder, stream));
  const from = Math.max(0, files.findLastIndex((name) => firstOf(name) <= seq + 1));
  const name = files[from];
  if (name === undefined) return [];
  const text = await readFile(path.join(folder, stream, name), 'utf8');
  return readChain(text, startOf(stream, name, text), sha256).events.filter((event) => event.seq > seq);
}

/** What the first event of a file follows on, as it says itself. */
function startOf(stream: string, name: string, text: string): ChainHead {
  const first = firstOf(name);
  const event = first === 1 ? undefined : parseEvent(text.slice(0, Math.max(0, text.indexOf('\n'))));
  return event ? { stream, seq: first - 1, hash: event.prev } : newStream(stream);
}

/** Number of the first event of a file. */
export function firstOf(name: string): number {
  return Number.parseInt(name, 10);
}

/**
 * What a new stream names as having been there before it, and what should have been there and is not.
 *
 * @param expected - known from elsewhere
 */
export async function readPrevious(folder: string, expected: ChainHead | undefined): Promise<{ readonly previous: readonly ChainHead[]; readonly missing?: ChainHead }> {
  const previous = await readHeads(folder);
  if (expected === undefined || previous.some(({ stream, seq }) => stream === expected.stream && seq >= expected.seq)) return { previous };
  const streams = await Promise.all((await listStreams(folder)).map(async (stream) => await readStream(folder, stream)));
  const isThere = streams.some(({ stream, head }) => stream === expected.stream && head.seq >= expected.seq);
  // Delivered, and removed by ourselves.
  if (isThere || isRemoved(removedHeads(streams.flatMap(({ events }) => events.map(({ body }) => body))), expected)) return { previous };
  return { previous: [...previous, expected], missing: expected };
}

/** Ends of the newest streams, oldest first, so that a new one can name them. */
async function readHeads(folder: string): Promise<readonly ChainHead[]> {
  const newest = (await listStreams(folder)).toSorted().slice(-mostHeads);
  const heads = await Promise.all(newest.map(async (stream) => await readHead(folder, stream)));
  return heads.flatMap((head) => head ?? []);
}

const mostHeads = 16;

async function readHead(folder: string, stream: string): Promise<ChainHead | undefined> {
  const last = (await filesOf(path.join(folder, stream))).at(-1);
  return last === undefined ? undefined : lastOf(await readFile(path.join(folder, stream, last), 'utf8'));
}

/** The last event in the text of a file. What comes after the last line end was never acknowledged. */
export function lastOf(text: string): ChainHead | undefined {
  const event = parseEvent(text.split('\n').at(-2) ?? '');
  return event && headOf(event);
}

/** Names of a stream's files, in order. */
export async function filesOf(folder: string): Promise<readonly string[]> {
  return (await readdir(folder)).filter((name) => /^\d{12}\.jsonl$/u.test(name)).toSorted();
}

function ifMissing(error: NodeJS.ErrnoException): [] {
  if (error.code === 'ENOENT') return [];
  throw error;
}
