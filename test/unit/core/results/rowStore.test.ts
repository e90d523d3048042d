import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRowStore } from '../../../../src/core/results/rowStore.ts';
import type { Row } from '../../../../src/core/effect/preview.ts';

const rows: readonly Row[] = [
  ['1', 'a', null],
  ['2', '', 'x'],
  ['3', null, null],
  [null, 'snow ☃ 😀', ''],
  ['5', 'e', 'y'],
];

function filled(...sizes: readonly number[]) {
  const store = createRowStore(3);
  let next = 0;
  for (const size of sizes) {
    store.append(rows.slice(next, next + size));
    next += size;
  }
  return store;
}

test('rows come back as they went in, however they were batched', () => {
  for (const sizes of [[5], [1, 1, 1, 1, 1], [2, 3], [0, 4, 1]]) assert.deepEqual(filled(...sizes).window(0, 10), rows);
});

test('a window is cut at the end and may lie across batches', () => {
  const store = filled(2, 1, 2);
  assert.deepEqual(store.window(1, 3), rows.slice(1, 4));
  assert.deepEqual(store.window(4, 100), rows.slice(4));
  assert.deepEqual(store.window(5, 1), []);
  assert.deepEqual(createRowStore(3).window(0, 1), []);
});

test('a single cell tells NULL from the empty string and from no cell', () => {
  const store = filled(2, 3);
  assert.equal(store.cell(1, 1), '');
  assert.equal(store.cell(2, 1), null);
  assert.equal(store.cell(3, 1), 'snow ☃ 😀');
  for (const [row, column] of [[5, 0], [0, 3], [-1, 0], [0, -1]] as const) assert.equal(store.cell(row, column), undefined);
});

test('rows without columns are counted', () => {
  const store = createRowStore(0);
  store.append([[], []]);
  assert.deepEqual(store.window(0, 5), [[], []]);
});

test('the store knows its size and can be emptied', () => {
  const store = filled(5);
  assert.equal(store.rowCount, 5);
  assert.equal(store.units, rows.flat().reduce((sum, value) => sum + (value?.length ?? 0), 0));
  store.clear();
  assert.deepEqual([store.rowCount, store.units, store.window(0, 5)], [0, 0, []]);
});

test('a row of another width is a programmer mistake', () => {
  assert.throws(() => createRowStore(2).append([['1']]), TypeError);
});
