/** The Merkle tree of a log: the published roots, and every proof that holds or must not. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import { append, consistencyProof, emptyFrontier, inclusionProof, leafHash, rootOf, rootOfLeaves, verifyConsistency, verifyInclusion } from '../../../../src/core/audit/merkle.ts';

const hash = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** Leaves and roots that implementations of certificate transparency test themselves with. */
const data = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'];
const roots = [
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];
const leaves = data.map((text) => leafHash(Buffer.from(text, 'hex'), hash));
const many = Array.from({ length: 70 }, (_, index) => leafHash(Buffer.from(String(index)), hash));

describe('a Merkle tree', () => {
  for (const [size, root] of roots.entries()) {
    it(`of ${String(size)} leaves has the published root`, () => {
      assert.equal(hex(rootOfLeaves(leaves.slice(0, size), hash)), root);
    });
  }

  it('grown leaf by leaf is the same tree', () => {
    let frontier = emptyFrontier;
    for (const [index, leaf] of many.entries()) {
      frontier = append(frontier, leaf, hash);
      assert.equal(hex(rootOf(frontier, hash)), hex(rootOfLeaves(many.slice(0, index + 1), hash)));
      assert.ok(frontier.roots.length <= 7);
    }
  });

  it('proves every leaf of every tree, and no other leaf', () => {
    for (let size = 1; size <= 40; size += 1) {
      const tree = many.slice(0, size);
      const root = rootOfLeaves(tree, hash);
      for (const [index, leaf] of tree.entries()) {
        const proof = inclusionProof(index, tree, hash);
        assert.ok(verifyInclusion({ leaf, index, size, root, proof }, hash));
        const wrong = [
          { leaf: many[(index + 1) % 70] as Uint8Array, index, size, root, proof },
          { leaf, index: (index + 1) % size, size, root, proof: size === 1 ? [leaf] : proof },
          { leaf, index, size, root: leaf, proof: size === 1 ? [root] : proof },
          { leaf, index, size, root, proof: [...proof, root] },
          ...(proof.length === 0 ? [] : [{ leaf, index, size, root, proof: proof.slice(1) }]),
        ];
        for (const forged of wrong) assert.ok(!verifyInclusion(forged, hash));
      }
    }
  });

  it('proves that it only grew, and that of no rewritten one', () => {
    for (let to = 1; to <= 40; to += 1) {
      const tree = many.slice(0, to);
      const rewritten = tree.with(0, many[69] as Uint8Array);
      for (let from = 1; from <= to; from += 1) {
        const former = { size: from, root: rootOfLeaves(tree.slice(0, from), hash) };
        const proof = consistencyProof(from, tree, hash);
        assert.ok(verifyConsistency({ from: former, to: { size: to, root: rootOfLeaves(tree, hash) }, proof }, hash));
        const forged = { size: to, root: rootOfLeaves(rewritten, hash) };
        assert.ok(!verifyConsistency({ from: former, to: forged, proof: consistencyProof(from, rewritten, hash) }, hash), `${String(from)} of ${String(to)}`);
        assert.ok(!verifyConsistency({ from: { size: to, root: forged.root }, to: former, proof }, hash) || from === to);
      }
    }
  });
});
