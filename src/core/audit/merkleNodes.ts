/**
 * Proofs of a tree that is too large to be held: which ranges of leaves a proof speaks of, and of which stored nodes their hashes
 * are made. A node is stored with the leaf that finished it. Pure.
 */
import { nodeHash, splitOf, type HashBytes } from './merkle.ts';

/** Leaves from `from` up to, and without, `to`. */
export type Range = { readonly from: number; readonly to: number };

/** A complete subtree: 2^`level` leaves, of which `last` is the last. */
export type Piece = { readonly last: number; readonly level: number };

/** RFC 6962 §2.1.1, in the order of the proof: from the leaf upwards. */
export function inclusionRanges(index: number, size: number): readonly Range[] {
  const ranges: Range[] = [];
  let [from, to] = [0, size];
  while (to - from > 1) {
    const half = from + splitOf(to - from);
    ranges.push(index < half ? { from: half, to } : { from, to: half });
    [from, to] = index < half ? [from, half] : [half, to];
  }
  return ranges.toReversed();
}

/** RFC 6962 §2.1.2, in the order of the proof. Empty where there is nothing to prove. */
export function consistencyRanges(older: number, size: number): readonly Range[] {
  if (older <= 0 || older >= size) return [];
  const ranges: Range[] = [];
  let [from, to] = [0, size];
  let isWhole = true;
  while (older !== to) {
    const half = from + splitOf(to - from);
    ranges.push(older <= half ? { from: half, to } : { from, to: half });
    if (older > half) isWhole = false;
    [from, to] = older <= half ? [from, half] : [half, to];
  }
  if (!isWhole) ranges.push({ from, to });
  return ranges.toReversed();
}

/** What a run of `count` leaves needs besides itself to make the head of the tree, from left to right. */
export function runRanges(first: number, count: number, size: number): readonly Range[] {
  const ranges: Range[] = [];
  const walk = (from: number, to: number): void => {
    const isInside = from >= first && to <= first + count;
    if (isInside) return;
    if (to <= first || from >= first + count) {
      ranges.push({ from, to });
      return;
    }
    const half = from + splitOf(to - from);
    walk(from, half);
    walk(half, to);
  };
  walk(0, size);
  return ranges;
}

/** The complete subtrees that a range of a proof consists of, from left to right. */
export function piecesOf({ from, to }: Range): readonly Piece[] {
  const pieces: Piece[] = [];
  for (let at = from; at < to; ) {
    let [width, level] = [1, 0];
    while (at % (width * 2) === 0 && at + width * 2 <= to) [width, level] = [width * 2, level + 1];
    pieces.push({ last: at + width - 1, level });
    at += width;
  }
  return pieces;
}

/** @param nodeAt - the stored hash of a piece */
export function hashOfRange(range: Range, nodeAt: (piece: Piece) => Uint8Array, hash: HashBytes): Uint8Array {
  return piecesOf(range).map(nodeAt).reduceRight((right, left) => nodeHash(left, right, hash));
}

export type RunProof = { readonly first: number; readonly leaves: readonly Uint8Array[]; readonly size: number; readonly proof: readonly Uint8Array[] };

/** Head of the tree that holds this run of leaves, if the proof is one; to be compared with a signed head. */
export function rootWithRun({ first, leaves, size, proof }: RunProof, hash: HashBytes): Uint8Array | undefined {
  const end = first + leaves.length;
  if (first < 0 || leaves.length === 0 || end > size) return undefined;
  let used = 0;
  const walk = (from: number, to: number): Uint8Array | undefined => {
    if (to <= first || from >= end) return proof[used++];
    if (to - from === 1) return leaves[from - first];
    const half = from + splitOf(to - from);
    const left = walk(from, half);
    const right = walk(half, to);
    return left && right && nodeHash(left, right, hash);
  };
  const root = walk(0, size);
  return used === proof.length ? root : undefined;
}
