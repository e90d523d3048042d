/**
 * The spool: a stream of chained events in files of its own, one line of JSON each, on disk before an append resolves.
 *
 * A program begins a stream of its own when it records its first event, and never appends to one it did not begin: so every
 * stream has one writer. The first event names the ends of the streams that were there, which chains the streams too. A stream
 * that was tampered with is left as it is, and a new one says so in its first event.
 */
import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import type { Clock } from '../../../app/ports.ts';
import { chainEvent, headOf, lineOf, newStream, type ChainedEvent, type ChainHead, type EventBody } from '../../../core/audit/chain.ts';
import { sha256 } from './digest.ts';
import { createSpoolFile, SpoolError, type SpoolFile, type SpoolProblem, type WrapDisk } from './spoolFile.ts';
import { claimStream } from './owner.ts';
import { readPrevious } from './streams.ts';

export type SpoolOptions = {
  /** Absolute path. Each stream has a folder in it. */
  readonly folder: string;
  /** Bytes after which a new file is begun. */
  readonly rotateAt?: number;
  readonly clock: Pick<Clock, 'now'>;
  /** Facts about the program for the first event of a stream. */
  readonly start: () => EventBody;
  readonly wrap?: WrapDisk;
  /** The last event that this machine is known to have recorded, by a memory apart from the folder. Where it is not there any more, the next stream says so. */
  readonly expected?: () => ChainHead | undefined;
};

export interface Spool {
  /** Durable when it resolves, and then the event is in the file for good. Rejects with a `SpoolError`. */
  append(body: EventBody): Promise<ChainedEvent>;
  /** Calls back after events became durable, in order. The returned function removes the listener. */
  onAppended(listener: (events: readonly ChainedEvent[]) => void): () => void;
  /** The last durable event. */
  readonly head: ChainHead | undefined;
  close(): Promise<void>;
}

type Waiting = { readonly body: EventBody; resolve(event: ChainedEvent): void; reject(error: unknown): void };
type Open = { readonly folder: string; readonly file: SpoolFile; head: ChainHead; readonly release: () => Promise<void> };

const defaultRotation = 8 * 1024 * 1024;

export function createSpool(options: SpoolOptions): Spool {
  const { rotateAt = defaultRotation } = options;
  const listeners = new Set<(events: readonly ChainedEvent[]) => void>();
  let waiting: Waiting[] = [];
  let writing: Promise<void> | undefined;
  let open: Open | undefined;
  /** Why the last stream is not gone on with. */
  let abandoned: { readonly stream: string; readonly seq: number; readonly why: SpoolProblem } | undefined;
  let closed = false;

  const write = async (): Promise<void> => {
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      // One sync for all that came while the last one was under way.
      await writeBatch(batch);
    }
    writing = undefined;
  };

  const writeBatch = async (batch: readonly Waiting[]): Promise<void> => {
    try {
      const current = await ready();
      const events: ChainedEvent[] = [];
      for (const { body } of batch) events.push(chainEvent(events.length === 0 ? current.head : headOf(events.at(-1) as ChainedEvent), body, sha256));
      await current.file.append(events.map(lineOf).join(''));
      accept(current, events);
      for (const [index, { resolve }] of batch.entries()) resolve(events[index] as ChainedEvent);
    } catch (error) {
      if (error instanceof SpoolError && error.problem !== 'write-failed') await abandon(error.problem);
      for (const { reject } of batch) reject(error);
    }
  };

  const accept = (current: Open, events: readonly ChainedEvent[]): void => {
    const last = events.at(-1);
    if (!last) return;
    current.head = headOf(last);
    for (const listener of listeners) listener(events);
  };

  const abandon = async (why: SpoolProblem): Promise<void> => {
    if (open) abandoned = { stream: open.head.stream, seq: open.head.seq, why };
    await open?.file.close().catch(() => undefined);
    open = undefined;
  };

  const ready = async (): Promise<Open> => {
    open = open && open.file.size >= rotateAt ? await rotate(open) : (open ?? (await begin()));
    return open;
  };

  const rotate = async ({ folder, head, file, release }: Open): Promise<Open> => {
    const next = await createSpoolFile(path.join(folder, fileName(head.seq + 1)), options.wrap);
    await file.close();
    return { folder, head, release, file: next };
  };

  const begin = async (): Promise<Open> => {
    const { previous, missing } = await readPrevious(options.folder, options.expected?.());
    const stream = streamName(options.clock.now());
    const folder = path.join(options.folder, stream);
    const file = await createSpoolFile(path.join(folder, fileName(1)), options.wrap);
    const first = chainEvent(newStream(stream), { kind: 'stream-begin', ...options.start(), previous, ...(missing ? { missing } : {}), ...(abandoned ? { abandoned } : {}) }, sha256);
    try {
      const release = await claimStream(folder);
      await file.append(lineOf(first));
      const begun: Open = { folder, file, head: headOf(first), release };
      abandoned = undefined;
      accept(begun, [first]);
      return begun;
    } catch (error) {
      // A stream without a first event is none.
      await file.close();
      await rm(folder, { recursive: true, force: true });
      throw error;
    }
  };

  return {
    append(body) {
      if (closed) return Promise.reject(new SpoolError('write-failed', 'The record was not written: the spool is closed.'));
      return new Promise((resolve, reject) => {
        waiting.push({ body, resolve, reject });
        writing ??= write();
      });
    },
    onAppended(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    get head() {
      return open?.head;
    },
    async close() {
      closed = true;
      await writing;
      await open?.file.close();
      await open?.release();
      open = undefined;
    },
  };
}

/** Sorts by the time at which it began, as far as the clock can be trusted; what makes it one of its kind is the random half. */
function streamName(now: number): string {
  return now.toString(16).padStart(12, '0').slice(-12) + randomBytes(6).toString('hex');
}

/** Sorts by name as by number. `seq`: of its first event. */
function fileName(seq: number): string {
  return `${String(seq).padStart(12, '0')}.jsonl`;
}
