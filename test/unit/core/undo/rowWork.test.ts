import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RowChange } from '../../../../src/core/effect/preview.ts';
import { planRows } from '../../../../src/core/undo/rowWork.ts';
import type { UndoTable } from '../../../../src/core/undo/undoTable.ts';

const column = (name: string, facts: Partial<UndoTable['columns'][number]> = {}) => ({ name, type: 'integer', isGenerated: false, isIdentityAlways: false, ...facts });
const table = (changes: readonly RowChange[], facts: Partial<UndoTable> = {}): UndoTable => ({
  table: { schema: 'public', table: 't' },
  isPartitioned: false,
  columns: [column('id'), column('place'), column('twice', { isGenerated: true })],
  key: [0],
  uniques: [{ columns: [0], isExact: true, isDeferrable: false }, { columns: [1], isExact: true, isDeferrable: false }],
  isReferenced: false,
  changes,
  ...facts,
});
const updated = (before: string, after: string): RowChange => ({ kind: 'updated', before: before.split(' '), after: after.split(' ') });

type Case = { name: string; table: UndoTable; work: { remove: number; restore: number; update: number } | RegExp };

const swap = [updated('1 5 10', '1 6 12'), updated('2 6 12', '2 5 10')];
const cases: readonly Case[] = [
  { name: 'inserted rows go, deleted rows come', table: table([{ kind: 'inserted', after: ['1'] }, { kind: 'deleted', before: ['2'] }]), work: { remove: 1, restore: 1, update: 0 } },
  { name: 'an update stays one', table: table([updated('1 5 10', '1 6 12')]), work: { remove: 0, restore: 0, update: 1 } },
  { name: 'what only the server computes needs nothing', table: table([updated('1 5 10', '1 5 11')]), work: { remove: 0, restore: 0, update: 0 } },
  { name: 'exchanged unique values are deleted and inserted', table: table(swap), work: { remove: 2, restore: 2, update: 0 } },
  { name: 'a value that only moved away needs no detour', table: table([updated('1 5 10', '1 7 14'), updated('2 6 12', '2 8 16')]), work: { remove: 0, restore: 0, update: 2 } },
  { name: 'rows that others depend on are not deleted for it', table: table(swap, { isReferenced: true }), work: /exchanged values that must be unique/ },
  { name: 'another generated number cannot be written back by an update', table: table([updated('1 5 10', '1 6 12')], { columns: [column('id'), column('place', { isIdentityAlways: true }), column('twice', { isGenerated: true })] }), work: { remove: 1, restore: 1, update: 0 } },
  { name: 'nor by deleting what others depend on', table: table([updated('1 5 10', '1 6 12')], { columns: [column('id'), column('place', { isIdentityAlways: true }), column('twice')], isReferenced: true }), work: /another generated number/ },
  { name: 'an expression that may collide is avoided', table: table([updated('1 5 10', '1 7 14'), updated('2 6 12', '2 8 16')], { uniques: [{ columns: [1], isExact: false, isDeferrable: false }] }), work: { remove: 2, restore: 2, update: 0 } },
  { name: 'or left to the server where others depend on the rows', table: table([updated('1 5 10', '1 7 14'), updated('2 6 12', '2 8 16')], { uniques: [{ columns: [1], isExact: false, isDeferrable: false }], isReferenced: true }), work: { remove: 0, restore: 0, update: 2 } },
];

for (const { name, table: given, work } of cases) {
  test(name, () => {
    const end = planRows(given);
    if (work instanceof RegExp) assert.match(end.kind === 'none' ? end.reason : 'work', work);
    else assert.deepEqual(end.kind === 'work' && { remove: end.work.remove.length, restore: end.work.restore.length, update: end.work.update.length }, work);
  });
}
