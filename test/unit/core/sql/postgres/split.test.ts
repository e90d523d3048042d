import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { splitPostgres, statementAt } from '../../../../../src/core/sql/postgres/split.ts';

describe('statements of a script', () => {
  const rows: readonly [text: string, ...statements: string[]][] = [
    [''],
    ['  \n-- nothing\n/* at /* all */ */ ; ;;'],
    ['SELECT 1', 'SELECT 1'],
    [' SELECT 1 ; SELECT 2;', 'SELECT 1', 'SELECT 2'],
    ['SELECT 1 -- ; DROP TABLE t', 'SELECT 1'],
    ['SELECT 1 --\n; DROP TABLE t', 'SELECT 1', 'DROP TABLE t'],
    ['SELECT 1 --\r; DROP TABLE t', 'SELECT 1', 'DROP TABLE t'],
    ["SELECT 1 /* '*/; DROP TABLE t; --'", 'SELECT 1', 'DROP TABLE t'],
    ["SELECT '/*'; DROP TABLE t; --*/'", "SELECT '/*'", 'DROP TABLE t'],
    ['SELECT 1 /* /* */ ; */ + 1; SELECT 2', 'SELECT 1 /* /* */ ; */ + 1', 'SELECT 2'],
    ["SELECT 'it''s; ' ; SELECT 2", "SELECT 'it''s; '", 'SELECT 2'],
    ["SELECT 'a\\'; SELECT 2", "SELECT 'a\\'", 'SELECT 2'],
    ["SELECT E'a\\'; SELECT 2'", "SELECT E'a\\'; SELECT 2'"],
    ["SELECT E'\\\\'; DROP TABLE t; --'", "SELECT E'\\\\'", 'DROP TABLE t'],
    ["SELECT E'a'\n'b\\'; SELECT 2'", "SELECT E'a'\n'b\\'; SELECT 2'"],
    ["SELECT E'a' -- x\n  'b\\'; SELECT 2'", "SELECT E'a' -- x\n  'b\\'; SELECT 2'"],
    ["SELECT E'a' 'b\\'; SELECT 2", "SELECT E'a' 'b\\'", 'SELECT 2'],
    ["SELECT date'2020-01-01\\'; SELECT 2", "SELECT date'2020-01-01\\'", 'SELECT 2'],
    ["SELECT U&'\\'; SELECT 2", "SELECT U&'\\'", 'SELECT 2'],
    ['SELECT U&"a;\\"; SELECT 2', 'SELECT U&"a;\\"', 'SELECT 2'],
    ["SELECT B'1;0', x';', n';' ; SELECT 2", "SELECT B'1;0', x';', n';'", 'SELECT 2'],
    ['SELECT "a;""b" ; SELECT 2', 'SELECT "a;""b"', 'SELECT 2'],
    ['SELECT $$;$$; SELECT 2', 'SELECT $$;$$', 'SELECT 2'],
    ['SELECT $a$ x $A$; DROP TABLE t; $a$', 'SELECT $a$ x $A$; DROP TABLE t; $a$'],
    ['SELECT $a$ $b$a$; SELECT 2', 'SELECT $a$ $b$a$', 'SELECT 2'],
    ['SELECT $é$;$é$; SELECT 2', 'SELECT $é$;$é$', 'SELECT 2'],
    ['SELECT a$b$ FROM t; SELECT $b$', 'SELECT a$b$ FROM t', 'SELECT $b$'],
    ['SELECT 1$$;$$; SELECT 2', 'SELECT 1$$;$$', 'SELECT 2'],
    ['SELECT $1$; DROP TABLE t; $1$', 'SELECT $1$', 'DROP TABLE t', '$1$'],
    ["SELECT 1+--'\n2; SELECT '--'", "SELECT 1+--'\n2", "SELECT '--'"],
    ["SELECT 1 @/*'*/ 2; SELECT 3", "SELECT 1 @/*'*/ 2", 'SELECT 3'],
    ['SELECT 1*/*;*/2; SELECT 3', 'SELECT 1*/*;*/2', 'SELECT 3'],
    ["SELECT '💣;'; SELECT 2", "SELECT '💣;'", 'SELECT 2'],
    ['SELECT 1；SELECT 2', 'SELECT 1；SELECT 2'],
    ["SELECT 'open; SELECT 2", "SELECT 'open; SELECT 2"],
    ['SELECT (1; SELECT 2', 'SELECT (1', 'SELECT 2'],
    [
      'CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END AS end; SELECT 2; END; SELECT 3',
      'CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END AS end; SELECT 2; END',
      'SELECT 3',
    ],
    ['create or replace procedure p() begin/**/atomic; select a.end from a; end; SELECT 3', 'create or replace procedure p() begin/**/atomic; select a.end from a; end', 'SELECT 3'],
    ["CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'BEGIN ATOMIC; '; SELECT 3", "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'BEGIN ATOMIC; '", 'SELECT 3'],
    ['CREATE FUNCTION begin() RETURNS int RETURN 1; SELECT 3', 'CREATE FUNCTION begin() RETURNS int RETURN 1', 'SELECT 3'],
    ['CREATE RULE r AS ON INSERT TO t DO (SELECT 1; SELECT 2); SELECT 3', 'CREATE RULE r AS ON INSERT TO t DO (SELECT 1; SELECT 2)', 'SELECT 3'],
    ['BEGIN ATOMIC; SELECT 1; END', 'BEGIN ATOMIC', 'SELECT 1', 'END'],
  ];
  for (const [text, ...statements] of rows) {
    it(JSON.stringify(text), () => {
      assert.deepEqual(
        splitPostgres(text).map(({ start, end }) => text.slice(start, end)),
        statements,
      );
    });
  }
});

describe('statement at the caret', () => {
  // The caret is at the bar.
  const rows: readonly [text: string, statement: string | undefined][] = [
    ['|SELECT 1;', 'SELECT 1'],
    ['SEL|ECT 1; SELECT 2', 'SELECT 1'],
    ['SELECT 1|; SELECT 2', 'SELECT 1'],
    ['SELECT 1;| SELECT 2', 'SELECT 1'],
    ['SELECT 1; |SELECT 2', 'SELECT 2'],
    ['SELECT 1;|SELECT 2', 'SELECT 1'],
    ['SELECT 1; SELECT 2|', 'SELECT 2'],
    ['SELECT 1; -- no|te\nSELECT 2', 'SELECT 1'],
    ['SELECT 1;\n|SELECT 2', 'SELECT 2'],
    ['SELECT 1;\n  |  SELECT 2', 'SELECT 2'],
    ['SELECT 1;\n-- no|te\nSELECT 2', 'SELECT 2'],
    ['SELECT 1;\n-- no|te\n\nSELECT 2', undefined],
    ['SELECT 1;\n|\nSELECT 2', undefined],
    ['SELECT 1;\n|', undefined],
    ['SELECT 1; |', 'SELECT 1'],
    ['SELECT\n|\n1', 'SELECT\n\n1'],
    ['SELECT 1 |', 'SELECT 1'],
    ['SELECT 1\n\n|', 'SELECT 1'],
    ['|', undefined],
    ['-- |', undefined],
    ["SELECT ';|'; SELECT 2", "SELECT ';'"],
    ['SELECT 1;;| SELECT 2', 'SELECT 1'],
  ];
  for (const [marked, statement] of rows) {
    it(JSON.stringify(marked), () => {
      const offset = marked.indexOf('|');
      const text = marked.replace('|', '');
      const range = statementAt(text, offset);
      assert.equal(range && text.slice(range.start, range.end), statement);
    });
  }
});
