/** `countersign run` against a real server: through the bundle, in a process of its own. */
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { readSpool } from '../../support/spool.ts';
import { createTestDatabase, type TestDatabase } from '../../support/postgres.ts';
import { countersign } from '../../unit/cli/run.ts';
import { atTerminal, noTerminal } from './terminal.ts';

const setup = `
  CREATE TABLE parent (id int PRIMARY KEY, name text);
  CREATE TABLE child (id int PRIMARY KEY, parent int REFERENCES parent ON DELETE CASCADE);
  INSERT INTO parent SELECT g, 'p' || g FROM generate_series(1, 10) AS g;
  INSERT INTO child SELECT g, 1 + g % 10 FROM generate_series(1, 30) AS g;`;

describe('countersign run', () => {
  let database: TestDatabase;
  let folder = '';
  before(async () => {
    database = await createTestDatabase(setup);
    folder = await mkdtemp(path.join(tmpdir(), 'countersign-'));
    // Its own home: neither the settings nor the journal of whoever runs the tests are touched.
    process.env['HOME'] = folder;
    process.env['XDG_CONFIG_HOME'] = path.join(folder, 'config');
    process.env['XDG_STATE_HOME'] = path.join(folder, 'state');
  });
  after(async () => {
    await rm(folder, { recursive: true });
  });
  const counts = async () => (await database.query('SELECT (SELECT count(*)::int FROM parent) AS parents, (SELECT count(*)::int FROM child) AS children'))[0];
  const untouched = { parents: 10, children: 30 };
  const sqlFile = async (sql: string): Promise<string> => {
    const file = path.join(folder, 'statement.sql');
    await writeFile(file, sql);
    return file;
  };

  it('prints the rows of a read as a table and ends with 0', async () => {
    const { code, stdout } = await countersign(['run', '--url', database.url()], 'SELECT id, name FROM parent WHERE id < 3 ORDER BY id');
    assert.equal(stdout, 'id │ name\n───┼─────\n 1 │ p1\n 2 │ p2\n(2 rows)\n');
    assert.equal(code, 0);
  });

  it('prints CSV that tells NULL from the empty text', async () => {
    const { stdout } = await countersign(['run', '--url', database.url(), '--format', 'csv'], "SELECT 1 AS a, NULL AS b, '' AS c");
    assert.equal(stdout, 'a,b,c\r\n1,,""\r\n');
  });

  it('shows the effect of a write as one document, rolls back and ends with 3', async () => {
    const { code, stdout } = await countersign(['run', '--url', database.url(), '--format', 'json'], 'DELETE FROM parent WHERE id = 4');
    const { outcome, class: scriptClass, effect } = JSON.parse(stdout);
    assert.deepEqual([code, outcome, scriptClass], [3, { kind: 'rolled-back', why: 'declined' }, 'write']);
    const tables = effect.tables.map(({ name, deleted, operations, exactness }: any) => [name, deleted, operations.deleted, exactness]);
    assert.deepEqual(tables, [['public.child', 3, 3, 'exact'], ['public.parent', 1, 1, 'exact']]);
    const parent = effect.rows.find(({ table }: any) => table === 'public.parent');
    assert.deepEqual(parent, { table: 'public.parent', kind: 'deleted', key: { id: '4' }, before: { id: '4', name: 'p4' }, after: null });
    assert.deepEqual(await counts(), untouched);
  });

  for (const environment of ['production', 'staging', 'development']) {
    it(`commits nothing without a person, ${environment} or not`, async () => {
      const { code } = await countersign(['run', '--url', database.url(), '--environment', environment], 'DELETE FROM child');
      assert.equal(code, 3);
      assert.deepEqual(await counts(), untouched);
    });
  }

  it('refuses what would end the transaction, and sends nothing of it', async () => {
    const { code, stderr } = await countersign(['run', '--url', database.url()], 'DELETE FROM child; COMMIT;');
    assert.equal(code, 3);
    assert.match(stderr, /would end or change the transaction/);
    assert.deepEqual(await counts(), untouched);
  });

  it('shows 100,000 rows of a table nobody analysed, as often as it is asked to', async () => {
    const big = await createTestDatabase('CREATE TABLE big (id int PRIMARY KEY, v int); INSERT INTO big SELECT g, g FROM generate_series(1, 100000) AS g');
    // What was rolled back stays in the table until it is vacuumed, and the server expects it again.
    for (const time of ['first', 'second', 'third']) {
      const { code, stdout, stderr } = await countersign(['run', '--url', big.url(), '--format', 'json'], 'UPDATE big SET v = v + 1');
      assert.equal(code, 3, stderr);
      const { effect } = JSON.parse(stdout);
      assert.deepEqual(effect?.tables.map(({ name, updated }: any) => [name, updated]), [['public.big', 100_000]], `${time}: ${stderr}`);
      assert.equal(effect.capped, true);
    }
  });

  it('runs nothing that cannot be rolled back, and says what is known about it', async () => {
    const { code, stdout } = await countersign(['run', '--url', database.url(), '--format', 'json'], 'VACUUM parent');
    assert.equal(code, 3);
    const { outcome, inspection } = JSON.parse(stdout);
    assert.equal(outcome.kind, 'cancelled');
    assert.match(JSON.stringify(inspection.facts), /Cannot be rolled back/);
  });

  it('shows what a definition would change, and rolls back', async () => {
    const { code, stdout } = await countersign(['run', '--url', database.url(), '--format', 'json'], 'ALTER TABLE parent ADD COLUMN note text');
    assert.equal(code, 3);
    assert.match(JSON.stringify(JSON.parse(stdout).effect.definition.changes), /parent\.note/);
    assert.deepEqual(await database.query(`SELECT 1 FROM information_schema.columns WHERE table_name = 'parent' AND column_name = 'note'`), []);
  });

  it('ends with 1 when the server refuses, and with 2 when the command is not understood', async () => {
    assert.equal((await countersign(['run', '--url', database.url()], 'SELECT 1/0')).code, 1);
    const bad: readonly (readonly string[])[] = [['run'], ['run', '--url', 'x'], ['run', '--url', database.url(), '--connection', 'a'], ['run', '--connection', 'nowhere'], ['run', '--url', database.url(), '--commit'], ['run', '--url', database.url(), '--yes']];
    for (const args of bad) assert.equal((await countersign(args, 'SELECT 1')).code, 2, args.join(' '));
  });

  it('finds a connection of the settings by its name, and its password in the environment', async () => {
    const { host, port, user, database: name, password } = database;
    const settings = path.join(folder, 'settings.json');
    await writeFile(settings, JSON.stringify({ 'countersign.connections': [{ name: 'shop', environment: 'production', host, port, user, database: name, tls: { mode: 'disable' } }] }));
    process.env['COUNTERSIGN_SETTINGS'] = settings;
    process.env['PGPASSWORD'] = password;
    try {
      const read = await countersign(['run', '--connection', 'Shop', '--format', 'csv'], 'SELECT count(*) FROM parent');
      assert.equal(read.stdout, 'count\r\n10\r\n');
      const write = await countersign(['run', '--connection', 'shop'], 'DELETE FROM child');
      assert.equal(write.code, 3);
      assert.match(write.stderr, /read-only/);
      const disguised = await countersign(['run', '--url', database.url(), '--environment', 'development'], 'DELETE FROM child');
      assert.match(disguised.stderr, /read-only/, 'a URL does not make production of one’s own less so');
    } finally {
      delete process.env['COUNTERSIGN_SETTINGS'];
      delete process.env['PGPASSWORD'];
    }
  });

  it('asks a person for the phrase, and commits when it was typed', { skip: noTerminal }, async () => {
    const file = await sqlFile('DELETE FROM child');
    const wrong = await atTerminal(['run', '--url', database.url(), file], [[/to commit; anything else rolls back[^\n]*: /, 'delete 29 rows']]);
    assert.equal(wrong.code, 3, wrong.screen);
    assert.deepEqual(await counts(), untouched);
    const right = await atTerminal(['run', '--url', database.url(), file], [[/to commit; anything else rolls back[^\n]*: /, 'delete 30 rows']]);
    assert.equal(right.code, 0, right.screen);
    assert.deepEqual(await counts(), { parents: 10, children: 0 });
    const journal = await readSpool(path.join(folder, 'state/countersign/audit'));
    const last = journal.trimEnd().split('\n').slice(-4).map((line) => JSON.parse(line).body);
    assert.deepEqual(last.map(({ kind }) => kind), ['intent', 'preview', 'commit-intent', 'outcome']);
    assert.equal(last[3].outcome, 'committed');
    assert.match(last[2].transactionMark, /flushed$/u);
  });

  it('takes Enter at a terminal for no', { skip: noTerminal }, async () => {
    const file = await sqlFile('DELETE FROM parent WHERE id = 1');
    const { code } = await atTerminal(['run', '--url', database.url(), file], [[/to commit; anything else rolls back[^\n]*: /, '']]);
    assert.equal(code, 3);
    assert.equal((await counts()).parents, 10);
  });
});
