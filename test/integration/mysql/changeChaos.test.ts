/**
 * Whatever others, the server and the client's own machine do at any step of a change: afterwards the database is as others left
 * it, or exactly what was shown was done to it, and the outcome said which.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import path from 'node:path';
import { describe, test } from 'node:test';
import type { ChangeStart, OpenChange } from '../../../src/app/ports.ts';
import type { TableImages } from '../../../src/core/effect/preview.ts';
import { assertImages, differences } from '../../contract/effectsDiff.ts';
import type { Dump } from '../../contract/effectsSubject.ts';
import { sharedServer, startMariadb, startMysql, type MysqlDatabase } from '../../support/mysql.ts';
import { startTcpProxy } from '../../support/tcpProxy.ts';
import { until } from '../../support/until.ts';
import { inLab, inLabOn, receipt, type Lab } from './changeHarness.ts';

const schema = [
  'CREATE TABLE parents (id int PRIMARY KEY, v varchar(60))',
  'CREATE TABLE children (id int PRIMARY KEY, parent_id int, v varchar(60), FOREIGN KEY (parent_id) REFERENCES parents (id) ON DELETE CASCADE)',
  'CREATE TABLE log (id int AUTO_INCREMENT PRIMARY KEY, what varchar(20))',
  "CREATE TRIGGER note AFTER DELETE ON parents FOR EACH ROW INSERT INTO log (what) VALUES ('gone')",
  `INSERT INTO parents VALUES ${Array.from({ length: 10 }, (_, i) => `(${String(i + 1)}, 'p${String(i + 1)}')`).join(', ')}`,
  `INSERT INTO children VALUES ${Array.from({ length: 20 }, (_, i) => `(${String(i + 1)}, ${String(1 + (i % 10))}, 'c')`).join(', ')}`,
];
const change = ['DELETE FROM parents WHERE id IN (1, 2)', "UPDATE parents SET v = concat(v, '!') WHERE id IN (3, 4)", "INSERT INTO log (what) VALUES ('own')"];

/** Steps, by what is on its way to the server when they begin. */
const steps: Readonly<Record<string, string>> = {
  'before it is planned': 'REFERENTIAL_CONSTRAINTS',
  'before it begins': 'START TRANSACTION READ WRITE',
  'before rows are locked': 'FOR UPDATE',
  'before a statement': 'DELETE FROM parents',
  'before the next statement': 'UPDATE parents',
  'before it is counted': 'SHOW ENGINE',
};

/** Somebody else's doing, to the very rows. Who has to wait for the change gives up soon. */
const disturbances: Readonly<Record<string, string>> = {
  'updates a doomed row': "UPDATE parents SET v = 'theirs' WHERE id = 1",
  'updates a row that is updated later': "UPDATE parents SET v = 'theirs' WHERE id = 3",
  'deletes rows': 'DELETE FROM parents WHERE id IN (2, 4)',
  'adds a child to a doomed row': "INSERT INTO children VALUES (99, 2, 'late')",
  'updates a child of a doomed row': "UPDATE children SET v = 'theirs' WHERE parent_id = 2",
  'writes to where the trigger writes': "INSERT INTO log (what) VALUES ('theirs')",
  'shares locks on rows': 'SELECT count(*) FROM parents WHERE id < 5 LOCK IN SHARE MODE',
  'empties a table': 'TRUNCATE children',
  'adds a column': 'ALTER TABLE parents ADD COLUMN extra int DEFAULT 1',
  'drops the trigger': 'DROP TRIGGER note',
};

async function disturb(database: MysqlDatabase, text: string): Promise<void> {
  await database.query(`SET innodb_lock_wait_timeout = 1, lock_wait_timeout = 1; ${text}`).catch((error: unknown) => assert.ok([1205, 1213].includes((error as { errno: number }).errno), String(error)));
}

/** Ends the change and compares what is said with what is there. */
async function endAndCheck(lab: Lab, start: ChangeStart, images: readonly TableImages[], undisturbed: Dump): Promise<void> {
  if (start.kind !== 'open') return assert.deepEqual(await lab.dump(), undisturbed, `${start.kind}: nothing of it is there`);
  const before = await lab.dump();
  const outcome = await start.change.commit(receipt);
  const now = await lab.dump();
  if (outcome.kind !== 'acknowledged') return assert.deepEqual(now, before, `${outcome.kind}: nothing is different`);
  const real = differences(before, now, undefined);
  for (const [name, difference] of real) {
    const shown = images.find(({ table }) => table.table === name);
    assert.ok(shown, `${name} changed and was not shown`);
    const isWhole = shown.incomplete === undefined;
    assertImages(shown, difference, { isWhole, isCounted: isWhole });
  }
  for (const shown of images) assert.ok(real.has(shown.table.table) || shown.changes.length === 0, `${shown.table.table} was shown and did not change`);
}

/** Runs the change through a proxy and does `work` once `bytes` are on their way. */
async function atStep(lab: Lab, bytes: string, work: () => Promise<void>): Promise<{ readonly start: ChangeStart; readonly stop: () => Promise<void> }> {
  const proxy = await startTcpProxy(lab.database);
  const session = await lab.open(lab.user, proxy.port);
  let isReached = false;
  const held = proxy.holdRequest((chunk) => chunk.includes(bytes), async () => {
    isReached = true;
    await work();
  });
  const start = await lab.begin(change, { lockTimeoutMs: 2000 }, session);
  assert.ok(isReached, `${bytes} was never sent: ${JSON.stringify(start.kind === 'failed' ? start.failure : start.kind)}`);
  await held;
  return { start, stop: () => proxy.stop() };
}

for (const dialect of ['mariadb', 'mysql'] as const) {
  const { skip } = await sharedServer(dialect);

  describe(`others at work on the same rows of ${dialect}`, { skip, concurrency: 6 }, () => {
    for (const [name, text] of Object.entries(disturbances)) {
      for (const [step, bytes] of Object.entries(steps)) {
        test(`${name}, ${step}`, () =>
          inLab(dialect, schema, async (lab) => {
            let undisturbed = await lab.dump();
            const { start, stop } = await atStep(lab, bytes, async () => {
              await disturb(lab.database, text);
              undisturbed = await lab.dump();
            });
            const images = start.kind === 'open' ? await start.change.images() : [];
            await endAndCheck(lab, start, images, undisturbed);
            await stop();
          }));
      }
      for (const step of ['open', 'reading'] as const) {
        test(`${name}, ${step}`, () =>
          inLab(dialect, schema, async (lab) => {
            const opened = await lab.change(change);
            const reading = step === 'reading' ? opened.images() : undefined;
            await disturb(lab.database, text);
            const images = await (reading ?? opened.images());
            await endAndCheck(lab, { kind: 'open', change: opened }, images, new Map());
          }));
      }
    }
  });

  describe(`the server is killed, ${dialect}`, { skip }, () => {
    const moments = ['before a statement', 'before it is counted', 'open', 'reading', 'before COMMIT', 'after COMMIT'] as const;
    test('at every moment it says what is', async () => {
      const server = await (dialect === 'mysql' ? startMysql : startMariadb)({ settings: { innodb_flush_log_at_trx_commit: 1 } });
      try {
        for (const moment of moments) await inLabOn(server, schema, (lab) => killAt(lab, moment, server));
      } finally {
        await server.stop();
      }
    });

    type Mortal = Awaited<ReturnType<typeof startMysql>>;

    async function killAt(lab: Lab, moment: (typeof moments)[number], server: Mortal): Promise<void> {
      const initial = await lab.dump();
      if (moment in steps) {
        const { start, stop } = await atStep(lab, steps[moment] ?? '', server.kill);
        assert.match(start.kind === 'failed' ? start.failure.message : start.kind, /connection was lost|could not be/i);
        await stop();
        await server.restart();
        return assert.deepEqual(await lab.dump(), initial, moment);
      }
      const proxy = await startTcpProxy(lab.database);
      const session = await lab.open(lab.user, proxy.port);
      const opened = await lab.change(change, {}, session);
      const said = await endKilled(opened, moment, { server, proxy, settle: () => session.settle(opened.preview.transactionId ?? '') });
      const isDone = moment === 'after COMMIT';
      assert.equal(said, isDone ? 'committed' : moment === 'before COMMIT' ? 'rolled-back' : 'rejected', moment);
      assert.equal(JSON.stringify([...(await lab.dump())]) !== JSON.stringify([...initial]), isDone, moment);
      await session.close();
      await proxy.stop();
    }

    type Means = { readonly server: Mortal; readonly proxy: Awaited<ReturnType<typeof startTcpProxy>>; readonly settle: () => Promise<string> };

    async function endKilled(opened: OpenChange, moment: string, { server, proxy, settle }: Means): Promise<string> {
      if (moment.endsWith('COMMIT')) {
        const isCommit = (bytes: Buffer) => bytes.includes('COMMIT');
        const cut = moment === 'before COMMIT' ? proxy.cutBeforeRequest(isCommit) : proxy.cutAfterRequest(isCommit);
        assert.equal((await opened.commit(receipt)).kind, 'in-doubt');
        await cut;
        await server.kill();
        await server.restart();
        return await settle();
      }
      const reading = moment === 'reading' ? opened.images() : Promise.resolve([]);
      await server.kill();
      await reading;
      assert.equal(await opened.ended, 'connection-lost');
      const { kind } = await opened.commit(receipt);
      await server.restart();
      return kind;
    }
  });

  describe(`the client is frozen, ${dialect}`, { skip: skip || (process.platform === 'win32' ? 'processes cannot be stopped there' : false) }, () => {
    test('the server ends the change in time, and the client hears of it', () =>
      inLab(dialect, schema, async (lab) => {
        const initial = await lab.dump();
        const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', path.join(import.meta.dirname, 'commandedChange.ts'), JSON.stringify({ dialect, database: lab.database, user: lab.user, texts: change, holdMs: 500 })], { stdio: ['pipe', 'pipe', 'inherit'] });
        const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
        const next = async () => JSON.parse(String((await lines.next()).value)) as unknown;
        assert.equal(await next(), 'open');
        child.kill('SIGSTOP');
        await until('the server has ended the change', async () => (await lab.database.query("SELECT count(*) AS n FROM information_schema.INNODB_TRX WHERE trx_rows_modified > 0 AND trx_mysql_thread_id IN (SELECT ID FROM information_schema.PROCESSLIST WHERE USER = ?)", [lab.user.user]))[0].n === 0);
        assert.deepEqual(await lab.dump(), initial);
        await lab.database.query("SET innodb_lock_wait_timeout = 1; UPDATE parents SET v = v WHERE id = 1");
        child.kill('SIGCONT');
        assert.deepEqual(await next(), { ended: 'server-timeout' });
        child.stdin.write('commit\n');
        assert.deepEqual(await next(), { commit: 'rejected' });
        const gone = new Promise((resolve) => child.once('exit', resolve));
        child.stdin.end();
        await gone;
        assert.deepEqual(await lab.dump(), initial);
      }));
  });
}
