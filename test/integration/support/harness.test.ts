/** The tests' own tools: a server of our own, and a line that breaks when it is told to. */
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import pg from 'pg';
import { createTestDatabase, startPostgres, type TestDatabase } from '../../support/postgres.ts';
import { startTcpProxy } from '../../support/tcpProxy.ts';

void describe('test database', () => {
  let database: TestDatabase;
  before(async () => {
    database = await createTestDatabase('CREATE TABLE entry (id int PRIMARY KEY)');
  });

  async function connectThrough(port: number): Promise<pg.Client> {
    const client = new pg.Client({ host: '127.0.0.1', port, user: database.user, password: database.password, database: database.database });
    client.on('error', () => undefined);
    await client.connect();
    return client;
  }

  const ids = async () => (await database.query('SELECT id FROM entry ORDER BY id')).map((row: { id: number }) => row.id);

  void it('keeps a commit whose answer was swallowed', async () => {
    const proxy = await startTcpProxy(database);
    const client = await connectThrough(proxy.port);
    await client.query('BEGIN; INSERT INTO entry VALUES (1)');
    const cut = proxy.cutAfterRequest((chunk) => chunk.includes('COMMIT'));
    await assert.rejects(client.query('COMMIT'));
    await cut;
    assert.deepEqual(await ids(), [1]);
    await proxy.stop();
  });

  void it('loses a commit that was cut before it arrived', async () => {
    const proxy = await startTcpProxy(database);
    const client = await connectThrough(proxy.port);
    await client.query('BEGIN; INSERT INTO entry VALUES (2)');
    const cut = proxy.cutBeforeRequest((chunk) => chunk.includes('COMMIT'));
    await assert.rejects(client.query('COMMIT'));
    await cut;
    assert.deepEqual(await ids(), [1]);
    await proxy.stop();
  });

  void it('makes a round trip as long as both delays', async () => {
    const proxy = await startTcpProxy(database);
    const client = await connectThrough(proxy.port);
    proxy.setDelays(30, 20);
    const [tripsBefore = 0] = proxy.roundTrips();
    const started = performance.now();
    await client.query('SELECT 1');
    assert.ok(performance.now() - started >= 49);
    assert.equal(proxy.roundTrips()[0], tripsBefore + 1);
    await client.end();
    await proxy.stop();
  });
});

void describe('own server', () => {
  void it('speaks TLS with the certificate of the tests', async (test) => {
    const server = await startPostgres({ tls: true });
    test.after(() => server.stop());
    const { rows } = await server.query('SHOW ssl');
    assert.deepEqual(rows, [{ ssl: 'on' }]);
  });

  void it('asks roles for a password when told to', async (test) => {
    const server = await startPostgres({ auth: 'scram' });
    test.after(() => server.stop());
    await server.query("CREATE ROLE reader LOGIN PASSWORD 'right'");
    const login = async (password: string) => {
      const client = new pg.Client({ host: server.host, port: server.port, user: 'reader', password, database: 'postgres' });
      await client.connect();
      await client.end();
    };
    await login('right');
    await assert.rejects(login('wrong'), { code: '28P01' });
  });
});

