import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import pg from 'pg';
import { createPostgresAnalyser } from '../../../src/adapters/sql/postgresAnalyser.ts';
import { createTestDatabase, type TestDatabase } from '../../support/postgres.ts';

const analyser = createPostgresAnalyser();
let database: TestDatabase;
let client: pg.Client;

before(async () => {
  database = await createTestDatabase(`
    CREATE TABLE t (id int PRIMARY KEY, a text, b int);
    CREATE TABLE u (id int, t_id int, x boolean);
    INSERT INTO t SELECT n, 'x' || n, n % 3 FROM generate_series(1, 12) n;
    INSERT INTO u SELECT n, n % 5, n % 2 = 0 FROM generate_series(1, 20) n;
    CREATE SEQUENCE s;
    CREATE SCHEMA "odd schema";
    CREATE TABLE "odd schema"."where" ("from" int, "set" int);
    INSERT INTO "odd schema"."where" VALUES (1, 2), (3, 4);
  `);
  client = new pg.Client({ connectionString: database.url() });
  await client.connect();
});
after(async () => {
  await client.end();
  await analyser.dispose();
});

describe('a query for the rows of a change counts what the change touches', () => {
  const rows: readonly string[] = [
    'DELETE FROM t',
    'DELETE FROM t WHERE id > 5',
    'DELETE FROM ONLY t AS x WHERE x.id IN (SELECT t_id FROM u)',
    'DELETE FROM t x RETURNING x.*',
    'DELETE FROM t USING u WHERE t.id = u.t_id AND u.x RETURNING t.id',
    'DELETE FROM t USING u JOIN u v USING (id) WHERE t.id = v.t_id',
    'DELETE FROM public.t WHERE b = 1 OR b = 2 -- or all\n',
    'DELETE FROM "odd schema"."where" WHERE "from" = 1',
    'WITH k AS (SELECT t_id FROM u WHERE x) DELETE FROM t WHERE id IN (SELECT t_id FROM k)',
    'WITH k AS MATERIALIZED (SELECT t_id FROM u) /* no; update */ DELETE FROM t USING k WHERE k.t_id = t.id',
    'UPDATE t SET b = 1',
    "UPDATE t SET a = 'where from set', b = (SELECT max(b) FROM t WHERE id > 5) WHERE id < 4",
    'UPDATE t AS x SET (a, b) = (SELECT a, b FROM t WHERE id = 1) FROM u WHERE x.id = u.t_id RETURNING *',
    'UPDATE t SET a = (b IS DISTINCT FROM 1)::text WHERE id = 1',
    'UPDATE t SET a = b IS NOT DISTINCT FROM 1 WHERE id = 1',
    'UPDATE "odd schema"."where" SET "set" = 5 WHERE "set" > 0 -- all\n',
    'UPDATE t SET a = $$ where $$ WHERE a LIKE \'x1%\'',
    "INSERT INTO t VALUES (100, 'a', 1), (101, 'b', 2)",
    "INSERT INTO t (id, a) SELECT id + 200, 'from select' FROM u WHERE x ORDER BY id LIMIT 3 RETURNING id",
    "INSERT INTO t AS x (id) SELECT id + 300 FROM u ON CONFLICT (id) DO UPDATE SET a = 'y'",
    'INSERT INTO t (id) WITH n AS (SELECT 400 AS id) SELECT id FROM n',
    'WITH n AS (SELECT 500 AS id) INSERT INTO t (id) SELECT id FROM n',
    'INSERT INTO "odd schema"."where" TABLE "odd schema"."where"',
    'DELETE FROM t WHERE false',
  ];
  for (const sql of rows) {
    it(sql, async () => {
      const preview = await analyser.preview(sql);
      // A cast makes the assigned value of another type than the column: the statement itself fails then, and counts nothing.
      assert.ok(preview, 'no query');
      await client.query('BEGIN');
      try {
        const counted = await client.query(preview.count);
        const sampled = await client.query(preview.sample);
        const changed = await client.query(sql).catch((error: unknown) => {
          if (error instanceof pg.DatabaseError && error.code === '42804') return { rowCount: counted.rows[0].count };
          throw error;
        });
        assert.equal(Number(counted.rows[0].count), Number(changed.rowCount));
        assert.equal(sampled.rowCount, Number(changed.rowCount));
      } finally {
        await client.query('ROLLBACK');
      }
    });
  }
});

describe('no query is better than a wrong one', () => {
  const rows: readonly string[] = [
    'SELECT 1',
    'DROP TABLE t',
    '',
    'DELETE FROM t; DELETE FROM u',
    'DELETE FROM t WHERE CURRENT OF c',
    'INSERT INTO t DEFAULT VALUES',
    'INSERT INTO t VALUES (DEFAULT)',
    "INSERT INTO t VALUES (nextval('s'))",
    'DELETE FROM t WHERE fw(id)',
    'WITH d AS (DELETE FROM u RETURNING *) DELETE FROM t USING d WHERE d.t_id = t.id',
    'MERGE INTO t USING u ON t.id = u.id WHEN MATCHED THEN DELETE',
    'DELETE FROM t WHERE',
    'DELETE t',
    'EXPLAIN DELETE FROM t',
    'DELETE FROM t WHERE id IN (SELECT id FROM u FOR UPDATE)',
  ];
  for (const sql of rows) {
    it(sql, async () => {
      assert.equal(await analyser.preview(sql), undefined);
    });
  }
});
