import assert from 'node:assert/strict';
import { test } from 'node:test';
import { positionOf } from '../../../../src/adapters/mysql/position.ts';

const rows: readonly (readonly [text: string, errno: number, message: string, position: number | undefined])[] = [
  ["SELECT '😀', nope FROM t", 1054, "Unknown column 'nope' in 'field list'", 13],
  ['SELECT a.nope FROM t a', 1054, "Unknown column 'a.nope' in 'SELECT'", 9],
  ['SELECT nope, nope FROM t', 1054, "Unknown column 'nope' in 'field list'", undefined],
  ['SELECT nope2, nope FROM t', 1054, "Unknown column 'nope' in 'field list'", 14],
  ['SELECT * FROM `a b`', 1146, "Table 'shop.a b' doesn't exist", 15],
  ['SELECT f(1)', 1305, 'FUNCTION shop.f does not exist', 7],
  ['SELECT 1 FROM WHERE', 1064, "… the right syntax to use near 'WHERE' at line 1", 14],
  ['SELECT 1 FROM ', 1064, "… the right syntax to use near '' at line 1", 13],
  ["SELECT x y z, 'x y z'", 1064, "… the right syntax to use near 'x y z' at line 1", undefined],
  ['SELECT 1', 1213, "Deadlock found when trying to get lock on 'SELECT'", undefined],
];

for (const [text, errno, message, position] of rows) {
  test(`${String(errno)} in “${text}” is ${position === undefined ? 'nowhere for certain' : `at ${String(position)}`}`, () => {
    assert.equal(positionOf(text, errno, message), position);
  });
}
