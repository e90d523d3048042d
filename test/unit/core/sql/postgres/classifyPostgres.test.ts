import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { classifyPostgres, refuseBeforeParsing } from '../../../../../src/core/sql/postgres/classifyPostgres.ts';
import type { Target } from '../../../../../src/core/sql/verdict.ts';
import { classify, classifyOne } from './parse.ts';

describe('boundaries', () => {
  const rows: readonly [text: string, ...statements: string[]][] = [
    ['', ...[]],
    [' ;; -- nothing'],
    ['  /* é */ SELECT 1 ; /* x */  select \'é\' , 2 -- foo\n ;; ', 'SELECT 1', "select 'é' , 2"],
    ["SELECT '💣'; DROP TABLE t", "SELECT '💣'", 'DROP TABLE t'],
    ['CREATE RULE r AS ON INSERT TO t DO (DELETE FROM a; DELETE FROM b); SELECT 2', 'CREATE RULE r AS ON INSERT TO t DO (DELETE FROM a; DELETE FROM b)', 'SELECT 2'],
  ];
  for (const [text, ...statements] of rows) {
    it(JSON.stringify(text), () => {
      const bytes = new TextEncoder().encode(text);
      const found = classify(text).statements;
      assert.deepEqual(
        found.map((statement) => statement.text),
        statements,
      );
      assert.deepEqual(
        found.map(({ start, end }) => new TextDecoder().decode(bytes.slice(start, end))),
        statements,
      );
    });
  }
});

describe('what the tree and the text do not agree on', () => {
  const one = { stmt: { SelectStmt: { op: 'SETOP_NONE' } } };
  const rows: readonly [name: string, text: string, tree: unknown][] = [
    ['no tree', 'SELECT 1', undefined],
    ['fewer statements than in the text', 'SELECT 1; DROP TABLE t', { stmts: [one] }],
    ['more statements than in the text', 'SELECT 1', { stmts: [one, { ...one, stmt_location: 3 }] }],
    ['a begin elsewhere', 'SELECT 1', { stmts: [{ ...one, stmt_location: 1 }] }],
    ['an end too early', 'SELECT 1', { stmts: [{ ...one, stmt_len: 3 }] }],
    ['an end behind the next begin', 'SELECT 1; SELECT 2', { stmts: [{ ...one, stmt_len: 12 }, { ...one, stmt_location: 10 }] }],
  ];
  for (const [name, text, tree] of rows) {
    it(`${name} is unknown`, () => {
      const verdict = classifyPostgres(text, tree);
      assert.equal(verdict.class, 'unknown');
      assert.ok(verdict.error);
    });
  }
});

describe('nodes the parser is not known to make are unknown', () => {
  const select = (fields: object) => ({ stmts: [{ stmt: { SelectStmt: { op: 'SETOP_NONE', ...fields } } }] });
  const rows: readonly [name: string, tree: unknown][] = [
    ['statement', { stmts: [{ stmt: { FrobnicateStmt: {} } }] }],
    ['empty statement', { stmts: [{}] }],
    ['field', select({ frobnicate: true })],
    ['node in an expression', select({ whereClause: { FrobnicateExpr: {} } })],
    ['field in an expression', select({ whereClause: { A_Const: { frobnicate: {} } } })],
    ['structure in a plain field', select({ all: { DeleteStmt: {} } })],
    ['plain value in place of a node', select({ whereClause: 'x' })],
    ['two keys in a wrapper', select({ whereClause: { A_Const: {}, DeleteStmt: {} } })],
    ['inherited name', select({ whereClause: { constructor: {} } })],
  ];
  for (const [name, tree] of rows) {
    it(name, () => {
      const verdict = classifyPostgres('SELECT 1', tree);
      assert.equal(verdict.class, 'unknown');
      assert.equal(verdict.statements[0]?.canPreview, false);
    });
  }
});

describe('targets', () => {
  const read = (table: string, more: Partial<Target> = {}): Target => ({ table, access: 'read', ...more });
  const write = (table: string, more: Partial<Target> = {}): Target => ({ table, access: 'write', ...more });
  const rows: readonly [sql: string, ...targets: Target[]][] = [
    ['SELECT 1'],
    ['SELECT * FROM a, s.b x, a y', read('a'), read('b', { schema: 's' })],
    ['INSERT INTO t (a, b) SELECT a, b FROM u', write('t', { columns: ['a', 'b'] }), read('u')],
    ['UPDATE t SET a = 1, b[1] = 2 FROM u WHERE t.id = u.id', write('t', { columns: ['a', 'b'] }), read('u')],
    ['DELETE FROM s.t USING u WHERE t.id = u.id', write('t', { schema: 's' }), read('u')],
    ['WITH x AS (DELETE FROM t WHERE id = 1 RETURNING *) SELECT * FROM x, u', read('u'), write('t')],
    ['WITH t AS (SELECT * FROM t) SELECT * FROM t', read('t')],
    ['WITH a AS (SELECT 1), b AS (SELECT * FROM a, c), c AS (SELECT 1) SELECT * FROM b, c', read('c')],
    ['WITH RECURSIVE r AS (SELECT 1 UNION ALL SELECT * FROM r) SELECT * FROM r'],
    ['SELECT * FROM s.x, (WITH x AS (SELECT 1) SELECT * FROM x) y, x', read('x', { schema: 's' }), read('x')],
    ['MERGE INTO t USING u ON t.id = u.id WHEN MATCHED THEN DELETE', write('t'), read('u')],
    ['TRUNCATE a, s.b', write('a'), write('b', { schema: 's' })],
    ['DROP TABLE a, s.b', write('a'), write('b', { schema: 's' })],
    ['DROP TRIGGER tr ON s.t', write('t', { schema: 's' })],
    ['DROP FUNCTION f()'],
    ['ALTER TABLE t ADD FOREIGN KEY (a) REFERENCES u', write('t'), read('u')],
    ['CREATE TABLE t AS SELECT * FROM u', write('t'), read('u')],
    ['CREATE VIEW v AS SELECT * FROM u', write('v')],
    ['CREATE INDEX ON t (a)', write('t')],
    ['COPY t (a) FROM STDIN', write('t', { columns: ['a'] })],
    ['COPY t TO STDOUT', read('t')],
    ['EXPLAIN DELETE FROM t', read('t')],
    ['EXPLAIN ANALYZE DELETE FROM t', write('t')],
    ['SELECT * FROM t x FOR UPDATE OF x', read('t')],
    ['PREPARE p AS DELETE FROM t'],
  ];
  const key = ({ table, access }: Target) => `${table} ${access}`;
  for (const [sql, ...targets] of rows) {
    it(sql, () => {
      const sorted = (list: readonly Target[]) => list.toSorted((a, b) => (key(a) < key(b) ? -1 : 1));
      assert.deepEqual(sorted(classifyOne(sql).targets), sorted(targets));
    });
  }
});

describe('how it may run', () => {
  const rows: readonly [sql: string, kind: string, canPreview: boolean, canRunInTransaction: boolean, returnsRows: boolean][] = [
    ['SELECT 1', 'select', true, true, true],
    ['VALUES (1)', 'values', true, true, true],
    ['SELECT 1 INTO t', 'select-into', true, true, false],
    ['SHOW search_path', 'show', true, true, true],
    ['EXPLAIN SELECT 1', 'explain', true, true, true],
    ['INSERT INTO t VALUES (1)', 'insert', true, true, false],
    ['DELETE FROM t RETURNING *', 'delete', true, true, true],
    ['DROP TABLE t', 'drop-table', true, true, false],
    ['CREATE TABLE t ()', 'create-table', true, true, false],
    ['CREATE INDEX CONCURRENTLY ON t (a)', 'create-index', false, false, false],
    ['DROP INDEX CONCURRENTLY i', 'drop-index', false, false, false],
    ['REINDEX TABLE t', 'reindex', true, true, false],
    ['REINDEX TABLE CONCURRENTLY t', 'reindex', false, false, false],
    ['REINDEX DATABASE d', 'reindex', false, false, false],
    ['VACUUM t', 'vacuum', false, false, false],
    ['ANALYZE t', 'analyze', true, true, false],
    ['CREATE DATABASE d', 'create-database', false, false, false],
    ['DROP DATABASE d', 'drop-database', false, false, false],
    ["ALTER SYSTEM SET work_mem = '1MB'", 'alter-system', false, false, false],
    ['ALTER TABLE t DETACH PARTITION p CONCURRENTLY', 'alter-table', false, false, false],
    ['ALTER TABLE t DETACH PARTITION p', 'alter-table', true, true, false],
    ['DISCARD ALL', 'discard', false, false, false],
    ['DISCARD PLANS', 'discard', true, true, false],
    ["COMMIT PREPARED 'x'", 'commit-prepared', false, false, false],
    ['COMMIT', 'commit', false, true, false],
    ['DO $$ BEGIN END $$', 'do', true, true, false],
    ['SELECT pg_terminate_backend(1)', 'select', false, true, true],
    ["COPY t TO PROGRAM 'cat'", 'copy', false, true, false],
    ['COPY t FROM STDIN', 'copy', true, true, false],
    ["CREATE SUBSCRIPTION s CONNECTION 'x' PUBLICATION p", 'create-subscription', false, false, false],
    ["CREATE SUBSCRIPTION s CONNECTION 'x' PUBLICATION p WITH (connect = false)", 'create-subscription', true, true, false],
    ['CLUSTER', 'cluster', false, false, false],
    ['CHECKPOINT', 'checkpoint', false, true, false],
    ['ALTER TABLE t RENAME COLUMN a TO b', 'alter-table', true, true, false],
    ['DROP MATERIALIZED VIEW v', 'drop-materialized-view', true, true, false],
    ['FETCH c', 'fetch', true, true, true],
    ['MOVE c', 'move', true, true, false],
  ];
  for (const [sql, kind, canPreview, canRunInTransaction, returnsRows] of rows) {
    it(sql, () => {
      const statement = classifyOne(sql);
      assert.deepEqual(
        { kind: statement.kind, canPreview: statement.canPreview, canRunInTransaction: statement.canRunInTransaction, returnsRows: statement.returnsRows },
        { kind, canPreview, canRunInTransaction, returnsRows },
      );
      assert.equal(statement.implicitCommit, false);
      assert.equal(statement.tags.includes('no_txn'), !canRunInTransaction);
    });
  }
});

describe('names for the catalogue', () => {
  const rows: readonly [sql: string, functions: readonly string[], fields: readonly string[], operators: readonly string[], types: readonly string[]][] = [
    ["SELECT lower(a), pg_catalog.upper(a), fw(1), s.g() FROM t WHERE a || 'x' = 'y' AND b BETWEEN 1 AND 2", ['lower', 'fw'], [], ['=', '||', '>=', '<='], []],
    ['SELECT t.a, (t.b).c, s.t.d, t.* FROM t WHERE id IN (SELECT 1)', [], ['a', 'b', 'c', 'd'], ['='], []],
    ["SELECT '1'::int, 'x'::mood, NULL::s.d[], a = ANY ('{}') FROM t", [], [], ['='], ['mood', 's.d']],
    ['SELECT a < ALL (SELECT 1) FROM t ORDER BY a USING >', [], [], ['<', '>'], []],
    ['SELECT CASE a WHEN 1 THEN 2 END, CASE WHEN b THEN 3 END FROM t', [], [], ['='], []],
    ['SELECT 1 FROM t JOIN u USING (a)', [], [], ['='], []],
    ['SELECT 1 FROM t NATURAL JOIN u CROSS JOIN v', [], [], ['='], []],
    ["SELECT JSON_SCALAR(1), JSON_VALUE(a, '$'), JSON_ARRAY(1), JSON('{}') FROM t", ['json_scalar', 'json_value', 'json_array', 'json'], [], [], []],
    ['CREATE VIEW v AS SELECT fw()', [], [], [], []],
  ];
  for (const [sql, ...expected] of rows) {
    it(sql, () => {
      const { functions = [], fields = [], operators = [], types = [] } = classifyOne(sql).calls ?? {};
      assert.deepEqual([functions.toSorted(), fields.toSorted(), operators.toSorted(), types.toSorted()], expected.map((names) => names.toSorted()));
    });
  }

  const settled: readonly [sql: string, settledClass: string | undefined][] = [
    ["SELECT 'x'::mood", 'read'],
    ["SELECT 'x'::mood, pg_sleep(1)", 'session'],
    ['SELECT a <=> b FROM t', 'read'],
    ["SELECT 'x'::mood, fw()", undefined],
    ['SELECT a OPERATOR(evil.=) b FROM t', undefined],
    ["INSERT INTO t VALUES ('x'::mood)", undefined],
    ['SELECT lower(a) FROM t', undefined],
  ];
  for (const [sql, settledClass] of settled) {
    it(`${sql}: ${settledClass ?? 'nothing'} to settle`, () => {
      assert.equal(classifyOne(sql).calls?.settledClass, settledClass);
    });
  }

  it('are absent when there are none', () => {
    assert.equal('calls' in classifyOne('SELECT a FROM t'), false);
  });
});

describe('reasons', () => {
  it('point at the word they are about, in bytes', () => {
    const [statement] = classify("SELECT 'é'; SELECT frobnicate(1)").statements.slice(1);
    assert.deepEqual(statement?.reasons, [{ code: 'unlisted-function', message: 'Calls frobnicate, and what it does is not known', span: { start: 20, end: 30 } }]);
  });

  it('name the worst first and each only once', () => {
    const { reasons } = classifyOne('WITH d AS (DELETE FROM t) SELECT nextval(\'s\'), nextval(\'s\'), pg_sleep(1)');
    assert.deepEqual(
      reasons.map(({ code }) => code),
      ['no-where', 'function', 'function'],
    );
  });
});

describe('length', () => {
  const strings = `'${'x'.repeat(300_000)}'`;
  const rows: readonly [name: string, text: string, isRefused: boolean][] = [
    ['one long string is one token', `INSERT INTO t VALUES (${strings})`, false],
    ['many short ones are not', `INSERT INTO t VALUES (${"'x',".repeat(100_000)}1)`, true],
    ['a string with escapes is read character by character', `INSERT INTO t VALUES (E${strings})`, true],
    ['a long statement beside a long string', `INSERT INTO t VALUES (${strings}, ${'1,'.repeat(200_000)}1)`, true],
  ];
  for (const [name, text, isRefused] of rows) it(name, () => assert.equal(refuseBeforeParsing(text) !== undefined, isRefused));
});
