/** What a change does that its rows do not show is said in words. */
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import type { Session } from '../../../src/app/ports.ts';
import { createTestDatabase, type TestDatabase } from '../../support/postgres.ts';
import { openTestSession } from '../../support/postgresSession.ts';
import { closeAnalyser, openChange, receipt } from '../undo/undoRounds.ts';

let database: TestDatabase;
let session: Session;

before(async () => {
  database = await createTestDatabase(`
    CREATE TABLE parents (id int PRIMARY KEY); INSERT INTO parents VALUES (1), (2);
    CREATE TABLE children (id int PRIMARY KEY, parent int REFERENCES parents ON DELETE CASCADE); INSERT INTO children VALUES (1, 1);
    CREATE FUNCTION sly() RETURNS int LANGUAGE plpgsql AS $$ BEGIN SET LOCAL session_replication_role = replica; DELETE FROM parents WHERE id = 1; RETURN 1; END $$;
    CREATE FUNCTION tell() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_notify('changes', new.id::text); RETURN new; END $$;
    CREATE FUNCTION shout() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF new.id < 0 THEN PERFORM dblink_exec('other', 'SELECT 1'); END IF; RETURN new; END $$;
    CREATE TABLE told (id int PRIMARY KEY, v int); INSERT INTO told VALUES (1, 1); CREATE TRIGGER tell BEFORE UPDATE ON told FOR EACH ROW EXECUTE FUNCTION tell();
    CREATE TABLE shouted (id int PRIMARY KEY, v int); INSERT INTO shouted VALUES (1, 1); CREATE TRIGGER shout BEFORE UPDATE ON shouted FOR EACH ROW EXECUTE FUNCTION shout();`);
});
beforeEach(async () => {
  session = await openTestSession(database);
});
afterEach(() => session.close());
after(closeAnalyser);

const said: readonly (readonly [text: string, says: RegExp])[] = [
  ['SELECT sly()', /Triggers and foreign keys were switched off while this ran/],
  ['UPDATE told SET v = 2', /The trigger tell on public\.told may send notifications: they go out at COMMIT/],
  ['UPDATE shouted SET v = 2', /The trigger shout on public\.shouted calls dblink_exec, which may act outside of this transaction/],
];

for (const [text, says] of said) {
  test(text, async () => {
    const change = await openChange(session, text);
    await change.rollback();
    assert.match([...change.preview.notices, ...change.preview.permanent].join('\n'), says);
  });
}

test('nothing of it is said of a change that does none of it', async () => {
  const change = await openChange(session, 'DELETE FROM parents WHERE id = 2');
  await change.rollback();
  assert.deepEqual([change.preview.notices, change.preview.permanent], [[], []]);
});

test('a way back is tried with the triggers and foreign keys that it will meet', async () => {
  await database.query("CREATE TABLE IF NOT EXISTS barred (id int PRIMARY KEY, v int); INSERT INTO barred VALUES (1, 1); CREATE OR REPLACE FUNCTION bar() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no way'; END $$; CREATE TRIGGER bar BEFORE UPDATE ON barred FOR EACH ROW EXECUTE FUNCTION bar(); CREATE FUNCTION around() RETURNS int LANGUAGE plpgsql AS $$ BEGIN SET LOCAL session_replication_role = replica; UPDATE barred SET v = 2; RETURN 1; END $$");
  const change = await openChange(session, 'SELECT around()');
  const undo = await change.undo?.();
  await change.rollback();
  assert.match(undo?.kind === 'none' ? undo.reason : JSON.stringify(undo), /no way/);
});

test('rows of a temporary table are not told from what nobody can read', async () => {
  const made = await openChange(session, 'CREATE TEMP TABLE scratch AS SELECT * FROM parents');
  await made.commit(receipt);
  const change = await openChange(session, 'UPDATE scratch SET id = id + 1');
  const [image] = await change.images();
  const fingerprint = await change.fingerprint?.();
  const undo = await change.undo?.();
  await change.rollback();
  assert.deepEqual([image?.totals, image?.changes], [undefined, []]);
  assert.match(image?.incomplete ?? '', /temporary table/);
  assert.equal(fingerprint?.kind === 'fingerprint' && fingerprint.complete, false);
  assert.match(undo?.kind === 'none' ? undo.reason : '', /temporary table/);
});
