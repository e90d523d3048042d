/** A Merkle tree over a log, as RFC 6962 §2.1 defines it. Pure; the hash comes in as an argument. */

/** SHA-256 of bytes. */
export type HashBytes = (bytes: Uint8Array) => Uint8Array;

/** Roots of the complete subtrees from the largest to the smallest: all that appending needs. At most 53 of them. */
export type Frontier = { readonly size: number; readonly roots: readonly Uint8Array[] };

export const emptyFrontier: Frontier = { size: 0, roots: [] };

export function leafHash(data: Uint8Array, hash: HashBytes): Uint8Array {
  return hash(joined([Uint8Array.of(0), data]));
}

export function nodeHash(left: Uint8Array, right: Uint8Array, hash: HashBytes): Uint8Array {
  return hash(joined([Uint8Array.of(1), left, right]));
}

/** The tree with one leaf more. */
export function append(frontier: Frontier, leaf: Uint8Array, hash: HashBytes): Frontier {
  return grow(frontier, leaf, hash).frontier;
}

/** The tree with one leaf more, and the complete subtrees that end with this leaf: itself, then ever larger ones. */
export function grow({ size, roots }: Frontier, leaf: Uint8Array, hash: HashBytes): { readonly frontier: Frontier; readonly finished: readonly Uint8Array[] } {
  const open = [...roots];
  const finished = [leaf];
  let last = leaf;
  // As many pairs are complete now as the old size had ones at its end.
  for (let rest = size; rest % 2 === 1; rest = Math.floor(rest / 2)) {
    last = nodeHash(open.pop() ?? last, last, hash);
    finished.push(last);
  }
  return { frontier: { size: size + 1, roots: [...open, last] }, finished };
}

/** Head of the tree. The empty tree's is the hash of nothing. */
export function rootOf({ roots }: Frontier, hash: HashBytes): Uint8Array {
  const [last, ...others] = roots.toReversed();
  return last === undefined ? hash(new Uint8Array()) : others.reduce((right, left) => nodeHash(left, right, hash), last);
}

/** Head of the tree over these leaf hashes. */
export function rootOfLeaves(leaves: readonly Uint8Array[], hash: HashBytes): Uint8Array {
  return rootOf(leaves.reduce((frontier, leaf) => append(frontier, leaf, hash), emptyFrontier), hash);
}

/** Proves that the leaf at `index` is in the tree of all `leaves`. From the leaf upwards. */
export function inclusionProof(index: number, leaves: readonly Uint8Array[], hash: HashBytes): readonly Uint8Array[] {
  if (leaves.length <= 1) return [];
  const half = splitOf(leaves.length);
  const [left, right] = [leaves.slice(0, half), leaves.slice(half)];
  return index < half
    ? [...inclusionProof(index, left, hash), rootOfLeaves(right, hash)]
    : [...inclusionProof(index - half, right, hash), rootOfLeaves(left, hash)];
}

/** Proves that the tree of the first `size` leaves is the beginning of the tree of all `leaves`. */
export function consistencyProof(size: number, leaves: readonly Uint8Array[], hash: HashBytes): readonly Uint8Array[] {
  return size <= 0 || size >= leaves.length ? [] : subproof(size, leaves, true, hash);
}

function subproof(size: number, leaves: readonly Uint8Array[], isWhole: boolean, hash: HashBytes): readonly Uint8Array[] {
  if (size === leaves.length) return isWhole ? [] : [rootOfLeaves(leaves, hash)];
  const half = splitOf(leaves.length);
  const [left, right] = [leaves.slice(0, half), leaves.slice(half)];
  return size <= half
    ? [...subproof(size, left, isWhole, hash), rootOfLeaves(right, hash)]
    : [...subproof(size - half, right, false, hash), rootOfLeaves(left, hash)];
}

/** Largest power of two below `count`; `count` > 1. */
export function splitOf(count: number): number {
  let half = 1;
  while (half * 2 < count) half *= 2;
  return half;
}

type Inclusion = { readonly leaf: Uint8Array; readonly index: number; readonly size: number; readonly root: Uint8Array; readonly proof: readonly Uint8Array[] };

/** RFC 9162 §2.1.3.2. */
export function verifyInclusion({ leaf, index, size, root, proof }: Inclusion, hash: HashBytes): boolean {
  if (index < 0 || index >= size) return false;
  let [node, last] = [index, size - 1];
  let found = leaf;
  for (const part of proof) {
    if (last === 0) return false;
    if (node % 2 === 1 || node === last) {
      found = nodeHash(part, found, hash);
      while (node % 2 === 0 && node !== 0) [node, last] = [node / 2, Math.floor(last / 2)];
    } else {
      found = nodeHash(found, part, hash);
    }
    [node, last] = [Math.floor(node / 2), Math.floor(last / 2)];
  }
  return last === 0 && equal(found, root);
}

type Consistency = { readonly from: { readonly size: number; readonly root: Uint8Array }; readonly to: { readonly size: number; readonly root: Uint8Array }; readonly proof: readonly Uint8Array[] };

/** RFC 9162 §2.1.4.2. False also where the later tree is smaller: a log only grows. */
export function verifyConsistency({ from, to, proof }: Consistency, hash: HashBytes): boolean {
  if (from.size > to.size) return false;
  if (from.size === to.size) return proof.length === 0 && equal(from.root, to.root);
  // Everything begins with nothing.
  if (from.size === 0) return proof.length === 0;
  const isPower = Number.isInteger(Math.log2(from.size));
  const [seed, ...rest] = isPower ? [from.root, ...proof] : proof;
  if (seed === undefined) return false;
  let [node, last] = [from.size - 1, to.size - 1];
  while (node % 2 === 1) [node, last] = [Math.floor(node / 2), Math.floor(last / 2)];
  let [before, after] = [seed, seed];
  for (const part of rest) {
    if (last === 0) return false;
    if (node % 2 === 1 || node === last) {
      [before, after] = [nodeHash(part, before, hash), nodeHash(part, after, hash)];
      while (node % 2 === 0 && node !== 0) [node, last] = [node / 2, Math.floor(last / 2)];
    } else {
      after = nodeHash(after, part, hash);
    }
    [node, last] = [Math.floor(node / 2), Math.floor(last / 2)];
  }
  return last === 0 && equal(before, from.root) && equal(after, to.root);
}

export function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
