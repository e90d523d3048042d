/** Attempts to change something by what looks harmless: through the whole path, and past the classifier on the session itself. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { read } from '../../contract/session.contract.ts';
import { assertNotFinal, createAttackPath, type AttackPath } from '../../support/attackPath.ts';
import { createTestDatabase, type TestDatabase } from '../../support/postgres.ts';
import { openTestSession, testProfile } from '../../support/postgresSession.ts';

const attacks: readonly { readonly name: string; readonly sql: string }[] = [
  { name: 'a second statement', sql: 'SELECT 1; DELETE FROM victim' },
  { name: 'a second statement behind a comment with a quote', sql: "SELECT 1 /* '*/; DROP TABLE victim; --'" },
  { name: 'a second statement behind a nested comment', sql: 'SELECT 1 /* /* */ */; DROP TABLE victim' },
  { name: 'a second statement behind a lone carriage return', sql: 'SELECT 1 -- \r; DROP TABLE victim' },
  { name: 'a second statement behind a backslash', sql: String.raw`SELECT 'a\' , '; DROP TABLE victim; --'` },
  { name: 'a second statement behind a character that ends in a backslash in another encoding', sql: String.raw`SELECT E'ああい\' ; DROP TABLE victim; --'` },
  { name: 'a second statement behind dollar quotes', sql: 'SELECT $$a$$; DROP TABLE victim; --$$' },
  { name: 'a write behind WITH', sql: 'WITH gone AS (DELETE FROM victim RETURNING id) SELECT count(*) FROM gone' },
  { name: 'a function that writes', sql: 'SELECT writes()' },
  { name: 'a function that writes, once for each row', sql: 'SELECT id FROM victim WHERE writes() > 0' },
  { name: 'a function with the name of a built-in one and a better signature', sql: 'SELECT lower(name) FROM named' },
  { name: 'a built-in function that executes a text', sql: "SELECT query_to_xml('SELECT writes()', true, true, '')" },
  { name: 'another built-in function that executes a text', sql: "SELECT * FROM ts_stat('SELECT to_tsvector(writes()::text)')" },
  { name: 'an operator with a better signature', sql: 'SELECT p + p FROM pairs' },
  { name: 'a cast of a type of users', sql: 'SELECT p::int FROM pairs' },
  { name: 'a function written like a column', sql: 'SELECT victim.shown FROM victim' },
  { name: 'a view over a function that writes', sql: 'SELECT * FROM hidden' },
  { name: 'an aggregate of users', sql: 'SELECT writing_sum(id) FROM victim' },
  { name: 'a policy of a table', sql: 'SELECT * FROM guarded' },
  { name: 'EXPLAIN ANALYZE of a write', sql: 'EXPLAIN ANALYZE DELETE FROM victim' },
  { name: 'EXPLAIN (ANALYZE) said twice', sql: 'EXPLAIN (ANALYZE off, ANALYZE) DELETE FROM victim' },
  { name: 'EXPLAIN ANALYZE CREATE TABLE AS', sql: 'EXPLAIN ANALYZE CREATE TABLE evil AS SELECT 1' },
  { name: 'EXPLAIN ANALYZE CREATE MATERIALIZED VIEW', sql: 'EXPLAIN ANALYZE CREATE MATERIALIZED VIEW evil AS SELECT 1' },
  { name: 'EXPLAIN ANALYZE SELECT INTO', sql: 'EXPLAIN ANALYZE SELECT 1 AS a INTO evil' },
  { name: 'SELECT INTO', sql: 'SELECT 1 AS a INTO evil' },
  { name: 'a sequence', sql: "SELECT nextval('numbers')" },
  { name: 'a sequence set back', sql: "SELECT setval('numbers', 1000)" },
  { name: 'a large object', sql: 'SELECT lo_create(4242)' },
  { name: 'a row lock', sql: 'SELECT * FROM victim FOR UPDATE' },
  { name: 'DO', sql: 'DO $$ BEGIN DELETE FROM victim; END $$' },
  { name: 'DO with COMMIT', sql: 'DO $$ BEGIN DELETE FROM victim; COMMIT; END $$' },
  { name: 'a procedure that writes', sql: 'CALL removes()' },
  { name: 'a procedure that commits', sql: 'CALL commits()' },
  { name: 'a prepared write', sql: 'PREPARE p AS DELETE FROM victim; EXECUTE p' },
  { name: 'TRUNCATE', sql: 'TRUNCATE victim' },
  { name: 'DROP', sql: 'DROP TABLE victim' },
  { name: 'GRANT', sql: 'GRANT ALL ON victim TO PUBLIC' },
  { name: 'REFRESH', sql: 'REFRESH MATERIALIZED VIEW counted' },
  { name: 'a COMMIT in front of a write', sql: 'COMMIT; DELETE FROM victim' },
  { name: 'a writable transaction in front of a write', sql: 'SET TRANSACTION READ WRITE; DELETE FROM victim' },
  { name: 'a writable transaction by a function', sql: "SELECT set_config('transaction_read_only', 'off', true), writes()" },
  { name: 'a writable session by a function', sql: "SELECT set_config('default_transaction_read_only', 'off', false), writes()" },
  { name: 'a transaction that others finish', sql: "PREPARE TRANSACTION 'evil'" },
  { name: 'COPY into a table', sql: "COPY victim FROM PROGRAM 'echo 9'" },
  { name: 'COPY of a write', sql: 'COPY (DELETE FROM victim RETURNING id) TO STDOUT' },
  { name: 'a cursor over a write', sql: 'DECLARE c CURSOR FOR SELECT writes(); FETCH c' },
];

let database: TestDatabase;
let path: AttackPath;
let untouched: string;
let user: string;

before(async () => {
  database = await createTestDatabase();
  user = `${database.database}_writer`;
  await database.query(`CREATE ROLE ${user} LOGIN; ALTER DATABASE ${database.database} OWNER TO ${user}; GRANT ALL ON SCHEMA public TO ${user}; SET ROLE ${user};
    CREATE TABLE victim (id int PRIMARY KEY, v int);
    INSERT INTO victim VALUES (1, 1), (2, 2), (3, 3);
    CREATE SEQUENCE numbers;
    CREATE FUNCTION writes() RETURNS int LANGUAGE plpgsql AS $$ BEGIN INSERT INTO victim SELECT max(id) + 1, 0 FROM victim; RETURN 1; END $$;
    CREATE TABLE named (name varchar); INSERT INTO named VALUES ('x');
    CREATE FUNCTION lower(varchar) RETURNS text LANGUAGE sql AS $$ SELECT writes()::text $$;
    CREATE TYPE pair AS (a int);
    CREATE FUNCTION plus(pair, pair) RETURNS int LANGUAGE sql AS $$ SELECT writes() $$;
    CREATE OPERATOR + (LEFTARG = pair, RIGHTARG = pair, FUNCTION = plus);
    CREATE FUNCTION to_number(pair) RETURNS int LANGUAGE sql AS $$ SELECT writes() $$;
    CREATE CAST (pair AS int) WITH FUNCTION to_number(pair);
    CREATE TABLE pairs (p pair); INSERT INTO pairs VALUES (ROW(1));
    CREATE FUNCTION shown(victim) RETURNS int LANGUAGE sql AS $$ SELECT writes() $$;
    CREATE VIEW hidden AS SELECT writes() AS x;
    CREATE FUNCTION step(int, int) RETURNS int LANGUAGE sql AS $$ SELECT writes() $$;
    CREATE AGGREGATE writing_sum(int) (SFUNC = step, STYPE = int, INITCOND = '0');
    CREATE TABLE guarded (id int); INSERT INTO guarded VALUES (1);
    ALTER TABLE guarded ENABLE ROW LEVEL SECURITY; ALTER TABLE guarded FORCE ROW LEVEL SECURITY;
    CREATE POLICY writing ON guarded USING (writes() > 0);
    CREATE PROCEDURE removes() LANGUAGE sql AS $$ DELETE FROM victim $$;
    CREATE PROCEDURE commits() LANGUAGE plpgsql AS $$ BEGIN DELETE FROM victim; COMMIT; END $$;
    CREATE MATERIALIZED VIEW counted AS SELECT count(*) FROM victim`);
  path = createAttackPath(testProfile({ ...database, user }), undefined);
  untouched = await look();
});
after(() => path.dispose());

/** Everything an attack could have changed, seen by somebody else. */
async function look(): Promise<string> {
  const rows = await database.query('SELECT * FROM victim ORDER BY id').catch((error: unknown) => [String(error)]);
  const [facts] = await database.query(`SELECT
    (SELECT string_agg(concat_ws(' ', relname, relkind, relacl), ', ' ORDER BY relname) FROM pg_class WHERE relnamespace = 'public'::regnamespace) AS objects,
    (SELECT concat_ws(' ', last_value, is_called) FROM numbers) AS sequence,
    (SELECT count(*)::int FROM pg_largeobject_metadata) AS large,
    (SELECT count(*)::int FROM pg_prepared_xacts) AS prepared`);
  return JSON.stringify([rows, facts]);
}

for (const stance of ['reading', 'declining'] as const) {
  describe(`what looks harmless changes nothing for a person who is ${stance}`, () => {
    for (const { name, sql } of attacks) {
      test(name, async () => {
        const isSequence = stance === 'declining' && sql.includes("'numbers'");
        assertNotFinal(await path.run(sql, stance), sql);
        // What a sequence hands out is never taken back; the review says so beforehand.
        if (isSequence) untouched = await look();
        assert.equal(await look(), untouched);
        assert.equal((await path.run('SELECT 1', stance)).kind, 'read', 'the document goes on');
      });
    }
  });
}

describe('called a read although it is none', () => {
  for (const { name, sql } of attacks) {
    test(name, async () => {
      const session = await openTestSession({ host: database.host, port: database.port, database: database.database, user });
      await read(session, sql);
      await session.close();
      assert.equal(await look(), untouched);
    });
  }
});

test('the path is a real one: what is declined was measured, and is undone', async () => {
  const outcome = await path.run('DELETE FROM victim WHERE id < 3', 'declining');
  assert.ok(outcome.kind === 'rolled-back', outcome.kind);
  assert.equal(outcome.preview?.effects[0]?.deleted, 2);
  assert.equal(await look(), untouched);
});

describe('state switched by an earlier statement: what follows is not sent, and the person is told which', () => {
  const settings: readonly (readonly [sql: string, guard: RegExp])[] = [
    ["SET client_encoding = 'GBK'", /client_encoding/],
    ["SET client_encoding = 'SJIS'", /client_encoding/],
    ['SET standard_conforming_strings = off', /standard_conforming_strings/],
  ];
  for (const [sql, guard] of settings) {
    test(sql, async () => {
      const connection = testProfile({ ...database, user }, { environment: 'development', protected: false });
      const first = await path.run(sql, 'reading', connection);
      const outcome = await path.run(String.raw`SELECT 'ああい', 'a\'`, 'reading', connection);
      await path.close();
      assert.equal(await look(), untouched);
      // Either the server did not take the setting, or nothing is sent under it.
      if (first.kind === 'committed') assert.match(outcome.kind === 'failed' ? outcome.failure.message : outcome.kind, guard);
    });
  }
});
