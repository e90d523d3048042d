import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pairImages, type ImagePair } from '../../../../src/core/effect/pairImages.ts';
import type { RowChange } from '../../../../src/core/effect/preview.ts';

type Case = readonly [name: string, input: Partial<ImagePair>, expected: readonly RowChange[]];

const cases: readonly Case[] = [
  ['nothing', {}, []],
  ['a row on both sides was updated', { before: [['1', 'a']], after: [['1', 'b']] }, [{ kind: 'updated', before: ['1', 'a'], after: ['1', 'b'] }]],
  ['order of the sides does not matter', { before: [['1', 'a'], ['2', 'a']], after: [['2', 'b'], ['1', 'b']] }, [
    { kind: 'updated', before: ['1', 'a'], after: ['1', 'b'] },
    { kind: 'updated', before: ['2', 'a'], after: ['2', 'b'] },
  ]],
  ['only before was deleted', { before: [['1', 'a']] }, [{ kind: 'deleted', before: ['1', 'a'] }]],
  ['only after was inserted', { after: [['1', 'a']] }, [{ kind: 'inserted', after: ['1', 'a'] }]],
  ['a changed key is a deletion and an insertion', { before: [['1', 'a']], after: [['2', 'a']] }, [{ kind: 'deleted', before: ['1', 'a'] }, { kind: 'inserted', after: ['2', 'a'] }]],
  ['all columns of a key count', { key: [0, 1], before: [['1', 'a'], ['1', 'b']], after: [['1', 'b']] }, [{ kind: 'deleted', before: ['1', 'a'] }]],
  ['a row that is the same on both sides did not change', { before: [['1', 'a'], ['2', null]], after: [['2', null], ['1', 'b']] }, [{ kind: 'updated', before: ['1', 'a'], after: ['1', 'b'] }]],
  ['a row that moves keeps its identity', { key: [0, 1], identity: [0], before: [['1', 'a'], ['2', 'a']], after: [['1', 'b'], ['3', 'a']] }, [
    { kind: 'updated', before: ['1', 'a'], after: ['1', 'b'] }, { kind: 'deleted', before: ['2', 'a'] }, { kind: 'inserted', after: ['3', 'a'] },
  ]],
  ['rows that share an identity are not told apart', { key: [0, 1], identity: [0], before: [['1', 'a'], ['1', 'b']], after: [['1', 'c']] }, [
    { kind: 'deleted', before: ['1', 'a'] }, { kind: 'deleted', before: ['1', 'b'] }, { kind: 'inserted', after: ['1', 'c'] },
  ]],
  ['columns of a key do not run together', { key: [0, 1], before: [['1', '23']], after: [['12', '3']] }, [{ kind: 'deleted', before: ['1', '23'] }, { kind: 'inserted', after: ['12', '3'] }]],
  ['NULL and the empty text differ', { key: [1], before: [['1', null]], after: [['1', '']] }, [{ kind: 'deleted', before: ['1', null] }, { kind: 'inserted', after: ['1', ''] }]],
  ['without a key nothing is paired', { key: [], updated: 2, before: [['a'], ['b']], after: [['c'], ['d']] }, [
    { kind: 'deleted', before: ['a'] }, { kind: 'deleted', before: ['b'] }, { kind: 'inserted', after: ['c'] }, { kind: 'inserted', after: ['d'] },
  ]],
  ['without a key one of each is a pair when an update was counted', { key: [], updated: 1, before: [['a']], after: [['b']] }, [{ kind: 'updated', before: ['a'], after: ['b'] }]],
  ['without a key equal rows on both sides cancel out', { key: [], before: [['a'], ['a'], ['b']], after: [['a'], ['c']] }, [{ kind: 'deleted', before: ['a'] }, { kind: 'deleted', before: ['b'] }, { kind: 'inserted', after: ['c'] }]],
  ['without a key any pairing is right when one side is all alike', { key: [], updated: 2, before: [['a'], ['b']], after: [['c'], ['c']] }, [{ kind: 'updated', before: ['a'], after: ['c'] }, { kind: 'updated', before: ['b'], after: ['c'] }]],
  ['without a key the columns that stayed tell which row is which', { key: [], updated: 3, before: [['1', 'x', null], ['2', 'x', null], ['3', 'y', null]], after: [['3', 'z', null], ['1', 'w', null], ['2', 'w', null]] }, [
    { kind: 'updated', before: ['1', 'x', null], after: ['1', 'w', null] }, { kind: 'updated', before: ['2', 'x', null], after: ['2', 'w', null] }, { kind: 'updated', before: ['3', 'y', null], after: ['3', 'z', null] },
  ]],
  ['without a key rows that agree in all that stayed are not told apart', { key: [], updated: 3, before: [['1', 'a'], ['1', 'b'], ['2', 'c']], after: [['1', 'd'], ['1', 'e'], ['2', 'f']] }, [
    { kind: 'deleted', before: ['1', 'a'] }, { kind: 'deleted', before: ['1', 'b'] }, { kind: 'updated', before: ['2', 'c'], after: ['2', 'f'] }, { kind: 'inserted', after: ['1', 'd'] }, { kind: 'inserted', after: ['1', 'e'] },
  ]],
  ['without a key and an update it is not', { key: [], before: [['a']], after: [['b']] }, [{ kind: 'deleted', before: ['a'] }, { kind: 'inserted', after: ['b'] }]],
];

for (const [name, input, expected] of cases) {
  test(`row images: ${name}`, () => {
    assert.deepEqual(pairImages({ key: [0], before: [], after: [], updated: 0, ...input }), expected);
  });
}
