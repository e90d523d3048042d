/** Changes on a real server: every shape of statement is measured exactly, and nothing that fails leaves a trace. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { afterEach, before, beforeEach, describe, test } from 'node:test';
import type { IntentReceipt, Session } from '../../../src/app/ports.ts';
import type { RowChange, TableImages } from '../../../src/core/effect/preview.ts';
import { begin, changesOf, open, read, summary } from '../../contract/session.contract.ts';
import { createTestDatabase, type TestDatabase } from '../../support/postgres.ts';
import { openTestSession } from '../../support/postgresSession.ts';

const receipt = { id: 'x' } as IntentReceipt;

let database: TestDatabase;
let session: Session;

before(async () => {
  database = await createTestDatabase(`
    CREATE TABLE a (id int PRIMARY KEY, v text, n int DEFAULT 0);
    CREATE TABLE log (id serial PRIMARY KEY, what text);
    CREATE TABLE nokey (v text);
    CREATE TABLE uniq (id int NOT NULL UNIQUE, v text);
    CREATE TABLE "Mixed Case" ("The Id" int PRIMARY KEY, "countersign" text, "ctid_" int);
    CREATE TABLE moves (id int, k int, v text, PRIMARY KEY (id, k)) PARTITION BY LIST (k);
    CREATE TABLE moves_1 PARTITION OF moves FOR VALUES IN (1);
    CREATE TABLE moves_2 (v text, k int NOT NULL, id int NOT NULL);
    ALTER TABLE moves ATTACH PARTITION moves_2 FOR VALUES IN (2);
    CREATE TABLE parent (id int PRIMARY KEY, v text);
    CREATE TABLE kid () INHERITS (parent);
    CREATE VIEW front AS SELECT id, v FROM a;
    CREATE TABLE deferred_parent (id int PRIMARY KEY, v text);
    CREATE TABLE deferred_child (id int PRIMARY KEY, p int REFERENCES deferred_parent DEFERRABLE INITIALLY DEFERRED);
    CREATE FUNCTION swallow() RETURNS void LANGUAGE plpgsql AS $$
      BEGIN
        BEGIN UPDATE a SET n = n + 1; RAISE EXCEPTION 'no'; EXCEPTION WHEN OTHERS THEN NULL; END;
        UPDATE a SET v = 'kept' WHERE id = 1;
      END $$;
    CREATE FUNCTION clear_log() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN TRUNCATE log; RETURN NULL; END $$`);
});

beforeEach(async () => {
  await database.query(`TRUNCATE a, log, nokey, uniq, "Mixed Case", moves, parent, deferred_parent, deferred_child CASCADE;
    INSERT INTO a SELECT i, 'v' || i FROM generate_series(1, 10) AS i;
    INSERT INTO nokey SELECT 'n' || i FROM generate_series(1, 3) AS i;
    INSERT INTO uniq SELECT i, 'u' || i FROM generate_series(1, 3) AS i;
    INSERT INTO "Mixed Case" SELECT i, 'm' || i, i FROM generate_series(1, 3) AS i;
    INSERT INTO moves SELECT i, 1, 'w' || i FROM generate_series(1, 4) AS i;
    INSERT INTO parent VALUES (1, 'p1'); INSERT INTO kid VALUES (2, 'k2');
    INSERT INTO log (what) SELECT 'old' FROM generate_series(1, 5)`);
  session = await openTestSession(database);
});

afterEach(async () => {
  await session.close();
});

/** What a change does, measured and then rolled back. */
async function preview(texts: readonly string[]): Promise<{ effects: ReturnType<typeof summary>; images: readonly TableImages[]; permanent: readonly string[]; notices: readonly string[] }> {
  const change = await open(session, texts);
  const images = await change.images();
  await change.rollback();
  assert.equal(session.transactionState(), 'none');
  return { effects: summary(change.preview), images, permanent: change.preview.permanent, notices: change.preview.notices };
}

function kinds(changes: readonly RowChange[]): string {
  return changes.map(({ kind }) => kind).join(' ');
}

describe('every shape of statement is measured', () => {
  const shapes: readonly (readonly [text: string, effects: ReturnType<typeof summary>, rows: Record<string, string>])[] = [
    ['UPDATE a SET id = id + 100 WHERE id < 3', { a: [0, 2, 0, 'statement'] }, { a: 'deleted deleted inserted inserted' }],
    ['UPDATE a SET v = v WHERE id = 1', { a: [0, 1, 0, 'statement'] }, { a: '' }],
    ["INSERT INTO a VALUES (1, 'x'), (11, 'y') ON CONFLICT (id) DO UPDATE SET v = excluded.v", { a: [1, 1, 0, 'statement'] }, { a: 'updated inserted' }],
    ['WITH gone AS (DELETE FROM a WHERE id = 1 RETURNING v) INSERT INTO nokey SELECT v FROM gone', { a: [0, 0, 1, 'code the statement calls'], nokey: [1, 0, 0, 'code the statement calls'] }, { a: 'deleted', nokey: 'inserted' }],
    ["MERGE INTO a USING (VALUES (1), (77)) AS s(id) ON a.id = s.id WHEN MATCHED THEN DELETE WHEN NOT MATCHED THEN INSERT VALUES (s.id, 'm')", { a: [1, 0, 1, 'code the statement calls'] }, { a: 'deleted inserted' }],
    ["UPDATE nokey SET v = 'x' WHERE v = 'n1'", { nokey: [0, 1, 0, 'statement'] }, { nokey: 'updated' }],
    ["UPDATE nokey SET v = 'x'", { nokey: [0, 3, 0, 'statement'] }, { nokey: 'updated updated updated' }],
    ["UPDATE nokey SET v = v || 'x'", { nokey: [0, 3, 0, 'statement'] }, { nokey: 'deleted deleted deleted inserted inserted inserted' }],
    ["UPDATE uniq SET v = 'x' WHERE id > 1", { uniq: [0, 2, 0, 'statement'] }, { uniq: 'updated updated' }],
    ['UPDATE "Mixed Case" SET "countersign" = NULL WHERE "The Id" = 2', { 'Mixed Case': [0, 1, 0, 'statement'] }, { 'Mixed Case': 'updated' }],
    ['UPDATE moves SET k = 2 WHERE id = 1', { moves: [1, 0, 1, 'statement'] }, { moves: 'updated' }],
    ["UPDATE moves SET v = 'x' WHERE id < 3", { moves: [0, 2, 0, 'statement'] }, { moves: 'updated updated' }],
    ["UPDATE parent SET v = 'x'", { kid: [0, 1, 0, 'child table of the target'], parent: [0, 1, 0, 'statement'] }, { kid: 'updated', parent: 'updated' }],
    ["UPDATE front SET v = 'x' WHERE id = 1", { a: [0, 1, 0, 'through view front'] }, { a: 'updated' }],
    ['SELECT swallow()', { a: [0, 11, 0, 'code the statement calls'] }, { a: 'updated' }],
    ["INSERT INTO log (what) VALUES ('x')", { log: [1, 0, 0, 'statement'] }, { log: 'inserted' }],
    ['CREATE TABLE made AS SELECT * FROM a', { made: [10, 0, 0, 'code the statement calls'] }, { made: Array(10).fill('inserted').join(' ') }],
  ];
  for (const [text, effects, rows] of shapes) {
    test(text, async () => {
      const seen = await preview([text]);
      assert.deepEqual(seen.effects, effects);
      assert.deepEqual(Object.fromEntries(Object.keys(rows).map((table) => [table, kinds(changesOf(seen.images, table))])), rows);
    });
  }

  test('a partition with its columns in another order is shown in the order of its parent', async () => {
    await database.query("INSERT INTO moves VALUES (9, 2, 'nine')");
    const { images } = await preview(["UPDATE moves SET v = 'x' WHERE id = 9"]);
    assert.deepEqual(changesOf(images, 'moves'), [{ kind: 'updated', before: ['9', '2', 'nine'], after: ['9', '2', 'x'] }]);
  });

  test('what an earlier change of the session did is not counted again', async () => {
    for (let round = 0; round < 3; round += 1) {
      const change = await open(session, ["UPDATE a SET v = 'again'"]);
      assert.deepEqual(summary(change.preview), { a: [0, 10, 0, 'statement'] });
      assert.deepEqual(change.preview.permanent, []);
      await change.commit(receipt);
      await read(session, 'SELECT 1');
    }
    const quiet = await open(session, ['DELETE FROM nokey']);
    assert.deepEqual(Object.keys(summary(quiet.preview)), ['nokey']);
    await quiet.rollback();
  });

  test('statements that set the time zone for themselves have not ended their transaction', async () => {
    const { effects } = await preview(["DO $$ BEGIN PERFORM set_config('TimeZone', 'Asia/Tokyo', true); UPDATE a SET n = 1 WHERE id = 1; END $$"]);
    assert.deepEqual(effects, { a: [0, 1, 0, 'code the statement calls'] });
  });

  test('the sequence behind an inserted row is named', async () => {
    const { permanent } = await preview(["INSERT INTO log (what) VALUES ('x')"]);
    assert.deepEqual(permanent, ['Numbers taken from the sequence public.log_id_seq stay used after a rollback.']);
  });

  test('a search path that leads to look-alikes does not disturb the measuring', async () => {
    await database.query(`CREATE SCHEMA decoy; CREATE TABLE decoy.pg_class (oid oid);
      CREATE FUNCTION decoy.pg_stat_get_xact_tuples_updated(oid) RETURNS bigint LANGUAGE sql AS 'SELECT 0::bigint'`);
    await read(session, 'SET search_path = decoy, public, pg_catalog', {}, 'execute');
    const change = await open(session, ["UPDATE a SET v = 'x'"]);
    assert.deepEqual(summary(change.preview), { a: [0, 10, 0, 'statement'] });
    assert.equal(changesOf(await change.images(), 'a').length, 10);
    await change.rollback();
  });
});

describe('several statements are told apart', () => {
  /** `table +inserted ~updated -deleted` for each statement. */
  async function shares(texts: readonly string[]): Promise<readonly (readonly string[])[]> {
    const change = await open(session, texts);
    await change.rollback();
    return change.preview.statements.map(({ effects }) => (effects ?? []).map(({ table, inserted, updated, deleted, emptied }) => `${table.table} +${String(inserted)} ~${String(updated)} -${String(deleted)}${emptied === true ? ' emptied' : ''}`));
  }

  const rows: readonly (readonly [texts: readonly string[], expected: readonly (readonly string[])[]])[] = [
    [['DELETE FROM a'], [[]]],
    [["UPDATE a SET v = 'x' WHERE id < 3", 'DELETE FROM a WHERE id = 1', "INSERT INTO nokey VALUES ('n')"], [['a +0 ~2 -0'], ['a +0 ~0 -1'], ['nokey +1 ~0 -0']]],
    [["UPDATE a SET v = 'x'", 'TRUNCATE a', "INSERT INTO a VALUES (1, 'new')"], [['a +0 ~10 -0'], ['a +0 ~0 -10 emptied'], ['a +1 ~0 -0']]],
    [['TRUNCATE a', 'TRUNCATE moves'], [['a +0 ~0 -10 emptied'], ['moves +0 ~0 -4 emptied']]],
    [["UPDATE uniq SET v = 'x'", 'DROP TABLE uniq'], [['uniq +0 ~3 -0'], ['uniq +0 ~0 -3 emptied']]],
  ];
  for (const [texts, expected] of rows) {
    test(texts.join('; '), async () => {
      assert.deepEqual(await shares(texts), expected);
    });
  }

  test('a failing statement among others is named', async () => {
    const start = await begin(session, ['DELETE FROM a', 'DELETE FROM nokey', 'DELETE FROM nope', 'DELETE FROM uniq']);
    assert.equal(start.kind === 'failed' && start.statement, 2);
  });

  test('what came of earlier changes is in no share', async () => {
    const change = await open(session, ["UPDATE a SET v = 'once'"]);
    await change.commit(receipt);
    assert.deepEqual(await shares(["UPDATE a SET v = 'x' WHERE id = 1", 'DELETE FROM a WHERE id = 2']), [['a +0 ~1 -0'], ['a +0 ~0 -1']]);
  });
});

describe('what is known of an effect', () => {
  test('rows of the table before, counted where that is cheap', async () => {
    const change = await open(session, ['DELETE FROM a WHERE id < 4']);
    await change.rollback();
    assert.deepEqual(change.preview.effects.map(({ tableRows, cause, exactness }) => ({ tableRows, cause, exactness })), [{ tableRows: 10, cause: 'statement', exactness: 'exact' }]);
  });

  test('of a partitioned table as well as the server knows', async () => {
    await database.query('ANALYZE moves_1; ANALYZE moves_2');
    const change = await open(session, ['DELETE FROM moves WHERE id = 1']);
    await change.rollback();
    assert.equal(change.preview.effects[0]?.tableRows, 4);
  });

  test('an attempt that was undone does not change it', async () => {
    const change = await open(session, ['DO $$ BEGIN BEGIN DELETE FROM a; RAISE EXCEPTION $x$no$x$; EXCEPTION WHEN OTHERS THEN NULL; END; END $$', 'UPDATE a SET n = 1 WHERE id = 1']);
    const [images] = await change.images();
    await change.rollback();
    assert.deepEqual(change.preview.effects.map(({ table, updated, deleted, tableRows }) => [table.table, updated, deleted, tableRows]), [['a', 1, 10, 10]]);
    assert.deepEqual(images?.totals, { inserted: 0, updated: 1, deleted: 0 });
  });
});

describe('emptied and removed tables count what they held', () => {
  const rows: readonly (readonly [text: string, effects: ReturnType<typeof summary>])[] = [
    ['TRUNCATE a', { a: [0, 0, 10, 'statement'] }],
    ['TRUNCATE moves', { moves: [0, 0, 4, 'statement'] }],
    ['TRUNCATE parent', { kid: [0, 0, 1, 'child table of the target'], parent: [0, 0, 1, 'statement'] }],
    ['TRUNCATE deferred_parent CASCADE', { deferred_child: [0, 0, 2, 'cascade from deferred_parent'], deferred_parent: [0, 0, 3, 'statement'] }],
    ['DROP TABLE a CASCADE', { a: [0, 0, 10, 'statement'] }],
    ['DROP TABLE moves', { moves: [0, 0, 4, 'statement'] }],
    ['DROP TABLE moves_1', { moves: [0, 0, 4, 'statement'] }],
  ];
  for (const [text, effects] of rows) {
    test(text, async () => {
      await database.query('INSERT INTO deferred_parent VALUES (1), (2), (3); INSERT INTO deferred_child VALUES (1, 1), (2, 2)');
      const change = await open(session, [text]);
      assert.deepEqual(summary(change.preview), effects);
      assert.ok(change.preview.effects.every(({ emptied }) => emptied === true));
      assert.ok((await change.images()).every(({ incomplete }) => incomplete !== undefined));
      await change.rollback();
    });
  }

  test('by a trigger: what was lost is estimated, and it is said', async () => {
    await database.query('ANALYZE log; CREATE TRIGGER clear AFTER DELETE ON a FOR EACH STATEMENT EXECUTE FUNCTION clear_log()');
    try {
      const { effects, notices } = await preview(['DELETE FROM a WHERE id = 1']);
      assert.deepEqual(effects, { a: [0, 0, 1, 'statement'], log: [0, 0, 5, 'trigger clear on a'] });
      assert.match(notices.join(), /public\.log is the server's estimate/);
    } finally {
      await database.query('DROP TRIGGER clear ON a');
    }
  });

  test('rewriting a table keeps its rows', async () => {
    const { effects, images } = await preview(['ALTER TABLE a ADD COLUMN r float DEFAULT random()']);
    assert.deepEqual(effects, {});
    assert.deepEqual(images, []);
  });

  test('rows that are changed and then lost are counted once', async () => {
    const { effects } = await preview(["UPDATE a SET v = 'x'", 'TRUNCATE a', "INSERT INTO a VALUES (1, 'new')"]);
    assert.deepEqual(effects, { a: [1, 0, 10, 'statement'] });
  });
});

describe('other people’s work does not show', () => {
  test('rows that are only locked are not taken for changed ones', async () => {
    await database.query('INSERT INTO deferred_parent VALUES (1), (2), (3); INSERT INTO deferred_child VALUES (1, 1), (2, 2)');
    await database.query('BEGIN; SELECT * FROM a FOR UPDATE; ROLLBACK');
    const { images } = await preview(["UPDATE a SET v = 'x' WHERE id = 5", 'DELETE FROM deferred_parent WHERE id = 3']);
    assert.deepEqual(changesOf(images, 'a'), [{ kind: 'updated', before: ['5', 'v5', '0'], after: ['5', 'x', '0'] }]);
    assert.deepEqual(changesOf(images, 'deferred_parent'), [{ kind: 'deleted', before: ['3', null] }]);
  });

  test('an old version is found behind a lock that is shared', async () => {
    await database.query('INSERT INTO deferred_parent VALUES (1)');
    const other = await openTestSession(database);
    const holder = await open(other, ['INSERT INTO deferred_child VALUES (1, 1)']);
    // The other's reference and our update now share the mark on the old version.
    const change = await open(session, ["UPDATE deferred_parent SET v = 'x'"]);
    assert.deepEqual(changesOf(await change.images(), 'deferred_parent'), [{ kind: 'updated', before: ['1', null], after: ['1', 'x'] }]);
    await change.rollback();
    await holder.rollback();
    await other.close();
  });

  test('rows committed by others meanwhile are neither seen nor counted', async () => {
    const change = await open(session, ["UPDATE a SET v = 'mine' WHERE id = 1"]);
    await database.query("UPDATE a SET v = 'theirs' WHERE id = 2; INSERT INTO a VALUES (50, 'theirs'); DELETE FROM a WHERE id = 3");
    assert.deepEqual(changesOf(await change.images(), 'a'), [{ kind: 'updated', before: ['1', 'v1', '0'], after: ['1', 'mine', '0'] }]);
    assert.deepEqual(await change.commit(receipt), { kind: 'acknowledged' });
    assert.equal((await database.query('SELECT FROM a')).length, 10);
  });

  test('a row somebody changed first is taken up again on fresh data', async () => {
    // The first attempt meets the changed row and fails; each further one begins anew.
    await database.query("CREATE FUNCTION meddle() RETURNS int LANGUAGE plpgsql VOLATILE AS $$ BEGIN PERFORM pg_sleep(0.3); RETURN 1; END $$");
    const starting = begin(session, ['SELECT meddle()', "UPDATE a SET v = v || '!' WHERE id = 1"]);
    while ((await database.query("SELECT FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND application_name LIKE 'countersign%'")).length === 0);
    await database.query("UPDATE a SET v = 'theirs' WHERE id = 1");
    const start = await starting;
    assert.ok(start.kind === 'open', start.kind === 'failed' ? start.failure.message : '');
    assert.deepEqual(changesOf(await start.change.images(), 'a'), [{ kind: 'updated', before: ['1', 'theirs', '0'], after: ['1', 'theirs!', '0'] }]);
    await start.change.rollback();
  });
});

describe('what cannot be shown is said', () => {
  test('no right to read', async () => {
    await database.query(`CREATE ROLE change_writer LOGIN; GRANT INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO change_writer; GRANT SELECT (id) ON a TO change_writer`);
    const { password: _password, ...where } = database;
    const writer = await openTestSession({ ...where, user: 'change_writer' });
    const change = await open(writer, ['DELETE FROM a']);
    assert.deepEqual(summary(change.preview), { a: [0, 0, 10, 'statement'] });
    const [images] = await change.images();
    assert.match(images?.incomplete ?? '', /no SELECT right/);
    await change.rollback();
    await writer.close();
    await database.query('DROP OWNED BY change_writer; DROP ROLE change_writer');
  });

  test('row security', async () => {
    await database.query(`CREATE ROLE change_tenant LOGIN; CREATE TABLE secured (id int PRIMARY KEY, mine bool, n int DEFAULT 0); INSERT INTO secured VALUES (1, true), (2, false);
      ALTER TABLE secured ENABLE ROW LEVEL SECURITY; CREATE POLICY own ON secured USING (mine); GRANT ALL ON secured TO change_tenant;
      CREATE FUNCTION touch() RETURNS void LANGUAGE sql SECURITY DEFINER AS 'UPDATE secured SET n = n + 1'`);
    const { password: _password, ...where } = database;
    const tenant = await openTestSession({ ...where, user: 'change_tenant' });
    const change = await open(tenant, ['SELECT touch()']);
    assert.equal(change.preview.effects[0]?.updated, 2);
    const [images] = await change.images();
    assert.equal(images?.changes.length, 1);
    assert.match(images?.incomplete ?? '', /Row security/);
    await change.rollback();
    await tenant.close();
    await database.query('DROP TABLE secured; DROP FUNCTION touch; DROP ROLE change_tenant');
  });

  test('a table larger than somebody wants to have read', async () => {
    await database.query('ANALYZE a');
    const change = await open(session, ['DELETE FROM a', 'DELETE FROM nokey'], { maxTableBytes: 8191 });
    const images = await change.images();
    const fingerprint = await change.fingerprint?.();
    await change.rollback();
    assert.match(images.find(({ table }) => table.table === 'a')?.incomplete ?? '', /larger than .* only the counts are known/);
    assert.deepEqual(fingerprint?.kind === 'fingerprint' && [fingerprint.complete, fingerprint.tables.map(({ table, before }) => [table, before?.rows])], [false, [['public.a', undefined], ['public.nokey', 3]]]);
  });

  test('a table that is altered as well', async () => {
    const { images } = await preview(["UPDATE a SET v = 'x'", 'ALTER TABLE a ADD COLUMN late int']);
    assert.match(images[0]?.incomplete ?? '', /alters this table/);
  });

  test('rows too large to be shown', async () => {
    const { effects, images } = await preview(["INSERT INTO nokey SELECT repeat('x', 9000000) UNION ALL SELECT 'small'"]);
    assert.deepEqual(effects, { nokey: [2, 0, 0, 'statement'] });
    assert.deepEqual(changesOf(images, 'nokey'), [{ kind: 'inserted', after: ['small'] }]);
    assert.match(images[0]?.incomplete ?? '', /too large/);
  });

  test('a server that does not count', async () => {
    await read(session, 'SET track_counts = off', {}, 'execute');
    const start = await begin(session, ['DELETE FROM a']);
    assert.match(start.kind === 'failed' ? start.failure.message : '', /track_counts/);
    assert.equal((await database.query('SELECT FROM a')).length, 10);
  });
});

describe('a change that fails leaves nothing', () => {
  const failures: readonly (readonly [texts: readonly string[], sqlState: string, statement: number | undefined])[] = [
    [['INSERT INTO deferred_child VALUES (1, 99)'], '23503', undefined],
    [["UPDATE a SET v = 'x'", 'INSERT INTO a VALUES (1)'], '23505', 1],
    [['DELETE FROM a; DELETE FROM nokey'], '42601', 0],
    [['DELETE FROM a', 'VACUUM a'], '25001', 1],
    [['DO $$ BEGIN DELETE FROM a; COMMIT; END $$'], '2D000', 0],
    [['DELETE FROM a', 'SELECT pg_sleep(20)'], '57014', 1],
  ];
  for (const [texts, sqlState, statement] of failures) {
    test(texts.join('; '), async () => {
      const start = await begin(session, texts, { statementTimeoutMs: 1000 });
      assert.ok(start.kind === 'failed');
      assert.deepEqual([start.failure.sqlState, start.statement], [sqlState, statement]);
      assert.equal((await database.query('SELECT FROM a')).length, 10);
      assert.equal(session.transactionState(), 'none');
      assert.equal((await read(session, 'SELECT 1')).end.kind, 'done');
    });
  }

  test('COPY FROM STDIN is not sent', async () => {
    const start = await begin(session, ['DELETE FROM a', 'COPY a FROM STDIN']);
    assert.match(start.kind === 'failed' ? start.failure.message : '', /Nothing was sent/);
    assert.equal((await read(session, 'SELECT 1')).end.kind, 'done');
  });

  test('a client that is killed frees its rows at once', async () => {
    const child = spawn(process.execPath, [path.join(import.meta.dirname, '../../support/heldChange.ts'), JSON.stringify(database)], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [said] = (await once(child.stdout, 'data')) as [Buffer];
    assert.equal(said.toString().trim(), 'open');
    child.kill('SIGKILL');
    await once(child, 'exit');
    await database.query("SET lock_timeout = '5s'; UPDATE a SET v = 'free' WHERE id = 1");
    assert.equal((await database.query("SELECT FROM a WHERE v = 'held'")).length, 0);
  });

  test('a change whose session is not as it was', async () => {
    const change = await open(session, ["SELECT set_config('search_path', 'elsewhere', false)"]);
    await change.commit(receipt);
    const start = await begin(session, ['DELETE FROM a']);
    assert.match(start.kind === 'failed' ? start.failure.message : '', /search_path/);
    assert.equal((await database.query('SELECT FROM a')).length, 10);
  });

  test('a lock timeout names what to do', async () => {
    const other = await openTestSession(database);
    const holder = await open(other, ["UPDATE a SET v = 'held'"]);
    const start = await begin(session, ['TRUNCATE a'], { lockTimeoutMs: 100 });
    assert.equal(start.kind === 'failed' && start.failure.sqlState, '55P03');
    await holder.rollback();
    await other.close();
  });

  test('a rollback while rows are being read', async () => {
    const change = await open(session, ["UPDATE a SET v = 'x'"]);
    const images = change.images();
    await change.rollback();
    await images;
    assert.equal(session.transactionState(), 'none');
    const again = await open(session, ['DELETE FROM a']);
    assert.deepEqual(summary(again.preview), { a: [0, 0, 10, 'statement'] });
    await again.rollback();
  });
});
