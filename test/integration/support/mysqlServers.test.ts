/** The tests' own MySQL and MariaDB: what a test gets is what it asked for, and nobody else's. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import mysql from 'mysql2/promise';
import { sharedServer, startMariadb, startMysql, type MysqlDialect } from '../../support/mysql.ts';

const starters = { mysql: startMysql, mariadb: startMariadb };

for (const dialect of ['mysql', 'mariadb'] as const satisfies readonly MysqlDialect[]) {
  const { server, skip } = await sharedServer(dialect);
  void describe(`a shared ${dialect}`, { skip }, () => {
    if (server === undefined) return;

    void it('is the product it is called', async () => {
      const [{ version }] = await server.query('SELECT version() AS version');
      assert.equal(/mariadb/i.test(version), dialect === 'mariadb');
    });

    void it('gives a database of its own and users with the rights asked for', async () => {
      const database = await server.createDatabase('CREATE TABLE entry (id int PRIMARY KEY); INSERT INTO entry VALUES (1), (2)');
      assert.deepEqual(await database.query('SELECT id FROM entry ORDER BY id'), [{ id: 1 }, { id: 2 }]);
      const reader = await mysql.createConnection({ uri: database.url(await database.createUser('SELECT')) });
      assert.equal((await reader.query<mysql.RowDataPacket[]>('SELECT id FROM entry'))[0].length, 2);
      await assert.rejects(reader.query('INSERT INTO entry VALUES (3)'), { code: 'ER_TABLEACCESS_DENIED_ERROR' });
      await assert.rejects(reader.query('USE mysql'), { code: 'ER_DBACCESS_DENIED_ERROR' });
      await reader.end();
      const writer = await mysql.createConnection({ uri: database.url(await database.createUser()) });
      await writer.query('INSERT INTO entry VALUES (3)');
      await writer.end();
      assert.equal((await database.query('SELECT id FROM entry')).length, 3);
    });

    void it('has one administrator who comes over the network, with a password', async () => {
      const anybody = { host: server.host, port: server.port };
      for (const user of ['root', '', 'mysql', 'anonymous']) await assert.rejects(mysql.createConnection({ ...anybody, user }), { errno: 1045 }, user);
    });
  });

  void describe(`a private ${dialect}`, { skip }, () => {
    void it('speaks TLS with the certificate of the tests and takes settings', async () => {
      const own = await starters[dialect]({ tls: true, settings: { max_connections: 17 } });
      try {
        const connection = await mysql.createConnection({ uri: own.url, ssl: { rejectUnauthorized: false } });
        const [[row]] = await connection.query<mysql.RowDataPacket[]>('SELECT @@max_connections AS value, @@ssl_cert AS certificate');
        assert.equal(row?.['value'], 17);
        assert.match(row?.['certificate'], /server\.crt$/);
        await connection.end();
      } finally {
        await own.stop();
      }
    });
  });
}
