/** Which server it is, as whom and with which settings, told within the change's own transaction and without harm to it. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { randomUUID } from 'node:crypto';
import type { IntentReceipt, Session } from '../../../src/app/ports.ts';
import { open } from '../../contract/session.contract.ts';
import { createTestDatabase, type TestDatabase } from '../../support/postgres.ts';
import { openTestSession } from '../../support/postgresSession.ts';

const role = `place_${randomUUID().slice(0, 8)}`;
let database: TestDatabase;
before(async () => {
  database = await createTestDatabase(`CREATE ROLE ${role} LOGIN; CREATE TABLE t (id int PRIMARY KEY); GRANT ALL ON t TO ${role}`);
});
after(async () => {
  await database.query('GRANT EXECUTE ON FUNCTION pg_control_system() TO PUBLIC');
  await database.query(`DROP OWNED BY ${role}`);
  await database.query(`DROP ROLE ${role}`);
});

const using = async (work: (session: Session) => Promise<void>): Promise<void> => {
  const session = await openTestSession(database, { user: role });
  try {
    await work(session);
  } finally {
    await session.close();
  }
};

test('a role without rights tells the server, the database and itself, the same inside and outside of a change', async () => {
  const [{ system }] = await database.query("SELECT system_identifier || '/' || (SELECT oid FROM pg_database WHERE datname = current_database()) AS system FROM pg_control_system()");
  await using(async (session) => {
    const outside = await session.place?.();
    assert.deepEqual([outside?.system, outside?.database, outside?.role, outside?.session['search_path']], [system, database.database, role, '"$user", public']);
    const change = await open(session, ['INSERT INTO t VALUES (1)']);
    await change.images();
    await change.fingerprint?.();
    assert.deepEqual(await change.place?.(), outside);
    await change.rollback();
  });
});

test('a setting that a statement leaves behind in its transaction shows', async () => {
  await using(async (session) => {
    const outside = await session.place?.();
    const change = await open(session, ["INSERT INTO t SELECT 2 WHERE set_config('IntervalStyle', 'iso_8601', true) <> ''"]);
    assert.deepEqual([outside?.session['IntervalStyle'], (await change.place?.())?.session['IntervalStyle']], ['postgres', 'iso_8601']);
    await change.rollback();
  });
});

test('a server that keeps its identity to itself can still be told apart, and the change goes on', async () => {
  await database.query('REVOKE EXECUTE ON FUNCTION pg_control_system() FROM PUBLIC');
  await using(async (session) => {
    const change = await open(session, ['INSERT INTO t VALUES (3)']);
    assert.match((await change.place?.())?.system ?? '', /^kept secret\/\d+$/);
    assert.deepEqual(await change.commit({ id: 'x' } as IntentReceipt), { kind: 'acknowledged' });
    assert.deepEqual(await database.query('SELECT id FROM t'), [{ id: 3 }]);
    assert.match((await session.place?.())?.system ?? '', /^kept secret\/\d+$/);
  });
});
