import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ForeignKeyWalk, reachableTables, type Errand, type WalkKey, type WalkRow } from '../../../../../src/core/effect/mysql/foreignKeyWalk.ts';

type Data = Readonly<Record<string, readonly Readonly<Record<string, string | null>>[]>>;

function key(child: string, column: string, parent: string, actions: Partial<WalkKey> = {}): WalkKey {
  return { child, childColumns: [column], parent, parentColumns: ['id'], onDelete: 'cascade', onUpdate: 'none', ...actions };
}

function rowsOf(data: Data, { table, columns, tuples }: Errand): readonly WalkRow[] {
  const wanted = new Set(tuples.map((tuple) => tuple.join()));
  return (data[table] ?? []).filter((row) => wanted.has(columns.map((column) => row[column]).join())).map(toRow);
}

function toRow(row: Readonly<Record<string, string | null>>): WalkRow {
  return { id: row['id'] ?? '', values: new Map(Object.entries(row)) };
}

/** Fates by table and row, after the walk answered itself from `data`. */
function walk(keys: readonly WalkKey[], data: Data, start: { table: string; ids: readonly string[]; fate?: 'updated'; columns?: readonly string[] }, maxRows = 1000): Record<string, Record<string, string>> & { cut?: never } {
  const walking = new ForeignKeyWalk(keys, maxRows);
  const rows = (data[start.table] ?? []).filter(({ id }) => start.ids.includes(id ?? '')).map(toRow);
  walking.add(start.table, rows, start.fate ?? 'deleted', start.columns ?? []);
  for (let errand = walking.next(); errand; errand = walking.next()) walking.answer(errand, rowsOf(data, errand));
  return Object.fromEntries([...walking.tables].map(([table, found]) => [table, Object.fromEntries([...found].map(([id, { fates }]) => [id, [...fates].toSorted().join()]))]));
}

describe('rows reached over foreign keys', () => {
  const family: Data = {
    p: [{ id: '1' }, { id: '2' }],
    c: [{ id: '10', p: '1' }, { id: '11', p: '1' }, { id: '12', p: '2' }, { id: '13', p: null }],
    g: [{ id: '100', c: '10' }, { id: '101', c: '12' }],
    n: [{ id: '7', p: '1' }, { id: '8', p: '2' }],
  };
  test('three deep, with SET NULL beside', () => {
    const keys = [key('c', 'p', 'p'), key('g', 'c', 'c'), key('n', 'p', 'p', { onDelete: 'set null' })];
    assert.deepEqual(walk(keys, family, { table: 'p', ids: ['1'] }), { p: { 1: 'deleted' }, c: { 10: 'deleted', 11: 'deleted' }, n: { 7: 'nulled' }, g: { 100: 'deleted' } });
  });
  test('RESTRICT reaches nothing', () => {
    assert.deepEqual(walk([key('c', 'p', 'p', { onDelete: 'none' })], family, { table: 'p', ids: ['1'] }), { p: { 1: 'deleted' } });
  });
  test('an update of other columns reaches nothing, one of the referenced column does', () => {
    const keys = [key('c', 'p', 'p', { onUpdate: 'cascade' })];
    assert.deepEqual(walk(keys, family, { table: 'p', ids: ['2'], fate: 'updated', columns: ['name'] }), { p: { 2: 'updated' } });
    assert.deepEqual(walk(keys, family, { table: 'p', ids: ['2'], fate: 'updated', columns: ['ID'] }), { p: { 2: 'updated' }, c: { 12: 'followed' } });
  });
  test('what is set to NULL and referenced itself goes on', () => {
    const data: Data = { p: [{ id: '1' }], c: [{ id: '5', p: '1' }], d: [{ id: '9', q: '1' }] };
    const keys = [key('c', 'p', 'p', { onDelete: 'set null' }), key('d', 'q', 'c', { parentColumns: ['p'], onUpdate: 'cascade' })];
    assert.deepEqual(walk(keys, data, { table: 'p', ids: ['1'] }), { p: { 1: 'deleted' }, c: { 5: 'nulled' }, d: { 9: 'followed' } });
  });
  test('a table that references itself, in a circle', () => {
    const data: Data = { e: [{ id: '1', boss: '3' }, { id: '2', boss: '1' }, { id: '3', boss: '2' }, { id: '4', boss: null }] };
    assert.deepEqual(walk([key('e', 'boss', 'e')], data, { table: 'e', ids: ['1'] }), { e: { 1: 'deleted', 2: 'deleted', 3: 'deleted' } });
  });
  test('two tables that reference each other', () => {
    const data: Data = { a: [{ id: '1', b: '2' }], b: [{ id: '2', a: '1' }] };
    assert.deepEqual(walk([key('a', 'b', 'b'), key('b', 'a', 'a')], data, { table: 'a', ids: ['1'] }), { a: { 1: 'deleted' }, b: { 2: 'deleted' } });
  });
  test('two ways to one row are both known', () => {
    const keys = [key('c', 'p', 'p', { onDelete: 'set null' }), key('n', 'p', 'p'), key('c', 'id', 'n', { parentColumns: ['c'] })];
    const data: Data = { ...family, n: [{ id: '7', p: '1', c: '10' }] };
    assert.deepEqual(walk(keys, data, { table: 'p', ids: ['1'] })['c'], { 10: 'deleted,nulled', 11: 'nulled' });
  });
  test('a key of two columns holds no NULL', () => {
    const keys = [{ ...key('c', 'p', 'p'), childColumns: ['p', 'q'], parentColumns: ['id', 'k'] }];
    const data: Data = { p: [{ id: '1', k: 'x' }, { id: '2', k: null }], c: [{ id: '5', p: '1', q: 'x' }, { id: '6', p: '2', q: null }] };
    assert.deepEqual(walk(keys, data, { table: 'p', ids: ['1', '2'] })['c'], { 5: 'deleted' });
  });
  test('more rows than it may hold', () => {
    const walking = new ForeignKeyWalk([key('c', 'p', 'p')], 1);
    walking.add('p', (family['p'] ?? []).map(toRow), 'deleted', []);
    assert.deepEqual([walking.isCut, walking.next()], [true, undefined]);
  });
  test('many keys are asked for in portions', () => {
    const walking = new ForeignKeyWalk([key('c', 'p', 'p')], 10_000);
    walking.add('p', Array.from({ length: 1200 }, (_, id) => toRow({ id: String(id) })), 'deleted', []);
    const portions: number[] = [];
    for (let errand = walking.next(); errand; errand = walking.next()) portions.push(errand.tuples.length);
    assert.deepEqual(portions, [500, 500, 200]);
  });
  test('tables that can be reached', () => {
    const keys = [key('c', 'p', 'p'), key('g', 'c', 'c', { onDelete: 'none', onUpdate: 'cascade' }), key('x', 'c', 'c', { onDelete: 'none' }), key('p', 'g', 'g')];
    assert.deepEqual(reachableTables(keys, 'p'), ['c', 'g']);
  });
});
