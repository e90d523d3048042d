/** Attempts to commit what was not shown: by hiding it from the measurement, or by running it beside what was measured. */
import assert from 'node:assert/strict';
import { afterEach, before, beforeEach, describe, test } from 'node:test';
import type { IntentReceipt, Session } from '../../../src/app/ports.ts';
import { begin, open, read, summary } from '../../contract/session.contract.ts';
import { createTestDatabase, type TestDatabase } from '../../support/postgres.ts';
import { openTestSession } from '../../support/postgresSession.ts';

const receipt = { id: 'x' } as IntentReceipt;

let database: TestDatabase;
let session: Session;

before(async () => {
  database = await createTestDatabase('CREATE TABLE a (id int PRIMARY KEY, v int); CREATE TABLE b (id int PRIMARY KEY, v int)');
});
beforeEach(async () => {
  await database.query('TRUNCATE a, b; INSERT INTO a SELECT i, i FROM generate_series(1, 10) AS i; INSERT INTO b VALUES (1, 1)');
  session = await openTestSession(database);
});
afterEach(async () => await session.close());

describe('temporary objects named like the server’s own hide nothing', () => {
  const rows: readonly (readonly [hides: string, by: string])[] = [
    ['every table', 'CREATE TEMP TABLE pg_class AS SELECT * FROM pg_catalog.pg_class WHERE false'],
    ['one schema', "CREATE TEMP TABLE pg_namespace AS SELECT * FROM pg_catalog.pg_namespace WHERE nspname <> 'public'"],
    ['every table, by a view', 'CREATE TEMP VIEW pg_class AS SELECT * FROM pg_catalog.pg_class WHERE false'],
    ['the name of a type', 'CREATE DOMAIN pg_temp.oid AS pg_catalog.text'],
  ];
  for (const [hides, by] of rows) {
    test(hides, async () => {
      const change = await open(session, [by, 'DELETE FROM a WHERE id < 4']);
      const { a } = summary(change.preview);
      const images = await change.images();
      await change.rollback();
      assert.deepEqual(a?.slice(0, 3), [0, 0, 3]);
      assert.equal(images.find(({ table }) => table.table === 'a')?.changes.length, 3);
    });
  }

  test('a table that is emptied', async () => {
    const change = await open(session, ['CREATE TEMP VIEW pg_locks AS SELECT * FROM pg_catalog.pg_locks WHERE false', 'TRUNCATE a']);
    const { a } = summary(change.preview);
    await change.rollback();
    assert.deepEqual(a?.slice(0, 3), [0, 0, 10]);
  });
});

test('a function that lifts the time limits does not keep the transaction open', async () => {
  const lift = "DO $$ BEGIN PERFORM set_config('idle_in_transaction_session_timeout', '0', true), set_config('transaction_timeout', '0', true); END $$";
  const change = await open(session, ['DELETE FROM a WHERE id = 1', lift], { holdMs: 100 });
  assert.equal(await change.ended, 'server-timeout');
  assert.deepEqual(await database.query('SELECT count(*)::int AS rows FROM a'), [{ rows: 10 }]);
});

describe('one session does one thing at a time', () => {
  test('a second change is refused while the first one begins', async () => {
    const [first, second] = await Promise.all([begin(session, ['DELETE FROM a WHERE id = 1']), begin(session, ['UPDATE b SET v = 2'])]);
    assert.equal(second.kind, 'failed');
    assert.ok(first.kind === 'open');
    assert.deepEqual(await first.change.commit(receipt), { kind: 'acknowledged' });
    assert.deepEqual(await database.query('SELECT (SELECT count(*)::int FROM a) AS a, (SELECT v FROM b) AS b'), [{ a: 9, b: 1 }]);
  });

  test('a read that comes while a change begins does not run inside it, nor end it', async () => {
    const [start, { end }] = await Promise.all([begin(session, ['UPDATE b SET v = 3']), read(session, 'SELECT 1')]);
    assert.equal(end.kind, 'failed');
    assert.ok(start.kind === 'open');
    assert.equal(session.transactionState(), 'open');
    assert.deepEqual(await start.change.commit(receipt), { kind: 'acknowledged' });
    assert.deepEqual(await database.query('SELECT v FROM b'), [{ v: 3 }]);
  });

  test('a change that comes while a read runs waits for its very end', async () => {
    const [{ rows }, start] = await Promise.all([read(session, 'SELECT count(*) FROM generate_series(1, 100000)'), begin(session, ['UPDATE b SET v = 4'])]);
    assert.deepEqual(rows, [['100000']]);
    assert.ok(start.kind === 'open');
    assert.deepEqual(await start.change.commit(receipt), { kind: 'acknowledged' });
    assert.deepEqual(await database.query('SELECT v FROM b'), [{ v: 4 }]);
  });
});
