import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import pg from 'pg';
import { createPostgresAnalyser } from '../../../src/adapters/sql/postgresAnalyser.ts';
import { createTestDatabase, type TestDatabase } from '../../support/postgres.ts';
import { corpus } from './corpus.ts';

const analyser = createPostgresAnalyser();
let database: TestDatabase;
let client: pg.Client;

/** Tables of the names the labelled texts use, so that as many as possible run. */
const setup = `
  CREATE TABLE t (id int, a text, b text, c numeric, x int, y int, z int, e int[]);
  CREATE TABLE u (id int, t_id int, b text, x boolean);
  CREATE TABLE v (id int, c text);
  CREATE TABLE w (id int, d text);
  CREATE SEQUENCE s;
  INSERT INTO t SELECT n, 'x' || n FROM generate_series(1, 20) n;
  INSERT INTO u SELECT n, n FROM generate_series(1, 5) n;
  CREATE TABLE log (what text);
  CREATE FUNCTION fw() RETURNS int LANGUAGE plpgsql AS $$ BEGIN INSERT INTO log VALUES ('fw'); RETURN 1; END $$;
`;

before(async () => {
  database = await createTestDatabase(setup);
  client = new pg.Client({ connectionString: database.url() });
  await client.connect();
});
after(async () => {
  await client.end();
  await analyser.dispose();
});

/** Runs one statement as reads are run; the SQLSTATE when the server refused it. */
async function runReadOnly(text: string): Promise<string | undefined> {
  await client.query('BEGIN READ ONLY');
  await client.query("SET LOCAL statement_timeout = '5s'");
  await client.query('SELECT 1');
  try {
    await client.query({ text, values: [] });
    return undefined;
  } catch (error) {
    return error instanceof pg.DatabaseError ? error.code : 'none';
  } finally {
    await client.query('ROLLBACK');
  }
}

describe('what is called a read', () => {
  it('is never refused as a write by a server that keeps the transaction read-only', async () => {
    let accepted = 0;
    for (const { sql } of corpus) {
      const { statements } = await analyser.analyse(sql);
      for (const statement of statements) {
        // COPY TO STDOUT needs a reader.
        if (statement.class !== 'read' || statement.kind === 'copy') continue;
        const state = await runReadOnly(statement.text);
        assert.notEqual(state, '25006', statement.text);
        if (state === undefined) accepted++;
      }
    }
    assert.ok(accepted > 100, `only ${String(accepted)} reads ran at all`);
  });

  it('leaves the database as it was', async () => {
    assert.deepEqual(await database.query('SELECT (SELECT count(*)::int FROM log) AS log, (SELECT is_called FROM s) AS moved, count(*)::int AS rows FROM t'), [{ log: 0, moved: false, rows: 20 }]);
  });
});

describe('what a text alone cannot show is stopped by the server', () => {
  const hidden: readonly [name: string, setup: string, sql: string][] = [
    ['a view that calls a function', 'CREATE VIEW hidden_view AS SELECT fw()', 'SELECT * FROM hidden_view'],
    ['a function of the same name with a better signature', 'CREATE FUNCTION public.lower(varchar) RETURNS int LANGUAGE sql AS $$ SELECT fw() $$; CREATE TABLE names (n varchar); INSERT INTO names VALUES (1)', 'SELECT lower(n) FROM names'],
    ['an operator of the same name with a better signature', 'CREATE TYPE pair AS (a int); CREATE FUNCTION plus(pair, pair) RETURNS int LANGUAGE sql AS $$ SELECT fw() $$; CREATE OPERATOR + (LEFTARG = pair, RIGHTARG = pair, FUNCTION = plus); CREATE TABLE pairs (p pair); INSERT INTO pairs VALUES (ROW(1))', 'SELECT p + p FROM pairs'],
    ['a domain of a column, checked for a value that is made into it', "CREATE FUNCTION checked(text) RETURNS boolean LANGUAGE sql AS $$ SELECT fw() = 1 $$; CREATE DOMAIN guarded AS text CHECK (checked(VALUE)); CREATE TABLE kept (v guarded); INSERT INTO kept VALUES ('a'); DELETE FROM log", `SELECT jsonb_populate_record(kept, '{"v": "x"}') FROM kept`],
    ['a domain of a column, checked for an element of an array', 'SELECT 1', "SELECT array_append(array_agg(v), 'y') FROM kept"],
    ['a cast that nobody wrote', "CREATE TYPE colour AS ENUM ('red'); CREATE FUNCTION named(colour) RETURNS text LANGUAGE sql AS $$ SELECT fw()::text $$; CREATE CAST (colour AS text) WITH FUNCTION named(colour) AS IMPLICIT; CREATE TABLE painted (c colour); INSERT INTO painted VALUES ('red')", 'SELECT lower(c) FROM painted'],
    ['a function written like a column', 'CREATE FUNCTION shown(t) RETURNS int LANGUAGE sql AS $$ SELECT fw() $$', 'SELECT t.shown FROM t'],
  ];
  for (const [name, prepare, sql] of hidden) {
    it(name, async () => {
      await database.query(prepare);
      assert.equal((await analyser.analyse(sql)).class, 'read');
      assert.equal(await runReadOnly(sql), '25006');
    });
  }
});
