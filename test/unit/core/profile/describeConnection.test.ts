import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeConnection } from '../../../../src/core/profile/describeConnection.ts';
import { parseConnection } from '../../../../src/core/profile/parseConnection.ts';

const shop = { name: 'shop', environment: 'staging', host: 'db-1', user: 'app', database: 'shop' };

const rows: readonly (readonly [what: string, value: object])[] = [
  ['the smallest', shop],
  ['production', { ...shop, environment: 'production' }],
  ['protected staging', { ...shop, protected: true }],
  ['restricted staging', { ...shop, access: 'readOnly' }],
  ['another dialect', { ...shop, dialect: 'mariadb' }],
  ['a certificate file', { ...shop, tls: { mode: 'verify-ca', ca: '/ca.pem' } }],
  ['IPv6', { ...shop, host: '[::1]', port: 6432 }],
];

for (const [what, value] of rows) {
  test(`what is written of ${what} reads the same again`, () => {
    const origin = { source: 'personal' as const, resolveFile: (file: string) => file };
    const { profile } = parseConnection(value, [], origin);
    assert.ok(profile);
    const again = parseConnection(describeConnection(profile), [], origin);
    assert.deepEqual(again.profile, profile);
    assert.deepEqual(again.problems.filter(({ severity }) => severity === 'error'), []);
  });
}
