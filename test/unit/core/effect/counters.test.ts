import assert from 'node:assert/strict';
import { test } from 'node:test';
import { diffCounters, diffStep, type RowCounts, type TableCounters } from '../../../../src/core/effect/counters.ts';

type Reading = Record<string, [number, number, number]>;

function reading(counts: Reading): TableCounters {
  return new Map(Object.entries(counts).map(([id, [inserted, updated, deleted]]): [string, RowCounts] => [id, { inserted, updated, deleted }]));
}

const rows: readonly (readonly [string, Reading, Reading, Reading])[] = [
  ['nothing happened', {}, {}, {}],
  ['a table is new in the second reading', {}, { a: [1, 2, 3] }, { a: [1, 2, 3] }],
  ['what an earlier transaction left is subtracted', { a: [20, 5, 0] }, { a: [20, 8, 0] }, { a: [0, 3, 0] }],
  ['a table that only carries leftovers was not touched', { a: [20, 5, 0] }, { a: [20, 5, 0] }, {}],
  ['a table that is gone is not counted', { a: [1, 0, 0] }, {}, {}],
  ['insert and delete of the same row are two operations', {}, { a: [1, 0, 1] }, { a: [1, 0, 1] }],
  ['tables are told apart', { a: [1, 0, 0] }, { a: [1, 0, 0], b: [0, 0, 7] }, { b: [0, 0, 7] }],
];

for (const [name, before, after, expected] of rows) {
  test(`row operations between two readings: ${name}`, () => {
    assert.deepEqual(diffCounters(reading(before), reading(after)), reading(expected));
  });
}

test('a counter that went down is a programmer’s mistake', () => {
  assert.throws(() => diffCounters(reading({ a: [5, 0, 0] }), reading({ a: [4, 0, 0] })), TypeError);
});

const steps: readonly (readonly [string, Reading, Reading, Reading, Reading])[] = [
  ['what came before the step is not its own', {}, { a: [1, 0, 0] }, { a: [1, 2, 0] }, { a: [0, 2, 0] }],
  ['a table that was emptied counts anew', {}, { a: [0, 9, 0] }, { a: [3, 0, 0] }, { a: [3, 0, 0] }],
  ['and from what was there before the change', { a: [0, 5, 0] }, { a: [0, 9, 0] }, { a: [3, 5, 0] }, { a: [3, 0, 0] }],
  ['a table that was emptied and not filled', {}, { a: [0, 9, 0] }, {}, {}],
];

for (const [name, baseline, before, after, expected] of steps) {
  test(`row operations of one step: ${name}`, () => {
    assert.deepEqual(diffStep(reading(before), reading(after), reading(baseline)), reading(expected));
  });
}
