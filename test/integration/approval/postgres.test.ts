/** On PostgreSQL: what others confirmed is what is committed, and nothing else is. */
import assert from 'node:assert/strict';
import { afterEach, before, beforeEach, describe, test } from 'node:test';
import type { Session } from '../../../src/app/ports.ts';
import { createWorld, type World } from '../../support/confirmation/world.ts';
import { createTestDatabase, type TestDatabase } from '../../support/postgres.ts';
import { openTestSession, testProfile } from '../../support/postgresSession.ts';

const fill = `
  DROP SCHEMA public CASCADE; CREATE SCHEMA public;
  CREATE TABLE people (id int PRIMARY KEY, name text, state text);
  CREATE TABLE orders (id int PRIMARY KEY, person int REFERENCES people ON DELETE CASCADE, total int);
  INSERT INTO people SELECT i, 'p' || i, CASE WHEN i <= 3 THEN 'old' ELSE 'new' END FROM generate_series(1, 10) AS i;
  INSERT INTO orders SELECT i, 1 + i % 10, i FROM generate_series(1, 20) AS i;`;
const text = "DELETE FROM people WHERE state = 'old'";

let database: TestDatabase;
let session: Session;
let world: World;

before(async () => {
  database = await createTestDatabase();
});
beforeEach(async () => {
  await database.query(fill);
  session = await openTestSession(database);
  world = await createWorld({ profile: testProfile(database), session: () => session });
});
afterEach(async () => {
  await session.close();
  await world.close();
});

const people = async (): Promise<string> => (await database.query('SELECT id FROM people ORDER BY id')).map(({ id }) => String(id)).join(' ');
const all = '1 2 3 4 5 6 7 8 9 10';

describe('asked and approved', () => {
  test('commits exactly the approved rows', async () => {
    const entry = await world.asked(text);
    assert.equal(await people(), all, 'nothing was changed by asking');
    await world.deliver(entry, await world.answer(entry, 'bob'));
    const end = await world.run(entry);
    assert.deepEqual([end.kind, end.kind === 'ran' && end.outcome.kind], ['ran', 'committed'], JSON.stringify(end));
    assert.equal(await people(), '4 5 6 7 8 9 10');
    assert.equal((await world.pending.get(entry.id))?.state, 'committed');
    assert.deepEqual(world.records.map(({ kind, outcome }) => [kind, outcome].filter(Boolean).join(' ')), ['intent', 'request', 'outcome awaiting-confirmation', 'decision', 'claim', 'intent', 'commit-intent', 'outcome committed']);
  });
});
