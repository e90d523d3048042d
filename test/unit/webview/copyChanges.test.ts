/** What of a change goes to the clipboard. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ReviewRow, ReviewTable } from '../../../src/protocol/review.ts';
import { copyChanges } from '../../../webview/review/copyChanges.ts';

const table: ReviewTable = {
  schema: 'public',
  table: 't',
  columns: [{ name: 'id', type: 'integer' }, { name: 'note', type: 'text' }],
  key: [0],
  total: 4,
  counts: { inserted: 1, updated: 1, deleted: 1 },
};
const rows: readonly ReviewRow[] = [
  { kind: 'inserted', after: ['1', null] },
  { kind: 'updated', before: ['2', 'a'], after: ['2', 'b\tc'] },
  { kind: 'deleted', before: ['3', 'NULL'] },
  { kind: 'deleted', before: ['4', 'begin'], clipped: [{ column: 1, side: 'before', length: 9000 }] },
];
const copy = (from: number, to: number, first = 0, last = 2) => copyChanges(table, [0, 1], { rows: [from, to], columns: [first, last] }, (index) => rows[index]);

test('rows carry their sign; NULL and the text NULL differ', () => {
  assert.deepEqual(copy(0, 3), { kind: 'text', text: '\tid\tnote\n+\t1\tNULL\n-\t2\ta\n+\t2\t"b\tc"\n-\t3\t"NULL"' });
});

test('one unchanged value is copied alone and exactly', () => {
  assert.deepEqual(copy(2, 3, 1), { kind: 'text', text: 'NULL' });
  assert.deepEqual(copy(1, 2, 0, 1), { kind: 'text', text: '2' });
});

test('one changed value is copied with what it was', () => {
  assert.deepEqual(copy(1, 2, 1), { kind: 'text', text: '\tnote\n-\ta\n+\t"b\tc"' });
});

test('nothing is left out silently', () => {
  assert.equal(copy(2, 5).kind, 'refused');
  assert.equal(copy(3, 4).kind, 'refused');
  assert.equal(copy(3, 4, 0, 1).kind, 'text');
});
