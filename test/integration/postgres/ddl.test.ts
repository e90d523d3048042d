/** Definitions on a real server: what each does to the catalogue, the storage and everybody else, and that a rollback leaves nothing. */
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import type { ChangeLimits, ChangeStart, Session } from '../../../src/app/ports.ts';
import { definitionLines } from '../../../src/core/effect/catalog.ts';
import type { Preview } from '../../../src/core/effect/preview.ts';
import { mayWait } from '../../../src/core/policy/holding.ts';
import { createPostgresAnalyser } from '../../../src/adapters/sql/postgresAnalyser.ts';
import { limits, summary } from '../../contract/session.contract.ts';
import { createTestDatabase, type TestDatabase } from '../../support/postgres.ts';
import { openTestSession } from '../../support/postgresSession.ts';

const analyser = createPostgresAnalyser();
let database: TestDatabase;
let session: Session;
/** Everything about the database that a definition could change, as one text. */
let schemaBefore: string;

const schema = `
  CREATE TABLE customers (id int PRIMARY KEY, name text NOT NULL, note text);
  CREATE TABLE orders (id serial PRIMARY KEY, customer_id int NOT NULL REFERENCES customers ON DELETE CASCADE, total int DEFAULT 0 CHECK (total >= 0), state text);
  CREATE INDEX orders_total ON orders (total);
  CREATE VIEW totals AS SELECT customer_id, sum(total) AS total FROM orders GROUP BY customer_id;
  CREATE VIEW names AS SELECT id, name FROM customers;
  CREATE VIEW short_names AS SELECT left(name, 3) AS short FROM names;
  CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';
  CREATE TRIGGER touched BEFORE UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION touch();
  CREATE TYPE mood AS ENUM ('sad', 'ok');
  CREATE TABLE parts (id int, k int) PARTITION BY LIST (k);
  CREATE TABLE parts_1 PARTITION OF parts FOR VALUES IN (1);
  CREATE FUNCTION make_table() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN CREATE TABLE IF NOT EXISTS made (id int); RETURN new; END';
  CREATE TABLE makes (id int PRIMARY KEY);
  CREATE TRIGGER make BEFORE INSERT ON makes FOR EACH ROW EXECUTE FUNCTION make_table();
  CREATE FUNCTION locks_something() RETURNS int LANGUAGE sql AS 'SELECT 1 FROM (SELECT pg_advisory_lock(42)) AS l';
  CREATE SEQUENCE counter;
  CREATE TABLE parts_2 (id int, k int);
  INSERT INTO parts VALUES (1, 1), (2, 1), (3, 1);
  INSERT INTO parts_2 VALUES (4, 2);
  CREATE MATERIALIZED VIEW sums AS SELECT n AS customer_id FROM generate_series(1, 50) AS n;
  CREATE UNIQUE INDEX ON sums (customer_id);
  INSERT INTO customers SELECT n, 'c' || n, 'x' FROM generate_series(1, 50) AS n;
  INSERT INTO orders (customer_id, total) SELECT 1 + n % 50, n FROM generate_series(1, 200) AS n;
`;

before(async () => {
  database = await createTestDatabase(schema);
});
after(async () => await analyser.dispose());
beforeEach(async () => {
  session = await openTestSession(database);
  schemaBefore = await schemaNow();
});
afterEach(async () => {
  await session.close();
  assert.equal(await schemaNow(), schemaBefore, 'a preview changed the schema');
});

async function schemaNow(): Promise<string> {
  const [row] = await database.query(`SELECT concat(
    (SELECT string_agg(c.relname || c.relkind::text || c.relfilenode || coalesce(c.relacl::text, '') || c.relrowsecurity, ',' ORDER BY c.oid) FROM pg_class c WHERE relnamespace = 'public'::regnamespace),
    (SELECT string_agg(a.attrelid || a.attname || a.atttypid || a.attnotnull, ',' ORDER BY a.attrelid, a.attnum) FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid WHERE relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'v')),
    (SELECT string_agg(t.tgname || t.tgenabled::text, ',' ORDER BY t.oid) FROM pg_trigger t)) AS all_of_it`);
  return String(row.all_of_it);
}

async function begin(texts: readonly string[], changed: Partial<ChangeLimits> = {}): Promise<ChangeStart> {
  const { statements } = await analyser.analyse(texts.join(';\n'));
  return await session.beginChange({ statements, limits: { ...limits, ...changed }, signal: new AbortController().signal });
}

async function preview(texts: readonly string[]): Promise<Preview> {
  const start = await begin(texts);
  assert.ok(start.kind === 'open', start.kind === 'failed' ? start.failure.message : start.kind);
  await start.change.rollback();
  return start.change.preview;
}

type Row = {
  readonly sql: string;
  readonly lines: readonly string[];
  readonly rewrites?: string;
  readonly scans?: Readonly<Record<string, number>>;
  /** Table and what the strongest lock on it keeps out. */
  readonly locks: Readonly<Record<string, string>>;
};

const everything = 'reads and writes';

const rows: readonly Row[] = [
  { sql: 'CREATE TABLE fresh (id int PRIMARY KEY, v text DEFAULT 1)', lines: ['added table public.fresh'], locks: {} },
  { sql: 'CREATE TABLE copy AS SELECT * FROM orders', lines: ['added table public.copy'], locks: {} },
  { sql: 'ALTER TABLE orders ADD COLUMN z int', lines: ['added column public.orders.z: integer'], locks: { orders: everything } },
  { sql: 'ALTER TABLE orders ADD COLUMN z int NOT NULL DEFAULT 3', lines: ['added column public.orders.z: integer'], locks: { orders: everything } },
  { sql: 'ALTER TABLE customers ALTER COLUMN note SET NOT NULL', lines: ['changed column public.customers.note: not null none → yes'], scans: { customers: 50 }, locks: { customers: everything } },
  { sql: 'ALTER TABLE orders ALTER COLUMN state TYPE varchar(10)', lines: ['changed column public.orders.state: type text → character varying(10)'], rewrites: 'orders', scans: { orders: 200 }, locks: { orders: everything } },
  { sql: 'ALTER TABLE orders ALTER COLUMN total SET DEFAULT 5', lines: ['changed column public.orders.total: default 0 → 5'], locks: { orders: everything } },
  { sql: 'ALTER TABLE orders ALTER COLUMN total DROP DEFAULT', lines: ['changed column public.orders.total: default 0 → none'], locks: { orders: everything } },
  { sql: 'ALTER TABLE orders DROP COLUMN state', lines: ['dropped column public.orders.state: text'], locks: { orders: everything } },
  {
    sql: 'ALTER TABLE orders DROP COLUMN total CASCADE',
    lines: [
      'dropped column public.orders.total: integer',
      'dropped constraint public.orders.orders_total_check: CHECK ((total >= 0)), which no statement names',
      'dropped index public.orders_total: CREATE INDEX orders_total ON public.orders USING btree (total), which no statement names',
      'dropped view public.totals, which no statement names',
    ],
    locks: { orders: everything, totals: everything },
  },
  { sql: 'ALTER TABLE orders RENAME TO purchases', lines: ['changed table public.orders: name orders → purchases'], locks: { orders: everything } },
  { sql: 'ALTER TABLE customers RENAME COLUMN note TO remark', lines: ['changed column public.customers.note: name note → remark'], locks: { customers: everything } },
  { sql: 'ALTER TABLE orders ADD CONSTRAINT few CHECK (total < 1000)', lines: ['added constraint public.orders.few: CHECK ((total < 1000))'], scans: { orders: 200 }, locks: { orders: everything } },
  { sql: 'ALTER TABLE orders ADD CONSTRAINT few CHECK (total < 1000) NOT VALID', lines: ['added constraint public.orders.few: CHECK ((total < 1000)) NOT VALID'], locks: { orders: everything } },
  {
    sql: 'ALTER TABLE orders DISABLE TRIGGER ALL',
    lines: ['changed check of the foreign key public.orders.orders_customer_id_fkey: enabled yes → no', 'changed trigger public.orders.touched: enabled yes → no'],
    locks: { orders: 'writes' },
  },
  { sql: 'ALTER TABLE orders SET UNLOGGED', lines: ['changed table public.orders: storage none → unlogged', 'changed index public.orders_pkey: storage none → unlogged, which no statement names'], rewrites: 'orders', scans: { orders: 200 }, locks: { orders: everything } },
  { sql: 'CREATE INDEX by_state ON orders (state)', lines: ['added index public.by_state: CREATE INDEX by_state ON public.orders USING btree (state)'], scans: { orders: 200 }, locks: { orders: 'writes' } },
  { sql: 'DROP INDEX orders_total', lines: ['dropped index public.orders_total: CREATE INDEX orders_total ON public.orders USING btree (total)'], locks: { orders: everything } },
  {
    sql: 'DROP TABLE customers CASCADE',
    lines: [
      'dropped table public.customers',
      'dropped foreign key public.orders.orders_customer_id_fkey: FOREIGN KEY (customer_id) REFERENCES public.customers(id) ON DELETE CASCADE, which no statement names',
      'dropped view public.names, which no statement names',
      'dropped view public.short_names, which no statement names',
    ],
    locks: { customers: everything, names: everything, orders: everything, short_names: everything },
  },
  { sql: 'DROP VIEW totals', lines: ['dropped view public.totals'], locks: { totals: everything } },
  { sql: 'CREATE OR REPLACE VIEW names AS SELECT id, name FROM customers WHERE id > 3', lines: ['changed view public.names: query changed'], locks: { names: everything } },
  { sql: 'CREATE OR REPLACE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN old; END$$', lines: ['changed function public.touch(): definition changed'], locks: {} },
  { sql: 'GRANT SELECT ON orders TO public', lines: ['changed table public.orders: privileges none → {…}'], locks: {} },
  { sql: "ALTER TYPE mood ADD VALUE 'great'", lines: ['added value public.mood.great'], locks: {} },
  { sql: "COMMENT ON COLUMN orders.total IS 'in cents'", lines: ['changed column public.orders.total: comment none → in cents'], locks: { orders: 'definitions' } },
  { sql: 'CREATE POLICY small ON orders USING (total < 10)', lines: ['added policy public.orders.small'], locks: { orders: everything } },
  { sql: 'ALTER TABLE orders ENABLE ROW LEVEL SECURITY', lines: ['changed table public.orders: row security none → yes'], locks: { orders: everything } },
  { sql: 'ALTER TABLE parts DETACH PARTITION parts_1', lines: ['changed table public.parts_1: partition FOR VALUES IN (1) → none'], locks: { parts: everything, parts_1: everything } },
  { sql: 'CREATE SCHEMA apart', lines: ['added schema apart'], locks: {} },
  { sql: 'DO $$ BEGIN BEGIN DROP VIEW totals; RAISE EXCEPTION $x$no$x$; EXCEPTION WHEN OTHERS THEN NULL; END; END $$', lines: [], locks: {} },
  { sql: 'DO $$ BEGIN BEGIN DROP VIEW totals; EXCEPTION WHEN OTHERS THEN NULL; END; END $$', lines: ['dropped view public.totals'], locks: { totals: everything } },
];

describe('each definition tells what it changes, and what it locks, reads and writes anew', () => {
  for (const { sql, lines, rewrites, scans = {}, locks } of rows) {
    test(sql, async () => {
      const { definition, locks: held = [] } = await preview([sql]);
      assert.deepEqual(definitionLines(definition?.changes ?? []).map((line) => line.replace(/\{.*\}/u, '{…}')).filter((line) => !line.includes('orders_id_seq')), lines);
      assert.deepEqual(definition?.rewritten.map(({ table }) => table) ?? [], rewrites === undefined ? [] : [rewrites]);
      const scanned = Object.fromEntries((definition?.scanned ?? []).map(({ table, rows: read }) => [table.table, read]));
      assert.deepEqual(scanned, scans);
      assert.deepEqual(Object.fromEntries(held.map(({ table, blocks }) => [table.table, blocks]).toSorted()), locks);
      assert.equal(mayWait(held), !Object.values(locks).some((kept) => kept !== 'definitions'));
    });
  }
});

test('a role is told with its memberships', async () => {
  const role = `r_${database.database}`;
  const { definition } = await preview([`CREATE ROLE ${role} LOGIN`, `GRANT ${role} TO ${database.user}`]);
  assert.deepEqual(definitionLines(definition?.changes ?? []), [`added membership ${database.user} in ${role}`, `added role ${role}`]);
});

test('rows alone define nothing, and what a trigger defines is found all the same', async () => {
  const update = await preview(['UPDATE orders SET total = 1 WHERE id = 1']);
  assert.equal(update.definition, undefined);
  assert.deepEqual(update.locks?.map(({ table, blocks }) => [table.table, blocks]), [['orders', 'definitions']]);
  const insert = await preview(['INSERT INTO makes VALUES (1)']);
  assert.deepEqual(definitionLines(insert.definition?.changes ?? []), ['added table public.made, which no statement names']);
});

describe('rows that no counter counts are told of', () => {
  const rows: readonly (readonly [sql: string, says: string | undefined])[] = [
    ['ALTER TABLE parts DETACH PARTITION parts_1', 'public.parts_1 is no partition any more: its 3 rows stay in it, and are no longer found in the partitioned table.'],
    ['ALTER TABLE parts ATTACH PARTITION parts_2 FOR VALUES IN (2)', 'public.parts_2 becomes a partition: its 1 row are found in the partitioned table from then on.'],
    ['REFRESH MATERIALIZED VIEW sums', 'public.sums is computed anew: it had 50 rows, and has 50 rows now.'],
    ['REFRESH MATERIALIZED VIEW public.sums WITH NO DATA', 'public.sums is left without data: its 50 rows are gone, and it cannot be read until it is refreshed.'],
    ['REFRESH MATERIALIZED VIEW CONCURRENTLY sums', undefined],
  ];
  for (const [sql, says] of rows) {
    test(sql, async () => assert.deepEqual((await preview([sql])).notices, says === undefined ? [] : [says]));
  }
});

describe('rows that were added to a table which is altered, emptied or written anew are listed', () => {
  const rows: readonly (readonly [texts: readonly string[], table: string, after: readonly (readonly string[])[] | number, totals: boolean])[] = [
    [['ALTER TABLE makes ADD COLUMN z int', 'INSERT INTO makes VALUES (7, 8)'], 'makes', [['7', '8']], true],
    [['TRUNCATE parts', 'INSERT INTO parts VALUES (7, 1)'], 'parts', [['7', '1']], false],
    [['REFRESH MATERIALIZED VIEW sums'], 'sums', 50, false],
    [['ALTER TABLE orders ALTER COLUMN state TYPE varchar(10)', "INSERT INTO orders (id, customer_id) VALUES (900, 1)"], 'orders', [], false],
    [['ALTER TABLE parts_2 ADD COLUMN z int', 'INSERT INTO parts_2 VALUES (8, 2, 3)', 'DELETE FROM parts_2 WHERE id = 4'], 'parts_2', [], false],
  ];
  for (const [texts, table, after, hasTotals] of rows) {
    test(texts.join('; '), async () => {
      const start = await begin(texts);
      assert.ok(start.kind === 'open', start.kind === 'failed' ? start.failure.message : start.kind);
      const image = (await start.change.images()).find((each) => each.table.table === table);
      await start.change.rollback();
      const listed = image?.changes.map((change) => (change.kind === 'inserted' ? change.after : change.kind)) ?? [];
      assert.deepEqual(typeof after === 'number' ? listed.length : listed, after);
      assert.equal(image?.totals !== undefined, hasTotals);
      assert.equal(image?.incomplete === undefined, hasTotals);
    });
  }
});

test('emptying a table is no definition, but its lock waits for nobody', async () => {
  const truncate = await preview(['TRUNCATE orders']);
  assert.deepEqual(summary(truncate)['orders']?.slice(0, 3), [0, 0, 200]);
  assert.deepEqual([truncate.definition, mayWait(truncate.locks)], [undefined, false]);
});

test('a definition and rows in one change are both told', async () => {
  const both = await preview(['ALTER TABLE orders ADD COLUMN z int', 'UPDATE orders SET z = 1 WHERE id <= 10']);
  assert.deepEqual(definitionLines(both.definition?.changes ?? []), ['added column public.orders.z: integer']);
  assert.deepEqual(summary(both)['orders']?.slice(0, 3), [0, 10, 0]);
});

describe('what a rollback does not undo is named', () => {
  const rows: readonly (readonly [sql: string, says: RegExp])[] = [
    ["SELECT nextval('counter')", /sequence public\.counter stay used/],
    ["UPDATE customers SET note = nextval('counter')::text WHERE id = 1", /sequence public\.counter stay used/],
    ["DO $$ BEGIN PERFORM setval('counter', 5); END $$", /sequence public\.counter/],
    ['INSERT INTO orders (customer_id) VALUES (1)', /sequence public\.orders_id_seq stay used/],
    ['UPDATE customers SET note = locks_something()::text WHERE id = 1', /Advisory locks/],
    ["NOTIFY channel, 'x'", /Notifications are sent/],
    ["SELECT lo_from_bytea(0, 'x')", /Large objects/],
  ];
  for (const [sql, says] of rows) {
    test(sql, async () => {
      const { permanent } = await preview([sql]);
      assert.equal(permanent.filter((line) => says.test(line)).length, 1, permanent.join('\n'));
      assert.deepEqual(await database.query("SELECT pid FROM pg_locks WHERE locktype = 'advisory'"), []);
    });
  }

  test('an ordinary update names nothing', async () => {
    assert.deepEqual((await preview(['UPDATE customers SET note = NULL WHERE id = 1'])).permanent, []);
  });
});

describe('the cost is asked about before anything runs', () => {
  const rows: readonly (readonly [texts: readonly string[], expected: readonly [number, number] | undefined])[] = [
    [['UPDATE orders SET total = total'], [200, 0]],
    [['UPDATE orders SET total = 1 WHERE id = 3'], undefined],
    [['INSERT INTO customers SELECT n + 1000, $$x$$ FROM generate_series(1, 1000) AS n'], [1000, 0]],
    [['DELETE FROM customers WHERE id = 1', 'DELETE FROM orders'], [200, 1]],
    [["INSERT INTO customers VALUES (900, 'it''s \\ fine')"], undefined],
    [['ALTER TABLE orders ADD COLUMN z int', 'UPDATE orders SET z = 1 WHERE id = 1'], undefined],
    [['ALTER TABLE orders ALTER COLUMN state TYPE varchar(20)'], [200, 0]],
    [['ALTER TABLE orders ADD COLUMN z int', 'CREATE INDEX by_state ON orders (state)'], [200, 1]],
    [['CREATE INDEX by_note ON customers (note)'], undefined],
  ];
  for (const [texts, expected] of rows) {
    test(texts.join('; '), async () => {
      await database.query('ANALYZE orders; ANALYZE customers');
      const start = await begin(texts, { maxExpectedRows: 150 });
      assert.deepEqual(start.kind === 'costly' ? [start.expectedRows, start.statement] : undefined, expected);
      assert.equal(start.kind, expected === undefined ? 'open' : 'costly');
      if (start.kind === 'open') await start.change.rollback();
      assert.equal(session.transactionState(), 'none');
    });
  }

  test('a table that nobody analysed is known by its size, and one with partitions by theirs', async () => {
    await database.query(`CREATE TABLE fresh_big (id int, v text); ALTER TABLE fresh_big SET (autovacuum_enabled = off); INSERT INTO fresh_big SELECT n, 'x' FROM generate_series(1, 20000) AS n;
      CREATE TABLE split (id int, k int) PARTITION BY LIST (k); CREATE TABLE split_1 PARTITION OF split FOR VALUES IN (1); CREATE TABLE split_2 PARTITION OF split FOR VALUES IN (2);
      INSERT INTO split SELECT n, 1 + n % 2 FROM generate_series(1, 400) AS n; ANALYZE split_1; ANALYZE split_2`);
    try {
      const fresh = await begin(['ALTER TABLE fresh_big ALTER COLUMN v TYPE varchar(9)'], { maxExpectedRows: 1000 });
      assert.ok(fresh.kind === 'costly' && fresh.expectedRows > 1000, fresh.kind);
      const split = await begin(['ALTER TABLE split ALTER COLUMN id TYPE bigint'], { maxExpectedRows: 150 });
      assert.deepEqual(split.kind === 'costly' && split.expectedRows, 400);
    } finally {
      await database.query('DROP TABLE fresh_big, split');
      schemaBefore = await schemaNow();
    }
  });

  test('a mistake is still reported where it is', async () => {
    const start = await begin(['UPDATE orders SET nope = 1'], { maxExpectedRows: 150 });
    assert.ok(start.kind === 'failed');
    assert.deepEqual([start.statement, start.failure.position], [0, 18]);
  });
});
