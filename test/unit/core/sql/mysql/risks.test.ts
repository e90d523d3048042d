/** Which risks a statement has, by the rules of MySQL and MariaDB. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { classifyMysql } from '../../../../../src/core/sql/mysql/classifyMysql.ts';
import { mysqlRiskRules } from '../../../../../src/core/sql/mysql/riskRules.data.ts';
import { findRisks } from '../../../../../src/core/sql/risks.ts';
import type { Risk } from '../../../../../src/core/sql/risks.ts';

function risksOf(sql: string): readonly Risk[] {
  return classifyMysql(sql, 'mariadb').statements.flatMap((statement) => findRisks(statement, mysqlRiskRules));
}

describe('risks', () => {
  const rows: readonly [sql: string, ...codes: string[]][] = [
    ['SELECT a FROM t'],
    ['INSERT INTO t VALUES (1)'],
    ['UPDATE t SET a = 1 WHERE id = 5'],
    ['DELETE FROM t', 'no-where'],
    ['UPDATE t SET a = 1 WHERE 1 = 1', 'always-true-where'],
    ['DELETE FROM t WHERE @x', 'always-true-where'],
    ['DELETE FROM t WHERE a = 1 LIMIT 5', 'unordered-limit'],
    ['DELETE FROM t WHERE a = 1 ORDER BY id LIMIT 5'],
    ['SELECT * FROM t FOR UPDATE', 'row-locks'],
    ['INSERT INTO other.t SELECT * FROM app.t', 'other-database'],
    ['INSERT INTO other.t SELECT * FROM t', 'other-database'],
    ['INSERT INTO app.t SELECT * FROM app.u'],
    ['DROP TABLE t', 'takes-away', 'no-preview'],
    ['TRUNCATE t', 'takes-away', 'no-preview'],
    ['ALTER TABLE t DROP COLUMN a', 'takes-away', 'no-preview'],
    ['ALTER TABLE t DROP PARTITION p', 'loses-part', 'no-preview'],
    ['ALTER TABLE t ADD a INT', 'no-preview'],
    ['ALTER TABLE t MODIFY a BIGINT', 'table-rewrite', 'no-preview'],
    ['ALTER TABLE t MODIFY a BIGINT, ALGORITHM=INPLACE, LOCK=NONE', 'no-preview'],
    ['ALTER TABLE t CONVERT TO CHARACTER SET utf8mb4', 'table-rewrite', 'no-preview'],
    ['ALTER TABLE t ADD FOREIGN KEY (a) REFERENCES u (id)', 'full-scan', 'no-preview'],
    ['ALTER TABLE t ADD INDEX (a)', 'index-build', 'no-preview'],
    ['CREATE FULLTEXT INDEX i ON t (a)', 'index-blocks-writers', 'no-preview'],
    ['LOCK TABLES t WRITE', 'tables-locked', 'no-preview'],
    ['GRANT SELECT ON t TO x', 'privilege-change', 'no-preview'],
    ["CREATE USER x IDENTIFIED BY 'y'", 'privilege-change', 'secret-in-text', 'no-preview'],
    ['SET GLOBAL general_log = OFF', 'recording-changed', 'server-wide'],
    ['SET sql_log_bin = 0', 'recording-changed', 'backup-or-replication'],
    ['SET foreign_key_checks = 0', 'guard-changed'],
    ["SELECT * FROM t INTO OUTFILE 'x'", 'server-access', 'bulk-export'],
    ['SELECT fw()', 'hidden-function', 'not-understood'],
    ['CALL p()', 'not-understood'],
    ['SELECT /*! 1 */', 'executable-comment', 'not-understood'],
    ["SELECT 'a\\'; DROP TABLE t; -- '", 'mode-dependent', 'not-understood'],
    ['SELECT SLEEP(1)', 'waits'],
    ['SELECT NEXT VALUE FOR s', 'sequence-moved'],
    ['KILL 5', 'ends-sessions'],
  ];
  for (const [sql, ...codes] of rows) {
    it(sql, () => {
      assert.deepEqual(risksOf(sql).map(({ code }) => code).toSorted(), codes.toSorted());
    });
  }

  it('point at the word they are about', () => {
    const [risk] = risksOf('UPDATE t SET a = 1 WHERE 1 = 1');
    assert.deepEqual(risk?.span, { start: 19, end: 30 });
  });
});

describe('rules', () => {
  it('have codes of their own, one sentence and a remedy', () => {
    assert.equal(new Set(mysqlRiskRules.map(({ code }) => code)).size, mysqlRiskRules.length);
    for (const { message, remedy, code } of mysqlRiskRules) {
      assert.doesNotMatch(message, /\.$/, code);
      assert.match(remedy, /[.]$/, code);
    }
  });
});
