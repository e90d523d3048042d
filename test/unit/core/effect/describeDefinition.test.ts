import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeChange } from '../../../../src/core/effect/describe.ts';
import type { CatalogChange, Preview } from '../../../../src/core/effect/preview.ts';
import { preview } from '../../../fakes/ports.ts';
import { statement } from '../../../fakes/statements.ts';

const alter = statement('alter table orders …', 'ddl', { kind: 'alter-table', targets: [{ table: 'orders', access: 'write' }] });
const drop = statement('drop table orders', 'destructive', { kind: 'drop-table', targets: [{ table: 'orders', access: 'write' }] });
const grant = statement('grant …', 'privilege', { kind: 'grant' });
const column: CatalogChange = { kind: 'added', object: 'column', name: 'public.orders.z' };
const table: CatalogChange = { kind: 'dropped', object: 'table', name: 'public.orders' };
const view = (name: string): CatalogChange => ({ kind: 'dropped', object: 'view', name, cascaded: true });

const of = (changes: readonly CatalogChange[], facts: Partial<Preview> = {}): Preview => ({ ...preview, effects: [], definition: { changes, rewritten: [], scanned: [] }, ...facts });

for (const [name, statements, change, sentence] of [
  ['one change', [alter], of([column]), 'Alter table orders: adds column public.orders.z'],
  ['what the statement says already', [drop], of([table]), 'Drop table orders'],
  ['what went with it', [drop], of([table, view('public.a'), view('public.b')]), 'Drop table orders: drops table public.orders, drops view public.a and 1 more'],
  ['several statements', [alter, grant], of([column, { kind: 'changed', object: 'table', name: 'public.orders' }]), 'Adds column public.orders.z and changes table public.orders'],
  ['nothing of the catalogue', [alter], of([]), 'Alter table orders'],
  ['rows as well', [alter, grant], of([column], { effects: preview.effects }), 'Deletes 3 rows from t'],
] as const) {
  test(`a definition in one sentence: ${name}`, () => assert.equal(describeChange(statements, change), sentence));
}
