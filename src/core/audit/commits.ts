/** What became final, or may have, and all that is on record about its run. Pure. */
import { recordOf, type ChainedEvent } from './chain.ts';
import type { AuditRecord } from './record.ts';

export type Commit = {
  /** Says how it ended; where nobody knows, that it was announced. */
  readonly event: ChainedEvent;
  readonly body: Partial<AuditRecord>;
  /** Of its run, in the order of their times. */
  readonly records: readonly Partial<AuditRecord>[];
  /** Nobody knows how it ended: it counts as final. */
  readonly isDoubtful: boolean;
  /** When it was announced, as that machine's clock had it; epoch milliseconds. */
  readonly time: number;
  /** The latest time of anything it was recorded after: a clock that is set back does not set this back. */
  readonly notBefore: number;
};

/** @param events - of all streams, each stream in its order */
export function commitsOf(events: readonly ChainedEvent[]): readonly Commit[] {
  const byRun = Map.groupBy(events, ({ body }) => String(body['run']));
  const times = latestTimes(events);
  return [...byRun.values()].map((run) => run.toSorted((a, b) => timeOf(a) - timeOf(b))).flatMap((run) => endsOf(run).map((event) => toCommit(event, { run, times })));
}

/** Those that say it was committed; where none says how it ended, the last that leaves it open. */
function endsOf(run: readonly ChainedEvent[]): readonly ChainedEvent[] {
  const outcomes = run.filter(({ body }) => body['kind'] === 'outcome' && body['outcome'] === 'committed');
  const settled = run.filter(({ body }) => body['kind'] === 'settled');
  if (outcomes.length > 0) return outcomes;
  // Two windows may settle one run.
  const committed = settled.find(({ body }) => body['reason'] === 'committed');
  if (committed !== undefined) return [committed];
  const last = settled.find(({ body }) => body['reason'] === 'unknown') ?? run.findLast(({ body }) => body['kind'] === 'commit-intent' || body['kind'] === 'outcome');
  return last !== undefined && isOpen(last) && !settled.some(({ body }) => body['reason'] === 'rolled-back') ? [last] : [];
}

function isOpen({ body }: ChainedEvent): boolean {
  return body['kind'] !== 'outcome' || body['outcome'] === 'in-doubt';
}

type Surroundings = { readonly run: readonly ChainedEvent[]; readonly times: ReadonlyMap<string, number> };

function toCommit(event: ChainedEvent, { run, times }: Surroundings): Commit {
  const announced = run.findLast(({ body }) => body['kind'] === 'commit-intent') ?? event;
  const body = event.body as Partial<AuditRecord>;
  const isDoubtful = body.outcome !== 'committed' && body.reason !== 'committed';
  return { event, body, records: run.map((each) => each.body as Partial<AuditRecord>), isDoubtful, time: timeOf(announced), notBefore: times.get(announced.hash) ?? timeOf(announced) };
}

/** By hash: the latest time in its stream up to it, and in the streams that were there when its own began. */
function latestTimes(events: readonly ChainedEvent[]): ReadonlyMap<string, number> {
  const streams = Map.groupBy(events, ({ stream }) => stream);
  const times = new Map<string, number>();
  const read = new Set<string>();
  // Streams name only those before them; one that a forger made name itself is passed over.
  const follow = (stream: string): void => {
    if (read.has(stream)) return;
    read.add(stream);
    const [first] = streams.get(stream) ?? [];
    const heads = previousOf(first);
    for (const head of heads) follow(head.stream);
    let latest = heads.reduce((most, { hash }) => Math.max(most, times.get(hash) ?? 0), 0);
    for (const event of streams.get(stream) ?? []) {
      latest = Math.max(latest, timeOf(event));
      times.set(event.hash, latest);
    }
  };
  for (const stream of streams.keys()) follow(stream);
  return times;
}

function previousOf(first: ChainedEvent | undefined): readonly { readonly stream: string; readonly hash: string }[] {
  const previous = first?.body['previous'];
  return Array.isArray(previous) ? previous.map(recordOf).flatMap(({ stream, hash }) => (typeof stream === 'string' && typeof hash === 'string' ? [{ stream, hash }] : [])) : [];
}

function timeOf({ body }: ChainedEvent): number {
  return typeof body['time'] === 'number' ? body['time'] : 0;
}
