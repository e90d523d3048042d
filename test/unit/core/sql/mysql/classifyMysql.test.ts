/** What a verdict says besides the class. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { classifyMysql } from '../../../../../src/core/sql/mysql/classifyMysql.ts';
import type { MysqlDialect } from '../../../../../src/core/sql/mysql/tokens.ts';
import type { ClassifiedStatement } from '../../../../../src/core/sql/verdict.ts';

function one(sql: string, dialect: MysqlDialect = 'mariadb'): ClassifiedStatement {
  const { statements } = classifyMysql(sql, dialect);
  assert.equal(statements.length, 1, sql);
  return statements[0] as ClassifiedStatement;
}

describe('tables a statement reads and writes', () => {
  const rows: readonly [sql: string, ...targets: string[]][] = [
    ['SELECT * FROM t', 'read t'],
    ['SELECT * FROM app.t AS x JOIN `a b` y ON x.id = y.id, c', 'read app.t', 'read a b', 'read c'],
    ['SELECT (SELECT 1 FROM a), b FROM c WHERE d IN (SELECT e FROM f)', 'read a', 'read c', 'read f'],
    ['SELECT * FROM (a, (b JOIN c)) LEFT JOIN d USING (id)', 'read a', 'read b', 'read c', 'read d'],
    ['WITH x AS (SELECT * FROM a) SELECT * FROM x JOIN b', 'read a', 'read b'],
    ['SELECT TRIM(a FROM b), EXTRACT(DAY FROM c) FROM d', 'read d'],
    ['SELECT * FROM a USE INDEX FOR JOIN (i), b FORCE INDEX (j) WHERE 1', 'read a', 'read b'],
    ["SELECT * FROM JSON_TABLE('[]', '$' COLUMNS (a INT PATH '$')) j, t", 'read t'],
    ['SELECT * FROM t FOR SYSTEM_TIME ALL z, u', 'read t', 'read u'],
    ['INSERT INTO t (a, `b`) SELECT c, d FROM u', 'write t(a,b)', 'read u'],
    ['INSERT INTO t VALUES ((SELECT MAX(a) FROM u))', 'write t', 'read u'],
    ['REPLACE app.t SET a = 1', 'write app.t'],
    ['UPDATE t SET a = 1, t.b = 2 WHERE id IN (SELECT i FROM u)', 'write t(a,b)', 'read u'],
    ['UPDATE t x JOIN u y ON x.id = y.id SET x.a = y.b WHERE y.c = 1', 'write t(a)', 'read u'],
    ['UPDATE t, u SET a = 1 WHERE t.id = 1', 'write t(a)', 'write u(a)'],
    ['DELETE FROM t WHERE id = 1', 'write t'],
    ['DELETE x FROM t AS x JOIN u ON x.id = u.id WHERE u.a = 1', 'write t', 'read u'],
    ['DELETE FROM a, b USING a JOIN b JOIN c WHERE c.id = 1', 'write a', 'write b', 'read c'],
    ['DROP TABLE IF EXISTS a, app.b', 'write a', 'write app.b'],
    ['TRUNCATE a', 'write a'],
    ['ALTER TABLE app.a ADD b INT', 'write app.a'],
    ['CREATE TABLE a AS SELECT * FROM b', 'write a', 'read b'],
    ['RENAME TABLE a TO b, c TO d', 'write a', 'write b', 'write c', 'write d'],
    ['CREATE INDEX i ON a (b)', 'write a'],
    ["LOAD DATA INFILE 'x' INTO TABLE a (b, c) SET d = (SELECT 1 FROM e)", 'write a', 'read e'],
    ['EXPLAIN DELETE FROM a WHERE id = 1', 'read a'],
    ['SET STATEMENT max_statement_time = 1 FOR DELETE FROM a WHERE id = 1', 'write a'],
  ];
  for (const [sql, ...targets] of rows) {
    it(sql, () => {
      const found = one(sql).targets.map(({ schema, table, access, columns }) => `${access} ${schema === undefined ? '' : `${schema}.`}${table}${columns === undefined ? '' : `(${columns.join(',')})`}`);
      assert.deepEqual(found, targets);
    });
  }
});

describe('how a statement can be run', () => {
  type Flags = Pick<ClassifiedStatement, 'kind' | 'canPreview' | 'canRunInTransaction' | 'implicitCommit' | 'returnsRows'>;
  const rows: readonly [sql: string, kind: string, flags: string][] = [
    ['SELECT 1', 'select', 'preview rows'],
    ['SELECT 1 INTO @x', 'select', ''],
    ["SELECT 1 INTO OUTFILE 'x'", 'select', ''],
    ["SELECT GET_LOCK('x', 1)", 'select', 'rows'],
    ['SELECT NEXT VALUE FOR s', 'select', 'rows'],
    ['SELECT * FROM t FOR UPDATE', 'select', 'preview rows'],
    ["LOAD DATA INFILE 'x' INTO TABLE t", 'load-data', 'preview'],
    ['DELETE FROM mysql.user', 'delete', ''],
    ['WITH x AS (SELECT 1) SELECT * FROM x', 'select', 'preview rows'],
    ['SHOW TABLES', 'show', 'preview rows'],
    ['INSERT INTO t VALUES (1)', 'insert', 'preview'],
    ['INSERT INTO t VALUES (1) RETURNING id', 'insert', 'preview rows'],
    ['DELETE FROM t', 'delete', 'preview'],
    ['UPDATE t SET a = fw()', 'update', ''],
    ['DROP TABLE t', 'drop-table', 'commits'],
    ['CREATE TABLE t (a INT)', 'create-table', 'commits'],
    ['ALTER TABLE t ADD b INT', 'alter-table', 'commits'],
    ['TRUNCATE t', 'truncate', 'commits'],
    ['GRANT SELECT ON t TO x', 'grant', 'commits'],
    ['CREATE USER x', 'create-user', 'commits'],
    ['ANALYZE TABLE t', 'analyze-table', 'rows commits'],
    ['BEGIN', 'start-transaction', 'commits'],
    ['COMMIT', 'commit', ''],
    ['SET @a = 1', 'set', ''],
    ['SET TRANSACTION READ ONLY', 'set-transaction', 'outside'],
    ['LOCK TABLES t READ', 'lock-tables', 'outside commits'],
    ['CALL p()', 'call', 'rows'],
    ['USE app', 'use', ''],
    ['HELLO', 'unparsed', ''],
  ];
  const describeFlags = ({ canPreview, canRunInTransaction, implicitCommit, returnsRows }: Flags): string =>
    [canPreview && 'preview', !canRunInTransaction && 'outside', returnsRows && 'rows', implicitCommit && 'commits'].filter(Boolean).join(' ');
  for (const [sql, kind, flags] of rows) {
    it(sql, () => {
      const statement = one(sql);
      assert.deepEqual([statement.kind, describeFlags(statement)], [kind, flags]);
    });
  }
});

describe('reasons point at what they are about', () => {
  const rows: readonly [sql: string, code: string, text: string][] = [
    ['DELETE FROM t', 'no-where', 'DELETE'],
    ["UPDATE t SET a = 'é' WHERE 1 = 1", 'always-true-where', 'WHERE 1 = 1'],
    ["SELECT 'é', fw(1)", 'unknown-function', 'fw'],
    ['SELECT a FROM t FOR UPDATE', 'locks-rows', 'FOR UPDATE'],
    ["SELECT 1 INTO OUTFILE 'x'", 'writes-server-file', "INTO OUTFILE 'x'"],
    ['SELECT @a := 1', 'session-variable', ':='],
    ['SELECT /*! 1 */', 'executable-comment', '/*!'],
    ['SET @a = 1, GLOBAL b = 2', 'server-setting', 'b'],
    ['ALTER TABLE t ADD a INT, DROP b', 'drop-column', 'DROP b'],
    ['SELECT app.fw()', 'unknown-function', 'app.fw'],
  ];
  for (const [sql, code, text] of rows) {
    it(sql, () => {
      const reason = one(sql).reasons.find((candidate) => candidate.code === code);
      assert.ok(reason?.span, code);
      assert.equal(new TextDecoder().decode(new TextEncoder().encode(sql).slice(reason.span.start, reason.span.end)), text);
    });
  }
});

describe('sessions in another mode', () => {
  it('a text that another sql_mode reads as something worse is unknown when the mode is not known', () => {
    const text = "SELECT 'a\\'; DROP TABLE t; -- '";
    assert.equal(classifyMysql(text, 'mysql').class, 'unknown');
    assert.equal(classifyMysql(text, 'mysql').statements[0]?.reasons[0]?.code, 'mode-dependent');
    assert.equal(classifyMysql(text, 'mysql', { sqlMode: ['STRICT_TRANS_TABLES'] }).class, 'read');
    assert.equal(classifyMysql(text, 'mysql', { sqlMode: ['NO_BACKSLASH_ESCAPES'] }).class, 'destructive');
  });

  it('the quotes of ANSI_QUOTES are names', () => {
    assert.equal(classifyMysql('UPDATE "t" SET a = 1 WHERE "id" = 5', 'mysql', { sqlMode: ['ANSI_QUOTES'] }).class, 'write');
    assert.equal(classifyMysql('SELECT "fw"()', 'mysql', { sqlMode: ['ANSI'] }).class, 'unknown');
  });

  it('ordinary escapes stay a read', () => {
    for (const text of ["SELECT 'it\\'s'", "SELECT 'a\\\\b', 'c\\'d', \"e\\\"f\"", "SELECT * FROM t WHERE a LIKE '50\\%' AND b = 'x'"]) assert.equal(classifyMysql(text, 'mysql').class, 'read', text);
  });
});

describe('the database chosen by USE counts for the statements behind it', () => {
  it('tables of accounts', () => {
    assert.equal(classifyMysql("USE mysql; UPDATE user SET plugin = '' WHERE user = 'x'", 'mysql').class, 'privilege');
    assert.equal(classifyMysql("USE mysql; USE app; UPDATE user SET plugin = '' WHERE user = 'x'", 'mysql').class, 'write');
  });
});
