import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { openTestSession } from '../support/postgresSession.ts';
import { startTcpProxy } from '../support/tcpProxy.ts';
import { describeSession } from './session.contract.ts';
import type { ContractDatabase } from './subject.ts';

const fixture = `
  CREATE TABLE parents (id int PRIMARY KEY, name text NOT NULL);
  CREATE TABLE children (id int PRIMARY KEY, parent_id int NOT NULL REFERENCES parents ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED);
  CREATE TABLE grandchildren (id int PRIMARY KEY, child_id int NOT NULL REFERENCES children ON DELETE CASCADE);
  CREATE TABLE notes (id int PRIMARY KEY, parent_id int REFERENCES parents ON DELETE SET NULL);
  CREATE TABLE log (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, what text);
  CREATE FUNCTION log_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO log (what) VALUES (tg_op); RETURN NULL; END $$;
  CREATE TRIGGER log_children AFTER INSERT OR UPDATE OR DELETE ON children FOR EACH ROW EXECUTE FUNCTION log_change();
  ALTER TABLE children DISABLE TRIGGER log_children;
  INSERT INTO parents SELECT i, 'p' || i FROM generate_series(1, 10) AS i;
  INSERT INTO children SELECT i, (i + 1) / 2 FROM generate_series(1, 20) AS i;
  INSERT INTO grandchildren SELECT i, (i + 2) / 3 FROM generate_series(1, 60) AS i;
  INSERT INTO notes SELECT i, i FROM generate_series(1, 10) AS i;
  COMMIT;
  ALTER TABLE children ENABLE TRIGGER log_children;`;

async function setUp(): Promise<ContractDatabase> {
  const database: TestDatabase = await createTestDatabase(`BEGIN; ${fixture}`);
  const proxy = await startTcpProxy(database);
  return {
    proxy,
    open: () => openTestSession(database, { port: proxy.port }),
    query: (sql) => database.query(sql),
    async untilRunning(text) {
      const running = "SELECT FROM pg_stat_activity WHERE state = 'active' AND application_name LIKE 'countersign%' AND query = $1 AND wait_event IS NOT NULL";
      while ((await database.query(running, [text])).length === 0);
    },
    isCommit: (bytes) => bytes.includes('COMMIT'),
    killSessions: async () => {
      await database.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'countersign%'");
    },
    close: () => proxy.stop(),
  };
}

describeSession({
  name: 'PostgreSQL',
  setUp,
  sql: {
    sleep: (seconds) => `SELECT pg_sleep(${String(seconds)})`,
    series: (rows) => `SELECT i FROM generate_series(1, ${String(rows)}) AS i`,
    wide: (bytes) => `SELECT repeat('x', ${String(bytes)})`,
    misspelt: "SELECT '😀', nope FROM parents",
    deferredViolation: 'INSERT INTO children (id, parent_id) VALUES (99, 99)',
  },
});
