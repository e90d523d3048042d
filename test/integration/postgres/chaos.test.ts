/**
 * Whatever others, the server and the client's own machine do at any step of a change: afterwards the database is unchanged or
 * exactly what was shown was done, and the outcome said which.
 */
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, describe, test } from 'node:test';
import pg from 'pg';
import type { ChangeStart, IntentReceipt, OpenChange } from '../../../src/app/ports.ts';
import type { TableImages } from '../../../src/core/effect/preview.ts';
import { begin } from '../../contract/session.contract.ts';
import { assertImages, differences } from '../../contract/effectsDiff.ts';
import { dumpPostgres } from '../../contract/postgresDump.ts';
import { createTestDatabase, freePort, startPostgres, type TestDatabase } from '../../support/postgres.ts';
import { openTestSession } from '../../support/postgresSession.ts';
import { startTcpProxy } from '../../support/tcpProxy.ts';
import { until } from '../../support/until.ts';

const receipt = { id: 'chaos' } as IntentReceipt;

const schema = `
  CREATE TABLE parents (id int PRIMARY KEY, v text);
  CREATE TABLE children (id int PRIMARY KEY, parent_id int REFERENCES parents ON DELETE CASCADE, v text);
  CREATE TABLE log (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, what text);
  CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO log (what) VALUES (tg_op); RETURN NULL; END $$;
  CREATE TRIGGER note AFTER DELETE ON children FOR EACH ROW EXECUTE FUNCTION note();
  CREATE FUNCTION gate(n int) RETURNS int LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_advisory_xact_lock_shared(n); RETURN n; END $$;
  INSERT INTO parents SELECT i, 'p' || i FROM generate_series(1, 10) AS i;
  INSERT INTO children SELECT i, 1 + i % 10, 'c' || i FROM generate_series(1, 20) AS i;`;

/** Each gate is a step at which the change waits while something happens. */
const change = ['SELECT gate(1)', 'DELETE FROM parents WHERE id IN (1, 2)', 'SELECT gate(2)', "UPDATE parents SET v = v || '!' WHERE id IN (3, 4)", 'SELECT gate(3)'];

/** Somebody else's doing, to the very rows. Who has to wait for the change gives up soon. */
const disturbances: Readonly<Record<string, string>> = {
  'updates a doomed row': "UPDATE parents SET v = 'theirs' WHERE id = 1",
  'updates a row that is updated later': "UPDATE parents SET v = 'theirs' WHERE id = 3",
  'deletes a row': 'DELETE FROM parents WHERE id IN (2, 4)',
  'adds a child to a doomed row': "INSERT INTO children VALUES (99, 2, 'late')",
  'updates a child of a doomed row': "UPDATE children SET v = 'theirs' WHERE parent_id = 2",
  'locks rows': 'SELECT FROM parents WHERE id < 5 FOR UPDATE',
  'shares locks on rows': 'SELECT FROM parents WHERE id < 5 FOR KEY SHARE',
  'empties the table': 'TRUNCATE parents, children',
  'adds a column': 'ALTER TABLE parents ADD COLUMN extra int DEFAULT 1',
  'rewrites the table': 'ALTER TABLE children ALTER COLUMN v TYPE varchar(100)',
  'drops the trigger': 'DROP TRIGGER note ON children',
};

async function disturb(database: TestDatabase, text: string): Promise<void> {
  await database.query(`SET lock_timeout = '150ms'; ${text}`).catch((error: unknown) => assert.equal((error as { code?: string }).code, '55P03', String(error)));
}

/** Ends the change and compares what is said with what is there. */
async function endAndCheck(database: TestDatabase, start: ChangeStart, meanwhile: (open: OpenChange) => Promise<void>): Promise<void> {
  const images: TableImages[] = [];
  let outcome = 'not begun';
  if (start.kind === 'open') {
    await meanwhile(start.change);
    images.push(...(await start.change.images()));
  }
  const before = await dumpPostgres(database);
  if (start.kind === 'open') outcome = (await start.change.commit(receipt)).kind;
  const now = await dumpPostgres(database);
  if (outcome !== 'acknowledged') {
    assert.deepEqual(now, before, `${outcome}: nothing is different`);
    return;
  }
  const real = differences(before, now, undefined);
  for (const [name, difference] of real) {
    const shown = images.find(({ table }) => table.table === name);
    assert.ok(shown, `${name} changed and was not shown`);
    assertImages(shown, difference, { isWhole: shown.incomplete === undefined, isCounted: shown.incomplete === undefined });
  }
  for (const shown of images) assert.ok(real.has(shown.table.table) || shown.changes.length === 0, `${shown.table.table} was shown and did not change`);
}

describe('others at work on the same rows', () => {
  let database: TestDatabase;
  let controller: pg.Client;

  before(async () => {
    database = await createTestDatabase();
    controller = new pg.Client({ connectionString: database.url() });
    await controller.connect();
  });
  after(() => controller.end());

  /** The change stops at the gate until `work` is done. */
  async function atGate(gate: number, work: () => Promise<void>): Promise<ChangeStart> {
    const session = await openTestSession(database);
    sessions.push(session);
    await controller.query('SELECT pg_advisory_lock($1)', [gate]);
    const starting = begin(session, change, { lockTimeoutMs: 3000, holdMs: 20_000 });
    await until('the change waits at the gate', async () => (await database.query("SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")).length > 0);
    await work();
    await controller.query('SELECT pg_advisory_unlock($1)', [gate]);
    return await starting;
  }
  const sessions: { close(): Promise<void> }[] = [];

  for (const [name, text] of Object.entries(disturbances)) {
    for (const step of [1, 2, 3, 'open', 'reading'] as const) {
      test(`${name}, ${typeof step === 'number' ? `at gate ${String(step)}` : step}`, async () => {
        await database.query(`DROP SCHEMA public CASCADE; CREATE SCHEMA public; ${schema}`);
        const start = typeof step === 'number' ? await atGate(step, () => disturb(database, text)) : await atGate(3, async () => undefined);
        await endAndCheck(database, start, async (open) => {
          if (step === 'open') await disturb(database, text);
          if (step !== 'reading') return;
          const reading = open.images();
          await disturb(database, text);
          await reading;
        });
        for (const session of sessions.splice(0)) await session.close();
      });
    }
  }
});

describe('a partition that somebody makes while a change runs', () => {
  test('its rows are counted and shown', async () => {
    const database = await createTestDatabase(`${schema} CREATE TABLE parts (id int, region int, PRIMARY KEY (id, region)) PARTITION BY LIST (region); CREATE TABLE parts_1 PARTITION OF parts FOR VALUES IN (1)`);
    const controller = new pg.Client({ connectionString: database.url() });
    await controller.connect();
    await controller.query('SELECT pg_advisory_lock(1)');
    const session = await openTestSession(database);
    const starting = begin(session, ['SELECT gate(1)', 'INSERT INTO parts VALUES (1, 1), (2, 2)']);
    await until('the change waits at the gate', async () => (await database.query("SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")).length > 0);
    await database.query('CREATE TABLE parts_2 PARTITION OF parts FOR VALUES IN (2)');
    await controller.end();
    const start = await starting;
    assert.ok(start.kind === 'open', JSON.stringify(start));
    assert.deepEqual(start.change.preview.effects.map(({ table, inserted }) => [table.table, inserted]), [['parts', 2]]);
    const [images] = await start.change.images();
    assert.deepEqual(images?.totals, { inserted: 2, updated: 0, deleted: 0 });
    await start.change.rollback();
    await session.close();
  });
});

describe('the server is killed', () => {
  const steps = ['gate 1', 'gate 3', 'open', 'reading', 'before COMMIT', 'after COMMIT'] as const;
  for (const step of steps) {
    test(step, async () => {
      const home = await mkdtemp(path.join(os.tmpdir(), 'countersign-killed-'));
      // The server's user has to reach what is in it.
      await chmod(home, 0o755);
      const port = await freePort();
      const launch = () => startPostgres({ name: 'chaos', folder: path.join(home, 'server'), port, settings: { fsync: 'off' } });
      let server = await launch();
      /** What is left of the killed one may take a moment to go. */
      const relaunch = () => until('the server starts again', async () => await launch().then((started) => (server = started, true), (error: Error) => { if (!error.message.includes('still in use')) throw error; return false; }));
      await server.query(schema);
      const url = server.url();
      const database = { ...server, database: 'postgres', url: () => url, query: async (text: string) => (await server.query(text)).rows };
      const initial = await dumpPostgres(database);
      const proxy = await startTcpProxy({ host: server.host, port });
      const session = await openTestSession({ ...database, port: proxy.port });
      const kill = () => server.stop('crash');

      const gate = /gate (\d)/.exec(step)?.[1];
      const controller = new pg.Client({ connectionString: url });
      // The server will be gone.
      controller.on('error', () => undefined);
      await controller.connect();
      if (gate !== undefined) await controller.query('SELECT pg_advisory_lock($1)', [gate]);
      const starting = begin(session, change, { lockTimeoutMs: 20_000 });
      if (gate !== undefined) {
        await until('the change waits at the gate', async () => (await database.query("SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")).length > 0);
        await kill();
      }
      const start = await starting;
      assert.equal(start.kind, gate === undefined ? 'open' : 'failed');
      if (start.kind === 'failed') assert.match(start.failure.message, /connection was lost .* nothing is different/);
      if (start.kind === 'open') {
        const open = start.change;
        // Somebody else's commit takes along what is in memory, so that the crash cannot take it.
        await server.query('SELECT pg_current_xact_id(); CREATE TABLE elsewhere (); DROP TABLE elsewhere');
        await open.mark?.();
        const settled = await endKilled(step, open, { kill, proxy, restart: relaunch, settle: () => session.settle(open.preview.transactionId ?? '') });
        const isDone = step === 'after COMMIT';
        assert.equal(settled, isDone ? 'committed' : step === 'before COMMIT' ? 'rolled-back' : 'rejected');
        assert.equal(JSON.stringify([...(await dumpPostgres(database))]) !== JSON.stringify([...initial]), isDone);
      } else {
        await relaunch();
        assert.deepEqual(await dumpPostgres(database), initial);
      }
      await session.close();
      await proxy.stop();
      await server.stop();
      await rm(home, { recursive: true, force: true });
    });
  }

  type Means = { readonly kill: () => Promise<unknown>; readonly restart: () => Promise<void>; readonly settle: () => Promise<string>; readonly proxy: Awaited<ReturnType<typeof startTcpProxy>> };

  async function endKilled(step: (typeof steps)[number], open: OpenChange, { kill, restart, settle, proxy }: Means): Promise<string> {
    if (step === 'before COMMIT' || step === 'after COMMIT') {
      const isCommit = (bytes: Buffer) => bytes.includes('COMMIT');
      const cut = step === 'before COMMIT' ? proxy.cutBeforeRequest(isCommit) : proxy.cutAfterRequest(isCommit);
      assert.equal((await open.commit(receipt)).kind, 'in-doubt');
      await cut;
      await kill();
      await restart();
      return await settle();
    }
    const reading = step === 'reading' ? open.images() : Promise.resolve([]);
    await kill();
    await reading;
    assert.equal(await open.ended, 'connection-lost');
    const { kind } = await open.commit(receipt);
    await restart();
    return kind;
  }
});

describe('the client is frozen', { skip: process.platform === 'win32' ? 'processes cannot be stopped there' : false }, () => {
  let database: TestDatabase;
  before(async () => {
    database = await createTestDatabase(schema);
  });

  type Child = { readonly process: ChildProcess; readonly next: () => Promise<unknown>; readonly order: (what: string) => void; readonly end: () => Promise<void> };

  function run(texts: readonly string[], holdMs: number): Child {
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', path.join(import.meta.dirname, '../../support/commandedChange.ts'), JSON.stringify({ database, texts, holdMs })], { stdio: ['pipe', 'pipe', 'inherit'] });
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    return {
      process: child,
      next: async () => JSON.parse(String((await lines.next()).value)) as unknown,
      order: (what) => void child.stdin.write(`${what}\n`),
      async end() {
        const gone = new Promise((resolve) => child.once('exit', resolve));
        child.stdin.end();
        child.kill('SIGCONT');
        await gone;
      },
    };
  }

  const others = () => database.query("SELECT FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'countersign%' AND state LIKE 'idle in transaction%'");

  test('while it waits for a person: the server ends the change in time, and it hears of it', async () => {
    const initial = await dumpPostgres(database);
    const child = run(change, 500);
    assert.equal(await child.next(), 'connected');
    assert.equal(await child.next(), 'open');
    child.process.kill('SIGSTOP');
    await until('the server has ended the change', async () => (await others()).length === 0);
    assert.deepEqual(await dumpPostgres(database), initial);
    await database.query("SET lock_timeout = '1s'; UPDATE parents SET v = v WHERE id = 1");
    child.process.kill('SIGCONT');
    assert.deepEqual(await child.next(), { ended: 'server-timeout' });
    child.order('commit');
    assert.deepEqual(await child.next(), { commit: 'rejected' });
    await child.end();
    assert.deepEqual(await dumpPostgres(database), initial);
  });

  test('while a statement runs: what it did is taken back', async () => {
    const initial = await dumpPostgres(database);
    const controller = new pg.Client({ connectionString: database.url() });
    await controller.connect();
    await controller.query('SELECT pg_advisory_lock(3)');
    const child = run(change, 500);
    assert.equal(await child.next(), 'connected');
    await until('the change waits at the gate', async () => (await database.query("SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")).length > 0);
    child.process.kill('SIGSTOP');
    await controller.end();
    await until('the server has ended the change', async () => (await database.query("SELECT FROM pg_locks AS l JOIN pg_class AS c ON c.oid = l.relation WHERE c.relname = 'parents' AND l.mode = 'RowExclusiveLock'")).length === 0);
    assert.deepEqual(await dumpPostgres(database), initial);
    await child.end();
    assert.deepEqual(await dumpPostgres(database), initial);
  });

  test('around COMMIT: what it says is what is', async () => {
    for (let round = 0; round < 8; round += 1) {
      await database.query(`DROP SCHEMA public CASCADE; CREATE SCHEMA public; ${schema}`);
      const initial = JSON.stringify([...(await dumpPostgres(database))]);
      const child = run(change, 1500);
      assert.equal(await child.next(), 'connected');
      assert.equal(await child.next(), 'open');
      child.order('commit');
      // At another moment in each round: before it is sent, on its way, after it was answered.
      for (let spin = 0; spin < round * 40_000; spin += 1) Math.sqrt(spin);
      child.process.kill('SIGSTOP');
      await until('nothing of it is open', async () => (await others()).length === 0);
      child.process.kill('SIGCONT');
      const said: unknown[] = [await child.next()];
      if (JSON.stringify(said[0]).includes('ended')) said.push(await child.next());
      const isDone = JSON.stringify([...(await dumpPostgres(database))]) !== initial;
      const { commit } = said.at(-1) as { commit: string };
      assert.ok((isDone ? ['acknowledged', 'committed'] : ['rejected', 'rolled-back']).includes(commit), `${commit}, and it is ${isDone ? 'done' : 'not done'}`);
      await child.end();
    }
  });
});
