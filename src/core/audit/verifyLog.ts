/**
 * Whether a log that was fetched is the one that was signed: its tree makes every checkpoint anybody kept, its streams are whole
 * chains, and every event with a receipt is where the receipt says. Says which events are not. Pure.
 */
import { genesis, headOf, parseEvent, problemWith, type ChainedEvent, type ChainHead, type Digest } from './chain.ts';
import type { Checkpoint } from './checkpoint.ts';
import { append, emptyFrontier, equal, rootOf, type HashBytes } from './merkle.ts';
import { leafOf, type Run } from './receipt.ts';

/** As a log gives it out. */
export type LogLine = { readonly leaf: number; readonly member: string; readonly line: string };

export type LogFinding = {
  /** From 0; absent where it is about all of it. */
  readonly leaf?: number;
  readonly problem: 'order' | 'unreadable' | 'altered' | 'gap' | 'broken' | 'fork' | 'handed-over' | 'root' | 'short' | 'changed' | 'missing' | 'moved' | 'extra';
  readonly message: string;
  readonly suspicious: boolean;
};

export type LogQuestion = {
  readonly lines: readonly LogLine[];
  /** Signed heads, by size. */
  readonly checkpoints: ReadonlyMap<number, Checkpoint>;
  /** Of receipts that hold. */
  readonly runs: readonly Run[];
  /** Events as they are on this machine, by stream. */
  readonly streams: ReadonlyMap<string, readonly ChainedEvent[]>;
};

type Tools = { readonly hash: HashBytes; readonly digest: Digest };
type Entry = LogLine & { readonly event: ChainedEvent | undefined };

export function verifyLog(question: LogQuestion, tools: Tools): readonly LogFinding[] {
  const entries = question.lines.map((line): Entry => ({ ...line, event: parseEvent(line.line) }));
  return [...checkOrder(entries), ...checkChains(entries, tools.digest), ...checkRoots(entries, question.checkpoints, tools), ...checkPlaces(entries, question)];
}

function checkOrder(entries: readonly Entry[]): readonly LogFinding[] {
  const wrong = entries.findIndex(({ leaf }, index) => leaf !== index);
  return wrong === -1 ? [] : [{ leaf: wrong, problem: 'order', suspicious: true, message: `leaf ${String(wrong)} is missing: number ${String(entries[wrong]?.leaf)} stands in its place` }];
}

/** Every stream a whole chain, from its first event on, sent by one member. */
function checkChains(entries: readonly Entry[], digest: Digest): readonly LogFinding[] {
  const heads = new Map<string, ChainHead>();
  const senders = new Map<string, string>();
  return entries.flatMap(({ leaf, member, event }): readonly LogFinding[] => {
    if (event === undefined) return [{ leaf, problem: 'unreadable', suspicious: true, message: `leaf ${String(leaf)} is not an event` }];
    const { stream, seq } = event;
    const head = heads.get(stream) ?? { stream, seq: 0, hash: genesis };
    const problem = problemWith(event, head, digest);
    const sender = senders.get(stream);
    heads.set(stream, headOf(event));
    senders.set(stream, member);
    const place = `leaf ${String(leaf)} (event ${String(seq)} of stream ${stream})`;
    const handed: readonly LogFinding[] = sender === undefined || sender === member ? [] : [{ leaf, problem: 'handed-over', suspicious: true, message: `${place} was sent by ${member}, and what is before it by ${sender}` }];
    switch (problem) {
      case undefined:
        return handed;
      case 'altered':
        return [...handed, { leaf, problem, suspicious: true, message: `${place} is not what was recorded: its digest does not fit` }];
      case 'gap':
        return [...handed, { leaf, problem, suspicious: true, message: seq > head.seq ? `${place} comes after event ${String(head.seq)}: ${missing(head.seq + 1, seq - 1)} between them` : `${place} stands behind event ${String(head.seq)} of its stream: out of order` }];
      case 'broken': case 'other-stream':
        return [...handed, { leaf, problem: 'broken', suspicious: true, message: `${place} does not follow on the event before it` }];
    }
  });
}

function missing(first: number, last: number): string {
  return first === last ? `event ${String(first)} is missing` : `events ${String(first)} to ${String(last)} are missing`;
}

/** The tree at every size somebody keeps a signature of. Between the last that fits and the first that does not, something was changed. */
function checkRoots(entries: readonly Entry[], checkpoints: ReadonlyMap<number, Checkpoint>, { hash, digest }: Tools): readonly LogFinding[] {
  const findings: LogFinding[] = [];
  let tree = emptyFrontier;
  let good = 0;
  for (const [index, entry] of entries.entries()) {
    tree = append(tree, leafOf(entry.member, hashOf(entry, digest), hash), hash);
    const checkpoint = checkpoints.get(index + 1);
    if (checkpoint === undefined) continue;
    if (equal(rootOf(tree, hash), checkpoint.root)) good = index + 1;
    else return [...findings, { problem: 'root', suspicious: true, message: `the log does not make the tree of its checkpoint of ${String(index + 1)} events${good === 0 ? '' : `; its first ${String(good)} are as they were signed`}: something at leaf ${String(good)} or after it was changed, put in or taken out` }];
  }
  const largest = [...checkpoints.keys()].reduce((most, size) => Math.max(most, size), 0);
  if (largest > entries.length) findings.push({ problem: 'short', suspicious: true, message: `the log has ${String(entries.length)} events and has signed for ${String(largest)}: the last ${String(largest - entries.length)} are gone` });
  return findings;
}

/** What stands in the text counts, not what the line says its digest is. */
function hashOf({ event, line }: Entry, digest: Digest): string {
  return event === undefined ? digest(line) : digest(JSON.stringify([event.v, event.stream, event.seq, event.prev, event.body]));
}

type Expected = { readonly leaf: number; readonly member: string; readonly event: ChainedEvent };

/** Event by event, where receipts and records of this machine say what the log must hold. */
function checkPlaces(entries: readonly Entry[], { runs, streams }: LogQuestion): readonly LogFinding[] {
  const expected = expectedOf(runs, streams);
  const places = new Map(entries.flatMap(({ leaf, member, event }) => (event === undefined ? [] : [[keyOf(member, event), leaf] as const])));
  const found = expected.flatMap((from) => {
    const at = places.get(keyOf(from.member, from.event));
    return at === undefined ? [] : [{ from, at }];
  });
  const absent = expected.filter(({ member, event }) => !places.has(keyOf(member, event)));
  return [...absentFrom(entries, absent), ...movedOf(found), ...extras(entries, streams)];
}

function expectedOf(runs: readonly Run[], streams: ReadonlyMap<string, readonly ChainedEvent[]>): readonly Expected[] {
  const byLeaf = new Map<number, Expected>();
  for (const { stream, seq, leaf, count, member } of runs) {
    const events = streams.get(stream) ?? [];
    const start = seq - (events[0]?.seq ?? 1);
    for (let index = 0; index < count; index += 1) {
      const event = events[start + index];
      if (event !== undefined) byLeaf.set(leaf + index, { leaf: leaf + index, member, event });
    }
  }
  return [...byLeaf.values()].toSorted((a, b) => a.leaf - b.leaf);
}

function keyOf(member: string, { stream, seq, hash }: ChainedEvent): string {
  return `${member} ${stream} ${String(seq)} ${hash}`;
}

/** What an event says, whatever its number and its links. */
function contentOf({ stream, body }: ChainedEvent): string {
  return `${stream} ${JSON.stringify(body)}`;
}

/** Who deletes or changes one event has to link all that follow anew: those are told from the one that it is about. */
function absentFrom(entries: readonly Entry[], absent: readonly Expected[]): readonly LogFinding[] {
  const contents = new Map(entries.flatMap((entry) => (entry.event === undefined ? [] : [[contentOf(entry.event), entry] as const])));
  const numbers = new Map(entries.flatMap((entry) => (entry.event === undefined ? [] : [[`${entry.event.stream} ${String(entry.event.seq)}`, entry] as const])));
  const ours = new Set(absent.map(({ event }) => contentOf(event)));
  const relinked = new Map<string, number[]>();
  const findings: LogFinding[] = [];
  for (const { leaf, member, event } of absent) {
    const { stream, seq } = event;
    const what = `event ${String(seq)} of stream ${stream}, received as leaf ${String(leaf)},`;
    const same = contents.get(contentOf(event));
    const there = numbers.get(`${stream} ${String(seq)}`);
    if (same !== undefined && same.member !== member) findings.push({ leaf: same.leaf, problem: 'changed', suspicious: true, message: `${what} came from ${member}, and the log says ${same.member}` });
    else if (same !== undefined) relinked.set(stream, [...(relinked.get(stream) ?? []), seq]);
    else if (there?.event !== undefined && !ours.has(contentOf(there.event))) findings.push({ leaf: there.leaf, problem: 'changed', suspicious: true, message: `${what} is another one in the log now` });
    else findings.push({ leaf, problem: 'missing', suspicious: true, message: `${what} is gone from the log` });
  }
  return [...findings, ...[...relinked].map(([stream, seqs]): LogFinding => ({ problem: 'changed', suspicious: true, message: `${String(seqs.length)} events of stream ${stream} were numbered or linked anew, from event ${String(seqs.reduce((least, seq) => Math.min(least, seq)))} on` }))];
}

/** What is taken out or put in moves all that follows: said once. What stands in another order is said one by one. */
function movedOf(found: readonly { readonly from: Expected; readonly at: number }[]): readonly LogFinding[] {
  const findings: LogFinding[] = [];
  let shifted: { readonly from: Expected; readonly at: number; count: number } | undefined;
  let furthest = -1;
  for (const { from, at } of found) {
    const isBehind = at < furthest;
    furthest = Math.max(furthest, at);
    if (isBehind) findings.push({ leaf: at, problem: 'moved', suspicious: true, message: `event ${String(from.event.seq)} of stream ${from.event.stream}, received as leaf ${String(from.leaf)}, stands at leaf ${String(at)} now, before what it came after` });
    else if (at !== from.leaf) shifted = { ...(shifted ?? { from, at }), count: (shifted?.count ?? 0) + 1 };
  }
  if (shifted !== undefined) findings.push({ leaf: shifted.at, problem: 'moved', suspicious: true, message: `${String(shifted.count)} events do not stand where they were received, from leaf ${String(shifted.from.leaf)} on` });
  return findings;
}

/** Events under the name of a stream of this machine that this machine never recorded. */
function extras(entries: readonly Entry[], streams: ReadonlyMap<string, readonly ChainedEvent[]>): readonly LogFinding[] {
  const own = new Map([...streams].map(([stream, events]) => [stream, new Set(events.map(contentOf))]));
  return entries.flatMap(({ leaf, event }): readonly LogFinding[] => {
    const known = event && own.get(event.stream);
    if (event === undefined || known === undefined || known.has(contentOf(event))) return [];
    // Before the first that is here: delivered, and removed from this machine since.
    if (event.seq < (streams.get(event.stream)?.[0]?.seq ?? Infinity)) return [];
    return [{ leaf, problem: 'extra', suspicious: true, message: `leaf ${String(leaf)} (event ${String(event.seq)} of stream ${event.stream}) was never recorded like this on this machine` }];
  });
}
