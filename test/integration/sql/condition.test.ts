import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { createPostgresAnalyser } from '../../../src/adapters/sql/postgresAnalyser.ts';
import { blankComments } from '../../../src/core/sql/postgres/comments.ts';

const analyser = createPostgresAnalyser();
after(async () => await analyser.dispose());

describe('the WHERE of a statement', () => {
  const rows: readonly [sql: string, where: string | undefined][] = [
    ['UPDATE t SET a = 1 WHERE id = 5 AND b > 2 RETURNING *', 'WHERE id = 5 AND b > 2'],
    ["DELETE FROM t -- where it's\nWHERE id IN (SELECT 1 WHERE true) -- end", 'WHERE id IN (SELECT 1 WHERE true)'],
    ["UPDATE t SET a = (SELECT 1 WHERE false)\n  where x = 'é😀'", "where x = 'é😀'"],
    ['WITH k AS (SELECT 1 WHERE true) DELETE FROM t WHERE id = 1', 'WHERE id = 1'],
    ['DELETE FROM t', undefined],
    ['SELECT a FROM t WHERE a = 1', undefined],
    ['DELETE FROM t WHERE', undefined],
    ['DELETE FROM t WHERE id = 1; DELETE FROM u WHERE id = 2', undefined],
    ['MERGE INTO t USING u ON t.id = u.id WHEN MATCHED THEN DELETE', undefined],
    [`DELETE FROM t WHERE a = '${'x'.repeat(5000)}'`, undefined],
  ];
  for (const [sql, where] of rows) {
    it(`${sql.slice(0, 80)}: ${where ?? 'none'}`, async () => {
      const place = await analyser.condition(sql);
      assert.equal(place && sql.slice(place.start, place.end), where);
    });
  }
});

describe('a text with blanks for its comments', () => {
  const rows: readonly [text: string, blank: string][] = [
    ["SELECT/* it's\n😀 */1 -- x", 'SELECT       \n     1     '],
    ["SELECT '--', $$/* */$$", "SELECT '--', $$/* */$$"],
    ['  ', '  '],
    ['', ''],
  ];
  for (const [text, blank] of rows) it(JSON.stringify(text), () => assert.equal(blankComments(text), blank));
});
