import assert from 'node:assert/strict';
import { test } from 'node:test';
import { confirmationPhrase, meetsObligations } from '../../../../src/core/consent/phrase.ts';
import { describeChange, groupDigits } from '../../../../src/core/effect/describe.ts';
import type { Preview, TableEffect } from '../../../../src/core/effect/preview.ts';
import type { Obligation } from '../../../../src/core/policy/decision.ts';
import type { ClassifiedStatement } from '../../../../src/core/sql/verdict.ts';
import { preview } from '../../../fakes/ports.ts';
import { statement } from '../../../fakes/statements.ts';

const effect = (table: string, [inserted, updated, deleted]: readonly [number, number, number], why = 'statement'): TableEffect => ({
  table: { schema: 'public', table },
  inserted,
  updated,
  deleted,
  why,
});
const drop = (kind: string, ...tables: readonly string[]): ClassifiedStatement =>
  statement(kind, 'destructive', { kind, targets: tables.map((table) => ({ table, access: 'write' })) });
const dml = statement('delete from t', 'destructive');

const rows: readonly (readonly [ClassifiedStatement, readonly TableEffect[], phrase: string, title: string])[] = [
  [dml, [effect('t', [0, 0, 1])], 'delete 1 row', 'Deletes 1 row from t'],
  [
    dml,
    [effect('customers', [0, 0, 3]), effect('sessions', [0, 0, 41], 'cascade from customers')],
    'delete 44 rows',
    'Deletes 3 rows from customers, and with them 41 from sessions',
  ],
  [
    dml,
    [effect('c', [0, 0, 3]), effect('s', [0, 0, 41], 'cascade from c'), effect('log', [3, 0, 0], 'trigger log_c')],
    'delete 44 rows',
    'Deletes 3 rows from c, and with them deletes 41 rows from s and inserts 3 rows into log',
  ],
  [
    dml,
    [effect('c', [0, 0, 1]), effect('orders', [0, 0, 9], 'cascade from c'), effect('items', [0, 0, 27_000], 'cascade from orders')],
    'delete 27010 rows',
    'Deletes 1 row from c, and with it 9 from orders and 27,000 from items',
  ],
  [
    dml,
    [effect('c', [0, 3, 0]), effect('a', [0, 0, 2], 'trigger a'), effect('b', [1, 0, 0], 'trigger b'), effect('d', [1, 1, 1], 'trigger d')],
    'delete 3 rows',
    'Updates 3 rows in c, and with them changes 6 rows in 3 other tables',
  ],
  [dml, [effect('t', [0, 1_234_567, 0])], 'update 1234567 rows', 'Updates 1,234,567 rows in t'],
  [dml, [effect('t', [2, 0, 0])], 'insert 2 rows', 'Inserts 2 rows into t'],
  [dml, [], 'run 1 statement', 'Changes 3 rows that cannot be counted here'],
  [drop('drop-table', 'customers'), [effect('customers', [0, 0, 9])], 'drop table customers', 'Drop table customers: deletes 9 rows from customers'],
  [drop('drop-table', 'a', 'b', 'c'), [], 'drop table a and 2 more', 'Drop table a, b and c'],
  [drop('truncate', 'orders'), [], 'truncate orders', 'Truncate orders'],
];

for (const [ran, effects, phrase, title] of rows) {
  test(`“${title}” asks for “${phrase}”`, () => {
    const measured: Preview = { ...preview, effects };
    assert.equal(confirmationPhrase([ran], measured), phrase);
    assert.equal(describeChange([ran], measured), title);
  });
}

const typed: readonly Obligation[] = [{ kind: 'consent' }, { kind: 'typed-confirmation' }];
const answers: readonly (readonly [string, boolean])[] = [
  ['delete 44 rows', true],
  ['delete 44 rows ', false],
  [' delete 44 rows', false],
  ['delete 44 rows\n', false],
  ['DELETE 44 ROWS', false],
  ['delete 44 row', false],
  ['delete 444 rows', false],
  ['delete\u00a044 rows', false],
  ['d\u0435lete 44 rows', false],
  ['', false],
];
for (const [answer, met] of answers) {
  test(`typing ${JSON.stringify(answer)} ${met ? 'passes' : 'does not pass'}`, () => {
    assert.equal(meetsObligations(typed, 'delete 44 rows', answer), met);
  });
}

test('without a phrase typed confirmation cannot be met', () => {
  assert.equal(meetsObligations(typed, undefined, ''), false);
  assert.equal(meetsObligations(typed, '', ''), false);
});

test('an obligation nobody knows is never met', () => {
  const unknown = [{ kind: 'consent' }, { kind: 'peer-approval' }] as unknown as readonly Obligation[];
  assert.equal(meetsObligations(unknown, 'x', 'x'), false);
});

test('digits are grouped the same everywhere', () => {
  assert.deepEqual([0, 999, 1000, 100_000, 1_000_000].map(groupDigits), ['0', '999', '1,000', '100,000', '1,000,000']);
});
