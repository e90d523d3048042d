/** What became of a COMMIT without an answer, when the address leads to another server than before. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import type { IntentReceipt } from '../../../src/app/ports.ts';
import { open } from '../../contract/session.contract.ts';
import { freePort, startPostgres } from '../../support/postgres.ts';
import { openTestSession } from '../../support/postgresSession.ts';
import { startTcpProxy } from '../../support/tcpProxy.ts';

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
