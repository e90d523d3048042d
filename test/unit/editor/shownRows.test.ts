/** Rows of a review that are masked: nothing of them leaves the host before they are revealed, whichever way is asked. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { TableImages } from '../../../src/core/effect/preview.ts';
import type { ScreenRules } from '../../../src/core/masking/screenRules.ts';
import { createShownRows, type ShownRows } from '../../../src/editor/features/review/shownRows.ts';

const rules: ScreenRules = [{ team: [{ columns: ['*.people.note'], strategy: 'hide' }], hidden: [] }];
const people: TableImages = {
  table: { schema: 'public', table: 'people' },
  columns: [{ name: 'email', type: 'text' }, { name: 'note', type: 'text' }, { name: 'town', type: 'text' }],
  key: [0],
  changes: [
    { kind: 'updated', before: ['alice@example.com', 'canary-before', 'Graz'], after: ['alice@example.com', 'canary-after', 'Wien'] },
    { kind: 'deleted', before: ['robert@example.com', 'canary-gone', null] },
  ],
};
const history: TableImages = { table: { schema: 'public', table: 'history' }, columns: [{ name: 'id', type: 'integer' }, { name: 'was', type: 'jsonb' }], key: [0], changes: [{ kind: 'inserted', after: ['1', '{"note":"canary-before"}'] }] };
const values = /alice|robert|canary/u;

function open(): ShownRows {
  return createShownRows([people, history], { rules, pseudonym: (value) => `#${String(value.length)}` });
}
const rowsOf = (shown: ShownRows, table: number) => {
  const message = shown.rowsFor(table, 0, 100);
  return message.type === 'rows' ? message.rows : [];
};

describe('masked rows of a review', () => {
  test('no way out tells a value', () => {
    const shown = open();
    const out = [shown.tablesMessage(), shown.rowsFor(0, 0, 100), shown.rowsFor(0, 0, 100, 'deleted'), shown.rowsFor(1, 0, 100), shown.changeAt(0, 0), shown.changeAt(0, 0, 'deleted'), shown.changeAt(1, 0), shown.text("now: 'canary-after', alice@example.com")];
    for (const each of out) assert.doesNotMatch(JSON.stringify(each), values);
  });
  test('a reviewer still sees which row it is, and that a hidden value changed', () => {
    const [updated, deleted] = rowsOf(open(), 0);
    assert.deepEqual(updated, { kind: 'updated', before: ['a…@e….com #17', '•••', 'Graz'], after: ['a…@e….com #17', '••• (changed)', 'Wien'], changed: [1, 2] });
    assert.deepEqual(deleted, { kind: 'deleted', before: ['r…@e….com #18', '•••', null] });
  });
  test('the page is told which columns are masked', () => {
    const message = open().tablesMessage();
    assert.deepEqual(message.type === 'tables' && message.tables.map(({ masked }) => masked), [[0, 1], undefined]);
  });
  test('a revealed column is shown, and copies of it elsewhere; the other ones are not', () => {
    const shown = open();
    shown.reveal(0, [1]);
    assert.deepEqual(shown.maskedOf(0), [0]);
    assert.match(JSON.stringify(rowsOf(shown, 0)), /canary-before.*canary-gone/u);
    assert.match(JSON.stringify(rowsOf(shown, 1)), /canary-before/u);
    assert.doesNotMatch(JSON.stringify([rowsOf(shown, 0), shown.changeAt(0, 0)]), /alice|robert/u);
  });
  test('without rules everything is as it is', () => {
    const shown = createShownRows([people]);
    assert.deepEqual(rowsOf(shown, 0).map((row) => row.kind), ['updated', 'deleted']);
    assert.match(JSON.stringify(rowsOf(shown, 0)), /alice.*canary-gone/u);
    assert.deepEqual([shown.maskedOf(0), shown.text('canary')], [[], 'canary']);
  });
});
