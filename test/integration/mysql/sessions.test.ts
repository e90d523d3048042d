/** Sessions of documents on MySQL and MariaDB: who is asked for a password, and what follows a loss. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createSessions } from '../../../src/adapters/sessions.ts';
import { read } from '../../contract/session.contract.ts';
import { systemClock } from '../../support/clock.ts';
import { sharedServer } from '../../support/mysql.ts';
import { mysqlProfile } from '../../support/mysqlSession.ts';

const { signal } = new AbortController();

for (const dialect of ['mariadb', 'mysql'] as const) {
  const { server, skip } = await sharedServer(dialect);
  describe(`documents on ${dialect}`, { skip }, () => {
    test('a password is asked for when the server wants one, and a lost session is opened anew', async () => {
      assert.ok(server);
      const database = await server.createDatabase();
      const user = await database.createUser();
      const asked: string[] = [];
      const sessions = createSessions({
        clock: systemClock,
        osUser: 'ann',
        password: async () => undefined,
        askPassword: async ({ name }) => {
          asked.push(name);
          return user.password;
        },
      });
      const profile = mysqlProfile(dialect, database, user.user);
      const first = await sessions.acquire('one', profile, signal);
      assert.ok(first.kind === 'open', first.kind === 'failed' ? first.failure.message : '');
      assert.deepEqual(asked, ['test']);
      const [row] = (await read(first.session, 'SELECT CONNECTION_ID()')).rows;
      await server.query(`KILL ${row?.[0] ?? ''}`);
      assert.equal((await first.session.lost).code, 'connection');
      assert.equal(sessions.transactionState('one'), 'lost');
      const second = await sessions.acquire('one', profile, signal);
      assert.ok(second.kind === 'open');
      assert.equal(second.reopened, true);
      await sessions.closeAll();
    });

    test('what administrators see says who is there', async () => {
      assert.ok(server);
      const database = await server.createDatabase();
      const user = await database.createUser();
      const sessions = createSessions({ clock: systemClock, osUser: 'ann', password: async () => user.password, askPassword: async () => undefined });
      const start = await sessions.acquire('one', mysqlProfile(dialect, database, user.user), signal);
      assert.ok(start.kind === 'open');
      const lines = await server.query('SELECT id FROM information_schema.processlist WHERE user = ?', [user.user]);
      assert.equal(lines.length, 2, 'one for statements, one beside it');
      if (dialect === 'mysql') {
        const names = await server.query("SELECT attr_value AS name FROM performance_schema.session_connect_attrs WHERE attr_name = 'program_name' AND attr_value LIKE 'countersign session ann%' ORDER BY 1");
        assert.deepEqual(names.map(({ name }) => name), ['countersign session ann', 'countersign session ann (metadata)']);
      }
      await sessions.closeAll();
    });
  });
}
