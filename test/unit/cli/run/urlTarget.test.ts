/** From a URL to a target. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readUrl } from '../../../../src/cli/run/urlTarget.ts';
import { UsageError } from '../../../../src/cli/usage.ts';

const rows: readonly (readonly [url: string, expected: Readonly<Record<string, unknown>>])[] = [
  ['postgresql://ann:s%40crt@db.example:5433/shop', { dialect: 'postgresql', host: 'db.example', port: 5433, user: 'ann', database: 'shop', password: 's@crt', tls: { mode: 'verify-full' } }],
  ['postgres://localhost', { dialect: 'postgresql', host: 'localhost', port: 5432, user: 'me', database: 'me', password: undefined, tls: { mode: 'disable' } }],
  ['postgresql:///shop?host=/var/run/postgresql', { host: '/var/run/postgresql', database: 'shop', tls: { mode: 'disable' } }],
  ['postgresql://db/shop?sslmode=require', { tls: { mode: 'require' } }],
  ['mysql://root@db/shop?ssl-mode=VERIFY_CA&ssl-ca=/ca.pem', { dialect: 'mysql', port: 3306, tls: { mode: 'verify-ca', caFile: '/ca.pem' } }],
  ['mariadb://root@[::1]:3307/shop', { dialect: 'mariadb', host: '::1', port: 3307 }],
];

const unusable = ['nonsense', 'oracle://db/shop', 'postgresql://db/shop?sslmode=prefer', 'postgresql://db/shop?options=-c%20x', 'postgresql://db/%zz'];

describe('a target given as a URL', () => {
  for (const [url, expected] of rows) {
    it(url, () => {
      const { profile, password } = readUrl(url, 'production', 'me');
      const found: Readonly<Record<string, unknown>> = { ...profile, password };
      assert.deepEqual(Object.fromEntries(Object.keys(expected).map((key) => [key, found[key]])), expected);
    });
  }
  it('is protected in every environment', () => {
    for (const environment of ['production', 'staging', 'development'] as const) {
      assert.equal(readUrl('postgresql://db/shop', environment, 'me').profile.protected, true);
    }
  });
  for (const url of unusable) {
    it(`refuses ${url}`, () => {
      assert.throws(() => readUrl(url, 'production', 'me'), UsageError);
    });
  }
  it('never repeats the URL, which may hold a password', () => {
    for (const url of ['postgresql://ann:hunter2@db/shop?x=1', 'mysql://ann:hunter2@/%zz']) {
      assert.throws(() => readUrl(url, 'production', 'me'), (error: Error) => !error.message.includes('hunter2'));
    }
  });
});
