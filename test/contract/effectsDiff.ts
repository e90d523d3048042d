/** What really changed: two full dumps of a database compared row by row. Shares nothing with the code under test. */
import assert from 'node:assert/strict';
import type { Preview, RowChange, TableImages } from '../../src/core/effect/preview.ts';
import type { Dump, DumpedRow, DumpedTable, EffectsCase } from './effectsSubject.ts';

export type Net = { readonly inserted: number; readonly updated: number; readonly deleted: number };

/** Rows of one table that differ. Without a key `pairs` is empty: a changed row is one that went and one that came. */
export type TableDifference = {
  readonly hasKey: boolean;
  readonly gone: readonly DumpedRow[];
  readonly come: readonly DumpedRow[];
  readonly pairs: readonly { readonly before: DumpedRow; readonly after: DumpedRow }[];
};

const nothing: DumpedTable = { columns: [], key: [], rows: [] };

/** Tables that differ, by name. */
export function differences(before: Dump, after: Dump, identity: EffectsCase['identity']): ReadonlyMap<string, TableDifference> {
  const names = new Set([...before.keys(), ...after.keys()]);
  const all = [...names].map((name) => [name, difference(before.get(name) ?? nothing, after.get(name) ?? nothing, identity?.[name])] as const);
  return new Map(all.filter(([, { gone, come, pairs }]) => gone.length + come.length + pairs.length > 0));
}

function difference(before: DumpedTable, after: DumpedTable, identity: readonly string[] | undefined): TableDifference {
  const [gone, come] = [withoutCommon(before.rows, after.rows), withoutCommon(after.rows, before.rows)];
  const { columns } = before.columns.length > 0 ? before : after;
  const key = identity?.map((name) => columns.indexOf(name)) ?? before.key;
  if (key.length === 0) return { hasKey: false, gone, come, pairs: [] };
  const byKey = new Map(come.map((row) => [textOf(pick(row, key)), row]));
  const pairs = gone.flatMap((row) => {
    const successor = byKey.get(textOf(pick(row, key)));
    return successor === undefined ? [] : [{ before: row, after: successor }];
  });
  const paired = new Set(pairs.flatMap((pair) => [pair.before, pair.after]));
  return { hasKey: true, gone: gone.filter((row) => !paired.has(row)), come: come.filter((row) => !paired.has(row)), pairs };
}

/** Rows of `rows` that `others` has not, each as often as it is there. */
function withoutCommon(rows: readonly DumpedRow[], others: readonly DumpedRow[]): readonly DumpedRow[] {
  const counts = new Map<string, number>();
  for (const row of others) counts.set(textOf(row), (counts.get(textOf(row)) ?? 0) + 1);
  return rows.filter((row) => {
    const left = counts.get(textOf(row)) ?? 0;
    counts.set(textOf(row), left - 1);
    return left <= 0;
  });
}

function pick(row: DumpedRow, key: readonly number[]): DumpedRow {
  return key.map((position) => row[position] ?? null);
}

function textOf(row: DumpedRow): string {
  return JSON.stringify(row);
}

/** The rows that are listed are the rows that changed, and their totals are right. */
export function assertImages(images: TableImages, { hasKey, gone, come, pairs }: TableDifference, { isWhole, isCounted }: { readonly isWhole: boolean; readonly isCounted: boolean }): void {
  const name = images.table.table;
  const old = [...gone, ...pairs.map(({ before }) => before)];
  const fresh = [...come, ...pairs.map(({ after }) => after)];
  if (images.totals) assertTotals(name, images.totals, { hasKey, gone, come, pairs });
  else assert.ok(!isCounted, `${name}: totals are missing`);
  const listed = { old: images.changes.flatMap(beforeOf), fresh: images.changes.flatMap(afterOf) };
  assertWithin(`${name}: rows before`, listed.old, old, isWhole);
  assertWithin(`${name}: rows after`, listed.fresh, fresh, isWhole);
  if (!hasKey) return;
  const real = new Set(pairs.map(({ before, after }) => textOf([...before, '→', ...after])));
  const shown = images.changes.flatMap((change) => (change.kind === 'updated' ? [textOf([...change.before, '→', ...change.after])] : []));
  assert.deepEqual(shown.filter((pair) => !real.has(pair)), [], `${name}: pairs of rows that are not one row`);
  if (isWhole) assert.equal(shown.length, pairs.length, `${name}: updated rows`);
}

function assertTotals(name: string, totals: Net, { hasKey, gone, come, pairs }: TableDifference): void {
  if (hasKey) {
    assert.deepEqual(totals, { inserted: come.length, updated: pairs.length, deleted: gone.length }, `${name}: totals`);
    return;
  }
  assert.deepEqual([totals.deleted + totals.updated, totals.inserted + totals.updated], [gone.length, come.length], `${name}: totals of a table without a key`);
}

function assertWithin(what: string, listed: readonly DumpedRow[], real: readonly DumpedRow[], isWhole: boolean): void {
  assert.deepEqual(withoutCommon(listed, real), [], `${what}: listed, and did not change`);
  if (isWhole) assert.deepEqual(withoutCommon(real, listed), [], `${what}: changed, and not listed`);
}

function beforeOf(change: RowChange): readonly DumpedRow[] {
  return change.kind === 'inserted' ? [] : [change.before];
}

function afterOf(change: RowChange): readonly DumpedRow[] {
  return change.kind === 'deleted' ? [] : [change.after];
}

/** What the server counted covers what changed, and every table that changed is listed or announced. */
export function assertEffects(preview: Preview, real: ReadonlyMap<string, TableDifference>): void {
  const byName = new Map(preview.effects.map((effect) => [effect.table.table, effect]));
  assert.equal(byName.size, preview.effects.length, 'each table has one effect');
  for (const [name, { gone, come, pairs }] of real) {
    const effect = byName.get(name);
    if (!effect) {
      assert.ok((preview.unlisted ?? 0) > 0 && preview.effects.every(({ exactness = 'exact' }) => exactness !== 'exact'), `${name} changed and is not listed`);
      continue;
    }
    assert.ok(effect.inserted + effect.updated >= come.length + pairs.length, `${name}: ${JSON.stringify(effect)} for ${String(come.length + pairs.length)} new rows`);
    assert.ok(effect.deleted + effect.updated >= gone.length + pairs.length, `${name}: ${JSON.stringify(effect)} for ${String(gone.length + pairs.length)} old rows`);
  }
}
