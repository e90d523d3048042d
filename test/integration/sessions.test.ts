/** One session for each document, on a real server. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { createSessions, type DocumentSessions } from '../../src/adapters/sessions.ts';
import type { Session, SessionStart } from '../../src/app/ports.ts';
import type { ConnectionProfile } from '../../src/core/profile/connection.ts';
import { open, read } from '../contract/session.contract.ts';
import { systemClock } from '../support/clock.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { testProfile } from '../support/postgresSession.ts';

const { signal } = new AbortController();

let database: TestDatabase;
let profile: ConnectionProfile;
let sessions: DocumentSessions;
let asked = 0;

before(async () => {
  database = await createTestDatabase('CREATE TABLE t (id int); INSERT INTO t VALUES (1)');
  profile = testProfile(database);
  sessions = createSessions({ clock: systemClock, osUser: 'ann', password: () => ((asked += 1), Promise.resolve(database.password)), askPassword: nobody });
});

after(async () => {
  await sessions.closeAll();
});

function nobody(): Promise<undefined> {
  throw new Error('nobody should have been asked');
}

function opened(start: SessionStart): Session {
  assert.ok(start.kind === 'open', start.kind === 'failed' ? start.failure.message : '');
  return start.session;
}

async function backends(): Promise<number> {
  return (await database.query("SELECT FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'countersign session ann%'")).length;
}

describe('sessions', () => {
  test('a document keeps its session, and another has its own', async () => {
    const [first, same, other] = await Promise.all([
      sessions.acquire('one', profile, signal),
      sessions.acquire('one', profile, signal),
      sessions.acquire('two', profile, signal),
    ]);
    assert.equal(opened(first), opened(same));
    assert.notEqual(opened(first), opened(other));
    assert.equal(opened(await sessions.acquire('one', profile, signal)), opened(first));
    assert.equal(asked, 2);
    assert.equal(await backends(), 4);
  });

  test('settings of one document do not reach another', async () => {
    const one = opened(await sessions.acquire('one', profile, signal));
    const two = opened(await sessions.acquire('two', profile, signal));
    await read(one, 'SET search_path = pg_temp', {}, 'execute');
    assert.deepEqual((await read(two, 'SHOW search_path')).rows, [['"$user", public']]);
  });

  test('the state of a document’s transaction is known', async () => {
    assert.equal(sessions.transactionState('unknown'), 'none');
    const two = opened(await sessions.acquire('two', profile, signal));
    const change = await open(two, ['DELETE FROM t']);
    assert.equal(sessions.transactionState('two'), 'open');
    await change.rollback();
    assert.equal(sessions.transactionState('two'), 'none');
  });

  test('closing a document ends its session and rolls back what was open', async () => {
    const session = opened(await sessions.acquire('three', profile, signal));
    const lost: string[] = [];
    const stop = sessions.onLost((document) => lost.push(document));
    await open(session, ['DELETE FROM t']);
    await sessions.closeDocument('three');
    await database.query("SET lock_timeout = '5s'; UPDATE t SET id = id");
    assert.equal((await database.query('SELECT FROM t')).length, 1);
    assert.deepEqual(lost, [], 'nobody is told of what they did themselves');
    stop();
  });

  test('a lost session is announced, and the next run says that it is a new one', async () => {
    const before = opened(await sessions.acquire('four', profile, signal));
    const announced = new Promise<readonly [string, string]>((resolve) => {
      sessions.onLost((document, failure) => resolve([document, failure.code]));
    });
    const [[pid]] = (await read(before, 'SELECT pg_backend_pid()')).rows as [[string]];
    await database.query('SELECT pg_terminate_backend($1)', [pid]);
    assert.deepEqual(await announced, ['four', 'connection']);
    assert.equal(sessions.transactionState('four'), 'lost');
    const start = await sessions.acquire('four', profile, signal);
    assert.equal(start.kind === 'open' && start.reopened, true);
    assert.notEqual(opened(start), before);
    assert.equal((await read(opened(start), 'SELECT 1')).end.kind, 'done');
  });

  test('a profile that leads elsewhere gets a new session', async () => {
    const before = opened(await sessions.acquire('five', profile, signal));
    const start = await sessions.acquire('five', { ...profile, database: 'postgres' }, signal);
    assert.equal(opened(start).server.database, 'postgres');
    assert.equal(start.kind === 'open' && start.reopened === true, false);
    assert.equal((await read(before, 'SELECT 1')).end.kind, 'failed');
  });

  test('a failed attempt is not kept', async () => {
    const wrong = await sessions.acquire('six', { ...profile, database: 'nope' }, signal);
    assert.equal(wrong.kind, 'failed');
    opened(await sessions.acquire('six', profile, signal));
  });

  test('a password that cannot be read fails the attempt', async () => {
    const locked = createSessions({ clock: systemClock, osUser: 'ann', password: () => Promise.reject(new Error('the keyring is locked')), askPassword: nobody });
    const start = await locked.acquire('one', profile, signal);
    assert.equal(start.kind === 'failed' && start.failure.code, 'credentials');
    assert.match(start.kind === 'failed' ? start.failure.message : '', /keyring is locked/);
  });

  test('a person is asked only when the server wants a password and none is known, and may decline', async () => {
    await database.query(`CREATE ROLE ${database.database}_trusted LOGIN`);
    const answers = [undefined, 'wrong', database.password];
    const asking = createSessions({ clock: systemClock, osUser: 'ann', password: () => Promise.resolve(undefined), askPassword: () => Promise.resolve(answers.shift()) });
    opened(await asking.acquire('trusted', { ...profile, user: `${database.database}_trusted` }, signal));
    assert.equal(answers.length, 3);
    const ends = [await asking.acquire('one', profile, signal), await asking.acquire('one', profile, signal), await asking.acquire('one', profile, signal)];
    assert.deepEqual(ends.map((end) => (end.kind === 'failed' ? end.failure.code : 'open')), ['credentials', 'credentials', 'open']);
    await asking.closeAll();
  });

  test('a document that is closed while it connects has no session', async () => {
    const opening = sessions.acquire('seven', profile, signal);
    await sessions.closeDocument('seven');
    assert.equal((await opening).kind, 'failed');
  });

  test('everything is closed at the end', async () => {
    await sessions.closeAll();
    while ((await backends()) > 0);
  });
});
