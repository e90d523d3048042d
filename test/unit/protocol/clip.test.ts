/** Long values are cut before they travel to a page. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clipRow, maxCellText } from '../../../src/protocol/clip.ts';

test('a row of short values is passed on as it is', () => {
  const row = ['1', null, '', 'x'.repeat(maxCellText)];
  assert.equal(clipRow(row).row, row);
  assert.deepEqual(clipRow(row).clipped, []);
});

test('a long value is cut and its length is told', () => {
  const { row, clipped } = clipRow([null, 'y'.repeat(maxCellText + 1)]);
  assert.deepEqual(row, [null, 'y'.repeat(maxCellText)]);
  assert.deepEqual(clipped, [{ column: 1, length: maxCellText + 1 }]);
});

test('a surrogate pair at the cut is left out whole', () => {
  const { row } = clipRow([`${'z'.repeat(maxCellText - 1)}\u{1f600}${'z'.repeat(10)}`]);
  assert.equal(row[0], 'z'.repeat(maxCellText - 1));
});
