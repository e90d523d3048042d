/** Connecting, and every way in which it fails: a clear reason, soon. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { openPostgresSession, testPostgresConnection, type OpenOptions } from '../../../src/adapters/postgres/session.ts';
import type { Session } from '../../../src/app/ports.ts';
import type { Failure } from '../../../src/core/errors.ts';
import type { ConnectionProfile } from '../../../src/core/profile/connection.ts';
import { read } from '../../contract/session.contract.ts';
import { systemClock } from '../../support/clock.ts';
import { freePort, startPostgres, type PostgresServer } from '../../support/postgres.ts';
import { testProfile } from '../../support/postgresSession.ts';

const tlsFolder = path.join(import.meta.dirname, '../../support/tls');
const ca = path.join(tlsFolder, 'ca.crt');

let secure: PostgresServer;
let plain: PostgresServer;

before(async () => {
  [secure, plain] = await Promise.all([
    startPostgres({ name: 'secure', auth: 'scram', tls: true }),
    startPostgres({ name: 'plain', auth: 'scram', settings: { max_connections: 6, superuser_reserved_connections: 2, reserved_connections: 0 } }),
  ]);
  await plain.createDatabase('closed');
  await plain.query("CREATE ROLE connect_ann LOGIN PASSWORD 'right'; REVOKE CONNECT ON DATABASE closed FROM PUBLIC");
});

after(async () => {
  await Promise.all([secure.stop(), plain.stop()]);
});

function optionsFor(server: PostgresServer, profile: Partial<ConnectionProfile> = {}, changed: Partial<OpenOptions> = {}): OpenOptions {
  return {
    profile: testProfile({ host: server.host, port: server.port, user: server.user, database: 'postgres' }, profile),
    password: server.password,
    applicationName: 'countersign session test',
    clock: systemClock,
    signal: new AbortController().signal,
    ...changed,
  };
}

function withoutPassword({ password: _password, ...options }: OpenOptions): OpenOptions {
  return options;
}

async function failureOf(options: OpenOptions): Promise<Failure> {
  const test = await testPostgresConnection(options);
  assert.ok(test.kind === 'failed', 'the connection was expected to fail');
  return test.failure;
}

describe('connecting', () => {
  test('says who is there and in clear that the line is', async () => {
    const result = await testPostgresConnection(optionsFor(plain));
    assert.ok(result.kind === 'ok');
    assert.deepEqual({ ...result.server, version: '' }, { dialect: 'postgresql', version: '', database: 'postgres', user: 'postgres', encrypted: false });
    assert.match(result.server.version, /^\d+(\.\d+)+$/);
  });

  for (const mode of ['verify-full', 'verify-ca', 'require'] as const) {
    test(`encrypts with ${mode}`, async () => {
      const result = await testPostgresConnection(optionsFor(secure, { tls: { mode, caFile: ca } }));
      assert.ok(result.kind === 'ok', result.kind === 'failed' ? result.failure.message : '');
      assert.equal(result.server.encrypted, true);
    });
  }

  test('opens both lines of a session with names an administrator understands', async () => {
    const start = await openPostgresSession(optionsFor(plain));
    assert.ok(start.kind === 'open');
    const { rows } = await plain.query("SELECT application_name AS name FROM pg_stat_activity WHERE application_name LIKE 'countersign%' ORDER BY 1");
    assert.deepEqual(rows.map(({ name }) => name), ['countersign session test', 'countersign session test (metadata)']);
    await start.session.close();
  });

  test('takes nothing from the environment', async () => {
    const environment = { PGOPTIONS: '-c search_path=pg_catalog', PGPASSWORD: plain.password, PGSSLMODE: 'require', PGAPPNAME: 'other' };
    Object.assign(process.env, environment);
    const [without, start] = await Promise.all([testPostgresConnection(withoutPassword(optionsFor(plain))), openPostgresSession(optionsFor(plain))]);
    for (const name of Object.keys(environment)) Reflect.deleteProperty(process.env, name);
    assert.equal(without.kind === 'failed' && without.failure.code, 'credentials');
    assert.ok(start.kind === 'open');
    const { rows } = await plain.query("SELECT application_name FROM pg_stat_activity WHERE application_name = 'other'");
    assert.deepEqual(rows, []);
    assert.deepEqual((await read(start.session, 'SHOW search_path')).rows, [['"$user", public']]);
    await start.session.close();
  });
});

describe('failing to connect says what happened', () => {
  type Case = readonly [name: string, options: () => OpenOptions | Promise<OpenOptions>, code: Failure['code'], words: RegExp];
  const cases: readonly Case[] = [
    ['host down', async () => optionsFor(plain, { port: await freePort() }), 'connection', /nothing listens/],
    ['unknown host', () => optionsFor(plain, { host: 'no-such-host.invalid' }), 'connection', /cannot be resolved/],
    ['wrong password', () => optionsFor(plain, { user: 'connect_ann' }, { password: 'wrong' }), 'credentials', /refused the password/],
    ['no password', () => withoutPassword(optionsFor(plain, { user: 'connect_ann' })), 'credentials', /none is stored/],
    ['unknown database', () => optionsFor(plain, { database: 'nope' }), 'connection', /no database nope/],
    ['no right to connect', () => optionsFor(plain, { user: 'connect_ann', database: 'closed' }, { password: 'right' }), 'credentials', /CONNECT privilege/],
    ['TLS refused by the server', () => optionsFor(plain, { tls: { mode: 'require' } }), 'connection', /does not offer TLS/],
    ['certificate of an unknown authority', () => optionsFor(secure, { tls: { mode: 'verify-full' } }), 'connection', /not signed by an authority/],
    ['certificate of another authority', () => optionsFor(secure, { tls: { mode: 'verify-ca', caFile: path.join(tlsFolder, 'elsewhere.crt') } }), 'connection', /not signed by an authority/],
    ['authorities that cannot be read', () => optionsFor(secure, { tls: { mode: 'verify-full', caFile: '/no/such/file.pem' } }), 'connection', /\/no\/such\/file\.pem/],
  ];
  for (const [name, options, code, words] of cases) {
    test(name, async () => {
      const failure = await failureOf(await options());
      assert.match(failure.message, words);
      assert.equal(failure.code, code);
    });
  }

  test('certificate for another name', async () => {
    const elsewhere = await startPostgres({ name: 'elsewhere', tls: { certificate: path.join(tlsFolder, 'elsewhere.crt'), key: path.join(tlsFolder, 'elsewhere.key') } });
    try {
      assert.match((await failureOf(optionsFor(elsewhere, { tls: { mode: 'verify-full', caFile: ca } }))).message, /for another name/);
      assert.equal((await testPostgresConnection(optionsFor(elsewhere, { tls: { mode: 'verify-ca', caFile: ca } }))).kind, 'ok');
    } finally {
      await elsewhere.stop();
    }
  });

  test('too many connections', async () => {
    const ann = optionsFor(plain, { user: 'connect_ann' }, { password: 'right' });
    const opened: Session[] = [];
    for (;;) {
      const start = await openPostgresSession(ann);
      if (start.kind === 'failed') {
        assert.match(start.failure.message, /no free connection/);
        break;
      }
      opened.push(start.session);
    }
    await Promise.all(opened.map((session) => session.close()));
  });

  test('a server that says nothing', async () => {
    await withListener(() => undefined, async (port) => {
      const impatient = { ...systemClock, after: (milliseconds: number, callback: () => void) => systemClock.after(milliseconds / 50, callback) };
      const failure = await failureOf(optionsFor(plain, { port }, { clock: impatient }));
      assert.match(failure.message, /did not answer within 10 s/);
    });
  });

  test('something that is not PostgreSQL', async () => {
    await withListener((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'), async (port) => {
      assert.equal((await failureOf(optionsFor(plain, { port }))).code, 'connection');
      assert.equal((await failureOf(optionsFor(plain, { port, tls: { mode: 'require' } }))).code, 'connection');
    });
  });

  test('stopping while it connects', async () => {
    await withListener(() => undefined, async (port, connected) => {
      const stop = new AbortController();
      const opening = openPostgresSession(optionsFor(plain, { port }, { signal: stop.signal }));
      await connected;
      stop.abort();
      const start = await opening;
      assert.match(start.kind === 'failed' ? start.failure.message : '', /was stopped/);
    });
  });
});

async function withListener(speak: (socket: Socket) => void, use: (port: number, connected: Promise<unknown>) => Promise<void>): Promise<void> {
  const sockets: Socket[] = [];
  const listener: Server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
    speak(socket);
  }).listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const connected = once(listener, 'connection');
  try {
    await use((listener.address() as AddressInfo).port, connected);
  } finally {
    for (const socket of sockets) socket.destroy();
    listener.close();
  }
}
