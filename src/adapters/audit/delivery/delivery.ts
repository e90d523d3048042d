/** Brings the spool to every endpoint, each at its own pace: one that hangs does not hold up the others. */
import path from 'node:path';
import type { Clock } from '../../../app/ports.ts';
import type { ChainedEvent } from '../../../core/audit/chain.ts';
import { AppError } from '../../../core/errors.ts';
import { hasLivingOwner } from '../spool/owner.ts';
import type { Spool } from '../spool/spool.ts';
import { listStreams, readAfter } from '../spool/streams.ts';
import type { Endpoint } from './endpoint.ts';
import { watchSilence } from './silence.ts';
import { createWorker, type EndpointStatus, type Source, type Worker } from './worker.ts';

export type DeliveryOptions = {
  /** The spool's. */
  readonly folder: string;
  readonly spool: Spool;
  readonly endpoints: readonly Endpoint[];
  readonly clock: Clock;
  readonly random: () => number;
  readonly timeoutMs?: number;
  /** The state of an endpoint changed. */
  readonly onStatus?: (status: readonly EndpointStatus[]) => void;
  /** An endpoint took nothing for `silentMs` while another one did. Called once, until it takes something again. */
  readonly onSilent?: (name: string, since: number) => void;
  readonly silentMs?: number;
};

export interface Delivery {
  /** Names of the endpoints that keep records. */
  readonly keepers: readonly string[];
  /** Resolves when every endpoint that keeps records has the event. Rejects, naming those that do not, when that takes longer than `timeoutMs`. */
  waitFor(event: Pick<ChainedEvent, 'stream' | 'seq'>, timeoutMs: number): Promise<void>;
  status(): readonly EndpointStatus[];
  /** Waits until every endpoint has everything, at most so long. Returns those that do not. */
  drain(limitMs: number): Promise<readonly EndpointStatus[]>;
  /** What is not delivered by now stays in the spool, and a later program delivers it. */
  close(): Promise<void>;
}

const attemptMs = 10_000;
const defaultSilentMs = 10 * 60_000;
/** Events kept in memory; older ones are read from disk again. */
const mostKept = 2000;

export async function startDelivery(options: DeliveryOptions): Promise<Delivery> {
  const { folder, spool, endpoints, clock, random, timeoutMs = attemptMs, silentMs = defaultSilentMs, onStatus, onSilent } = options;
  const waiting = new Set<() => void>();
  const status = (): readonly EndpointStatus[] => workers.map((worker) => statusOf(worker, spool));
  const changed = (): void => {
    for (const look of waiting) look();
    onStatus?.(status());
    silence.look();
  };
  const workers: readonly Worker[] = endpoints.map((endpoint) => createWorker({ folder, endpoint, clock, random, timeoutMs, changed }));
  const silence = watchSilence(() => workers.map(({ name, failingSince }) => ({ name, ...(failingSince === undefined ? {} : { failingSince }) })), { clock, silentMs, onSilent: (name, since) => onSilent?.(name, since) });
  const keepers = workers.filter(({ alertsOnly }) => !alertsOnly);
  const unfollow = followSpool(spool, folder, workers);
  const orphans = await findOrphans(folder);
  for (const worker of workers) worker.adopt(orphans);
  /** Whether it came true in time. */
  const within = async (limitMs: number, isTrue: () => boolean): Promise<boolean> =>
    await new Promise((resolve) => {
      const done = (result: boolean): void => {
        stop();
        waiting.delete(look);
        resolve(result);
      };
      const look = (): void => {
        if (isTrue()) done(true);
      };
      const stop = clock.after(limitMs, () => done(false));
      waiting.add(look);
      look();
    });
  return {
    keepers: keepers.map(({ name }) => name),
    async waitFor({ seq }, limitMs) {
      const missing = (): readonly Worker[] => keepers.filter(({ delivered }) => delivered < seq);
      if (!(await within(limitMs, () => missing().length === 0))) throw new AppError({ code: 'audit', message: notReceived(missing(), limitMs) });
    },
    async drain(limitMs) {
      const behind = (): readonly EndpointStatus[] => status().filter((each) => each.behind > 0);
      await within(limitMs, () => behind().length === 0);
      return behind();
    },
    status,
    async close() {
      unfollow();
      silence.close();
      await Promise.all(workers.map(async (worker) => await worker.close()));
    },
  };
}

function statusOf({ name, delivered, trouble }: Worker, { head }: Spool): EndpointStatus {
  return { name, behind: Math.max(0, (head?.seq ?? 0) - delivered), ...(trouble === undefined ? {} : { trouble }) };
}

/** The own stream, from memory while it is there. A new one is begun when the old one was tampered with. */
function followSpool(spool: Spool, folder: string, workers: readonly Worker[]): () => void {
  let kept: ChainedEvent[] = [];
  let stream: string | undefined;
  const follow = (next: string): void => {
    // What was not sent of a stream that was given up is read from disk, as far as it holds together.
    const given = stream === undefined ? [] : [fromDisk(folder, stream)];
    for (const worker of workers) worker.adopt(given);
    kept = [];
    stream = next;
    const source = ownSource(folder, next, () => kept);
    for (const worker of workers) worker.follow(source);
  };
  if (spool.head) follow(spool.head.stream);
  return spool.onAppended((events) => {
    const [first] = events;
    if (!first) return;
    if (first.stream !== stream) follow(first.stream);
    kept.push(...events);
    if (kept.length > mostKept) kept = kept.slice(-mostKept / 2);
    for (const worker of workers) worker.wake();
  });
}

function ownSource(folder: string, stream: string, kept: () => readonly ChainedEvent[]): Source {
  const disk = fromDisk(folder, stream);
  return {
    stream,
    async after(seq, count) {
      const recent = kept();
      const first = recent[0]?.seq ?? Infinity;
      if (first > seq + 1) return await disk.after(seq, count);
      return recent.slice(seq + 1 - first, seq + 1 - first + count);
    },
  };
}

/** Events behind a damaged one are not sent as if they followed: the chain ends where it breaks. */
function fromDisk(folder: string, stream: string): Source {
  let read: readonly ChainedEvent[] = [];
  return {
    stream,
    async after(seq, count) {
      // What was read and not asked for yet; the rest of a file is not read for every batch.
      const known = read.findIndex((event) => event.seq === seq + 1);
      if (known < 0) read = await readAfter(folder, stream, seq);
      return read.slice(Math.max(0, known), Math.max(0, known) + count);
    },
  };
}

/** Streams of programs that are gone, oldest first. */
async function findOrphans(folder: string): Promise<readonly Source[]> {
  const streams = (await listStreams(folder)).toSorted();
  const living = await Promise.all(streams.map(async (stream) => await hasLivingOwner(path.join(folder, stream))));
  return streams.filter((_, index) => living[index] === false).map((stream) => fromDisk(folder, stream));
}

function notReceived(workers: readonly Worker[], limitMs: number): string {
  const names = workers.map(({ name, trouble }) => `“${name}”${trouble === undefined ? '' : ` (${trouble})`}`).join(' and ');
  return `Nothing was changed: within ${String(Math.round(limitMs / 1000))} s the record did not reach ${names}, and your policy allows no write without it (setting countersign.audit.required). Reads go on. Check that it can be reached, then run again.`;
}
