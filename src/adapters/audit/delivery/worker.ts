/**
 * Brings the events of all streams to one endpoint: in order, at least once, for as long as it takes.
 *
 * Streams whose program is gone come first, then the own one. A batch that was not accepted is sent again before anything
 * after it.
 */
import type { Clock } from '../../../app/ports.ts';
import type { ChainedEvent } from '../../../core/audit/chain.ts';
import { createCursor, type Cursor } from './cursor.ts';
import type { Endpoint, SendResult } from './endpoint.ts';

/** Where the events of one stream are read. */
export type Source = {
  readonly stream: string;
  /** The events after `seq`, in order, at most `count`. */
  after(seq: number, count: number): Promise<readonly ChainedEvent[]>;
};

export type EndpointStatus = {
  readonly name: string;
  /** Events it does not have yet, of the own stream. */
  readonly behind: number;
  /** Why the last attempt failed; absent when it did not. */
  readonly trouble?: string;
};

export type WorkerOptions = {
  readonly folder: string;
  readonly endpoint: Endpoint;
  readonly clock: Clock;
  /** From 0 to 1, for the jitter. */
  readonly random: () => number;
  /** One attempt may take this long. */
  readonly timeoutMs: number;
  /** Something changed: delivered, or failed. */
  readonly changed: () => void;
};

export interface Worker {
  readonly name: string;
  readonly alertsOnly: boolean;
  /** Streams that are over; each is brought to its end once. */
  adopt(sources: readonly Source[]): void;
  /** The stream this program writes; more of it comes with each `wake`. */
  follow(source: Source): void;
  wake(): void;
  /** The last delivered event of the own stream. */
  readonly delivered: number;
  readonly trouble: string | undefined;
  /** Since when it takes nothing. */
  readonly failingSince: number | undefined;
  close(): Promise<void>;
}

const batchSize = 200;
const firstWaitMs = 500;
const longestWaitMs = 60_000;

export function createWorker({ folder, endpoint, clock, random, timeoutMs, changed }: WorkerOptions): Worker {
  const adopted: Source[] = [];
  const cursors = new Map<string, { readonly cursor: Cursor; seq: number }>();
  const stopping = new AbortController();
  let own: Source | undefined;
  let trouble: string | undefined;
  let failingSince: number | undefined;
  let failures = 0;
  let wake: () => void = () => undefined;
  let asked = false;

  const cursorOf = async (stream: string): Promise<{ readonly cursor: Cursor; seq: number }> => {
    const known = cursors.get(stream);
    if (known) return known;
    const cursor = createCursor(folder, stream, endpoint.name);
    const entry = { cursor, seq: await cursor.read() };
    cursors.set(stream, entry);
    return entry;
  };

  /** One batch. False when there is nothing to send. */
  const step = async (): Promise<boolean> => {
    const source = adopted[0] ?? own;
    if (!source) return false;
    const at = await cursorOf(source.stream);
    const events = await source.after(at.seq, batchSize);
    const last = events.at(-1);
    if (!last) {
      if (source === own) return false;
      adopted.shift();
      return true;
    }
    const result = await attempt(events);
    if (result.kind === 'elsewhere' && source !== own) {
      // A program of whoever brings it delivers it; here it is tried again by the next one.
      adopted.shift();
      return true;
    }
    if (result.kind !== 'accepted') return await fail(result);
    at.seq = last.seq;
    failures = 0;
    trouble = failingSince = undefined;
    // Not written: these are sent again some day, and known by their hash.
    await at.cursor.write({ seq: last.seq, hash: last.hash }).catch(() => undefined);
    changed();
    return true;
  };

  const attempt = async (events: readonly ChainedEvent[]): Promise<SendResult> => {
    const limit = new AbortController();
    const stopTimer = clock.after(timeoutMs, () => limit.abort());
    try {
      return await endpoint.send(events, AbortSignal.any([limit.signal, stopping.signal]));
    } finally {
      stopTimer();
    }
  };

  const fail = async ({ why, ...result }: Exclude<SendResult, { kind: 'accepted' }>): Promise<true> => {
    trouble = why;
    failingSince ??= clock.now();
    changed();
    const backoff = Math.min(firstWaitMs * 2 ** failures, longestWaitMs) * (0.5 + random() / 2);
    failures = Math.min(failures + 1, 20);
    await pause('afterMs' in result && result.afterMs !== undefined ? Math.max(result.afterMs, backoff) : backoff);
    return true;
  };

  const pause = async (milliseconds: number): Promise<void> => {
    await new Promise<void>((resolve) => {
      const stop = clock.after(milliseconds, resolve);
      stopping.signal.addEventListener('abort', () => (stop(), resolve()), { once: true });
    });
  };

  const idle = async (): Promise<void> => {
    await new Promise<void>((resolve) => {
      wake = resolve;
      if (asked || stopping.signal.aborted) resolve();
    });
    asked = false;
  };

  const loop = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      try {
        if (!(await step())) await idle();
      } catch (error) {
        // A stream that cannot be read: said, and tried again.
        await fail({ kind: 'retry', why: error instanceof Error ? error.message : String(error) });
      }
    }
  };
  const running = loop();

  const rouse = (): void => {
    asked = true;
    wake();
  };

  return {
    name: endpoint.name,
    alertsOnly: endpoint.alertsOnly === true,
    adopt(sources) {
      adopted.push(...sources);
      rouse();
    },
    follow(source) {
      own = source;
      rouse();
    },
    wake: rouse,
    get delivered() {
      return own ? (cursors.get(own.stream)?.seq ?? 0) : 0;
    },
    get trouble() {
      return trouble;
    },
    get failingSince() {
      return failingSince;
    },
    async close() {
      stopping.abort();
      wake();
      await running;
      endpoint.close();
    },
  };
}
