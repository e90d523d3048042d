/** Proofs from stored nodes are the proofs of RFC 6962, and a run of leaves proves itself and nothing else. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import { consistencyProof, emptyFrontier, grow, inclusionProof, leafHash, rootOfLeaves, verifyConsistency, verifyInclusion } from '../../../../src/core/audit/merkle.ts';
import { consistencyRanges, hashOfRange, inclusionRanges, rootWithRun, runRanges, type Piece, type Range } from '../../../../src/core/audit/merkleNodes.ts';
import { createChance } from '../../../support/confirmation/chance.ts';

const hash = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();
const hex = (parts: readonly Uint8Array[]): readonly string[] => parts.map((part) => Buffer.from(part).toString('hex'));
const most = 70;
const leaves = Array.from({ length: most }, (_, index) => leafHash(Buffer.from(String(index)), hash));
const stored = storedNodes();

function storedNodes(): readonly (readonly Uint8Array[])[] {
  let frontier = emptyFrontier;
  return leaves.map((leaf) => {
    const grown = grow(frontier, leaf, hash);
    frontier = grown.frontier;
    return grown.finished;
  });
}

const nodeAt = ({ last, level }: Piece): Uint8Array => stored[last]?.[level] ?? assert.fail('no such node is stored');
const hashes = (ranges: readonly Range[]): readonly Uint8Array[] => ranges.map((range) => hashOfRange(range, nodeAt, hash));

describe('proofs from stored nodes', () => {
  it('are those of the definition, for every leaf and every pair of sizes', () => {
    for (let size = 1; size <= most; size += 1) {
      const tree = leaves.slice(0, size);
      const root = rootOfLeaves(tree, hash);
      for (let index = 0; index < size; index += 1) {
        const proof = hashes(inclusionRanges(index, size));
        assert.deepEqual(hex(proof), hex(inclusionProof(index, tree, hash)));
        assert.ok(verifyInclusion({ leaf: leaves[index] ?? root, index, size, root, proof }, hash));
      }
      for (let older = 0; older <= size; older += 1) {
        const proof = hashes(consistencyRanges(older, size));
        assert.deepEqual(hex(proof), hex(consistencyProof(older, tree, hash)));
        assert.ok(verifyConsistency({ from: { size: older, root: rootOfLeaves(leaves.slice(0, older), hash) }, to: { size, root }, proof }, hash));
      }
    }
  });

  it('of a run: every run of every tree makes its head', () => {
    for (let size = 1; size <= 34; size += 1) {
      const root = hex([rootOfLeaves(leaves.slice(0, size), hash)]);
      for (let first = 0; first < size; first += 1) {
        for (let count = 1; first + count <= size; count += 1) {
          const proof = hashes(runRanges(first, count, size));
          assert.ok(proof.length <= 12);
          assert.deepEqual(hex([rootWithRun({ first, leaves: leaves.slice(first, first + count), size, proof }, hash) ?? new Uint8Array()]), root);
        }
      }
    }
  });

  it('of a run: another leaf, place, order, number or proof makes another head or none', () => {
    const chance = createChance(6962);
    for (let round = 0; round < 3000; round += 1) {
      const size = 2 + chance.below(most - 2);
      const first = chance.below(size - 1);
      const count = 1 + chance.below(size - first);
      const root = hex([rootOfLeaves(leaves.slice(0, size), hash)])[0];
      const run = leaves.slice(first, first + count);
      const proof = hashes(runRanges(first, count, size));
      const other = leafHash(Buffer.from('another'), hash);
      const at = chance.below(count);
      const forged = chance.pick([
        { first, leaves: run.with(at, other), size, proof },
        { first, leaves: [...run, other], size, proof },
        { first, leaves: run.slice(1), size, proof },
        { first: first + 1, leaves: run, size, proof },
        { first: first - 1, leaves: run, size, proof },
        { first, leaves: run, size, proof: [...proof, other] },
        { first, leaves: run, size, proof: proof.length > 0 ? proof.with(chance.below(proof.length), other) : [other] },
        { first, leaves: run, size, proof: proof.length > 0 ? proof.slice(1) : [other] },
        { first, leaves: count > 1 ? run.with(0, run[1] ?? other).with(1, run[0] ?? other) : [other], size, proof },
        { first: 0, leaves: [], size, proof: [] },
      ]);
      const made = rootWithRun(forged, hash);
      assert.notEqual(made && hex([made])[0], root, JSON.stringify({ round, size, first, count }));
    }
  });
});
