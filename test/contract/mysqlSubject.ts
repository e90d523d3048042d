/** MySQL and MariaDB for the session contract. */
import { sharedServer, type MysqlDialect } from '../support/mysql.ts';
import { openMysqlTestSession } from '../support/mysqlSession.ts';
import { startTcpProxy } from '../support/tcpProxy.ts';
import type { ContractSubject } from './subject.ts';

const fixture = `
  CREATE TABLE parents (id int PRIMARY KEY, name varchar(100) NOT NULL);
  CREATE TABLE children (id int PRIMARY KEY, parent_id int NOT NULL, FOREIGN KEY (parent_id) REFERENCES parents (id) ON DELETE CASCADE);
  CREATE TABLE grandchildren (id int PRIMARY KEY, child_id int NOT NULL, FOREIGN KEY (child_id) REFERENCES children (id) ON DELETE CASCADE);
  CREATE TABLE notes (id int PRIMARY KEY, parent_id int, FOREIGN KEY (parent_id) REFERENCES parents (id) ON DELETE SET NULL);
  CREATE TABLE log (id int AUTO_INCREMENT PRIMARY KEY, what varchar(10));
  INSERT INTO parents WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10) SELECT i, concat('p', i) FROM n;
  INSERT INTO children WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20) SELECT i, (i + 1) DIV 2 FROM n;
  INSERT INTO grandchildren WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60) SELECT i, (i + 2) DIV 3 FROM n;
  INSERT INTO notes WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10) SELECT i, i FROM n;
  CREATE TRIGGER log_inserted AFTER INSERT ON children FOR EACH ROW INSERT INTO log (what) VALUES ('INSERT');
  CREATE TRIGGER log_updated AFTER UPDATE ON children FOR EACH ROW INSERT INTO log (what) VALUES ('UPDATE');
  CREATE TRIGGER log_deleted AFTER DELETE ON children FOR EACH ROW INSERT INTO log (what) VALUES ('DELETE');`;


/** The subject, or why there is no such server here. */
export async function mysqlSubject(dialect: MysqlDialect): Promise<ContractSubject | { readonly skip: string }> {
  const { server, skip } = await sharedServer(dialect);
  if (!server) return { skip };
  return {
    name: server.name,
    cascadesFireTriggers: false,
    async setUp() {
      const database = await server.createDatabase(fixture);
      const user = await server.createUser(`ALL PRIVILEGES ON ${database.database}.*`, 'PROCESS ON *.*');
      const proxy = await startTcpProxy(database);
      return {
        proxy,
        open: () => openMysqlTestSession(dialect, { ...database, port: proxy.port }, user),
        query: (sql) => database.query(sql),
        async untilRunning(text) {
          while ((await database.query('SELECT 1 FROM information_schema.processlist WHERE user = ? AND info = ?', [user.user, text])).length === 0);
        },
        isCommit: (bytes) => bytes.includes('COMMIT'),
        async killSessions() {
          const sessions = await database.query('SELECT id FROM information_schema.processlist WHERE user = ?', [user.user]);
          for (const { id, ID = id } of sessions) {
            await database.query(`KILL ${String(ID)}`).catch((error: { readonly code?: string }) => {
              // The session itself closes its second line when the first is gone.
              if (error.code !== 'ER_NO_SUCH_THREAD') throw error;
            });
          }
        },
        close: () => proxy.stop(),
      };
    },
    sql: {
      sleep: (seconds) => `SELECT SLEEP(${String(seconds)})`,
      // Without a table behind it a sequence of so many rows would be refused as too deep a recursion.
      series: (rows) => (rows > 1000 ? `SELECT a.id FROM ${Array.from('abcdefgh', (name) => `grandchildren ${name}`).join(', ')} LIMIT ${String(rows)}` : `SELECT a.id FROM grandchildren a, grandchildren b LIMIT ${String(rows)}`),
      wide: (bytes) => `SELECT repeat('x', ${String(bytes)})`,
      misspelt: "SELECT '😀', nope FROM parents",
    },
    exceptions: [
      { test: 'a commit the server refuses is rejected', reason: 'no check is deferred to COMMIT' },
    ],
  };
}
