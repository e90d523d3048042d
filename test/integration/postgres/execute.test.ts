/** Statements that run directly, for connections that are not protected. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Session } from '../../../src/app/ports.ts';
import { read } from '../../contract/session.contract.ts';
import { statement } from '../../fakes/statements.ts';
import { createTestDatabase, type TestDatabase } from '../../support/postgres.ts';
import { openTestSession } from '../../support/postgresSession.ts';

let database: TestDatabase;
let session: Session;

before(async () => {
  database = await createTestDatabase('CREATE TABLE t (id int PRIMARY KEY, v text); INSERT INTO t SELECT i, repeat($$x$$, 10) FROM generate_series(1, 5000) AS i');
  session = await openTestSession(database);
});

after(async () => {
  await session.close();
});

for (const text of ['VACUUM t', 'CREATE INDEX CONCURRENTLY t_v ON t (v)', 'ANALYZE', 'DISCARD ALL']) {
  test(`${text} runs, which it cannot in a transaction`, async () => {
    const { end } = await read(session, text, {}, 'execute');
    assert.equal(end.kind, 'done', end.kind === 'failed' ? end.failure.message : '');
  });
}

test('a write whose rows are too many to show is still final', async () => {
  const { end, rows } = await read(session, "UPDATE t SET v = 'done' RETURNING id", { rowLimit: 10 }, 'execute');
  assert.deepEqual(end, { kind: 'done', rows: 10, commandTag: 'UPDATE 5000', truncated: 'row-limit' });
  assert.equal(rows.length, 10);
  assert.equal((await database.query("SELECT FROM t WHERE v = 'done'")).length, 5000);
});

test('a read stops at its limit', async () => {
  const { end } = await read(session, '', { statement: statement('SELECT i FROM generate_series(1, 5000000) AS i', 'read'), rowLimit: 10 }, 'execute');
  assert.deepEqual(end, { kind: 'done', rows: 10, commandTag: 'SELECT 10', truncated: 'row-limit' });
});

test('a transaction that a statement leaves open is rolled back, and it is said', async () => {
  const { end } = await read(session, 'BEGIN', {}, 'execute');
  assert.match(end.kind === 'failed' ? end.failure.message : '', /left a transaction open/);
  assert.equal(session.transactionState(), 'none');
});

test('COPY FROM STDIN ends with a clear failure', async () => {
  const { end } = await read(session, 'COPY t FROM STDIN', {}, 'execute');
  assert.match(end.kind === 'failed' ? end.failure.message : '', /sends no rows/);
  assert.equal((await read(session, 'SELECT 1')).end.kind, 'done');
});

test('two statements in one are refused', async () => {
  const { end } = await read(session, 'DELETE FROM t; DELETE FROM t', {}, 'execute');
  assert.equal(end.kind === 'failed' && end.failure.sqlState, '42601');
  assert.equal((await database.query('SELECT FROM t')).length, 5000);
});

test('an error points into the statement', async () => {
  const { end } = await read(session, 'DELETE FROM t WHERE nope', {}, 'execute');
  assert.equal(end.kind === 'failed' && end.failure.position, 20);
});

test('a broken line leaves it unknown whether the statement took effect, and says so', async () => {
  const own = await openTestSession(database);
  const running = read(own, 'SELECT pg_sleep(50)', {}, 'execute');
  while ((await database.query("SELECT FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()")).length === 0);
  await database.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()");
  const { end } = await running;
  assert.match(end.kind === 'failed' ? end.failure.message : '', /unknown: look before you run it again/);
  await own.close();
});
