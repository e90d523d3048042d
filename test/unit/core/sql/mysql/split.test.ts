/** Where statements begin and end: byte-exact. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { classifyMysql, splitMysql } from '../../../../../src/core/sql/mysql/classifyMysql.ts';
import type { MysqlDialect } from '../../../../../src/core/sql/mysql/tokens.ts';

const both: readonly MysqlDialect[] = ['mysql', 'mariadb'];

/** Checks that the text has exactly these statements, and that offsets, texts and the splitter agree. */
function check(text: string, statements: readonly string[], dialects = both): void {
  for (const dialect of dialects) {
    it(`${dialect} ${JSON.stringify(text)}`, () => {
      const bytes = new TextEncoder().encode(text);
      const found = classifyMysql(text, dialect).statements;
      assert.deepEqual(found.map((statement) => statement.text), statements);
      assert.deepEqual(found.map(({ start, end }) => new TextDecoder().decode(bytes.slice(start, end))), statements);
      assert.deepEqual(splitMysql(text, dialect), found.map(({ start, end }) => ({ start, end })));
    });
  }
}

describe('plain scripts', () => {
  check('', []);
  check(' ;; -- nothing\n', []);
  check("  /* é */ SELECT 1 ; /* x */  select 'é' , 2 -- foo\n ;; ", ['SELECT 1', "select 'é' , 2"]);
  check("SELECT '💣;'; DROP TABLE t", ["SELECT '💣;'", 'DROP TABLE t']);
  check('SELECT `a;b`, "c;d", \'e;f\'; SELECT 2', ['SELECT `a;b`, "c;d", \'e;f\'', 'SELECT 2']);
  check('SELECT 1--1; SELECT 2', ['SELECT 1--1', 'SELECT 2']);
  check('SELECT 1 -- ;\n; SELECT 2', ['SELECT 1', 'SELECT 2']);
  check('SELECT 1 -- ;\r; SELECT 2', ['SELECT 1']);
  check('BEGIN; DELETE FROM t WHERE id = 1; END', ['BEGIN', 'DELETE FROM t WHERE id = 1', 'END'], ['mysql']);
  check('SELECT /*!50000 1; */ 2; SELECT 3', ['SELECT /*!50000 1', '*/ 2', 'SELECT 3']);
});

describe('stored programs', () => {
  const bodies = [
    'CREATE PROCEDURE p() BEGIN SELECT 1; SELECT 2; END',
    'CREATE PROCEDURE p() BEGIN IF a THEN SELECT IF(1, 2, 3); END IF; END',
    'CREATE PROCEDURE p() BEGIN DECLARE EXIT HANDLER FOR SQLEXCEPTION BEGIN ROLLBACK; END; SELECT CASE 1 WHEN 1 THEN 2 END; END',
    'CREATE PROCEDURE p() l: LOOP LEAVE l; END LOOP l',
    'CREATE PROCEDURE p(a INT) BEGIN REPEAT SET a = REPEAT(1, 2); UNTIL a END REPEAT; WHILE a DO SELECT 1; END WHILE; END',
    'CREATE DEFINER=`a`@`b` FUNCTION f(x INT) RETURNS INT READS SQL DATA BEGIN CASE x WHEN 1 THEN RETURN 1; ELSE RETURN 2; END CASE; END',
    "CREATE FUNCTION f() RETURNS SET('a', 'b') DETERMINISTIC RETURN 'a'",
    'CREATE TRIGGER tr AFTER INSERT ON t FOR EACH ROW FOLLOWS other BEGIN DELETE FROM a; DELETE FROM b; END',
    "CREATE EVENT e ON SCHEDULE EVERY 1 DAY COMMENT 'DO it;' DO BEGIN DELETE FROM a; END",
    'ALTER EVENT e DO BEGIN SELECT 1; END',
    'CREATE PROCEDURE p() SELECT begin, end FROM t',
    'CREATE PROCEDURE p() `l`: BEGIN LEAVE `l`; END `l`',
    "CREATE PROCEDURE p() BEGIN DECLARE EXIT HANDLER FOR SQLSTATE VALUE '23000', 1062, NOT FOUND IF 1 THEN SELECT 1; END IF; SELECT 2; END",
    'CREATE PROCEDURE p() WHILE 0 DO DO IF(1, 2, 3); END WHILE',
    'CREATE PROCEDURE p() BEGIN SELECT CASE WHEN end THEN IF(1, 2, 3) ELSE (SELECT 1 AS end) END; END',
    'CREATE PROCEDURE p() REPEAT SELECT end FROM t; UNTIL 1 END REPEAT',
  ];
  for (const body of bodies) check(`${body}; SELECT 9`, [body, 'SELECT 9']);
  for (const text of ['BEGIN NOT ATOMIC SELECT 1; SELECT 2; END', 'IF 1 THEN SELECT 1; END IF', 'FOR i IN 1..3 DO SELECT i; END FOR', 'l: BEGIN NOT ATOMIC SELECT 1; END']) check(`${text}; SELECT 9`, [text, 'SELECT 9'], ['mariadb']);
  check('CREATE PROCEDURE p() BEGIN SELECT 1; SELECT 2', ['CREATE PROCEDURE p() BEGIN SELECT 1; SELECT 2']);
});

describe('DELIMITER lines', () => {
  check('DELIMITER //\nSELECT 1//\nSELECT 2 //\nDELIMITER ;\nSELECT 3;', ['SELECT 1', 'SELECT 2', 'SELECT 3']);
  check('delimiter $$\nCREATE PROCEDURE p() BEGIN SELECT 1; END$$\nDELIMITER ;\nSELECT 2', ['CREATE PROCEDURE p() BEGIN SELECT 1; END', 'SELECT 2']);
  check("DELIMITER //\nSELECT '//', `//` /* // */ -- //\n//", ["SELECT '//', `//`"]);
  check('DELIMITER //\nSELECT 1; SELECT 2//', ['SELECT 1', 'SELECT 2']);
  check('SELECT 1;\n  DELIMITER go now\nSELECT 2 go SELECT 3', ['SELECT 1', 'SELECT 2', 'SELECT 3']);
  check('SELECT delimiter FROM t', ['SELECT delimiter FROM t']);
  check('SELECT 1\nDELIMITER //\n', ['SELECT 1\nDELIMITER //']);

  it('is an error in a text that goes to the server as it is', () => {
    const verdict = classifyMysql('DELIMITER //\nSELECT 1//', 'mysql', { source: 'message' });
    assert.equal(verdict.class, 'unknown');
    assert.equal(verdict.error?.offset, 0);
  });
});

describe('what is not closed takes the rest of the text', () => {
  for (const [text, statements] of [
    ["SELECT 1; SELECT 'é; SELECT 2", ['SELECT 1', "SELECT 'é; SELECT 2"]],
    ['SELECT 1; /* SELECT 2', ['SELECT 1', '/* SELECT 2']],
    ['SELECT `é', ['SELECT `é']],
  ] as const) {
    it(JSON.stringify(text), () => {
      const { class: found, statements: parts, error } = classifyMysql(text, 'mysql');
      assert.equal(found, 'unknown');
      assert.ok(error);
      assert.deepEqual(parts.map((part) => part.text), statements);
    });
  }
});
