/** Geometry, choosing and keys of the grid. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { columnAt, columnAxis, contentTop, maxScrollHeight, rowAxis, scrollTopFor, topToReveal, visibleColumns, visibleRows } from '../../../webview/lib/grid/axis.ts';
import { gridKey } from '../../../webview/lib/grid/keys.ts';
import { stretch } from '../../../webview/lib/grid/measure.ts';
import type { Selection } from '../../../webview/lib/grid/selection.ts';
import { contains, move, rangeOf, selectAll, selectCell } from '../../../webview/lib/grid/selection.ts';

describe('rows', () => {
  test('a short grid is not scaled', () => {
    const axis = rowAxis(1000, 24, 400);
    assert.deepEqual([axis.canvas, axis.factor], [24_000, 1]);
    assert.deepEqual(visibleRows(axis, 240, 2), [8, 29]);
    assert.deepEqual(visibleRows(axis, 0, 2), [0, 19]);
  });

  test('a tall grid is scaled, and both ends can be reached', () => {
    const axis = rowAxis(5_000_000, 24, 400);
    assert.equal(axis.canvas, maxScrollHeight);
    assert.equal(contentTop(axis, 0), 0);
    assert.equal(contentTop(axis, maxScrollHeight - 400), 5_000_000 * 24 - 400);
    assert.deepEqual(visibleRows(axis, contentTop(axis, maxScrollHeight), 3)[1], 5_000_000);
    assert.ok(Math.abs(contentTop(axis, scrollTopFor(axis, 60_000_000)) - 60_000_000) < 1);
  });

  test('fewer rows than fit need no scrolling', () => {
    const axis = rowAxis(3, 24, 400);
    assert.equal(contentTop(axis, 50), 0);
    assert.deepEqual(visibleRows(axis, 0, 5), [0, 3]);
  });

  test('revealing a row moves as little as possible', () => {
    const axis = rowAxis(1000, 24, 240);
    assert.equal(topToReveal(axis, 240, 12), 240);
    assert.equal(topToReveal(axis, 240, 5), 120);
    assert.equal(topToReveal(axis, 240, 20), 264);
  });
});

describe('columns', () => {
  const axis = columnAxis([100, 50, 200]);
  test('the column under a pixel', () => {
    assert.deepEqual([-5, 0, 99, 100, 149, 150, 349, 9999].map((x) => columnAt(axis, x)), [0, 0, 0, 1, 1, 2, 2, 2]);
  });
  test('the columns in view', () => {
    assert.deepEqual(visibleColumns(axis, 0, 90, 0), [0, 1]);
    assert.deepEqual(visibleColumns(axis, 120, 60, 0), [1, 3]);
    assert.deepEqual(visibleColumns(axis, 0, 90, 5), [0, 3]);
    assert.deepEqual(visibleColumns(columnAxis([]), 0, 90, 1), [0, 0]);
  });
  test('columns grow to fill the space, but not without end', () => {
    assert.deepEqual(stretch([100, 300], 600), [150, 450]);
    assert.deepEqual(stretch([100, 100], 1000), [180, 180]);
    assert.deepEqual(stretch([500, 500], 800), [500, 500]);
  });
});

describe('choosing', () => {
  const size = { rows: 10, columns: 4 };
  const at = (row: number, column: number): Selection => selectCell({ row, column });
  test('moving stays inside', () => {
    assert.deepEqual(move(at(0, 0), { by: { row: -1, column: -1 } }, size, 'replace').active, { row: 0, column: 0 });
    assert.deepEqual(move(at(9, 3), { by: { row: 5, column: 5 } }, size, 'replace').active, { row: 9, column: 3 });
    assert.deepEqual(move(at(2, 2), { to: { row: 'last', column: 'first' } }, size, 'replace').active, { row: 9, column: 0 });
  });
  test('extending keeps the anchor in any direction', () => {
    const up = move(at(5, 2), { by: { row: -2, column: -1 } }, size, 'extend');
    assert.deepEqual(rangeOf(up), { rows: [3, 6], columns: [1, 3] });
  });
  test('everything', () => {
    const all = selectAll(size);
    assert.deepEqual(rangeOf(all), { rows: [0, 10], columns: [0, 4] });
    assert.deepEqual(all.active, { row: 0, column: 0 });
    assert.equal(contains(rangeOf(all), 9, 3), true);
    assert.equal(contains(rangeOf(at(1, 1)), 1, 2), false);
  });
});

describe('keys', () => {
  const press = (key: string, modifiers: Partial<Record<'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey', boolean>> = {}) =>
    gridKey({ key, ctrlKey: false, metaKey: false, shiftKey: false, altKey: false, ...modifiers }, 20);
  test('each key has one meaning', () => {
    assert.deepEqual(press('ArrowDown'), { kind: 'move', move: { by: { row: 1, column: 0 } }, extend: 'replace' });
    assert.deepEqual(press('PageUp', { shiftKey: true }), { kind: 'move', move: { by: { row: -20, column: 0 } }, extend: 'extend' });
    assert.deepEqual(press('End', { ctrlKey: true }), { kind: 'move', move: { to: { row: 'last', column: 'last' } }, extend: 'replace' });
    assert.deepEqual(press('a', { metaKey: true }), { kind: 'all' });
    assert.deepEqual(press('c', { ctrlKey: true }), { kind: 'copy' });
    assert.deepEqual(press('Enter'), { kind: 'open' });
    assert.deepEqual(press('F10', { shiftKey: true }), { kind: 'menu' });
  });
  test('keys of others are left to them', () => {
    for (const key of ['Escape', 'Tab', 'x', ' ']) assert.equal(press(key), undefined, key);
    assert.equal(press('Enter', { ctrlKey: true }), undefined);
    assert.equal(press('ArrowDown', { altKey: true }), undefined);
  });
});
