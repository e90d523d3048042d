/**
 * Receipts of a log: that it holds these events, at these places, in a tree that contains every tree it signed before.
 * A receipt proves itself, without the log, together with the events and the checkpoint before it. Pure.
 */
import { parseB64u, utf8 } from '../approval/bytes.ts';
import type { Bytes } from '../approval/bytes.ts';
import type { Checkpoint } from './checkpoint.ts';
import { equal, leafHash, verifyConsistency, type HashBytes } from './merkle.ts';
import { rootWithRun } from './merkleNodes.ts';

/** Events of one stream, one after the other, at leaves one after the other. */
export type Run = {
  readonly stream: string;
  /** Of the first event. */
  readonly seq: number;
  /** Place of the first event in the log, from 0. */
  readonly leaf: number;
  readonly count: number;
  /** Who sent them, as the log knows the team. */
  readonly member: string;
  /** base64url, from left to right: the rest of the tree. */
  readonly proof: readonly string[];
};

export type Receipt = {
  /** A signed checkpoint. */
  readonly note: string;
  /** Size of the earlier checkpoint that `consistency` starts from; 0: there was none. */
  readonly since: number;
  /** base64url. `null` where the log has fewer leaves than `since`. */
  readonly consistency: readonly string[] | null;
  readonly runs: readonly Run[];
};

/** What the log keeps of an event: who sent it, and its hash, which stands for all of it. */
export function leafOf(member: string, eventHash: string, hash: HashBytes): Uint8Array {
  return leafHash(utf8(`${member} ${eventHash}`), hash);
}

/**
 * `rolled-back`: the log is smaller than it was. `rewritten`: it does not contain what it signed before.
 * `not-included`: an event is not where the receipt says, or is another one. `unreadable`: no proof at all.
 */
export type ReceiptProblem = { readonly kind: 'rolled-back' | 'rewritten' | 'unreadable' } | { readonly kind: 'not-included'; readonly run: Run };

export type ReceiptQuestion = {
  readonly receipt: Receipt;
  /** What the signed note of the receipt says. */
  readonly checkpoint: Checkpoint;
  /** The earlier one, of `since`; `undefined` when that is 0. */
  readonly previous: Pick<Checkpoint, 'size' | 'root'> | undefined;
  /** Hashes of the events of a run, in order; `undefined` when they are not at hand, and then the run is passed over. */
  readonly hashesOf: (run: Run) => readonly string[] | undefined;
};

/** `undefined` when all of it holds. */
export function problemWithReceipt({ receipt, checkpoint, previous, hashesOf }: ReceiptQuestion, hash: HashBytes): ReceiptProblem | undefined {
  const grown = growthProblem(receipt, checkpoint, previous, hash);
  if (grown !== undefined) return grown;
  for (const run of receipt.runs) {
    const hashes = hashesOf(run);
    if (hashes !== undefined && !isIncluded(run, hashes, checkpoint, hash)) return { kind: 'not-included', run };
  }
  return undefined;
}

function growthProblem({ consistency }: Receipt, to: Checkpoint, from: Pick<Checkpoint, 'size' | 'root'> | undefined, hash: HashBytes): ReceiptProblem | undefined {
  if (from === undefined) return undefined;
  if (to.size < from.size || consistency === null) return { kind: 'rolled-back' };
  const proof = bytesOf(consistency);
  if (proof === undefined) return { kind: 'unreadable' };
  return verifyConsistency({ from, to, proof }, hash) ? undefined : { kind: 'rewritten' };
}

function isIncluded({ leaf, count, member, proof }: Run, hashes: readonly string[], { size, root }: Checkpoint, hash: HashBytes): boolean {
  const parts = bytesOf(proof);
  if (parts === undefined || hashes.length !== count) return false;
  const found = rootWithRun({ first: leaf, leaves: hashes.map((each) => leafOf(member, each, hash)), size, proof: parts }, hash);
  return found !== undefined && equal(found, root);
}

function bytesOf(texts: readonly string[]): readonly Bytes[] | undefined {
  const parts = texts.map(parseB64u);
  return parts.every((part) => part !== undefined) ? parts : undefined;
}
