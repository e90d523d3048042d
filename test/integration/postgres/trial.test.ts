/** A definition tried on an empty copy tells what the same definition does to the table itself, and locks nobody out. */
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import pg from 'pg';
import type { ChangeLimits, ChangeStart, Session } from '../../../src/app/ports.ts';
import { createPostgresAnalyser } from '../../../src/adapters/sql/postgresAnalyser.ts';
import { definitionLines } from '../../../src/core/effect/catalog.ts';
import type { Preview } from '../../../src/core/effect/preview.ts';
import { compareRuns } from '../../../src/core/effect/sameEffect.ts';
import { limits } from '../../contract/session.contract.ts';
import { createTestDatabase, type TestDatabase } from '../../support/postgres.ts';
import { openTestSession } from '../../support/postgresSession.ts';

const analyser = createPostgresAnalyser();
let database: TestDatabase;
let session: Session;

before(async () => {
  database = await createTestDatabase(`
    CREATE SCHEMA "Odd place";
    CREATE TABLE customers (id int PRIMARY KEY, name text NOT NULL UNIQUE);
    CREATE TABLE "Odd place"."Big one" (id int PRIMARY KEY, "From" text);
    CREATE TABLE orders (
      id serial PRIMARY KEY, customer_id int NOT NULL REFERENCES customers ON DELETE CASCADE, total int DEFAULT 0 CHECK (total >= 0), state text, code varchar(10),
      twice int GENERATED ALWAYS AS (total * 2) STORED, CONSTRAINT later CHECK (state <> '') NOT VALID
    );
    CREATE TABLE items (order_id int REFERENCES orders, n int);
    CREATE INDEX orders_total ON orders (total DESC) WHERE total > 10;
    CREATE UNIQUE INDEX orders_code ON orders (lower(code), id);
    CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';
    CREATE TRIGGER touched BEFORE UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION touch();
    CREATE TABLE parts (id int, k int) PARTITION BY LIST (k);
    CREATE TABLE parts_1 PARTITION OF parts FOR VALUES IN (1);
    INSERT INTO customers SELECT n, 'c' || n FROM generate_series(1, 50) AS n;
    INSERT INTO orders (customer_id, total, state, code) SELECT 1 + n % 50, n, 's', n FROM generate_series(1, 200) AS n;
    INSERT INTO "Odd place"."Big one" SELECT n, 'x' FROM generate_series(1, 200) AS n;
    INSERT INTO parts SELECT n, 1 FROM generate_series(1, 200) AS n;
    ANALYZE`);
  session = await openTestSession(database);
});
after(async () => {
  await session.close();
  await analyser.dispose();
});
afterEach(async () => {
  assert.deepEqual(await database.query("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'countersign%'"), [], 'a copy was left behind');
});

async function begin(by: Session, text: string, changed: Partial<ChangeLimits> = {}): Promise<ChangeStart> {
  const { statements } = await analyser.analyse(text);
  return await by.beginChange({ statements, limits: { ...limits, ...changed }, signal: new AbortController().signal });
}

async function tried(text: string, by = session): Promise<Preview | undefined> {
  const start = await begin(by, text, { maxExpectedRows: 150 });
  assert.ok(start.kind === 'costly', start.kind === 'failed' ? start.failure.message : start.kind);
  assert.equal(by.transactionState(), 'none');
  return start.trial;
}

/** What it really does. */
async function rehearsed(text: string): Promise<Preview> {
  const start = await begin(session, text);
  assert.ok(start.kind === 'open', start.kind === 'failed' ? start.failure.message : start.kind);
  await start.change.rollback();
  return start.change.preview;
}

/** Writers of both tables, at work meanwhile: whoever wants to keep them out has to wait. */
async function whileOthersWrite<Result>(work: () => Promise<Result>): Promise<Result> {
  const writer = new pg.Client({ connectionString: database.url() });
  await writer.connect();
  try {
    await writer.query('BEGIN; LOCK TABLE orders, customers, items, "Odd place"."Big one" IN ROW EXCLUSIVE MODE');
    return await work();
  } finally {
    await writer.end();
  }
}

const definitions: readonly string[] = [
  'ALTER TABLE orders ALTER COLUMN state TYPE varchar(20)',
  'ALTER TABLE orders ALTER COLUMN code TYPE varchar(20)',
  'ALTER TABLE public.orders ALTER COLUMN "state" TYPE varchar(20)',
  'alter table only Public.Orders alter state type varchar(20) using left(public.orders.state, 20)',
  'ALTER TABLE orders ALTER COLUMN customer_id TYPE bigint',
  'ALTER TABLE orders ALTER COLUMN id TYPE bigint',
  'ALTER TABLE orders ALTER COLUMN state SET NOT NULL',
  'ALTER TABLE orders ADD CONSTRAINT few CHECK (total < 1000)',
  'ALTER TABLE orders ADD CHECK (total < 1000)',
  'ALTER TABLE orders ADD COLUMN at timestamptz DEFAULT clock_timestamp()',
  'ALTER TABLE orders ADD COLUMN z int CHECK (z > 0)',
  'ALTER TABLE orders ADD COLUMN z int REFERENCES customers',
  'ALTER TABLE orders ADD COLUMN z serial',
  'ALTER TABLE orders ADD CONSTRAINT known FOREIGN KEY (total) REFERENCES public.orders (id) NOT VALID, ADD COLUMN z int GENERATED ALWAYS AS (total + 1) STORED',
  'ALTER TABLE orders ADD CONSTRAINT codes UNIQUE (code)',
  'ALTER TABLE orders DROP CONSTRAINT orders_total_check, ALTER COLUMN state TYPE varchar(10)',
  'ALTER TABLE "Odd place"."Big one" SET UNLOGGED',
  'CREATE INDEX by_state ON orders (state)',
  'CREATE UNIQUE INDEX ON public.orders (code)',
  'ALTER TABLE "Odd place"."Big one" ALTER COLUMN "From" TYPE varchar(3)',
];

describe('a definition of a big table', () => {
  for (const text of definitions) {
    test(text, async () => {
      const trial = await whileOthersWrite(async () => await tried(text));
      assert.ok(trial, 'it could not be tried');
      const real = await rehearsed(text);
      assert.equal(trial.definition?.onCopy, true);
      assert.ok(trial.definition.changes.length > 0);
      assert.deepEqual(trial.definition.rewritten, real.definition?.rewritten);
      const home = (preview: Preview) => ({
        scanned: preview.definition?.scanned.filter(({ table: { table } }) => table === 'orders' || table === 'Big one'),
        lock: preview.locks?.find(({ table: { table } }) => table === 'orders' || table === 'Big one')?.mode,
      });
      assert.deepEqual(home(trial), home(real));
      assert.deepEqual(compareRuns({ preview: trial }, { preview: real }), []);
    });
  }

  test('one that does not fit its copy, or names what a copy has not, stays to be asked about', async () => {
    for (const text of [
      'ALTER TABLE orders ALTER COLUMN nope TYPE bigint',
      'ALTER TABLE orders ADD COLUMN z int, ALTER COLUMN state TYPE varchar(9); ALTER TABLE orders ADD COLUMN y int',
      'ALTER TABLE orders ADD COLUMN z int REFERENCES parts',
      'ALTER TABLE parts ALTER COLUMN id TYPE bigint',
    ]) {
      const start = await begin(session, text, { maxExpectedRows: 150 });
      assert.ok(start.kind === 'costly', text);
      assert.equal(start.trial, undefined, text);
      assert.equal(session.transactionState(), 'none');
    }
  });

  test('is tried among temporary tables by who may make no schema', async () => {
    const role = `owner_${database.database}`;
    await database.query(`CREATE ROLE ${role} LOGIN; CREATE SCHEMA own AUTHORIZATION ${role}; SET ROLE ${role}; CREATE TABLE own.big (id int PRIMARY KEY, v text);
      INSERT INTO own.big SELECT n, 'x' FROM generate_series(1, 200) AS n; RESET ROLE; ANALYZE own.big`);
    const theirs = await openTestSession({ host: database.host, port: database.port, user: role, database: database.database });
    try {
      const trial = await tried('ALTER TABLE own.big ALTER COLUMN v TYPE varchar(4)', theirs);
      assert.deepEqual(definitionLines(trial?.definition?.changes ?? []), ['changed column own.big.v: type text → character varying(4)']);
      assert.deepEqual([trial?.definition?.rewritten, trial?.definition?.scanned], [[{ schema: 'own', table: 'big' }], [{ table: { schema: 'own', table: 'big' }, rows: 200 }]]);
    } finally {
      await theirs.close();
    }
  });
});
