import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compareFingerprints, explainDrift, type DriftRows } from '../../../../src/core/effect/drift.ts';
import { canonicalFingerprint, type Fingerprint, type TableFingerprint } from '../../../../src/core/effect/fingerprint.ts';
import type { RowChange } from '../../../../src/core/effect/preview.ts';

const side = (rows: number, mark: string) => ({ rows, sha256: mark.repeat(64) });
const orders: TableFingerprint = { table: 'public.orders', operations: { inserted: 0, updated: 0, deleted: 2 }, before: side(2, 'a'), after: side(0, '0'), ignored: [] };
const log: TableFingerprint = { table: 'public.log', operations: { inserted: 2, updated: 0, deleted: 0 }, before: side(0, '0'), after: side(2, 'b'), ignored: ['id', 'at'] };
const of = (tables: readonly TableFingerprint[], facts: { readonly definitions?: readonly string[]; readonly complete?: boolean } = {}): Fingerprint => ({ kind: 'fingerprint', version: 1, tables, definitions: [], complete: true, ...facts });

const equal: readonly (readonly [name: string, a: Fingerprint, b: Fingerprint])[] = [
  ['the same', of([orders, log]), of([orders, log])],
  ['in another order', of([orders, log]), of([{ ...log, ignored: ['at', 'id'] }, orders])],
  ['members in another order', of([orders]), of([{ ignored: [], after: orders.after ?? side(0, '0'), before: orders.before ?? side(0, '0'), operations: { deleted: 2, updated: 0, inserted: 0 }, table: orders.table }])],
  ['nothing', of([]), of([])],
];
for (const [name, a, b] of equal) {
  test(`fingerprints are equal: ${name}`, () => {
    assert.deepEqual(compareFingerprints(a, b), { kind: 'equal', complete: true });
    assert.equal(canonicalFingerprint(a), canonicalFingerprint(b));
  });
}

const drifts: readonly (readonly [name: string, approved: Fingerprint, now: Fingerprint, expected: readonly string[]])[] = [
  ['other rows, as many', of([orders]), of([{ ...orders, before: side(2, 'c') }]), ['public.orders: as many rows as approved, but not the same ones, or they hold other values.']],
  ['another result', of([log]), of([{ ...log, after: side(2, 'c') }]), ['public.log: the same rows as approved, but they come out differently.']],
  ['more rows', of([orders]), of([{ ...orders, operations: { inserted: 0, updated: 1, deleted: 3 } }]), ['public.orders: 2 rows deleted were approved, now it is 1 row updated, 3 rows deleted.']],
  ['a table more', of([orders]), of([orders, log]), ['public.log was not touched when it was approved: now it has 2 rows inserted.']],
  ['a table less', of([orders, log]), of([orders]), ['public.log is no longer touched: 2 rows inserted were approved.']],
  ['a definition', of([], { definitions: ['added column public.a.x'] }), of([], { definitions: ['added column public.a.y'] }), ['No longer happens: added column public.a.x.', 'Not approved: added column public.a.y.']],
  ['rows that can no longer be read', of([orders]), of([{ table: orders.table, operations: orders.operations, ignored: [] }], { complete: false }), ['public.orders: its rows could not be read both times.']],
  ['only less certain', of([orders]), of([orders], { complete: false }), ['Not all rows could be read both times.']],
  ['no fingerprint now', of([orders]), { kind: 'none', reason: 'No second connection.' }, ['No second connection.']],
  ['none was approved', { kind: 'none', reason: 'Too old.' }, of([orders]), ['What was approved has no fingerprint: Too old.']],
  ['none at all is not equal', { kind: 'none', reason: 'Too old.' }, { kind: 'none', reason: 'Too old.' }, ['What was approved has no fingerprint: Too old.']],
];
for (const [name, approved, now, expected] of drifts) {
  test(`drift: ${name}`, () => {
    const comparison = compareFingerprints(approved, now);
    assert.deepEqual(comparison.kind === 'drift' && explainDrift(comparison.differences), expected);
  });
}

const images = (changes: readonly RowChange[], incomplete?: string) => [{ table: { schema: 'public', table: 'orders' }, columns: [{ name: 'id', type: 'int' }, { name: 'state', type: 'text' }], key: [0], changes, ...(incomplete === undefined ? {} : { incomplete }) }];
const deleted = (id: string, state: string | null): RowChange => ({ kind: 'deleted', before: [id, state] });
const updated = (id: string, before: string, after: string): RowChange => ({ kind: 'updated', before: [id, before], after: [id, after] });
const rowCases: readonly (readonly [name: string, rows: DriftRows, expected: readonly string[]])[] = [
  ['a row swapped for another', { approved: images([deleted('1', 'a')]), now: images([deleted('2', 'a')]) }, ['id 1: approved as deleted, and is no longer.', 'id 2: deleted now, and was not approved.']],
  ['a doomed row that was edited', { approved: images([deleted('1', 'open')]), now: images([deleted('1', null)]) }, ['id 1: state was “open” when approved and is NULL now.']],
  ['another result', { approved: images([updated('1', 'a', 'b')]), now: images([updated('1', 'a', 'c')]) }, ['id 1: state would become “c” instead of “b”.']],
  ['another kind', { approved: images([updated('1', 'a', 'b')]), now: images([deleted('1', 'a')]) }, ['id 1: approved as updated, and is deleted now.']],
  ['the same', { approved: images([deleted('1', 'a')]), now: images([deleted('1', 'a')]) }, []],
  ['rows that are not all listed explain nothing', { approved: images([deleted('1', 'a')], 'cut'), now: images([deleted('2', 'a')]) }, []],
  ['many', { approved: images([]), now: images(Array.from({ length: 22 }, (_, index) => deleted(String(index), 'a'))) }, [...Array.from({ length: 20 }, (_, index) => `id ${String(index)}: deleted now, and was not approved.`), '… and 2 rows more of public.orders.']],
];
for (const [name, rows, expected] of rowCases) {
  test(`drift, row by row: ${name}`, () => {
    const [, ...sentences] = explainDrift([{ kind: 'table', table: 'public.orders', approved: orders, now: { ...orders, before: side(2, 'c') } }], rows);
    assert.deepEqual(sentences, expected);
  });
}
