/** EXPLAIN on real servers: whatever a plan leaves behind, it was not called a read. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import mysql from 'mysql2/promise';
import { classifyMysql } from '../../../../src/core/sql/mysql/classifyMysql.ts';
import { sharedServer } from '../../../support/mysql.ts';

const effects = ['@x := 5', "GET_LOCK('plans', 0)", 'LAST_INSERT_ID(77)', 'fw()'];
/** `?` is an effect. */
const plans = [
  'EXPLAIN SELECT * FROM t WHERE id = 1 AND (?)', 'EXPLAIN SELECT * FROM (SELECT ? AS z) q', 'EXPLAIN SELECT (SELECT ?) FROM t FOR UPDATE', 'EXPLAIN UPDATE t SET a = 1 WHERE id = (SELECT ?)', 'EXPLAIN UPDATE t SET a = (SELECT ?) WHERE id = 1', 'EXPLAIN DELETE FROM t WHERE id = (?)', 'EXPLAIN DELETE FROM t ORDER BY (SELECT ?) LIMIT 1',
  'EXPLAIN FORMAT=JSON DELETE FROM t WHERE id = (SELECT ?)', 'EXPLAIN INSERT INTO t VALUES ((?), 1)', 'EXPLAIN INSERT INTO t SELECT * FROM (SELECT ?, 2) q', 'EXPLAIN INSERT INTO t VALUES (1, 1) ON DUPLICATE KEY UPDATE a = (?)', 'EXPLAIN REPLACE INTO t SELECT * FROM t AS o WHERE id = (?)',
  'EXPLAIN UPDATE t, (SELECT ? AS z) q SET t.a = 1 WHERE t.id = q.z', 'EXPLAIN DELETE t FROM t JOIN (SELECT ? AS z LIMIT 1) q ON t.id = q.z',
]; // prettier-ignore

for (const dialect of ['mysql', 'mariadb'] as const) {
  const { server, skip } = await sharedServer(dialect);
  describe(`plans on ${dialect}`, { skip }, () => {
    if (server === undefined) return;
    let connection: mysql.Connection;
    before(async () => {
      const database = await server.createDatabase('CREATE TABLE t (id INT PRIMARY KEY, a INT); INSERT INTO t VALUES (1, 1), (5, 5); CREATE TABLE log (a INT)');
      if (dialect === 'mariadb') await database.query('CREATE SEQUENCE s');
      await database.query('CREATE FUNCTION fw() RETURNS INT MODIFIES SQL DATA BEGIN INSERT INTO log VALUES (1); RETURN 1; END');
      connection = await mysql.createConnection(database.url());
    });
    after(() => connection.destroy());

    const look = async (): Promise<unknown> => (await connection.query(`SELECT @x AS x, RELEASE_ALL_LOCKS() AS locks, LAST_INSERT_ID() AS id, (SELECT COUNT(*) FROM log) AS rows_${dialect === 'mariadb' ? ', LASTVAL(s) AS number' : ''}`))[0];

    it('that do anything are no reads', async () => {
      const wrong: string[] = [];
      let seen = 0;
      for (const effect of dialect === 'mariadb' ? [...effects, 'NEXT VALUE FOR s'] : effects) {
        for (const plan of plans) {
          const text = plan.replaceAll('?', effect);
          await connection.query('SET @x = 0, LAST_INSERT_ID = 0');
          const before = await look();
          // Some places take no variable or no function with effects.
          await connection.query(text).catch(() => undefined);
          if (JSON.stringify(await look()) === JSON.stringify(before)) continue;
          seen++;
          if (classifyMysql(text, dialect).class === 'read') wrong.push(text);
        }
      }
      assert.deepEqual(wrong, []);
      assert.ok(seen > 10, `only ${seen} plans did anything`);
    });
  });
}
