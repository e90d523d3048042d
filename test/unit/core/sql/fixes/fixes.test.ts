/** Each fix, and that the parser still understands the text and no longer sees the risk. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fixesFor, withFix } from '../../../../../src/core/sql/fixes/fixes.ts';
import { classifyMysql } from '../../../../../src/core/sql/mysql/classifyMysql.ts';
import { riskRulesFor } from '../../../../../src/core/sql/riskRules.ts';
import { findRisks } from '../../../../../src/core/sql/risks.ts';
import type { ClassifiedStatement, Dialect } from '../../../../../src/core/sql/verdict.ts';
import { classify } from '../postgres/parse.ts';

type Row = readonly [sql: string, ...fixed: string[]];

const postgres: readonly Row[] = [
  ['DELETE FROM t', 'DELETE FROM t WHERE id = 0'],
  ['UPDATE t SET a = 1 RETURNING a', 'UPDATE t SET a = 1 WHERE id = 0 RETURNING a'],
  ['UPDATE t\nSET a = (SELECT 1 WHERE true) -- all\n  RETURNING *', 'UPDATE t\nSET a = (SELECT 1 WHERE true)\nWHERE id = 0 -- all\n  RETURNING *'],
  ["DELETE FROM t AS x USING u -- it's", 'DELETE FROM t AS x USING u WHERE id = 0'],
  ['WITH k AS (SELECT 1) DELETE FROM "Größe"', 'WITH k AS (SELECT 1) DELETE FROM "Größe" WHERE id = 0'],
  ['DELETE FROM t WHERE id = 5'],
  ['DELETE FROM t WHERE true'],
  ['WITH d AS (DELETE FROM t RETURNING *) SELECT * FROM d'],
  ['EXPLAIN ANALYZE DELETE FROM t'],
  ['DROP TABLE t', 'CREATE SCHEMA IF NOT EXISTS trash;\nALTER TABLE t SET SCHEMA trash;\nALTER TABLE trash."t" RENAME TO "t__20260101T0915"'],
  ['DROP TABLE IF EXISTS app."Old ""T" RESTRICT', 'CREATE SCHEMA IF NOT EXISTS trash;\nALTER TABLE IF EXISTS app."Old ""T" SET SCHEMA trash;\nALTER TABLE IF EXISTS trash."Old ""T" RENAME TO "Old ""T__20260101T0915"'],
  [`DROP TABLE ${'ü'.repeat(31)}`, `CREATE SCHEMA IF NOT EXISTS trash;\nALTER TABLE ${'ü'.repeat(31)} SET SCHEMA trash;\nALTER TABLE trash."${'ü'.repeat(31)}" RENAME TO "${'ü'.repeat(24)}__20260101T0915"`],
  ['DROP TABLE t CASCADE'],
  ['DROP TABLE t, u'],
  ['DROP VIEW v'],
  ['TRUNCATE t', 'CREATE SCHEMA IF NOT EXISTS trash;\nCREATE TABLE trash."t__20260101T0915" AS TABLE t;\nTRUNCATE t'],
  ['TRUNCATE TABLE ONLY s.t RESTART IDENTITY', 'CREATE SCHEMA IF NOT EXISTS trash;\nCREATE TABLE trash."t__20260101T0915" AS TABLE s.t;\nTRUNCATE TABLE ONLY s.t RESTART IDENTITY'],
  ['TRUNCATE t CASCADE'],
  ['CREATE UNIQUE INDEX i ON t (a)', 'CREATE UNIQUE INDEX CONCURRENTLY i ON t (a)'],
  ['create index if not exists i on t (index)', 'create index CONCURRENTLY if not exists i on t (index)'],
  ['CREATE INDEX CONCURRENTLY ON t (a)'],
  ['DROP INDEX i', 'DROP INDEX CONCURRENTLY i'],
  ['DROP INDEX i, j'],
  ['REINDEX (VERBOSE) TABLE t', 'REINDEX (VERBOSE) TABLE CONCURRENTLY t'],
  ['REFRESH MATERIALIZED VIEW m', 'REFRESH MATERIALIZED VIEW CONCURRENTLY m'],
  ['REFRESH MATERIALIZED VIEW m WITH NO DATA'],
  ['ALTER TABLE t DETACH PARTITION p', 'ALTER TABLE t DETACH PARTITION p CONCURRENTLY'],
  ['ALTER TABLE t ADD CHECK (a > 0)', 'ALTER TABLE t ADD CHECK (a > 0) NOT VALID'],
  ['ALTER TABLE t ADD CONSTRAINT c FOREIGN KEY (a) REFERENCES u', 'ALTER TABLE t ADD CONSTRAINT c FOREIGN KEY (a) REFERENCES u NOT VALID'],
  ['ALTER TABLE t ADD CHECK (a > 0), ADD CHECK (b > 0)'],
  ['ALTER TABLE t ADD CHECK (a > 0) NOT VALID'],
  ['ALTER TABLE t ALTER a SET NOT NULL'],
  ['SELECT * FROM t', 'SELECT * FROM t LIMIT 100'],
  ['SELECT a FROM t\nORDER BY (SELECT 1 LIMIT 1)\nOFFSET 5', 'SELECT a FROM t\nORDER BY (SELECT 1 LIMIT 1)\nLIMIT 100\nOFFSET 5'],
  ['SELECT a FROM t UNION SELECT b FROM u', 'SELECT a FROM t UNION SELECT b FROM u LIMIT 100'],
  ['SELECT a FROM t FETCH FIRST ROW ONLY'],
  ['SELECT a FROM t LIMIT 5'],
  ['SELECT 1'],
  ['SELECT * FROM t FOR UPDATE'],
];

const mysql: readonly Row[] = [
  ['DELETE FROM t', 'DELETE FROM t WHERE id = 0'],
  ['DELETE FROM t ORDER BY a LIMIT 3', 'DELETE FROM t WHERE id = 0 ORDER BY a LIMIT 3'],
  ['UPDATE t SET a = "x where y" # all', 'UPDATE t SET a = "x where y" WHERE id = 0'],
  ['DELETE t FROM t JOIN u ON t.id = u.id', 'DELETE t FROM t JOIN u ON t.id = u.id WHERE id = 0'],
  ['DROP TABLE t', 'RENAME TABLE t TO `t__20260101T0915`'],
  ['DROP TABLE IF EXISTS a.`b c`', 'RENAME TABLE a.`b c` TO `a`.`b c__20260101T0915`'],
  ['DROP TEMPORARY TABLE t'],
  ['DROP TABLE t, u'],
  ['TRUNCATE t'],
  ['ALTER TABLE t MODIFY a BIGINT', 'ALTER TABLE t MODIFY a BIGINT, ALGORITHM=INPLACE, LOCK=NONE'],
  ['ALTER TABLE t MODIFY a BIGINT, ALGORITHM=COPY'],
  ['ALTER TABLE t ADD INDEX (a)', 'ALTER TABLE t ADD INDEX (a), ALGORITHM=INPLACE, LOCK=NONE'],
  ['CREATE INDEX i ON t (a)', 'CREATE INDEX i ON t (a) ALGORITHM=INPLACE LOCK=NONE'],
  ['SELECT * FROM t', 'SELECT * FROM t LIMIT 100'],
  ['SELECT * FROM t FOR UPDATE'],
];

for (const [dialect, rows] of [['postgresql', postgres], ['mysql', mysql], ['mariadb', mysql]] as const) {
  for (const [sql, ...fixed] of rows) {
    test(`${dialect}: ${sql}`, () => {
      const [statement] = statementsOf(sql, dialect);
      assert.ok(statement);
      const fixes = fixesFor(statement, dialect, '20260101T0915');
      assert.deepEqual(fixes.map((fix) => withFix(statement, fix)), fixed);
      for (const fix of fixes) {
        const after = statementsOf(withFix(statement, fix), dialect);
        assert.ok(after.length > 0, 'the parser refuses it');
        // What is copied first is emptied all the same, and an index takes its time in any case.
        if (fix.code === 'copy-first' || fix.risk === 'index-build') continue;
        const risks = after.flatMap((each) => findRisks(each, riskRulesFor(dialect))).map(({ code }) => code);
        assert.equal(fix.risk !== undefined && risks.includes(fix.risk), false, `still ${String(fix.risk)}`);
        assert.deepEqual(fix.blanks?.filter((blank) => !fix.edit.text.includes(blank)) ?? [], []);
      }
    });
  }
}

function statementsOf(sql: string, dialect: Dialect): readonly ClassifiedStatement[] {
  const verdict = dialect === 'postgresql' ? classify(sql) : classifyMysql(sql, dialect);
  return verdict.error ? [] : verdict.statements;
}
