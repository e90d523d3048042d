import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countNetRows, totalsOf, type HashLayout, type NetRows } from '../../../../src/core/effect/netRows.ts';

/** `identity/key/row`, each one character, stands for their hashes. */
const hashed = (rows: readonly string[]) => new Map([[0, rows.map((row) => [...row].map((letter) => letter.repeat(8)).join('')).join('')]]);

type Case = readonly [name: string, layout: HashLayout, old: readonly string[], fresh: readonly string[], only: 'updates' | 'any', expected: readonly [number, number, number]];

const cases: readonly Case[] = [
  ['nothing', 'key', [], [], 'any', [0, 0, 0]],
  ['updated, inserted, deleted and unchanged', 'key', ['1a', '2b', '3c'], ['1x', '3c', '4d'], 'any', [1, 1, 1]],
  ['a changed key', 'key', ['1a'], ['2a'], 'any', [1, 0, 1]],
  ['a row that moved', 'identity', ['i1a', 'j2b'], ['i3a', 'k2c'], 'any', [0, 2, 0]],
  ['rows that share an identity', 'identity', ['i1a', 'i2b'], ['i3c'], 'any', [1, 0, 2]],
  ['without a key equal rows cancel out', 'row', ['a', 'a', 'b'], ['a', 'c'], 'any', [1, 0, 2]],
  ['without a key nothing but updates', 'row', ['a', 'b', 'c'], ['x', 'x', 'c'], 'updates', [0, 2, 0]],
];

for (const [name, layout, old, fresh, only, [inserted, updated, deleted]] of cases) {
  test(`net rows: ${name}`, () => {
    const counts = { inserted: only === 'any' ? 1 : 0, updated: 9, deleted: 0 };
    assert.deepEqual(countNetRows(hashed(old), hashed(fresh), { layout, counts }), { inserted, updated, deleted } satisfies NetRows);
  });
}

test('net rows: buckets are summed up', () => {
  const old = new Map([[1, 'a'.repeat(8)], [2, 'b'.repeat(8)]]);
  assert.deepEqual(countNetRows(old, new Map(), { layout: 'row', counts: { inserted: 0, updated: 0, deleted: 2 } }), { inserted: 0, updated: 0, deleted: 2 });
});

test('net rows: from rows that were fetched', () => {
  const changes = [{ kind: 'deleted', before: ['a'] }, { kind: 'inserted', after: ['b'] }] as const;
  const updates = { inserted: 0, updated: 1, deleted: 0 };
  assert.deepEqual(totalsOf(changes, true, updates), { inserted: 1, updated: 0, deleted: 1 });
  assert.deepEqual(totalsOf(changes, false, updates), { inserted: 0, updated: 1, deleted: 0 });
});
