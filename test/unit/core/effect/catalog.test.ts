import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { definitionLines, diffCatalog, type CatalogRow, type FormerRow } from '../../../../src/core/effect/catalog.ts';

type Facts = CatalogRow['facts'];
const row = (id: string, object: string, ...rest: readonly [name: string, facts?: Facts, more?: Partial<CatalogRow>]): CatalogRow => {
  const [name, facts = {}, more = {}] = rest;
  return { id, object, name, own: name.split('.').at(-1) ?? name, facts, ...more };
};
const was = (each: CatalogRow, ended = true): FormerRow => ({ ...each, ended });

const orders = row('c:1', 'table', 'public.orders', { name: 'orders', schema: 'public' });
const total = row('c:1.2', 'column', 'public.orders.total', { name: 'total', type: 'integer', 'not null': null }, { parent: 'c:1' });
const index = row('c:5', 'index', 'public.orders_total', { name: 'orders_total', schema: 'public', '=definition': 'CREATE INDEX a' }, { parent: 'c:1' });
const view = row('c:9', 'view', 'public.totals');
const key = row('k:3', 'foreign key', 'public.items.items_order_fkey', { key: 'FOREIGN KEY (o) REFERENCES orders(id)' }, { parent: 'c:2' });

type Case = { readonly name: string; readonly text: string; readonly before?: readonly FormerRow[]; readonly after?: readonly CatalogRow[]; readonly lines: readonly string[] };

const cases: readonly Case[] = [
  { name: 'nothing', text: 'update orders set total = 1', lines: [] },
  { name: 'a new column tells its type', text: 'alter table orders add total int', after: [total], lines: ['added column public.orders.total: integer'] },
  {
    name: 'a new table hides its columns and indexes',
    text: 'create table orders (total int)',
    after: [orders, total, index],
    lines: ['added table public.orders'],
  },
  {
    name: 'what goes with a dropped table is not listed, what went with it elsewhere is marked',
    text: 'DROP TABLE orders CASCADE',
    before: [was(orders), was(total), was(index), was(view), was(key)],
    lines: ['dropped table public.orders', 'dropped foreign key public.items.items_order_fkey: FOREIGN KEY (o) REFERENCES orders(id), which no statement names', 'dropped view public.totals, which no statement names'],
  },
  {
    name: 'a type and a null rule, told with what they were',
    text: 'ALTER TABLE orders ALTER total TYPE bigint, ALTER total SET NOT NULL',
    before: [was(total)],
    after: [{ ...total, facts: { ...total.facts, type: 'bigint', 'not null': 'yes' } }],
    lines: ['changed column public.orders.total: type integer → bigint, not null none → yes'],
  },
  {
    name: 'another name is a change of the same object',
    text: 'ALTER TABLE orders RENAME TO bestellungen',
    before: [was(orders)],
    after: [{ ...orders, name: 'public.bestellungen', own: 'bestellungen', facts: { ...orders.facts, name: 'bestellungen' } }],
    lines: ['changed table public.orders: name orders → bestellungen'],
  },
  { name: 'a row written anew and equal is no change', text: 'alter table orders x', before: [was(orders)], after: [orders], lines: [] },
  { name: 'a row that somebody else ended stays out', text: 'x', before: [was(view, false)], lines: [] },
  {
    name: 'an old row version that never ended, found by its id, is the former state',
    text: 'alter table orders alter total set not null',
    before: [was(total, false)],
    after: [{ ...total, facts: { ...total.facts, 'not null': 'yes' } }],
    lines: ['changed column public.orders.total: not null none → yes'],
  },
  {
    name: 'a default that came, and one that went, are changes of their column',
    text: 'alter table orders alter total set default 1',
    before: [was(row('c:1.3', 'column', 'public.orders.n', { '#default': 'x', default: '7' }, { part: 'default', parent: 'c:1' }))],
    after: [row('c:1.2', 'column', 'public.orders.total', { default: '1', '#default': 'a' }, { part: 'default', parent: 'c:1' })],
    lines: ['changed column public.orders.n: default 7 → none', 'changed column public.orders.total: default none → 1'],
  },
  {
    name: 'where only the digest of one side is known, that it changed is all that is said',
    text: 'alter table orders alter total set default 1',
    before: [was(row('c:1.2', 'column', 'public.orders.total', { '#default': 'x' }, { part: 'default' }))],
    after: [row('c:1.2', 'column', 'public.orders.total', { default: '1', '#default': 'a' }, { part: 'default' })],
    lines: ['changed column public.orders.total: default changed'],
  },
  {
    name: 'what an index is made of is told when it comes, and not compared',
    text: 'alter table orders set schema s',
    before: [was(orders), was(index)],
    after: [
      { ...orders, name: 's.orders', facts: { ...orders.facts, schema: 's' } },
      { ...index, name: 's.orders_total', facts: { ...index.facts, schema: 's', '=definition': 'CREATE INDEX b' } },
    ],
    lines: ['changed table public.orders: schema public → s'],
  },
  {
    name: 'two checks of one key switched off are one line',
    text: 'ALTER TABLE orders DISABLE TRIGGER ALL',
    before: ['t:1', 't:2'].map((id) => was(row(id, 'check of the foreign key', 'public.orders.fk', { enabled: 'yes' }, { parent: 'k:1' }))),
    after: ['t:1', 't:2'].map((id) => row(id, 'check of the foreign key', 'public.orders.fk', { enabled: 'no' }, { parent: 'k:1' })),
    lines: ['changed check of the foreign key public.orders.fk: enabled yes → no'],
  },
  {
    name: 'the functions of a dropped extension go with it',
    text: 'drop extension hstore',
    before: [was(row('e:1', 'extension', 'hstore')), was(row('p:1', 'function', 'public.akeys(hstore)', {}, { parent: 'e:1' }))],
    lines: ['dropped extension hstore'],
  },
];

describe('the catalogue before and after', () => {
  for (const { name, text, before = [], after = [], lines } of cases) {
    test(name, () => assert.deepEqual(definitionLines(diffCatalog(before, after, [text])), lines));
  }

  test('equal changes have equal lines, whatever the order of the rows', () => {
    const before = [was(orders), was(view), was(key), was(total)];
    const forth = diffCatalog(before, [], ['drop schema public cascade']);
    assert.deepEqual(diffCatalog(before.toReversed(), [], ['drop schema public cascade']), forth);
    assert.ok(forth.every(({ cascaded }) => cascaded === true));
  });

  for (const [text, named] of [['drop view "totals"', true], ['drop view subtotals', false], ['drop view TOTALS', true], ['drop view totals_2', false]] as const) {
    test(`${text} ${named ? 'names' : 'does not name'} totals`, () => {
      assert.equal(diffCatalog([was(view)], [], [text])[0]?.cascaded, named ? undefined : true);
    });
  }
});
