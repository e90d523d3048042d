/** What is done instead of dropping, emptying and deleting works on a real server, and so does the way back. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, afterEach, test } from 'node:test';
import type { Session } from '../../../src/app/ports.ts';
import { epochMs } from '../../../src/core/brand.ts';
import { offerSoftDrop, trashQuery, type SoftDrop } from '../../../src/core/undo/softDrop.ts';
import { createTestDatabase, type TestDatabase } from '../../support/postgres.ts';
import { openTestSession } from '../../support/postgresSession.ts';
import { classify, closeAnalyser, contents, openChange, receipt } from './undoRounds.ts';

let database: TestDatabase;
let session: Session;
let now = Date.parse('2026-11-21T12:00:00Z');

before(async () => {
  database = await createTestDatabase(`
    CREATE TABLE people (id serial PRIMARY KEY, name text);
    CREATE TABLE pets (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, owner int REFERENCES people);
    CREATE TABLE aliases (id int PRIMARY KEY, of int REFERENCES people); INSERT INTO aliases VALUES (1, NULL);
    CREATE VIEW names AS SELECT name FROM people;
    CREATE TABLE lonely (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, "Odd ""one""" text);
    CREATE TABLE figures (id int PRIMARY KEY, twice int GENERATED ALWAYS AS (id * 2) STORED, "v 1" text);
    INSERT INTO figures (id, "v 1") SELECT i, 'f' || i FROM generate_series(1, 5) AS i;
    INSERT INTO people (name) SELECT 'p' || i FROM generate_series(1, 5) AS i;
    INSERT INTO pets (owner) SELECT i FROM generate_series(1, 5) AS i;
    UPDATE aliases SET of = 1;
    INSERT INTO lonely ("Odd ""one""") SELECT 'l' || i FROM generate_series(1, 5) AS i`);
});

beforeEach(async () => {
  session = await openTestSession(database);
  now += 1000;
});

afterEach(() => session.close());
after(closeAnalyser);

/** Previews the text, rolls it back, and runs what is offered instead. */
async function runInstead(text: string): Promise<SoftDrop> {
  const [statement] = await classify(text);
  const original = await openChange(session, text);
  await original.rollback();
  assert.ok(statement);
  const offer = offerSoftDrop({ dialect: 'postgresql', statement, effects: original.preview.effects, ...(original.preview.computed ? { computed: original.preview.computed } : {}), now: epochMs(now) });
  assert.ok(offer);
  const change = await openChange(session, offer.script);
  assert.deepEqual(await change.commit(receipt), { kind: 'acknowledged' });
  return offer;
}

async function goBack({ wayBack }: SoftDrop): Promise<void> {
  const change = await openChange(session, wayBack.steps.map(({ sql }) => `${sql};\n`).join(''));
  assert.deepEqual(await change.commit(receipt), { kind: 'acknowledged' });
}

test('a table in the trash is still read by its views and still referenced, and comes back with its sequence', async () => {
  const rows = await contents(database, ['people', 'pets']);
  const offer = await runInstead('DROP TABLE people CASCADE');
  await assert.rejects(database.query('SELECT FROM people'), /does not exist/);
  assert.equal((await database.query('SELECT * FROM names')).length, 5);
  await assert.rejects(database.query('INSERT INTO pets (owner) VALUES (99)'), /foreign key/);
  const [waiting] = await database.query(trashQuery('postgresql'));
  assert.deepEqual([waiting.schema, waiting['to purge it, run'], String(waiting['in the trash since (UTC)'])], ['trash', `DROP TABLE trash."${String(waiting.table)}";`, String(new Date(2026, 10, 21, 12, 0, 1))]);
  await goBack(offer);
  assert.deepEqual(await contents(database, ['people', 'pets']), rows);
  await database.query("BEGIN; INSERT INTO people (name) VALUES ('next'); DELETE FROM people WHERE name = 'next'; COMMIT");
  assert.equal((await database.query(trashQuery('postgresql'))).length, 0);
});

test('purging a table that others depend on is refused by the server', async () => {
  const offer = await runInstead('DROP TABLE people CASCADE');
  const [waiting] = await database.query(trashQuery('postgresql'));
  await assert.rejects(database.query(String(waiting['to purge it, run'])), /other objects depend on it/);
  await goBack(offer);
});

for (const text of ['TRUNCATE figures', 'DELETE FROM figures WHERE twice > 4', 'TRUNCATE lonely', 'DELETE FROM lonely WHERE id > 2', 'DELETE FROM public.lonely AS x USING people WHERE people.id = x.id']) {
  test(`rows come back: ${text}`, async () => {
    const rows = await contents(database, ['lonely', 'people', 'figures']);
    const offer = await runInstead(text);
    assert.notDeepEqual(await contents(database, ['lonely', 'people', 'figures']), rows);
    await goBack(offer);
    assert.deepEqual(await contents(database, ['lonely', 'people', 'figures']), rows);
  });
}

test('what TRUNCATE … CASCADE empties is kept too', async () => {
  const all = ['aliases', 'people', 'pets'];
  const rows = await contents(database, all);
  const offer = await runInstead('TRUNCATE people CASCADE');
  assert.deepEqual(await contents(database, all), { aliases: [], people: [], pets: [] });
  await goBack(offer);
  assert.deepEqual(await contents(database, all), rows);
});
