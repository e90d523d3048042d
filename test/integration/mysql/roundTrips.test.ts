/** How many times the line is crossed, measured through a line with a known delay. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { read } from '../../contract/session.contract.ts';
import { sharedServer } from '../../support/mysql.ts';
import { openMysqlTestSession } from '../../support/mysqlSession.ts';
import { startTcpProxy } from '../../support/tcpProxy.ts';

/** Long enough that the server's own time does not count. */
const roundTripMs = 200;

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
      proxy.setDelays(roundTripMs / 2, roundTripMs / 2);
      const started = performance.now();
      let shownAfter = Number.NaN;
      const rows = () => {
        shownAfter = (performance.now() - started) / roundTripMs;
      };
      await read(session, 'SELECT * FROM t', { sink: { columns: () => undefined, rows, notice: () => undefined } });
      const trips = (performance.now() - started) / roundTripMs;
      proxy.setDelays(0, 0);
      await session.close();
      await proxy.stop();
      console.log(`# ${dialect}: rows after ${shownAfter.toFixed(2)}, over after ${trips.toFixed(2)} round trips`);
      assert.ok(shownAfter <= 3.3, String(shownAfter));
      assert.ok(trips <= 4.4, String(trips));
    });
  });
}
