import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { RowChange } from '../../../../src/core/effect/preview.ts';
import { holdsLiteral, literalOf } from '../../../../src/core/undo/mysql/literals.ts';
import { phaseOrders, planMysqlUndo, type MysqlUndoTable } from '../../../../src/core/undo/mysql/planMysql.ts';

const column = (name: string, type = 'int', isGenerated = false) => ({ name, type, isGenerated, isIdentityAlways: false });
const table = (changes: readonly RowChange[], facts: Partial<MysqlUndoTable> = {}): MysqlUndoTable => ({
  rows: { table: { schema: 's', table: 't`' }, isPartitioned: false, columns: [column('id'), column('v', 'varchar(9)'), column('up'), column('g', 'int', true)], key: [0], uniques: [{ columns: [0], isExact: true, isDeferrable: false }], isReferenced: false, changes },
  firesOnUpdate: false,
  selfReferences: [],
  ...facts,
});
const row = (id: string, v: string, up: string | null = null) => [id, v, up, '1', `["${id}"]`];
const order = phaseOrders[0] ?? [];

function sqlOf(tables: readonly MysqlUndoTable[]): readonly string[] {
  const plan = planMysqlUndo(tables, order);
  return plan.kind === 'steps' ? plan.steps.map(({ sql }) => sql) : [plan.reason];
}

test('an update names its row, its key, and what it must still hold', () => {
  assert.deepEqual(sqlOf([table([{ kind: 'updated', before: row('1', "x'61'"), after: row('1', "x'62'") }])]), [
    "SELECT 's.t`' AS `table`, CONCAT('(', CONCAT_WS(',', `id`), ')') AS `row`, 'changed since' AS `not restored` FROM `s`.`t``` WHERE `id` IN (1) AND ((`id` = 1 AND NOT (CAST(`v` AS BINARY) <=> x'62')))",
    "UPDATE `s`.`t``` SET `v` = CASE WHEN `id` = 1 THEN x'61' END WHERE `id` IN (1) AND ((`id` = 1 AND CAST(`v` AS BINARY) <=> x'62'))",
  ]);
});

test('rows that others of the table reference come back first, and a taken place is left alone', () => {
  const [, insert = ''] = sqlOf([table([{ kind: 'deleted', before: row('1', "x'61'", '2') }, { kind: 'deleted', before: row('2', "x'61'", '2') }], { selfReferences: [{ column: 2, parent: 0 }] })]);
  assert.equal(insert, "INSERT INTO `s`.`t``` (`id`, `v`, `up`) VALUES\n  (2, x'61', 2),\n  (1, x'61', 2) ON DUPLICATE KEY UPDATE `id` = `s`.`t```.`id`");
});

test('a trigger that such a no-change would fire is not fired', () => {
  assert.doesNotMatch(sqlOf([table([{ kind: 'deleted', before: row('1', 'NULL') }], { firesOnUpdate: true })]).join(), /DUPLICATE/);
});

test('many rows become several statements, each short enough to be read; too many are refused', () => {
  const inserted = (count: number) => table(Array.from({ length: count }, (_, index): RowChange => ({ kind: 'inserted', after: row(String(index), `x'${'61'.repeat(40)}'`) })));
  const many = sqlOf([inserted(2000)]);
  assert.ok(many.length > 2 && many.every((sql) => sql.length < 256 * 1024), String(many.map((sql) => sql.length)));
  assert.match(sqlOf([inserted(20_000)]).join(), /too large to be written back by a text of 2 MB/);
});

test('each order has every part once', () => assert.deepEqual(phaseOrders.map((phases) => phases.toSorted().join()), Array(3).fill('remove,restore,update')));

describe('literals are made by the server', () => {
  const rows: readonly (readonly [type: string, literal: RegExp, guard: string])[] = [
    ['bigint unsigned', /^CAST\(c AS CHAR\)$/, 'c <=> L'],
    ['float', /AS DOUBLE/, 'CAST(c AS DOUBLE) <=> L'],
    ['bit(3)', /c \+ 0/, 'c + 0 <=> L'],
    ["enum('a','b')", /c \+ 0/, 'c + 0 <=> L'],
    ['timestamp(3)', /UNIX_TIMESTAMP/, 'c <=> L'],
    ['datetime(6)', /CONCAT\(''''/, 'c <=> L'],
    ['json', /CONVERT\(x'''/, 'c <=> CAST(L AS JSON)'],
    ['geometry', /AS BINARY/, 'CAST(c AS BINARY) <=> L'],
    ['uuid', /CONCAT\(''''/, 'c <=> L'],
  ];
  for (const [type, literal, guard] of rows) {
    test(type, () => {
      assert.match(literalOf('c', type), literal);
      assert.deepEqual([holdsLiteral('c', type, 'L'), holdsLiteral('c', type, null)], [guard, 'c IS NULL']);
    });
  }
});
