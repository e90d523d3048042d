/** Stored programs made at random: where their bodies end here is where they end for the server. Only definitions are executed. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import mysql from 'mysql2/promise';
import { splitMysql } from '../../../../src/core/sql/mysql/classifyMysql.ts';
import { sharedServer, type MysqlDatabase, type MysqlDialect } from '../../../support/mysql.ts';

const programs = 150;

for (const dialect of ['mysql', 'mariadb'] as const) {
  const { server, skip } = await sharedServer(dialect);
  describe(`bodies of stored programs on ${dialect}`, { skip }, () => {
    if (server === undefined) return;
    let database: MysqlDatabase;
    let connection: mysql.Connection;
    before(async () => {
      database = await server.createDatabase('CREATE TABLE t (a INT)');
      connection = await mysql.createConnection({ uri: database.url(), multipleStatements: true });
    });
    after(() => connection.destroy());

    /** The results of `text` and of the two statements behind it; undefined when the server refuses the text. */
    async function resultsOf(text: string): Promise<number | undefined> {
      try {
        const [results] = await connection.query<mysql.RowDataPacket[]>(text);
        return results.length;
      } catch (error) {
        assert.equal((error as mysql.QueryError).code, 'ER_PARSE_ERROR', `${text}: ${String(error)}`);
        return undefined;
      } finally {
        await connection.query('DROP PROCEDURE IF EXISTS p');
      }
    }

    it('end where the server says', async () => {
      const make = createMaker(dialect, 20);
      const wrong: string[] = [];
      let accepted = 0;
      for (let count = 0; count < programs; count++) {
        const text = `${make()}; SELECT 'behind'; SELECT 'end'`;
        if ((await resultsOf(text)) !== 3) continue;
        accepted++;
        if (splitMysql(text, dialect).length !== 3) wrong.push(text);
      }
      assert.deepEqual(wrong, []);
      assert.ok(accepted > programs * 0.9, `only ${accepted} were accepted`);
    });
  });
}

/** Makes definitions of procedures; the same ones for the same seed. */
function createMaker(dialect: MysqlDialect, seed: number): () => string {
  let state = seed;
  let labels = 0;
  const random = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    const mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const maybe = (text: () => string): string => (random() < 0.4 ? text() : '');

  /** `?` is another expression. */
  const expressions = [
    '1', '@a', 'x', "'END;'", '"q;"', '@end', "'it''s; \\' END'", '1 /* ; END */', '1 -- ; END\n', '1 # ;\n', 'IF(?, ?, 2)', 'CASE WHEN ? THEN ? END', 'CASE ? WHEN 1 THEN ? ELSE 3 END', "REPEAT('a', ?)", '(SELECT ? AS `end`)', '(SELECT end FROM (SELECT ? AS end) q)', 'EXISTS (SELECT ?)',
    'NOT ?', '(?)', 'INTERVAL(1, ?)', "INSERT('a', 1, 1, ?)", "REPLACE('a', 'b', ?)", '? IS NOT NULL', '? BETWEEN 1 AND 2', 'CASE WHEN (SELECT MAX(end) FROM (SELECT 1 AS end) q) THEN IF(?, 1, 2) END',
  ]; // prettier-ignore
  const simple = [
    'SELECT ?', 'SET x = ?, @b = ?', 'DO ?', 'DELETE FROM t WHERE a = ?', 'UPDATE t SET a = ? WHERE a = 1', 'INSERT INTO t (a) VALUES (?) ON DUPLICATE KEY UPDATE a = ?', 'REPLACE INTO t (a) VALUES (1)', 'SELECT ? INTO x', 'SELECT 1 UNION SELECT ?', "PREPARE s FROM 'SELECT 1;'", 'START TRANSACTION', 'COMMIT', 'SAVEPOINT begin',
    "SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'END'", 'TRUNCATE TABLE t', 'SELECT 1 AS begin, 2 AS `if`', 'SELECT t.end FROM (SELECT 1 AS end) t', 'DROP TABLE IF EXISTS t', 'SELECT a FROM t ORDER BY CASE WHEN ? THEN 2 END FOR UPDATE', 'GET DIAGNOSTICS @n = NUMBER',
  ]; // prettier-ignore
  const conditions = ['SQLEXCEPTION', 'NOT FOUND', "SQLSTATE '23000'", "SQLSTATE VALUE '23000', 1062", '1051, NOT FOUND, SQLWARNING'];

  const fill = (text: string, depth: number): string => text.replaceAll('?', () => (depth > 2 ? pick(expressions.slice(0, 10)) : fill(pick(expressions), depth + 1)));
  const expression = (): string => fill('?', 0);
  const statements = (depth: number): string => Array.from({ length: 1 + Math.floor(random() * 2) }, () => `${statement(depth + 1)}${pick([';', ' ;\n'])} `).join('');
  const declarations = (depth: number): string => maybe(() => `DECLARE y INT DEFAULT ${expression()}; `) + maybe(() => `DECLARE ${pick(['CONTINUE', 'EXIT'])} HANDLER FOR ${pick(conditions)} ${statement(depth + 1)}; `);

  function statement(depth: number): string {
    const label = maybe(() => pick([`l${++labels}`, `\`l ${++labels}\``]));
    const [begin, end] = label === '' ? ['', ''] : [`${label}${pick([':', ' : '])}`, maybe(() => ` ${label}`)];
    const blocks = [
      () => `${begin}BEGIN ${declarations(depth)}${maybe(() => statements(depth))}END${end}`,
      () => `IF ${expression()} THEN ${statements(depth)}${maybe(() => `ELSEIF ${expression()} THEN ${statements(depth)}`)}${maybe(() => `ELSE ${statements(depth)}`)}END IF`,
      () => `CASE ${maybe(expression)} WHEN ${expression()} THEN ${statements(depth)}${maybe(() => `ELSE ${statements(depth)}`)}END CASE`,
      () => `${begin}WHILE ${expression()} DO ${statements(depth)}END WHILE${end}`,
      () => `${begin}REPEAT ${statements(depth)}UNTIL ${expression()} END REPEAT${end}`,
      () => `${begin}LOOP ${statements(depth)}END LOOP${end}`,
      ...(dialect === 'mariadb' ? [() => `${begin}FOR i${++labels} IN ${pick(['1..3', 'REVERSE 1..2', '(SELECT 1 AS a)'])} DO ${statements(depth)}END FOR${end}`] : []),
    ];
    return depth > 3 || random() < 0.4 ? fill(pick(simple), 0) : pick(blocks)();
  }
  return () => `CREATE PROCEDURE p(x INT) ${pick(['', "COMMENT 'a; END' ", 'SQL SECURITY INVOKER NOT DETERMINISTIC '])}${statement(0)}`;
}
