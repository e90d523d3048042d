import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseConnection } from '../../../../src/core/profile/parseConnection.ts';
import type { ConnectionOrigin } from '../../../../src/core/profile/parseConnection.ts';

const shop = { name: 'shop', environment: 'staging', host: 'db-1', user: 'app', database: 'shop' };
const production = { ...shop, environment: 'production' };

const origin = (source: ConnectionOrigin['source']): ConnectionOrigin => ({
  source,
  resolveFile: (text) => (text.includes('..') ? undefined : `/repo/${text}`),
});

/** `error at place`, or the profile's interesting parts. */
function outcome(value: unknown): readonly string[] {
  const { profile, problems } = parseConnection(value, ['connections', 3], origin('team'));
  assert.equal(profile === undefined, problems.some(({ severity }) => severity === 'error'));
  return problems.map(({ severity, path }) => `${severity} at ${path.slice(2).join('.') || '(whole)'}`);
}

const complaints: readonly (readonly [what: string, value: unknown, expected: readonly string[]])[] = [
  ['the smallest connection', shop, []],
  ['everything', { ...production, port: 6432, dialect: 'postgresql', tls: { mode: 'verify-ca', ca: 'ca.pem' }, access: 'preview', protected: true }, []],
  ['null', null, ['error at (whole)']],
  ['a list', [shop], ['error at (whole)']],
  ['an empty object', {}, Array<string>(5).fill('error at (whole)')],
  ['no name', { environment: 'staging', host: 'db-1', user: 'app', database: 'shop' }, ['error at (whole)']],
  ['an empty name', { ...shop, name: ' ' }, ['error at name']],
  ['a name with a line break', { ...shop, name: 'a\nb' }, ['error at name']],
  ['a name that reads backwards', { ...shop, name: 'prod\u202Egnigats' }, ['error at name']],
  ['a name that draws an icon', { ...shop, name: '$(check) safe' }, ['error at name']],
  ['a name that is a link to a command', { ...shop, name: '[OK](command:x)' }, ['error at name']],
  ['a user that is a link to a command', { ...shop, user: '[OK](command:x)' }, ['error at user']],
  ['a database that draws an icon', { ...shop, database: '$(check)' }, ['error at database']],
  ['a name of 65 characters', { ...shop, name: 'x'.repeat(65) }, ['error at name']],
  ['a name in another script', { ...shop, name: 'Käufe 数据库 😀' }, []],
  ['an environment nobody knows', { ...shop, environment: 'prod' }, ['error at environment']],
  ['a URL as host', { ...shop, host: 'postgres://db-1' }, ['error at host']],
  ['a host with a user', { ...shop, host: 'app@db-1' }, ['error at host']],
  ['a host with a port', { ...shop, host: 'db-1:5432' }, ['error at host']],
  ['a host with a space', { ...shop, host: 'db 1' }, ['error at host']],
  ['a numeric host', { ...shop, host: 7 }, ['error at host']],
  ['several hosts', { ...shop, host: 'a,b' }, ['error at host']],
  ['an IPv6 address', { ...shop, host: '[fe80::1]' }, []],
  ['a socket folder', { ...shop, host: '/var/run/postgresql' }, []],
  ['a fully qualified host', { ...shop, host: 'db-1.eu-west.example.com.' }, []],
  ['port 0', { ...shop, port: 0 }, ['error at port']],
  ['port 65536', { ...shop, port: 65_536 }, ['error at port']],
  ['a port as text', { ...shop, port: '5432' }, ['error at port']],
  ['a broken port', { ...shop, port: 1.5 }, ['error at port']],
  ['an empty user', { ...shop, user: '' }, ['error at user']],
  ['a database with a control character', { ...shop, database: 'a\u0000b' }, ['error at database']],
  ['a dialect nobody knows', { ...shop, dialect: 'oracle' }, ['error at dialect']],
  ['TLS as text', { ...shop, tls: 'require' }, ['error at tls']],
  ['a TLS mode nobody knows', { ...shop, tls: { mode: 'prefer' } }, ['error at tls.mode']],
  ['an unknown key under TLS', { ...shop, tls: { mode: 'require', key: 'x' } }, ['warning at tls.key']],
  ['a certificate file outside the folder', { ...shop, tls: { mode: 'verify-ca', ca: '../ca.pem' } }, ['error at tls.ca']],
  ['an empty certificate file', { ...shop, tls: { ca: '' } }, ['error at tls.ca']],
  ['a certificate file that is not used', { ...shop, tls: { mode: 'require', ca: 'ca.pem' } }, ['warning at tls.ca']],
  ['production without TLS', { ...production, tls: { mode: 'disable' } }, ['warning at tls.mode']],
  ['production without a checked certificate', { ...production, tls: { mode: 'require' } }, ['warning at tls.mode']],
  ['production on this machine without TLS', { ...production, host: '127.0.0.1', tls: { mode: 'disable' } }, []],
  ['access nobody knows', { ...shop, access: 'write' }, ['error at access']],
  ['protected as text', { ...shop, protected: 'yes' }, ['error at protected']],
  ['unprotected production', { ...production, protected: false }, ['error at protected']],
  ['access on an unprotected connection', { ...shop, protected: false, access: 'readOnly' }, ['error at protected']],
  ['an unknown key', { ...shop, colour: 'red' }, ['warning at colour']],
  ['a password', { ...shop, password: 'hunter2' }, ['error at password']],
  ['an empty password', { ...shop, password: '' }, ['error at password']],
  ['Pwd', { ...shop, Pwd: 'x' }, ['error at Pwd']],
  ['passphrase', { ...shop, passphrase: null }, ['error at passphrase']],
  ['a secret under TLS', { ...shop, tls: { mode: 'require', passphrase: 'x' } }, ['error at tls.passphrase']],
  ['a secret in a list', { ...shop, extra: [{ token: 'x' }] }, ['error at extra.0.token']],
  ['a URL with credentials', { ...shop, url: 'postgres://app:hunter2@db-1/shop' }, ['error at url']],
  ['a host with credentials', { ...shop, host: 'postgres://app:hunter2@db-1' }, ['error at host', 'error at host']],
  ['a connection string', { ...shop, dsn: 'host=db-1 password=hunter2' }, ['error at dsn']],
  ['a password in a query', { ...shop, url: 'postgres://db-1/shop?user=a&password=b' }, ['error at url']],
  ['a URL without credentials', { ...shop, url: 'postgres://db-1/shop' }, ['warning at url']],
];

for (const [what, value, expected] of complaints) {
  test(`${what}: ${expected.length === 0 ? 'fine' : expected.join(', ')}`, () => {
    assert.deepEqual(outcome(value), expected);
  });
}

const defaults: readonly (readonly [what: string, value: Readonly<Record<string, unknown>>, expected: Readonly<Record<string, unknown>>])[] = [
  ['the port of PostgreSQL', shop, { port: 5432 }],
  ['the port of MariaDB', { ...shop, dialect: 'mariadb' }, { port: 3306 }],
  ['PostgreSQL', shop, { dialect: 'postgresql' }],
  ['verify-full for production', production, { tls: { mode: 'verify-full' } }],
  ['verify-full for production on this machine', { ...production, host: 'localhost' }, { tls: { mode: 'verify-full' } }],
  ['require elsewhere', shop, { tls: { mode: 'require' } }],
  ['no TLS on this machine', { ...shop, host: 'localhost' }, { tls: { mode: 'disable' } }],
  ['no TLS on a loopback address', { ...shop, host: '127.8.0.1' }, { tls: { mode: 'disable' } }],
  ['no TLS on a loopback address of IPv6', { ...shop, host: '[::1]' }, { host: '::1', tls: { mode: 'disable' } }],
  ['no TLS on a socket', { ...production, host: '/tmp' }, { tls: { mode: 'disable' } }],
  ['the default mode beside a certificate file', { ...production, tls: { ca: 'ca.pem' } }, { tls: { mode: 'verify-full', caFile: '/repo/ca.pem' } }],
  ['production is protected', production, { protected: true }],
  ['staging is not protected', shop, { protected: false }],
  ['staging that wants protection', { ...shop, protected: true }, { protected: true }],
  ['staging that wants restricted access is protected', { ...shop, access: 'readOnly' }, { protected: true, access: 'readOnly' }],
  ['the id says where it comes from', shop, { id: 'team:shop', source: 'team' }],
];

for (const [what, value, expected] of defaults) {
  test(`default: ${what}`, () => {
    const { profile } = parseConnection(value, [], origin('team'));
    assert.ok(profile);
    assert.deepEqual(Object.fromEntries(Object.keys(expected).map((key) => [key, profile[key as keyof typeof profile]])), expected);
  });
}

test('no message repeats a secret', () => {
  const secrets = { ...shop, password: 'hunter2', host: 'postgres://app:hunter2@db-1', tls: { ca: 'x', token: 'hunter2' } };
  const { problems } = parseConnection(secrets, [], origin('personal'));
  assert.ok(problems.length >= 3);
  assert.ok(problems.every(({ message }) => !message.includes('hunter2')));
});
