/** Whether the streams of a spool are what was written: each whole, none missing, and every commit announced before it. */
import { isHead, newStream, type ChainedEvent, type ChainHead } from './chain.ts';
import { isRemoved, removedHeads } from './pruned.ts';
import type { ChainEnd } from './readChain.ts';

/** `start`: what its first event follows on; nothing when absent. */
export type StreamText = { readonly stream: string; readonly start?: ChainHead; readonly events: readonly ChainedEvent[]; readonly end: ChainEnd };

export type Finding = {
  readonly stream: string;
  /** Where, as far as there is a place. */
  readonly seq?: number;
  readonly problem: 'damaged' | 'missing' | 'cut' | 'abandoned' | 'no-intent' | 'unresolved' | 'torn';
  /** One line: what is wrong, and what it means. */
  readonly message: string;
  /** False for what happens without anybody's doing: a crash. */
  readonly suspicious: boolean;
};

/** Pure. Findings by stream, in the order of the streams. */
export function verifySpool(streams: readonly StreamText[]): readonly Finding[] {
  const byName = new Map(streams.map((stream) => [stream.stream, stream]));
  const removed = removedHeads(streams.flatMap(({ events }) => events.map(({ body }) => body)));
  const runs = verifyRuns(streams);
  return streams.flatMap((stream) => [...checkStart(stream, removed), ...checkEnd(stream), ...checkPrevious(stream, { byName, removed }), ...checkAbandoned(stream), ...runs.filter((finding) => finding.stream === stream.stream)]);
}

/** Only whether every commit was announced, and every announced one came to an end. For streams of many machines, of which none names the others. */
export function verifyRuns(streams: readonly StreamText[]): readonly Finding[] {
  const settled = new Set(streams.flatMap(({ events }) => events.filter(({ body }) => body['kind'] === 'settled').map(({ body }) => String(body['run']))));
  return streams.flatMap((stream) => checkRuns(stream, settled));
}

function checkEnd({ stream, events, end }: StreamText): readonly Finding[] {
  const seq = (events.at(-1)?.seq ?? 0) + 1;
  switch (end.kind) {
    case 'whole':
      return [];
    case 'torn':
      return [{ stream, seq, problem: 'torn', suspicious: false, message: `event ${String(seq)} was cut off while it was written; nothing had been told that it was there` }];
    case 'damaged':
      return [{ stream, seq, problem: 'damaged', suspicious: true, message: `event ${String(seq)} is ${damage[end.problem]}; nothing after event ${String(seq - 1)} can be trusted` }];
  }
}

const damage: Record<Extract<ChainEnd, { kind: 'damaged' }>['problem'], string> = {
  altered: 'not what was written: its digest does not fit',
  broken: 'not the successor of the one before it',
  gap: 'missing or out of order',
  'other-stream': 'of another stream',
  unreadable: 'not readable',
};

/** A beginning may be gone only where a record says that it was removed, and what follows must follow on that. */
function checkStart(text: StreamText, removed: Removed): readonly Finding[] {
  const { stream, start = newStream(stream) } = text;
  if (start.seq === 0 || (removed.get(stream) ?? []).some((head) => head.seq >= start.seq && hashAt(text, head.seq) === head.hash)) return [];
  return [{ stream, seq: start.seq, problem: 'missing', suspicious: true, message: `events 1 to ${String(start.seq)} are gone, and no record says that they were removed after every endpoint had them` }];
}

type Removed = ReturnType<typeof removedHeads>;

function hashAt({ stream, start = newStream(stream), events }: StreamText, seq: number): string | undefined {
  return seq === start.seq ? start.hash : events[seq - start.seq - 1]?.hash;
}

/** Every stream names the ends of those before it: what is not there any more, or ends earlier, was removed. */
function checkPrevious({ stream, events }: StreamText, { byName, removed }: { readonly byName: ReadonlyMap<string, StreamText>; readonly removed: Removed }): readonly Finding[] {
  const previous = events[0]?.body['previous'];
  const heads = Array.isArray(previous) ? previous.filter(isHead) : [];
  return heads.flatMap((head): readonly Finding[] => {
    const there = byName.get(head.stream);
    if (isRemoved(removed, head)) return [];
    if (!there) return [{ stream: head.stream, problem: 'missing', suspicious: true, message: `the stream is gone, with at least ${String(head.seq)} events; stream ${stream} saw it` }];
    if (hashAt(there, head.seq) === head.hash) return [];
    return [{ stream: head.stream, seq: head.seq, problem: 'cut', suspicious: true, message: `event ${String(head.seq)} is gone or another one; stream ${stream} saw it` }];
  });
}

function checkAbandoned({ events }: StreamText): readonly Finding[] {
  const abandoned = events[0]?.body['abandoned'] as { stream?: unknown; seq?: unknown; why?: unknown } | undefined;
  if (abandoned === undefined) return [];
  const { stream, seq, why } = abandoned;
  return [{ stream: String(stream), ...(typeof seq === 'number' ? { seq } : {}), problem: 'abandoned', suspicious: true, message: `its file was ${String(why)} while it was in use` }];
}

/** Nothing may be final that was not announced, and what was announced must have come to an end. */
function checkRuns({ stream, start, events }: StreamText, settled: ReadonlySet<string>): readonly Finding[] {
  const announced = new Map<string, number>();
  const begun = new Set<string>();
  const findings: Finding[] = [];
  for (const { seq, body } of events) {
    const run = String(body['run']);
    if (body['kind'] === 'commit-intent') announced.set(run, seq);
    if (body['kind'] === 'intent') begun.add(run);
    if (body['kind'] !== 'outcome') continue;
    // Where no transaction is held open, the server makes statements final one by one, and the run itself is what was announced.
    const isWithout = begun.has(run) && body['transactionId'] === undefined && body['effects'] === undefined;
    const isChange = body['outcome'] === 'committed' && !isWithout;
    // What announced it may be among what was removed.
    if (isChange && !announced.has(run) && (start?.seq ?? 0) === 0) findings.push({ stream, seq, problem: 'no-intent', suspicious: true, message: `event ${String(seq)} says that run ${run} committed, and no event before it announced that` });
    announced.delete(run);
  }
  const open = [...announced].filter(([run]) => !settled.has(run)).map(([run, seq]): Finding => ({ stream, seq, problem: 'unresolved', suspicious: false, message: `run ${run} announced a commit in event ${String(seq)}, and how it ended is not recorded` }));
  return [...findings, ...open];
}
