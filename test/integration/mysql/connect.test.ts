/** Connecting, and every way in which it fails: a clear reason, soon. */
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { openMysqlSession, testMysqlConnection, type OpenOptions } from '../../../src/adapters/mysql/session.ts';
import type { Failure } from '../../../src/core/errors.ts';
import type { ConnectionProfile } from '../../../src/core/profile/connection.ts';
import { read } from '../../contract/session.contract.ts';
import { systemClock } from '../../support/clock.ts';
import { until } from '../../support/until.ts';
import { sharedServer, startMariadb, startMysql, type MysqlDialect, type MysqlServer, type MysqlUser } from '../../support/mysql.ts';
import { mysqlProfile } from '../../support/mysqlSession.ts';
import { freePort } from '../../support/postgres.ts';

const ca = path.join(import.meta.dirname, '../../support/tls/ca.crt');
const otherDialect: Record<MysqlDialect, MysqlDialect> = { mysql: 'mariadb', mariadb: 'mysql' };

for (const dialect of ['mariadb', 'mysql'] as const) {
  const { skip } = await sharedServer(dialect);
  describe(`connecting to ${dialect}`, { skip }, () => {
    if (skip === false) describeConnecting(dialect);
  });
}

function describeConnecting(dialect: MysqlDialect): void {
  let secure: MysqlServer;
  let plain: MysqlServer;
  let ann: MysqlUser;

  before(async () => {
    const start = dialect === 'mysql' ? startMysql : startMariadb;
    [secure, plain] = await Promise.all([start({ tls: true }), start({ settings: { ...(dialect === 'mysql' ? { auto_generate_certs: 'OFF', ssl_cert: 'none.pem', ssl_key: 'none.pem' } : { skip_ssl: '' }), max_connections: 10, sql_mode: 'ANSI_QUOTES,NO_BACKSLASH_ESCAPES,STRICT_TRANS_TABLES' } })]);
    for (const server of [secure, plain]) await server.query('CREATE DATABASE shop; CREATE DATABASE closed');
    ann = await plain.createUser('SELECT ON shop.*');
  });
  after(async () => {
    await Promise.all([secure.stop(), plain.stop()]);
  });

  function optionsFor(server: MysqlServer, facts: Partial<ConnectionProfile> = {}, changed: Partial<OpenOptions> = {}): OpenOptions {
    const { username, password } = new URL(server.url);
    return {
      profile: mysqlProfile(dialect, { host: server.host, port: server.port, database: 'shop' }, username, facts),
      password,
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
    const end = await testMysqlConnection(options);
    assert.ok(end.kind === 'failed', 'the connection was expected to fail');
    return end.failure;
  }

  test('says who is there and in clear that the line is', async () => {
    const end = await testMysqlConnection(optionsFor(plain, { user: ann.user }, { password: ann.password }));
    assert.ok(end.kind === 'ok', end.kind === 'failed' ? end.failure.message : '');
    assert.deepEqual({ ...end.server, version: '' }, { dialect, version: '', database: 'shop', user: ann.user, encrypted: false });
    assert.match(end.server.version, /^\d+(\.\d+)+$/);
  });

  for (const mode of ['verify-full', 'verify-ca', 'require'] as const) {
    test(`encrypts with ${mode}`, async () => {
      const end = await testMysqlConnection(optionsFor(secure, { tls: { mode, caFile: ca } }));
      assert.ok(end.kind === 'ok', end.kind === 'failed' ? end.failure.message : '');
      assert.equal(end.server.encrypted, true);
    });
  }

  test('modes of the server that would change how a text is read are off, the others stay', async () => {
    const start = await openMysqlSession(optionsFor(plain));
    assert.ok(start.kind === 'open');
    const { rows, notices } = await read(start.session, String.raw`SELECT @@sql_mode, "it's", 'a\'b'`);
    const again = await read(start.session, 'SELECT 1');
    await start.session.close();
    assert.deepEqual(rows, [['STRICT_TRANS_TABLES', "it's", "a'b"]]);
    assert.match(notices.join(), /sql_mode ANSI_QUOTES, NO_BACKSLASH_ESCAPES is off/);
    assert.deepEqual(again.notices, [], 'it is said once');
  });

  describe('fails and says what happened', () => {
    const rows: readonly (readonly [name: string, options: () => Promise<OpenOptions> | OpenOptions, code: Failure['code'], says: RegExp])[] = [
      ['nobody listens', async () => optionsFor(plain, { port: await freePort() }), 'connection', /nothing listens/],
      ['no such host', () => optionsFor(plain, { host: 'no-such-host.invalid' }), 'connection', /cannot be resolved/],
      ['no such socket', () => optionsFor(plain, { host: '/no/such/socket' }), 'connection', /no socket file/],
      ['wrong password', () => optionsFor(plain, {}, { password: 'wrong' }), 'credentials', /refused the password/],
      ['no password', () => withoutPassword(optionsFor(plain)), 'credentials', /asks for the password/],
      ['no such user', () => optionsFor(plain, { user: 'nobody_knows' }), 'credentials', /refused the password/],
      ['no such database', () => optionsFor(plain, { database: 'missing' }), 'connection', /there is no database missing/],
      ['a database of others', () => optionsFor(plain, { database: 'closed', user: ann.user }, { password: ann.password }), 'credentials', /may not use the database closed/],
      ['TLS that is not offered', () => optionsFor(plain, { tls: { mode: 'require' } }), 'connection', /does not offer TLS/],
      ['an authority nobody trusts', () => optionsFor(secure, { tls: { mode: 'verify-full' } }), 'connection', /not signed by an authority/],
      ['authorities that cannot be read', () => optionsFor(secure, { tls: { mode: 'verify-full', caFile: '/no/such/file' } }), 'connection', /cannot be read/],
      ['the other dialect', () => optionsFor(plain, { dialect: otherDialect[dialect] }), 'connection', new RegExp(`the server is ${dialect === 'mysql' ? 'MySQL' : 'MariaDB'} .*Change the dialect`)],
    ];
    for (const [name, options, code, says] of rows) {
      test(name, async () => {
        const failure = await failureOf(await options());
        assert.match(failure.message, says);
        assert.equal(failure.code, code);
      });
    }

    test('too many connections', async () => {
      // A server takes a moment to notice that those of the tests before are gone.
      await until('only this look is connected', async () => Number((await plain.query("SHOW STATUS LIKE 'Threads_connected'"))[0].Value) === 1);
      const held = await Promise.all(Array.from({ length: 5 }, () => openMysqlSession(optionsFor(plain, { user: ann.user }, { password: ann.password }))));
      const failure = await failureOf(optionsFor(plain, { user: ann.user }, { password: ann.password }));
      for (const start of held) if (start.kind === 'open') await start.session.close();
      assert.ok(held.every(({ kind }) => kind === 'open'));
      assert.match(failure.message, /no free connection/);
    });
  });

  test('the certificate of another name is refused, unless names are not compared', async () => {
    // 0.0.0.0 leads here too, and stands in no certificate.
    const there = { host: '0.0.0.0' };
    assert.match((await failureOf(optionsFor(secure, { ...there, tls: { mode: 'verify-full', caFile: ca } }))).message, /is for another name/);
    assert.equal((await testMysqlConnection(optionsFor(secure, { ...there, tls: { mode: 'verify-ca', caFile: ca } }))).kind, 'ok');
  });
}

describe('a password that only TLS keeps secret', async () => {
  const { server, skip } = await sharedServer('mysql');

  test('is not sent in clear to another machine, nor under a key nobody can check', { skip }, async () => {
    const user = await server?.createUser('SELECT ON mysql.*');
    assert.ok(server && user);
    // Not a loopback address by its looks: it could be anywhere.
    const profile = mysqlProfile('mysql', { host: '0.0.0.0', port: server.port, database: 'mysql' }, user.user);
    const options: OpenOptions = { profile, password: user.password, applicationName: 'countersign session test', clock: systemClock, signal: new AbortController().signal };
    const refused = await testMysqlConnection(options);
    assert.ok(refused.kind === 'failed');
    assert.equal(refused.failure.code, 'credentials');
    assert.match(refused.failure.message, /only TLS keeps secret, so it was not sent/);
    const encrypted = await testMysqlConnection({ ...options, profile: { ...profile, tls: { mode: 'require' } } });
    assert.equal(encrypted.kind, 'ok');
    const remembered = await testMysqlConnection(options);
    assert.equal(remembered.kind, 'ok', 'the server remembers the login and needs no key');
  });

  const greeting = (plugin: string) => Buffer.concat([
    Buffer.from([10]), Buffer.from('9.7.4\0'), Buffer.from([1, 0, 0, 0]), Buffer.from('12345678\0'), Buffer.from([0xff, 0xf7]), Buffer.from([255, 2, 0]), Buffer.from([0xff, 0xdf]),
    Buffer.from([21]), Buffer.alloc(10), Buffer.from('123456789012\0'), Buffer.from(`${plugin}\0`),
  ]);
  const publicKey = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ type: 'spki', format: 'pem' }).toString();
  // Two bytes of length: a key has more than 255.
  const packet = (sequence: number, payload: Buffer) => Buffer.concat([Buffer.from([payload.length & 0xff, payload.length >> 8, 0, sequence]), payload]);

  for (const plugin of ['caching_sha2_password', 'sha256_password', 'mysql_clear_password']) {
    test(`is not given to whoever asks for it with ${plugin}`, async () => {
      const received: Buffer[] = [];
      const impostor = await listen((socket) => {
        socket.on('data', (bytes) => {
          received.push(bytes);
          if (received.length === 1) socket.write(packet(2, Buffer.concat([Buffer.from([0xfe]), Buffer.from(`${plugin}\0`), Buffer.from('12345678901234567890\0')])));
          else if (received.length === 2) socket.write(packet(4, Buffer.from([1, 4])));
          else socket.write(packet(6, Buffer.concat([Buffer.from([1]), Buffer.from(publicKey)])));
        });
        socket.write(packet(0, greeting('mysql_native_password')));
      });
      const profile = mysqlProfile('mysql', { host: '0.0.0.0', port: portOf(impostor), database: 'shop' }, 'ann');
      const end = await testMysqlConnection({ profile, password: 'secret-of-ann', applicationName: 'test', clock: systemClock, signal: new AbortController().signal });
      impostor.close();
      assert.ok(end.kind === 'failed');
      assert.equal(end.failure.code, 'credentials', end.failure.message);
      const sent = Buffer.concat(received);
      assert.ok(received.length > 0 && !sent.includes('secret-of-ann'));
      // What a key encrypts is as long as the key.
      assert.ok(sent.length < 256, 'nothing under the impostor’s key');
    });
  }
});

describe('what is no MySQL server', () => {
  const options = (port: number, changed: Partial<OpenOptions> = {}): OpenOptions => ({ profile: mysqlProfile('mysql', { host: '127.0.0.1', port, database: 'shop' }, 'ann'), applicationName: 'test', clock: systemClock, signal: new AbortController().signal, ...changed });

  test('hangs up', async () => {
    const server = await listen((socket) => socket.end());
    const end = await testMysqlConnection(options(portOf(server)));
    server.close();
    assert.match(end.kind === 'failed' ? end.failure.message : '', /hung up/);
  });

  test('says nothing, and nobody waits any longer', async () => {
    const silent = await listen(() => undefined);
    const stop = new AbortController();
    const testing = testMysqlConnection(options(portOf(silent), { signal: stop.signal }));
    await once(silent, 'connection');
    stop.abort();
    const end = await testing;
    silent.close();
    assert.match(end.kind === 'failed' ? end.failure.message : '', /connecting was stopped/);
  });
});

async function listen(onConnection: (socket: Socket) => void): Promise<Server> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    onConnection(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}
