/** Passwords in PostgreSQL's own file. */
import assert from 'node:assert/strict';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { findInPasswordFile } from '../../../../src/adapters/credentials/passwordFile.ts';

const text = String.raw`# comment:5432:*:*:no
db:5432:shop:ann:first
db:5432:shop:ann:second
db:*:*:bob:with\:colon\\
localhost:5432:*:*:socket
short:line
*:*:*:eve:last`;

const rows: readonly (readonly [host: string, port: number, database: string, user: string, expected: string | undefined])[] = [
  ['db', 5432, 'shop', 'ann', 'first'],
  ['db', 5433, 'shop', 'ann', undefined],
  ['db', 6000, 'any', 'bob', 'with:colon\\'],
  ['/var/run/postgresql', 5432, 'shop', 'me', 'socket'],
  ['elsewhere', 1, 'x', 'eve', 'last'],
];

describe('the password file', () => {
  let folder = '';
  let env: NodeJS.ProcessEnv = {};
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'countersign-'));
    env = { PGPASSFILE: path.join(folder, 'pgpass') };
    await writeFile(path.join(folder, 'pgpass'), text, { mode: 0o600 });
  });
  after(async () => {
    await rm(folder, { recursive: true });
  });
  for (const [host, port, database, user, expected] of rows) {
    it(`${user}@${host}:${String(port)}/${database}`, async () => {
      assert.equal(await findInPasswordFile({ host, port, database, user }, env), expected);
    });
  }
  it('is not used when others may read it', { skip: process.platform === 'win32' && 'Windows has no such rights' }, async () => {
    await chmod(path.join(folder, 'pgpass'), 0o644);
    assert.equal(await findInPasswordFile({ host: 'db', port: 5432, database: 'shop', user: 'ann' }, env), undefined);
  });
});
