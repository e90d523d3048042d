/** What became of a COMMIT without an answer, when the address leads to another server than before. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import type { IntentReceipt, OpenChange, Session } from '../../../src/app/ports.ts';
import { open } from '../../contract/session.contract.ts';
import { freePort, startPostgres } from '../../support/postgres.ts';
import { openTestSession } from '../../support/postgresSession.ts';
import { startTcpProxy } from '../../support/tcpProxy.ts';
import { until } from '../../support/until.ts';

const receipt = { id: 'settle' } as IntentReceipt;

test('a copy that was promoted says nothing about the transactions of the server it replaced', async () => {
  const home = await mkdtemp(path.join(os.tmpdir(), 'countersign-failover-'));
  // The server's user has to reach what is in it.
  await chmod(home, 0o755);
  const [first, copy] = [path.join(home, 'first'), path.join(home, 'copy')];
  const port = await freePort();
  const start = (folder: string) => startPostgres({ name: 'failover', folder, port });
  let server = await start(first);
  await server.query('CREATE TABLE a (id int PRIMARY KEY); INSERT INTO a VALUES (1), (2)');
  await server.stop();
  await promisify(execFile)('cp', ['-a', first, copy]);

  server = await start(first);
  const proxy = await startTcpProxy({ host: server.host, port });
  const where = { host: server.host, port: proxy.port, user: server.user, password: server.password, database: 'postgres' };
  const session = await openTestSession(where);
  const change = await open(session, ['DELETE FROM a WHERE id = 1']);
  // As for the record, which is made before every COMMIT.
  await change.mark?.();
  const cut = proxy.cutAfterRequest((bytes) => bytes.includes('COMMIT'));
  assert.deepEqual(await change.commit(receipt), { kind: 'in-doubt' });
  await cut;
  const transaction = change.preview.transactionId ?? '';
  assert.equal(await session.settle(transaction), 'committed', 'the server itself knows');
  await server.stop();

  // The copy never got the change, becomes a server of its own, and gives the same number to somebody else's.
  await writeFile(path.join(copy, 'data/recovery.signal'), '');
  await writeFile(path.join(copy, 'data/postgresql.auto.conf'), "restore_command = 'false'\n");
  server = await start(copy);
  const numbers = async () => Number((await server.query("INSERT INTO a VALUES (100 + (random() * 1e8)::int) RETURNING pg_current_xact_id()::text AS n")).rows[0].n);
  while ((await numbers()) < Number(transaction));
  const [row] = (await server.query('SELECT pg_xact_status($1::xid8) AS status', [transaction])).rows;
  assert.equal(row.status, 'committed', 'the number is taken, by somebody else');
  assert.equal(await session.settle(transaction), 'unknown');
  await session.close();
  await proxy.stop();
  await server.stop();
  await rm(home, { recursive: true, force: true });
});

/** A server of its own that is killed and started again, behind a line that can lose an answer. */
async function withServer(settings: Record<string, string>, use: (means: Means) => Promise<void>): Promise<void> {
  const home = await mkdtemp(path.join(os.tmpdir(), 'countersign-crash-'));
  // The server's user has to reach what is in it.
  await chmod(home, 0o755);
  const port = await freePort();
  const launch = () => startPostgres({ name: 'crash', folder: path.join(home, 'server'), port, settings });
  let server = await launch();
  const proxy = await startTcpProxy({ host: server.host, port });
  const where = { host: server.host, port: proxy.port, user: server.user, password: server.password, database: 'postgres' };
  const session = await openTestSession(where);
  try {
    await use({
      session,
      where,
      query: async (text, values) => (await server.query(text, values)).rows,
      async loseCommit(change) {
        const cut = proxy.cutAfterRequest((bytes) => bytes.includes('COMMIT'));
        assert.deepEqual(await change.commit(receipt), { kind: 'in-doubt' });
        await cut;
      },
      async crash() {
        await server.stop('crash');
        // What is left of the killed one may take a moment to go.
        await until('the server starts again', async () => await launch().then((started) => (server = started, true), (error: Error) => { if (!error.message.includes('still in use')) throw error; return false; }));
      },
    });
  } finally {
    await session.close();
    await proxy.stop();
    await server.stop();
    await rm(home, { recursive: true, force: true });
  }
}

type Means = {
  readonly session: Session;
  readonly where: Parameters<typeof openTestSession>[0];
  readonly query: (text: string, values?: readonly unknown[]) => Promise<any[]>;
  readonly loseCommit: (change: OpenChange) => Promise<void>;
  readonly crash: () => Promise<void>;
};

test('a crashed server that lost the change and gave its number to somebody else is not believed', async () => {
  await withServer({ synchronous_commit: 'off', wal_writer_delay: '10s' }, async ({ session, where, query, loseCommit, crash }) => {
    await query('CREATE TABLE a (id int PRIMARY KEY); INSERT INTO a VALUES (1), (2)');
    // What came before is on disk; what comes now waits in memory.
    await query('CHECKPOINT');
    const change = await open(session, ['DELETE FROM a WHERE id = 1']);
    const mark = (await change.mark?.()) ?? assert.fail('the server tells where it is');
    assert.match(mark, / unflushed$/u);
    await loseCommit(change);
    const transaction = change.preview.transactionId ?? '';
    assert.equal(await session.settle(transaction), 'committed', 'the server itself knows');
    await crash();
    assert.deepEqual(await query('SELECT id FROM a ORDER BY id'), [{ id: 1 }, { id: 2 }], 'the committed change was lost');
    const numbers = async () => Number((await query('INSERT INTO a VALUES (100 + (random() * 1e8)::int) RETURNING pg_current_xact_id()::text AS n'))[0].n);
    while ((await numbers()) < Number(transaction));
    const [row] = await query('SELECT pg_xact_status($1::xid8) AS status', [transaction]);
    assert.equal(row.status, 'committed', 'the number is taken, by somebody else');
    assert.equal(await session.settle(transaction), 'unknown');
    const next = await openTestSession(where);
    assert.equal(await next.settle(transaction, mark), 'unknown', 'so says the next program, which has the record only');
    assert.equal(await next.settle(transaction, ''), 'unknown', 'and an older record says nothing');
    await next.close();
  });
});

test('what was on disk before COMMIT is settled across a crash, by another program too', async () => {
  await withServer({}, async ({ session, where, query, loseCommit, crash }) => {
    await query('CREATE TABLE a (id int PRIMARY KEY); INSERT INTO a VALUES (1), (2)');
    const change = await open(session, ['DELETE FROM a WHERE id = 1']);
    // Somebody else's commit takes along what is in memory.
    await query('INSERT INTO a VALUES (3)');
    const mark = (await change.mark?.()) ?? assert.fail('the server tells where it is');
    assert.match(mark, / flushed$/u);
    await loseCommit(change);
    await crash();
    const transaction = change.preview.transactionId ?? '';
    assert.equal(await session.settle(transaction), 'committed');
    const next = await openTestSession(where);
    assert.equal(await next.settle(transaction, mark), 'committed');
    await next.close();
    assert.deepEqual(await query('SELECT id FROM a ORDER BY id'), [{ id: 2 }, { id: 3 }]);
  });
});
