/** A way back that the server accepts and that yet would not lead back: refused before COMMIT, or said what it leaves. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { createTestDatabase } from '../../support/postgres.ts';
import { openTestSession } from '../../support/postgresSession.ts';
import { closeAnalyser, openChange, receipt, runUndo } from './undoRounds.ts';

after(closeAnalyser);

const orders = (onDelete: string) => `
  CREATE TABLE orders (id int PRIMARY KEY, number int UNIQUE); INSERT INTO orders VALUES (1, 100), (2, 200);
  CREATE TABLE lines (id int PRIMARY KEY, number int REFERENCES orders (number) ON DELETE ${onDelete}); INSERT INTO lines VALUES (1, 100), (2, 200);`;
const stamped = `
  CREATE TABLE people (id int PRIMARY KEY, name text, version int DEFAULT 1); INSERT INTO people VALUES (1, 'Ada'), (2, 'Bob');
  CREATE FUNCTION stamp() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN new.version = old.version + 1; RETURN new; END $$;
  CREATE TRIGGER stamp BEFORE UPDATE ON people FOR EACH ROW EXECUTE FUNCTION stamp();`;
const welcoming = `
  CREATE TABLE people (id int PRIMARY KEY, name text); INSERT INTO people VALUES (1, 'Ada');
  CREATE TABLE mails (id serial PRIMARY KEY, person int);
  CREATE FUNCTION welcome() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO mails (person) VALUES (new.id); RETURN NULL; END $$;
  CREATE TRIGGER welcome AFTER INSERT ON people FOR EACH ROW EXECUTE FUNCTION welcome();`;
const keyless = `
  CREATE TABLE codes (code text UNIQUE, note text); INSERT INTO codes VALUES ('a', 'x'), ('b', 'y');
  CREATE TABLE uses (id int PRIMARY KEY, code text REFERENCES codes (code) ON DELETE CASCADE); INSERT INTO uses VALUES (1, 'a');`;

type Case = readonly [name: string, schema: string, change: string, says: RegExp];

const refused: readonly Case[] = [
  ['rows that hang on another unique column would be deleted', orders('CASCADE'), 'UPDATE orders SET id = id + 10', /taking it back would change rows of public\.lines, which the change did not touch/],
  ['or lose what they point to', orders('SET NULL'), 'UPDATE orders SET id = id + 10', /taking it back would change rows of public\.lines/],
  ['rows that hang on a table without a key would be deleted', keyless, "UPDATE codes SET note = 'z'", /taking it back would change rows of public\.uses/],
];

for (const [name, schema, text, says] of refused) {
  test(name, async () => {
    await inDatabase(schema, async (session) => {
      const change = await openChange(session, text);
      const undo = await change.undo?.();
      await change.rollback();
      assert.match(undo?.kind === 'none' ? undo.reason : JSON.stringify(undo), says);
    });
  });
}

/** Columns that come back as they were. */
const told: readonly (readonly [...Case, same: string])[] = [
  ['a trigger that counts every update', stamped, "UPDATE people SET name = 'x' WHERE id = 1", /In public\.people 1 row does not come back exactly as before: the trigger stamp on public\.people/, 'SELECT id, name FROM people ORDER BY id'],
  ['an update made of a deletion and an insertion', stamped, "DELETE FROM people WHERE id = 1; INSERT INTO people VALUES (1, 'Eve', 1)", /In public\.people 1 row does not come back exactly/, 'SELECT id, name FROM people ORDER BY id'],
  ['a trigger that greets whoever comes back', welcoming, 'DELETE FROM people', /On the way back the trigger welcome on public\.people writes to public\.mails/, 'SELECT * FROM people'],
];

for (const [name, schema, text, says, same] of told) {
  test(name, async () => {
    await inDatabase(schema, async (session, look) => {
      const before = await look.query(same);
      const change = await openChange(session, text);
      const undo = await change.undo?.();
      assert.ok(undo?.kind === 'steps', JSON.stringify(undo));
      assert.match(undo.leaves.join('\n'), says);
      assert.deepEqual(await change.commit(receipt), { kind: 'acknowledged' });
      await runUndo(session, undo);
      assert.deepEqual(await look.query(same), before);
    });
  });
}

type Work = (session: Awaited<ReturnType<typeof openTestSession>>, database: Awaited<ReturnType<typeof createTestDatabase>>) => Promise<void>;

async function inDatabase(schema: string, work: Work): Promise<void> {
  const database = await createTestDatabase(schema);
  const session = await openTestSession(database);
  try {
    await work(session, database);
  } finally {
    await session.close();
  }
}
