/** Reads on a real server: what comes back, what never gets out, and what happens when things break. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { IntentReceipt, Session } from '../../../src/app/ports.ts';
import { open, read } from '../../contract/session.contract.ts';
import { createTestDatabase, startPostgres, type TestDatabase } from '../../support/postgres.ts';
import { openTestSession } from '../../support/postgresSession.ts';
import { startTcpProxy } from '../../support/tcpProxy.ts';

let database: TestDatabase;
let session: Session;

before(async () => {
  database = await createTestDatabase(`
    CREATE TYPE mood AS ENUM ('sad', 'ok');
    CREATE DOMAIN positive AS int CHECK (value > 0);
    CREATE TYPE pair AS (a int, b text);
    CREATE TABLE t (id int PRIMARY KEY, v text);
    INSERT INTO t VALUES (1, 'one');
    CREATE FUNCTION sneak() RETURNS int LANGUAGE sql AS $$ INSERT INTO t VALUES (2, 'two') RETURNING id $$;
    CREATE FUNCTION wander(path text) RETURNS text LANGUAGE sql AS $$ SELECT set_config('search_path', path, false) $$`);
  session = await openTestSession(database);
});

after(async () => {
  await session.close();
});

async function reopen(): Promise<void> {
  await session.close();
  session = await openTestSession(database);
}

describe('what comes back', () => {
  const values: readonly (readonly [sql: string, value: string | null, type: string])[] = [
    ['9223372036854775807::int8', '9223372036854775807', 'bigint'],
    ['123456789.123456789000::numeric(30,12)', '123456789.123456789000', 'numeric(30,12)'],
    ["'2024-02-29 12:34:56.789012+00'::timestamptz", '2024-02-29 12:34:56.789012+00', 'timestamp with time zone'],
    [String.raw`'\x00ff'::bytea`, String.raw`\x00ff`, 'bytea'],
    ["'{\"a\": 1}'::jsonb", '{"a": 1}', 'jsonb'],
    ["ARRAY[1,NULL,3]", '{1,NULL,3}', 'integer[]'],
    ["'infinity'::float8", 'Infinity', 'double precision'],
    ['true', 't', 'boolean'],
    ["''", '', 'text'],
    ['NULL::text', null, 'text'],
    ["'ok'::mood", 'ok', 'mood'],
    ["ARRAY['ok'::mood]", '{ok}', 'mood[]'],
    ["ROW(1,'x')::pair", '(1,x)', 'pair'],
    ['5::positive', '5', 'integer'],
    ["'a😀b'", 'a😀b', 'text'],
  ];
  for (const [sql, value, type] of values) {
    test(`${sql} is ${String(value)} of type ${type}`, async () => {
      const { rows, columns } = await read(session, `SELECT ${sql} AS c`);
      assert.deepEqual(rows, [[value]]);
      assert.deepEqual(columns, [{ name: 'c', type }]);
    });
  }

  test('types are called as the server calls them', async () => {
    const types = [
      'bool', '"char"', 'name', 'int2', 'int4', 'int8', 'regproc', 'oid', 'tid', 'xid', 'cid', 'json', 'jsonb', 'xml', 'point', 'lseg', 'path', 'box', 'polygon', 'line', 'cidr',
      'float4', 'float8', 'circle', 'macaddr', 'macaddr8', 'money', 'inet', 'char(3)', 'bpchar', 'varchar', 'varchar(7)', 'date', 'time', 'time(2)', 'timestamp', 'timestamp(0)',
      'timestamptz', 'timestamptz(3)', 'interval', 'interval(2)', 'interval day to second', 'timetz', 'timetz(1)', 'bit(3)', 'varbit', 'varbit(9)', 'numeric', 'numeric(5)',
      'numeric(10,2)', 'numeric(3,-2)', 'numeric(1000,0)', 'uuid', 'pg_lsn', 'tsvector', 'tsquery', 'int4range', 'numrange', 'tsrange', 'tstzrange', 'daterange', 'int8range',
      'jsonpath', 'xid8', 'int4multirange', 'regclass', 'regtype', 'txid_snapshot', 'text[]', 'varchar(3)[]', 'numeric(4,1)[]', 'timestamp(3)[]', 'char(2)[]', 'mood[]', 'mood',
      'bool[]', 'bytea[]', 'int2[]', 'int8[]', 'float4[]', 'float8[]', 'uuid[]', 'jsonb[]', 'json[]', 'inet[]', 'date[]', 'time[]', 'timestamptz[]', 'interval[]', 'name[]',
      'timetz[]', 'cidr[]', 'oid[]', 'tsvector[]', 'pair', 'pair[]', 't',
    ];
    await database.query(`CREATE TABLE every_type (${types.map((type, index) => `c${String(index)} ${type}`).join(', ')})`);
    const { columns } = await read(session, 'SELECT * FROM every_type');
    const expected = await database.query("SELECT format_type(atttypid, atttypmod) AS type FROM pg_attribute WHERE attrelid = 'every_type'::regclass AND attnum > 0 ORDER BY attnum");
    assert.deepEqual(columns.map(({ type }) => type), expected.map(({ type }) => type));
  });

  test('notices come along', async () => {
    await database.query("CREATE FUNCTION speak() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RAISE NOTICE 'hello'; RAISE WARNING 'careful'; RETURN 1; END $$");
    assert.deepEqual((await read(session, 'SELECT speak()')).notices, ['hello', 'careful']);
  });

  test('COPY TO STDOUT gives its lines', async () => {
    const { end, rows, columns } = await read(session, 'COPY (VALUES (1, NULL), (2, $$x$$)) TO STDOUT');
    assert.deepEqual([end.kind, rows, columns], ['done', [['1\t\\N'], ['2\tx']], [{ name: 'copy', type: 'text' }]]);
  });

  test('a cell of 50 MB comes whole', async () => {
    const { end, rows } = await read(session, "SELECT repeat('é', 25000000)");
    assert.equal(end.kind, 'done');
    assert.equal(rows[0]?.[0]?.length, 25_000_000);
  });

  test('a row too large to be held stops the result, not the process', async () => {
    const { end, rows } = await read(session, "SELECT repeat('x', i * 1000) FROM generate_series(1, 100) AS i", { byteLimit: 50_000 });
    assert.equal(end.kind === 'done' && end.truncated, 'byte-limit');
    assert.ok(rows.length >= 8 && rows.length <= 10, String(rows.length));
    assert.equal((await read(session, 'SELECT 1')).end.kind, 'done');
  });

  test('1664 columns come, and beyond that the server says why not', async () => {
    const columns = (count: number) => `SELECT ${Array.from({ length: count }, (_, index) => String(index)).join(', ')}`;
    assert.equal((await read(session, columns(1664))).columns.length, 1664);
    const { end } = await read(session, columns(2000));
    assert.equal(end.kind === 'failed' && end.failure.sqlState, '54011');
    assert.match(end.kind === 'failed' ? end.failure.message : '', /1664/);
  });

  test('a sink that throws ends its result, and the session goes on', async () => {
    const sink = { columns: () => undefined, rows: () => { throw new Error('full disk'); }, notice: () => undefined };
    const { end } = await read(session, 'SELECT i FROM generate_series(1, 500000) AS i', { sink, rowLimit: 1e6 });
    assert.equal(end.kind === 'failed' && end.failure.message, 'full disk');
    assert.equal((await read(session, 'SELECT 1')).end.kind, 'done');
  });

  test('memory does not grow with the rows that are not wanted', async () => {
    const idle = process.memoryUsage.rss();
    const { end } = await read(session, "SELECT i, repeat('x', 200) FROM generate_series(1, 2000000) AS i", { rowLimit: 1000 });
    assert.equal(end.kind === 'done' && end.rows, 1000);
    assert.ok(process.memoryUsage.rss() - idle < 64 * 1024 * 1024);
  });
});

describe('what never gets out', () => {
  const refused: readonly (readonly [text: string, sqlState: string])[] = [
    ['INSERT INTO t VALUES (3)', '25006'],
    ['WITH w AS (DELETE FROM t RETURNING 1) SELECT * FROM w', '25006'],
    ['SELECT sneak()', '25006'],
    ['SELECT id FROM t FOR UPDATE', '25006'],
    ["DO $$ BEGIN INSERT INTO t VALUES (4); END $$", '25006'],
    ['EXPLAIN ANALYZE DELETE FROM t', '25006'],
    ['SET TRANSACTION READ WRITE', '25001'],
    ['SET transaction_read_only = off', '25001'],
    ["SELECT set_config('transaction_read_only', 'off', false)", '25001'],
    ['SELECT 1; DELETE FROM t', '42601'],
    ['COPY t FROM STDIN', '25006'],
  ];
  for (const [text, sqlState] of refused) {
    test(text, async () => {
      const { end } = await read(session, text);
      assert.equal(end.kind === 'failed' && end.failure.sqlState, sqlState);
      assert.deepEqual(await database.query('SELECT * FROM t'), [{ id: 1, v: 'one' }]);
      assert.equal(session.transactionState(), 'none');
    });
  }

  test('COMMIT and BEGIN leave nothing open and nothing behind', async () => {
    for (const text of ['COMMIT', 'ROLLBACK', 'BEGIN', 'COMMIT AND CHAIN']) await read(session, text);
    assert.equal(session.transactionState(), 'none');
    assert.equal((await read(session, 'SELECT 1')).end.kind, 'done');
  });

  for (const text of ["SELECT 'a\0b'", "SELECT 'a\ud800'"]) {
    test(`a text the server cannot read is not sent: ${JSON.stringify(text)}`, async () => {
      const { end } = await read(session, text);
      assert.match(end.kind === 'failed' ? end.failure.message : '', /Nothing was sent/);
      assert.equal((await read(session, 'SELECT 1')).end.kind, 'done');
    });
  }
});

describe('a session that is not as it was', () => {
  test('search_path changed by a function: nothing runs, and it is named', async () => {
    // In a committed change a function can do what it cannot in a read.
    const change = await open(session, ["SELECT wander('other')"]);
    await change.commit({ id: 'x' } as IntentReceipt);
    const { end } = await read(session, 'SELECT sneak()');
    assert.match(end.kind === 'failed' ? end.failure.message : '', /search_path/);
    assert.equal((await session.lost).code, 'connection');
    await reopen();
  });

  test('settings the person made directly are the new state', async () => {
    assert.equal((await read(session, "SET search_path = other", {}, 'execute')).end.kind, 'done');
    assert.deepEqual((await read(session, 'SHOW search_path')).rows, [['other']]);
    await reopen();
  });

  for (const [name, value] of [['client_encoding', 'GBK'], ['standard_conforming_strings', 'off']] as const) {
    test(`${name} = ${value}: refused by the server, or nothing is sent any more`, async () => {
      const { end: set } = await read(session, `SET ${name} = ${value}`, {}, 'execute');
      if (set.kind !== 'done') return;
      const { end } = await read(session, 'SELECT 1');
      assert.match(end.kind === 'failed' ? end.failure.message : '', new RegExp(name));
      await reopen();
    });
  }
});

describe('when things break', () => {
  test('a server killed while it answers', async () => {
    const server = await startPostgres({ name: 'doomed' });
    const doomed = await openTestSession({ ...server, database: 'postgres' });
    const reading = read(doomed, 'SELECT pg_sleep(50)');
    while ((await server.query("SELECT FROM pg_stat_activity WHERE wait_event = 'PgSleep'")).rowCount === 0);
    await server.stop('crash');
    const { end } = await reading;
    assert.equal(end.kind === 'failed' && end.failure.code, 'connection');
    assert.equal((await doomed.lost).code, 'connection');
    assert.equal(doomed.transactionState(), 'lost');
    const { end: again } = await read(doomed, 'SELECT 1');
    assert.equal(again.kind === 'failed' && again.failure.code, 'connection');
  });

  test('an administrator ends the session while it runs', async () => {
    const own = await openTestSession(database);
    const [row] = (await read(own, 'SELECT pg_backend_pid()')).rows;
    const reading = read(own, 'SELECT pg_sleep(50)');
    while ((await database.query("SELECT FROM pg_stat_activity WHERE pid = $1 AND query LIKE '%pg_sleep(50)'", [row?.[0]])).length === 0);
    await database.query('SELECT pg_terminate_backend($1)', [row?.[0]]);
    const { end } = await reading;
    assert.equal(end.kind === 'failed' && end.failure.sqlState, '57P01');
    await own.close();
  });

  test('a line that breaks in the middle of a result', async () => {
    const proxy = await startTcpProxy(database);
    const own = await openTestSession(database, { port: proxy.port });
    const cut = proxy.cutAfterBytes(100_000);
    const { end, rows } = await read(own, 'SELECT i FROM generate_series(1, 1000000) AS i', { rowLimit: 1e6 });
    await cut;
    assert.equal(end.kind === 'failed' && end.failure.code, 'connection');
    assert.ok(rows.length > 0);
    await own.close();
    await proxy.stop();
  });

  test('the line beside it is opened again when it broke', async () => {
    const own = await openTestSession(database);
    await database.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE '%(metadata)'");
    await database.query("CREATE TYPE late AS ENUM ('a')");
    assert.deepEqual((await read(own, "SELECT 'a'::late AS c")).columns, [{ name: 'c', type: 'late' }]);
    await own.close();
  });
});
