/** How many times the line is crossed, counted on the line itself; a busy machine changes clocks, not counts. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { read } from '../../contract/session.contract.ts';
import { sharedServer } from '../../support/mysql.ts';
import { openMysqlTestSession } from '../../support/mysqlSession.ts';
import { startTcpProxy } from '../../support/tcpProxy.ts';

for (const dialect of ['mariadb', 'mysql'] as const) {
  const { server, skip } = await sharedServer(dialect);
  describe(`round trips to ${dialect}`, { skip }, () => {
    // The protocol answers each message before it takes the next: transaction, state of the session, statement, rollback.
    test('a read shows its rows after three and is over after four', async () => {
      assert.ok(server);
      const database = await server.createDatabase('CREATE TABLE t (id int); INSERT INTO t VALUES (1)');
      const proxy = await startTcpProxy(database);
      const session = await openMysqlTestSession(dialect, { ...database, port: proxy.port }, await database.createUser());
      // The time limit is set once in a session.
      await read(session, 'SELECT 1');
      const crossed = () => proxy.roundTrips().reduce((sum, count) => sum + count, 0);
      const before = crossed();
      let shownAfter = Number.NaN;
      const rows = () => {
        shownAfter = crossed() - before;
      };
      await read(session, 'SELECT * FROM t', { sink: { columns: () => undefined, rows, notice: () => undefined } });
      const trips = crossed() - before;
      await session.close();
      await proxy.stop();
      assert.equal(shownAfter, 3);
      assert.equal(trips, 4);
    });
  });
}
