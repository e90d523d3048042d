/** What must never be in a record, here or at any endpoint: values of rows, passwords, keys. A whole run is searched for them. */
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { createTestDatabase, type TestDatabase } from '../../support/postgres.ts';
import { readSpool } from '../../support/spool.ts';
import { countersign } from '../../unit/cli/run.ts';
import { atTerminal, noTerminal } from '../cli/terminal.ts';
import { Collector } from './collector.ts';

const inRows = ['canary-in-a-row-7f3a', 'canary-after-91bc'];
const keyOfEndpoint = 'canary-key-of-an-endpoint-31d7';
const passwords = ['canary-of-a-role-55d0', 'canary-of-a-server-0c2e'];

describe('records', () => {
  let database: TestDatabase;
  let folder = '';
  let collectors: readonly Collector[] = [];
  before(async () => {
    database = await createTestDatabase(`
      CREATE TABLE people (id int PRIMARY KEY, note text);
      CREATE TABLE notes (id int PRIMARY KEY, note text);
      INSERT INTO people VALUES (1, '${inRows[0] ?? ''}'), (2, 'other');
      INSERT INTO notes VALUES (1, '${inRows[1] ?? ''}');`);
    folder = await mkdtemp(path.join(tmpdir(), 'countersign-'));
    process.env['HOME'] = folder;
    process.env['XDG_CONFIG_HOME'] = path.join(folder, 'config');
    process.env['XDG_STATE_HOME'] = path.join(folder, 'state');
    collectors = [await Collector.start(), await Collector.start(), await Collector.start()];
    const urls = collectors.map((collector) => collector.url().href);
    process.env['COUNTERSIGN_AUDIT_ENDPOINTS'] = `hook=webhook:${urls[0] ?? ''} otlp:${urls[1] ?? ''} pager=alerts:${urls[2] ?? ''}`;
    for (const name of ['HOOK', 'PAGER']) process.env[`COUNTERSIGN_AUDIT_SECRET_${name}`] = keyOfEndpoint;
    process.env['COUNTERSIGN_AUDIT_SECRET_OTLP'] = `Bearer ${keyOfEndpoint}`;
  });
  after(async () => {
    for (const name of Object.keys(process.env)) if (name.startsWith('COUNTERSIGN_AUDIT_')) delete process.env[name];
    await Promise.all(collectors.map(async (collector) => await collector.stop()));
    await rm(folder, { recursive: true });
  });

  const texts = (): readonly string[] => [
    'SELECT * FROM people',
    'UPDATE people SET note = (SELECT note FROM notes) WHERE id = 1',
    `CREATE ROLE ${database.database}_r PASSWORD '${passwords[0] ?? ''}'`,
    `CREATE USER MAPPING FOR CURRENT_USER SERVER s OPTIONS (password '${passwords[1] ?? ''}')`,
    'SELECT note::int FROM people WHERE id = 1',
    'INSERT INTO people SELECT 1, note FROM notes',
    `SELEC 1 PASSWORD '${passwords[0] ?? ''}'`,
    `SELECT 1 -- postgresql://app:${passwords[0] ?? ''}@db-1/shop`,
    `INSERT INTO people (id, note) SELECT 3, md5('x') WHERE 'password=${passwords[1] ?? ''}' = ''`,
  ];
  for (let index = 0; index < 9; index += 1) {
    it(`are made of run ${String(index + 1)}`, async () => {
      await countersign(['run', '--url', database.url()], texts()[index] ?? '');
    });
  }
  it('are made of a change that is committed', { skip: noTerminal }, async () => {
    const file = path.join(folder, 'statement.sql');
    await writeFile(file, texts()[1] ?? '');
    const committed = await atTerminal(['run', '--url', database.url(), file], [[/to commit; anything else rolls back[^\n]*: /u, 'commit']]);
    assert.equal(committed.code, 0, committed.screen);
  });

  it('hold no value of a row, no password and no address with one, here and at every endpoint', { skip: noTerminal }, async () => {
    const records = await readSpool(path.join(folder, 'state/countersign/audit'));
    for (const kind of ['connect', 'read', 'intent', 'preview', 'outcome', 'refused', 'commit-intent']) assert.match(records, new RegExp(`"kind":"${kind}"`, 'u'));
    const received = collectors.map(({ requests }) => Buffer.concat(requests.map(({ body }) => body)).toString());
    assert.deepEqual(received.slice(0, 2).map((text) => text.includes('commit-intent')), [true, true], 'those that keep records have them');
    for (const canary of [...inRows, ...passwords, database.password, keyOfEndpoint]) {
      assert.ok(!records.includes(canary), `a record holds ${canary}`);
      for (const text of received) assert.ok(!text.includes(canary), `an endpoint received ${canary}`);
    }
  });
});
