/** What no transaction can take back, on a real server: looked at without a trace, then run alone. */
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import type { AloneEnd, AloneRequest, IntentReceipt, Session } from '../../../src/app/ports.ts';
import { createPostgresAnalyser } from '../../../src/adapters/sql/postgresAnalyser.ts';
import type { ClassifiedStatement } from '../../../src/core/sql/verdict.ts';
import { createTestDatabase, type TestDatabase } from '../../support/postgres.ts';
import { openTestSession } from '../../support/postgresSession.ts';
import { until } from '../../support/until.ts';

const receipt = { id: 'x' } as IntentReceipt;
const analyser = createPostgresAnalyser();
let database: TestDatabase;
let session: Session;

before(async () => {
  database = await createTestDatabase(`
    CREATE TABLE t (id int PRIMARY KEY, v text);
    CREATE TABLE child (id int PRIMARY KEY, t_id int REFERENCES t);
    CREATE VIEW v AS SELECT id FROM t;
    CREATE INDEX by_v ON t (v);
    GRANT SELECT ON t TO public;
    INSERT INTO t SELECT n, 'x' || n FROM generate_series(1, 1000) AS n;
    ANALYZE t`);
});
after(async () => await analyser.dispose());
beforeEach(async () => {
  session = await openTestSession(database);
});
afterEach(async () => await session.close());

async function statementOf(sql: string): Promise<ClassifiedStatement> {
  const [statement] = (await analyser.analyse(sql)).statements;
  assert.ok(statement);
  return statement;
}

async function requestFor(sql: string, signal = new AbortController().signal): Promise<AloneRequest> {
  const sink = { columns: () => undefined, rows: () => undefined, notice: () => undefined };
  return { statement: await statementOf(sql), limits: { lockTimeoutMs: 500, statementTimeoutMs: 10_000 }, sink, signal };
}

async function run(sql: string, signal?: AbortSignal): Promise<AloneEnd> {
  const end = await session.runAlone?.(receipt, await requestFor(sql, signal));
  assert.ok(end);
  return end;
}

async function factsOf(sql: string): Promise<readonly string[]> {
  const found = await session.inspect?.(await requestFor(sql));
  return [...(found?.facts ?? []).map(({ label, text }) => `${label}: ${text}`), ...(found?.unknown ?? []).map((text) => `? ${text}`)];
}

describe('a look changes nothing and tells what is there', () => {
  const rows: readonly (readonly [sql: string, says: readonly RegExp[]])[] = [
    ['VACUUM t', [/^Table: public\.t: .*kB, about 1,000 rows, 2 indexes$/, /reference it: child_t_id_fkey on public\.child/, /Views that read it: public\.v/, /Who else may use it: everybody/]],
    ['REINDEX INDEX CONCURRENTLY by_v', [/^Index: public\.by_v on public\.t/]],
    ['VACUUM nowhere', [/^\? Some of what/]],
    ["ALTER SYSTEM SET work_mem = '1MB'", [/^Setting: work_mem is .* kB now/]],
    ['SELECT pg_reload_conf()', []],
  ];
  for (const [sql, says] of rows) {
    test(sql, async () => {
      const facts = await factsOf(sql);
      for (const say of says) assert.ok(facts.some((fact) => say.test(fact)), `${String(say)}\n${facts.join('\n')}`);
      if (says.length === 0) assert.deepEqual(facts, []);
      assert.equal(session.transactionState(), 'none');
    });
  }

  test('a database: its size and who is connected', async () => {
    assert.match((await factsOf(`DROP DATABASE ${database.database}`)).join('\n'), /Database: .*MB; connected now: [1-9]/);
  });
});

describe('it runs alone and is final', () => {
  test('VACUUM', async () => {
    const [before] = await database.query("SELECT vacuum_count::int AS n FROM pg_stat_user_tables WHERE relname = 't'");
    assert.deepEqual(await run('VACUUM t'), { kind: 'done', rows: 0, commandTag: 'VACUUM' });
    await until('the vacuum is counted', async () => (await database.query("SELECT vacuum_count::int AS n FROM pg_stat_user_tables WHERE relname = 't'"))[0].n > before.n);
    assert.equal(session.transactionState(), 'none');
  });

  test('an index that is built while others write', async () => {
    assert.equal((await run('CREATE INDEX CONCURRENTLY slow ON t (id, v)')).kind, 'done');
    assert.deepEqual(await database.query("SELECT indisvalid FROM pg_index WHERE indexrelid = 'slow'::regclass"), [{ indisvalid: true }]);
  });

  test('rows of what it returns are counted', async () => {
    assert.deepEqual(await run('SELECT pg_reload_conf()'), { kind: 'done', rows: 1, commandTag: 'SELECT 1' });
  });

  test('a failure says what may be left behind', async () => {
    await database.query("INSERT INTO t VALUES (5000, 'twice'), (5001, 'twice')");
    const end = await run('CREATE UNIQUE INDEX CONCURRENTLY broken ON t (v)');
    assert.ok(end.kind === 'failed');
    assert.match(end.failure.message, /invalid may be left behind/);
    assert.deepEqual(await database.query("SELECT indisvalid FROM pg_index WHERE indexrelid = 'broken'::regclass"), [{ indisvalid: false }]);
    await database.query("DROP INDEX broken; DELETE FROM t WHERE v = 'twice'");
  });

  test('what keeps others out does not wait for long, and the limit is gone afterwards', async () => {
    const other = await openTestSession(database);
    const change = await other.beginChange({ statements: [await statementOf('UPDATE t SET v = v WHERE id = 1')], limits: { lockTimeoutMs: 500, statementTimeoutMs: 10_000, holdMs: 30_000, maxRows: 10 }, signal: new AbortController().signal });
    assert.ok(change.kind === 'open');
    const end = await run('VACUUM FULL t');
    assert.deepEqual(end.kind === 'failed' && end.failure.sqlState, '55P03');
    await change.change.rollback();
    await other.close();
    assert.equal((await run('VACUUM FULL t')).kind, 'done');
  });

  test('what was stopped before it was sent never runs', async () => {
    assert.deepEqual(await run('VACUUM t', AbortSignal.abort()), { kind: 'cancelled' });
  });

  test('a server that goes away while it runs leaves a doubt', async () => {
    const running = run("SELECT pg_advisory_lock(1), pg_sleep(30)::text || 'alone'");
    await until('it runs', async () => (await database.query("SELECT pid FROM pg_stat_activity WHERE query LIKE '%alone%' AND state = 'active' AND pid <> pg_backend_pid()")).length === 1);
    await database.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%alone%' AND pid <> pg_backend_pid()");
    assert.equal((await running).kind, 'in-doubt');
  });
});

describe('who waits for an open change', () => {
  test('the one who waits, and the one who waits for them', async () => {
    const limits = { lockTimeoutMs: 30_000, statementTimeoutMs: 60_000, holdMs: 60_000, maxRows: 10 };
    const { signal } = new AbortController();
    const statement = await statementOf('UPDATE t SET v = v WHERE id = 7');
    const start = await session.beginChange({ statements: [statement], limits, signal });
    assert.ok(start.kind === 'open');
    const { change } = start;
    assert.deepEqual(await change.waiters?.(), []);
    const others = [await openTestSession(database), await openTestSession(database)];
    const waiting = others.map(async (other) => await other.beginChange({ statements: [statement], limits, signal }));
    await until('both wait', async () => (await change.waiters?.())?.length === 2);
    const waiters = (await change.waiters?.()) ?? [];
    assert.deepEqual(waiters.map(({ application, user }) => [application, user]), Array(2).fill(['countersign session test', database.user]));
    assert.ok(waiters.every(({ waitingMs }) => waitingMs >= 0 && waitingMs < 30_000));
    await change.rollback();
    assert.deepEqual(await change.waiters?.(), []);
    // The second of them gets its turn when the first one is over.
    await Promise.all(waiting.map(async (each) => {
      const later = await each;
      if (later.kind === 'open') await later.change.rollback();
    }));
    for (const other of others) await other.close();
  });
});
