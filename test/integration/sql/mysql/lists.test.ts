/** The lists of words and functions against the servers' own parsers. Nothing is executed. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import mysql from 'mysql2/promise';
import * as names from '../../../../src/core/sql/mysql/functionNames.data.ts';
import { reservedInBoth, reservedInMariadb, reservedInMysql } from '../../../../src/core/sql/mysql/keywords.data.ts';
import { sharedServer } from '../../../support/mysql.ts';
import { argumentLists } from './generatedReads.ts';

const reserved = { mysql: [...reservedInBoth, ...reservedInMysql], mariadb: [...reservedInBoth, ...reservedInMariadb] };
const native = { mysql: [...names.nativeInBoth, ...names.nativeInMysql], mariadb: [...names.nativeInBoth, ...names.nativeInMariadb] };
const keyword = { mysql: [...names.keywordInBoth, ...names.keywordInMysql], mariadb: [...names.keywordInBoth, ...names.keywordInMariadb] };
const tight = { mysql: [...names.tightInBoth, ...names.tightInMysql], mariadb: [...names.tightInBoth, ...names.tightInMariadb] };

for (const dialect of ['mysql', 'mariadb'] as const) {
  const { server, skip } = await sharedServer(dialect);
  describe(`words of ${dialect}`, { skip }, () => {
    if (server === undefined) return;
    let connection: mysql.Connection;
    before(async () => {
      const database = await server.createDatabase('CREATE TABLE t (id int, a text, c int, j json)');
      connection = await mysql.createConnection({ uri: database.url(), flags: ['-IGNORE_SPACE'] });
    });
    after(() => connection.destroy());

    /** @returns the name of the server's error, '' when it has none */
    async function answer(text: string): Promise<string> {
      try {
        await connection.query('PREPARE probe FROM ?', [text]);
        return '';
      } catch (error) {
        return (error as mysql.QueryError).code;
      }
    }

    /** What a call of a stored or loaded function that does not exist is answered with. */
    const missing = new Set(['ER_SP_DOES_NOT_EXIST', 'ER_FUNC_INEXISTENT_NAME_COLLISION']);

    it('a reserved word names no table and no function', async () => {
      const wrong: string[] = [];
      for (const word of reserved[dialect]) {
        if (word !== 'DUAL' && (await answer(`SELECT * FROM ${word}`)) !== 'ER_PARSE_ERROR') wrong.push(`table ${word}`);
        for (const call of [`${word}(1)`, `${word} (1)`]) if (missing.has(await answer(`SELECT 1, ${call}`)) && !isTightFunction(word)) wrong.push(call);
      }
      assert.deepEqual(wrong, []);
    });

    const isTightFunction = (word: string): boolean => (tight[dialect] as readonly string[]).includes(word) || (keyword[dialect] as readonly string[]).includes(word);

    it('a function that is found by name is found before any stored one, however it is written', async () => {
      const wrong: string[] = [];
      for (const name of native[dialect]) for (const call of [`${name}(1)`, `${name} (1)`, `\`${name}\`(1)`]) if (missing.has(await answer(`SELECT ${call}`))) wrong.push(call);
      assert.deepEqual(wrong, []);
    });

    it('a function of the grammar is known to it, and with a gap unless it is said to need none', async () => {
      const wrong: string[] = [];
      const shapes = argumentLists.flatMap((list) => [`(${list})`, `(${list}) OVER (ORDER BY id)`]);
      for (const name of keyword[dialect]) {
        const gap = isTight(name) ? '' : ' ';
        let isKnown = false;
        for (const shape of shapes) isKnown ||= await isOwn(`SELECT ${name}${gap}${shape} FROM t`);
        if (!isKnown && !peculiar.has(name)) wrong.push(name);
      }
      assert.deepEqual(wrong, []);
    });

    const isTight = (name: string): boolean => (tight[dialect] as readonly string[]).includes(name);
    const isOwn = async (text: string): Promise<boolean> => {
      const code = await answer(text);
      return code !== 'ER_PARSE_ERROR' && !missing.has(code);
    };
  });
}

/** Need words between their arguments, or a place, that no list of arguments has. */
const peculiar = new Set(['JSON_TABLE', 'VALUES', 'PERCENTILE_CONT', 'PERCENTILE_DISC', 'COLUMN_GET', 'MEDIAN', 'ROW']);
