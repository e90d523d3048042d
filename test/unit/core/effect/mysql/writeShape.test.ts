import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { addedQueryOf, writeShapeOf, type RowsShape } from '../../../../../src/core/effect/mysql/writeShape.ts';
import type { LexicalMode } from '../../../../../src/core/sql/mysql/tokens.ts';

const mode: LexicalMode = { dialect: 'mariadb', ansiQuotes: false, noBackslashEscapes: false, swallowingCharset: false };

/** The query that takes the statement's rows, with the qualifiers of its tables in place of columns. */
function query(text: string): string {
  const shape = writeShapeOf(text, mode);
  if (shape.kind !== 'rows') return shape.kind;
  return `${shape.head} SELECT ${shape.tables.map(({ qualifier }) => qualifier).join(' ')} FROM ${shape.from} ${shape.tail}`.trim();
}

describe('the rows an UPDATE or DELETE takes', () => {
  const rows: readonly (readonly [text: string, expected: string])[] = [
    ['UPDATE t SET a = 1', 'SELECT t FROM t'],
    ['update low_priority ignore t set a = 1 where b = 2', 'SELECT t FROM t where b = 2'],
    ['UPDATE t AS x SET a = 1 WHERE x.b = 2 ORDER BY c LIMIT 3', 'SELECT x FROM t AS x WHERE x.b = 2 ORDER BY c LIMIT 3'],
    ['UPDATE `My Db`.`Ta``ble` x SET `A` = (SELECT max(b) FROM u WHERE u.c = 1)', 'SELECT x FROM `My Db`.`Ta``ble` x'],
    ['UPDATE shop.t SET a = 1 WHERE b IN (SELECT id FROM u WHERE c = 1 LIMIT 2)', 'SELECT shop.t FROM shop.t WHERE b IN (SELECT id FROM u WHERE c = 1 LIMIT 2)'],
    ['UPDATE a JOIN b ON a.id = b.id SET a.x = b.y, b.z = 1 WHERE a.id < 3', 'SELECT a b FROM a JOIN b ON a.id = b.id WHERE a.id < 3'],
    ['UPDATE a, (SELECT id FROM c) AS d SET a.x = 1 WHERE a.id = d.id', 'SELECT a FROM a, (SELECT id FROM c) AS d WHERE a.id = d.id'],
    ['WITH q AS (SELECT 1 AS id) UPDATE t, q SET t.a = 1 WHERE t.id = q.id', 'WITH q AS (SELECT 1 AS id) SELECT t FROM t, q WHERE t.id = q.id'],
    ["UPDATE t SET a = 'x WHERE 1' /* WHERE */ WHERE b = ')' -- end", "SELECT t FROM t WHERE b = ')'"],
    ['DELETE FROM t', 'SELECT t FROM t'],
    ['DELETE QUICK FROM t PARTITION (p0) WHERE a = 1 LIMIT 1', 'SELECT t FROM t PARTITION (p0) WHERE a = 1 LIMIT 1'],
    ['DELETE FROM t AS x WHERE x.a = 1 RETURNING id', 'SELECT x FROM t AS x WHERE x.a = 1'],
    ['DELETE a, s.b.* FROM t AS a JOIN s.b ON a.i = b.i WHERE a.j = 1', 'SELECT a s.b FROM t AS a JOIN s.b ON a.i = b.i WHERE a.j = 1'],
    ['DELETE FROM A USING t AS a INNER JOIN u WHERE a.i = u.i', 'SELECT a FROM t AS a INNER JOIN u WHERE a.i = u.i'],
    ['WITH q AS (SELECT 1 AS id) DELETE FROM t WHERE id IN (SELECT id FROM q)', 'WITH q AS (SELECT 1 AS id) SELECT t FROM t WHERE id IN (SELECT id FROM q)'],
  ];
  for (const [text, expected] of rows) test(text, () => assert.equal(query(text), expected));
});

describe('what its text does not tell', () => {
  const texts = [
    'CALL p()',
    'UPDATE t FOR PORTION OF p FROM 1 TO 2 SET a = 1',
    'DELETE HISTORY FROM t',
    'UPDATE t SET a = 1 WHERE (@x := 1)',
    'UPDATE t SET a = 1 /*!50000 WHERE b = 1 */',
    'DELETE a FROM t',
    'SET STATEMENT max_statement_time = 1 FOR DELETE FROM t',
    "UPDATE t SET a = 'never closed",
    'SELECT 1 FOR UPDATE',
    '',
  ];
  for (const text of texts) test(text === '' ? 'nothing' : text, () => assert.equal(writeShapeOf(text, mode).kind, 'opaque'));
});

describe('details of the rows', () => {
  test('assigned columns, with their tables', () => {
    const shape = writeShapeOf('UPDATE a JOIN b SET a.x = (1, 2 = 3), `y``z` = 1, s.b.w = b.w', mode) as RowsShape;
    assert.deepEqual(shape.assigned, [{ qualifier: 'a', column: 'x' }, { column: 'y`z' }, { qualifier: 'b', column: 'w' }]);
  });
  const facts: readonly (readonly [text: string, isOrdered: boolean, isJoin: boolean])[] = [
    ['DELETE FROM t WHERE a = 1', true, false],
    ['DELETE FROM t LIMIT 3', false, false],
    ['DELETE FROM t ORDER BY a LIMIT 3', true, false],
    ['DELETE FROM t WHERE a IN (SELECT b FROM u ORDER BY b LIMIT 3)', true, false],
    ['UPDATE t JOIN (SELECT 1) AS d SET a = 1', true, true],
    ['UPDATE t, u SET a = 1', true, true],
  ];
  for (const [text, isOrdered, isJoin] of facts) {
    test(text, () => {
      const shape = writeShapeOf(text, mode) as RowsShape;
      assert.deepEqual([shape.isOrdered, shape.isJoin], [isOrdered, isJoin]);
    });
  }
});

describe('what adds rows', () => {
  const rows: readonly (readonly [text: string, mode: string, table: string, query: string | undefined])[] = [
    ['INSERT INTO t VALUES (1)', 'insert', 't', undefined],
    ['INSERT IGNORE s.t (a) VALUES (1) RETURNING a', 'insert', 's.t', undefined],
    ['INSERT t SET a = 1 ON DUPLICATE KEY UPDATE a = 2', 'upsert', 't', undefined],
    ['INSERT INTO t (a, b) SELECT x, y FROM u JOIN v ON u.i = v.i ON DUPLICATE KEY UPDATE a = 1', 'upsert', 't', 'SELECT x, y FROM u JOIN v ON u.i = v.i'],
    ['REPLACE INTO t PARTITION (p0) (a) SELECT a FROM u', 'replace', 't', 'SELECT a FROM u'],
    ['INSERT INTO t (SELECT a FROM u)', 'insert', 't', '(SELECT a FROM u)'],
  ];
  for (const [text, expected, table, from] of rows) {
    test(text, () => {
      const shape = writeShapeOf(text, mode);
      assert.ok(shape.kind === 'adds');
      assert.deepEqual([shape.mode, [shape.table.schema, shape.table.table].filter((part) => part !== undefined).join('.')], [expected, table]);
      assert.equal(addedQueryOf(text, mode), from);
    });
  }
});
