/**
 * Whether the receipts and checkpoints that were kept of a log hold: each signed by the log, each containing the one before it, and
 * every received event still where it was. Needs no log and no server. Pure.
 */
import type { Crypto } from '../approval/crypto.ts';
import type { ChainedEvent } from './chain.ts';
import { openCheckpoint, type Checkpoint, type LogKey } from './checkpoint.ts';
import { equal, type HashBytes } from './merkle.ts';
import { problemWithReceipt, type Receipt, type ReceiptProblem, type Run } from './receipt.ts';

export type ReceiptFinding = {
  /** Where: a stream and an event, or a checkpoint. */
  readonly where: string;
  readonly problem: 'unsigned' | 'cut' | 'split' | 'gone' | 'unlinked' | 'alarm' | ReceiptProblem['kind'];
  /** One line: what is wrong, and what it means. */
  readonly message: string;
  readonly suspicious: boolean;
};

export type KeptLogFiles = {
  readonly log: LogKey;
  /** One signed note each, in any order, from anybody. */
  readonly notes: readonly string[];
  readonly receipts: readonly Receipt[];
};

export type VerifiedReceipts = {
  readonly findings: readonly ReceiptFinding[];
  /** Signed heads by size; what a log has to reproduce. */
  readonly checkpoints: ReadonlyMap<number, Checkpoint>;
  /** Runs of receipts that hold. */
  readonly runs: readonly Run[];
};

type Tools = { readonly crypto: Pick<Crypto, 'sha256' | 'verify'>; readonly hash: HashBytes };

/** Events as they are here. */
export type LocalEvents = {
  readonly streams: ReadonlyMap<string, readonly ChainedEvent[]>;
  /** By stream, up to which number events were removed after they were delivered, as the records say. */
  readonly removed: ReadonlyMap<string, number>;
};

export async function verifyReceipts({ crypto, hash }: Tools, { log, notes, receipts }: KeptLogFiles, local: LocalEvents): Promise<VerifiedReceipts> {
  const findings: ReceiptFinding[] = [];
  const checkpoints = new Map<number, Checkpoint>();
  const opened = new Map<string, Checkpoint>();
  for (const note of new Set([...notes, ...receipts.map((receipt) => receipt.note)])) {
    const end = await openCheckpoint(crypto, log, note);
    if (end.kind === 'refused') {
      findings.push(notBelieved(note, end.code));
      continue;
    }
    opened.set(note, end.checkpoint);
    const other = checkpoints.get(end.checkpoint.size);
    if (other !== undefined && !equal(other.root, end.checkpoint.root)) findings.push(split(end.checkpoint.size));
    checkpoints.set(end.checkpoint.size, other ?? end.checkpoint);
  }
  const runs: Run[] = [];
  for (const receipt of receipts) {
    const checkpoint = opened.get(receipt.note);
    if (checkpoint === undefined) continue;
    const problems = problemsOf(receipt, { checkpoint, checkpoints, local, hash });
    findings.push(...problems);
    if (problems.every(({ suspicious }) => !suspicious)) runs.push(...receipt.runs);
  }
  return { findings, checkpoints, runs };
}

function notBelieved(note: string, code: 'malformed' | 'other-log' | 'unsigned'): ReceiptFinding {
  const where = `checkpoint “${note.split('\n').slice(0, 2).join(' ').slice(0, 120)}”`;
  if (code === 'malformed') return { where, problem: 'cut', suspicious: false, message: 'is not whole: it was cut off while it was written, and counts for nothing' };
  return { where, problem: 'unsigned', suspicious: true, message: code === 'other-log' ? 'is signed for another log' : 'is not signed with the key of the log: it was changed, or never came from it' };
}

function split(size: number): ReceiptFinding {
  return { where: `checkpoint of ${String(size)} events`, problem: 'split', suspicious: true, message: 'was signed twice, over different events: the log showed different people different logs, or was rewritten' };
}

type Known = { readonly checkpoint: Checkpoint; readonly checkpoints: ReadonlyMap<number, Checkpoint>; readonly local: LocalEvents; readonly hash: HashBytes };

function problemsOf(receipt: Receipt, { checkpoint, checkpoints, local, hash }: Known): readonly ReceiptFinding[] {
  const where = `checkpoint of ${String(checkpoint.size)} events`;
  const gone = receipt.runs.flatMap((run) => goneOf(run, local));
  const previous = receipt.since === 0 ? undefined : checkpoints.get(receipt.since);
  if (receipt.since > 0 && previous === undefined) return [...gone, { where, problem: 'unlinked', suspicious: true, message: `goes on from the checkpoint of ${String(receipt.since)} events, which is not among those that were kept` }];
  const problem = problemWithReceipt({ receipt, checkpoint, previous, hashesOf: (run) => hashesIn(local.streams, run) }, hash);
  return problem === undefined ? gone : [...gone, describe(problem, where, receipt)];
}

/** Received there, and not here any more, although the stream is. */
function goneOf({ stream, seq, count }: Run, { streams, removed }: LocalEvents): readonly ReceiptFinding[] {
  const events = streams.get(stream);
  const last = seq + count - 1;
  const end = Math.max(events?.at(-1)?.seq ?? 0, removed.get(stream) ?? 0);
  if (events === undefined || end >= last) return [];
  const first = Math.max(seq, end + 1);
  return [{ where: `stream ${stream}`, problem: 'gone', suspicious: true, message: `${numbered(first, last)} received by the log and ${first === last ? 'is' : 'are'} gone here: the end was cut off` }];
}

function numbered(first: number, last: number): string {
  return first === last ? `event ${String(first)} was` : `events ${String(first)} to ${String(last)} were`;
}

/** `undefined` when not all of them are at hand. */
function hashesIn(streams: ReadonlyMap<string, readonly ChainedEvent[]>, { stream, seq, count }: Run): readonly string[] | undefined {
  const events = streams.get(stream) ?? [];
  const start = seq - (events[0]?.seq ?? 1);
  const found = events.slice(Math.max(0, start), start + count);
  return start >= 0 && found.length === count ? found.map((event) => event.hash) : undefined;
}

function describe(problem: ReceiptProblem, where: string, { since }: Receipt): ReceiptFinding {
  switch (problem.kind) {
    case 'rolled-back':
      return { where, problem: problem.kind, suspicious: true, message: `comes after one of ${String(since)} events: events that the log had confirmed are gone from it` };
    case 'rewritten':
      return { where, problem: problem.kind, suspicious: true, message: `does not contain the one of ${String(since)} events: the log was rewritten` };
    case 'unreadable':
      return { where, problem: problem.kind, suspicious: true, message: 'has a receipt that proves nothing' };
    case 'not-included': {
      const { stream, seq, count } = problem.run;
      return { where: `stream ${stream}`, problem: problem.kind, suspicious: true, message: `${count === 1 ? `event ${String(seq)} is` : `events ${String(seq)} to ${String(seq + count - 1)} are`} not what the log received: changed here, or never sent like this` };
    }
  }
}

/** Lines of a file of receipts; one that was cut off by a crash was never acknowledged. */
export function parseReceiptLines<Value>(text: string, parse: (value: unknown) => Value | undefined): readonly Value[] {
  return text.split('\n').flatMap((line) => {
    try {
      return parse(JSON.parse(line)) ?? [];
    } catch {
      // Empty, or cut off.
      return [];
    }
  });
}
