/** The server's own parser on every labelled text: what is one statement here is one there. Nothing is executed. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import mysql from 'mysql2/promise';
import { classifyMysql } from '../../../../src/core/sql/mysql/classifyMysql.ts';
import { sharedServer, type MysqlDatabase } from '../../../support/mysql.ts';
import { mysqlCorpus } from './corpus.ts';

/** What the server says to a text that is not one statement of its language. */
const syntaxErrors = new Set(['ER_PARSE_ERROR', 'ER_EMPTY_QUERY', 'ER_SYNTAX_ERROR']);

for (const dialect of ['mysql', 'mariadb'] as const) {
  const { server, skip } = await sharedServer(dialect);
  describe(`boundaries on ${dialect}`, { skip }, () => {
    if (server === undefined) return;
    let database: MysqlDatabase;
    let connection: mysql.Connection;
    before(async () => {
      database = await server.createDatabase();
      // The driver's default lets white space stand before every parenthesis.
      connection = await mysql.createConnection({ uri: database.url(), charset: 'utf8mb4', flags: ['-IGNORE_SPACE'] });
    });
    after(() => connection.destroy());

    /** PREPARE parses a text of exactly one statement and runs nothing of it. @returns what the server has against it */
    async function refusal(text: string): Promise<string | undefined> {
      try {
        await connection.query('PREPARE probe FROM ?', [text]);
        return undefined;
      } catch (error) {
        const { code } = error as mysql.QueryError;
        // Missing tables, missing rights, commands that cannot be prepared: all of them are found behind the grammar.
        return syntaxErrors.has(code) ? String(error) : undefined;
      }
    }

    const rows = mysqlCorpus(dialect).filter(({ ctx, sql }) => ctx === undefined && sql.isWellFormed() && !sql.includes('\0'));

    it('every statement that is found is one for the server', async () => {
      const wrong: string[] = [];
      for (const { sql, statements } of rows.filter((row) => row.statements !== null)) {
        const verdict = classifyMysql(sql, dialect, { source: 'message' });
        assert.equal(verdict.statements.length, statements, sql);
        for (const { text } of verdict.statements) {
          const reason = await refusal(text);
          if (reason !== undefined) wrong.push(`${JSON.stringify(text)}: ${reason}`);
        }
      }
      assert.deepEqual(wrong, []);
    });

    it('two of them are never one', async () => {
      const wrong: string[] = [];
      for (const { sql } of rows.filter((row) => (row.statements ?? 0) > 1)) if ((await refusal(sql)) === undefined) wrong.push(sql);
      assert.deepEqual(wrong, []);
    });

    it('what the server refuses is refused here, or at least no read', async () => {
      const wrong: string[] = [];
      for (const { sql, class: label } of rows.filter((row) => row.statements === null)) {
        const { class: found, statements } = classifyMysql(sql, dialect, { source: 'message' });
        if (found === 'read' && label !== 'read') wrong.push(`read: ${sql}`);
        const [first, ...others] = statements;
        if (first && others.length === 0 && (await refusal(first.text)) === undefined) wrong.push(`accepted: ${sql}`);
      }
      assert.deepEqual(wrong, []);
    });
  });
}
