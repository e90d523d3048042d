/** At a terminal nobody else can be asked: what others have to confirm is refused there, whatever is typed. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { softwareKey } from '../../support/confirmation/keys.ts';
import { signedTeam, teamBody } from '../../support/confirmation/people.ts';
import { placeIn, putTeam } from '../../support/confirmation/teamFolder.ts';
import { createTestDatabase, type TestDatabase } from '../../support/postgres.ts';
import { countersign } from '../../unit/cli/run.ts';
import { atTerminal, noTerminal } from './terminal.ts';

const setup = 'CREATE TABLE parent (id int PRIMARY KEY); INSERT INTO parent SELECT generate_series(1, 10)';
const rule = { match: { env: 'production', class: ['destructive', 'admin', 'privilege', 'unknown'] }, approvals: 1, roles: [], assurance: 'uv', effectMatch: 'exact', ttlMinutes: 15, audit: 'spool', breakGlass: false } as const;

describe('countersign run where others have to confirm', { skip: noTerminal }, () => {
  let database: TestDatabase;
  let folder = '';
  const cwd = process.cwd();
  before(async () => {
    database = await createTestDatabase(setup);
    folder = mkdtempSync(path.join(tmpdir(), 'countersign-'));
    process.env['HOME'] = folder;
    process.env['XDG_CONFIG_HOME'] = path.join(folder, 'config');
    process.env['XDG_STATE_HOME'] = path.join(folder, 'state');
    mkdirSync(path.join(folder, 'config/Code/User'), { recursive: true });
    for (const place of ['team', 'edited', 'alone', 'receipts']) mkdirSync(path.join(folder, place));
    const alice = await softwareKey();
    const signed = await signedTeam(teamBody([{ id: 'alice', keys: [alice] }, { id: 'bob', keys: [await softwareKey()] }], { policy: { confirmations: [rule] } }), [alice]);
    putTeam(path.join(folder, 'team'), signed);
    putTeam(path.join(folder, 'edited'), signed);
    putTeam(path.join(folder, 'receipts'), await signedTeam(teamBody([{ id: 'alice', keys: [alice] }], { team: 'other', audit: { logs: [], mode: 'receipt' } }), [alice]));
    writeFileSync(placeIn(path.join(folder, 'edited')).file, Buffer.from(signed.file).toString().replace('"approvals": 1', '"approvals": 2'));
    // The bundle is built by the first call.
    await countersign(['classify'], 'SELECT 1');
  });
  after(() => {
    process.chdir(cwd);
    rmSync(folder, { recursive: true });
  });

  const refusals: readonly (readonly [place: 'team' | 'edited' | 'alone', wish: string | undefined, sql: string, typed: string, why: RegExp])[] = [
    ['team', undefined, 'DELETE FROM parent', 'delete 10 rows', /another person has to confirm this, and here nobody can be asked/],
    ['team', 'never', 'DELETE FROM parent', 'delete 10 rows', /another person has to confirm this/],
    ['team', undefined, 'TRUNCATE parent', 'truncate parent', /another person has to confirm this/],
    ['team', undefined, 'VACUUM parent', 'vacuum parent', /another person has to confirm this/],
    ['team', 'allWrites', 'DELETE FROM parent WHERE id = 1', 'commit', /another person has to confirm this/],
    ['edited', 'never', 'DELETE FROM parent WHERE id = 1', 'commit', /not enough administrators signed the team file/],
    ['alone', 'destructive', 'DELETE FROM parent', 'delete 10 rows', /there is no team to ask/],
  ];
  for (const [place, wish, sql, typed, why] of refusals) {
    it(`${sql}, ${place}, wish ${wish ?? 'unset'}: refused`, async () => {
      process.chdir(path.join(folder, place));
      writeFileSync(path.join(folder, 'config/Code/User/settings.json'), JSON.stringify(wish === undefined ? {} : { 'countersign.production.confirmation': wish }));
      const file = path.join(folder, 'statement.sql');
      writeFileSync(file, sql);
      const { code, screen } = await atTerminal(['run', '--url', database.url(), file], [[/[^\n]*: $/, typed]]);
      assert.match(screen, why);
      assert.equal(code, 3);
      assert.deepEqual(await database.query('SELECT count(*)::int AS n FROM parent'), [{ n: 10 }]);
    });
  }

  it('where the team wants a record elsewhere before anything changes, nothing does while no endpoint is named; reads go on', async () => {
    process.chdir(path.join(folder, 'receipts'));
    writeFileSync(path.join(folder, 'config/Code/User/settings.json'), JSON.stringify({ 'countersign.production.confirmation': 'never' }));
    const file = path.join(folder, 'statement.sql');
    writeFileSync(file, 'DELETE FROM parent WHERE id = 1');
    const { code, screen } = await atTerminal(['run', '--url', database.url(), '--environment', 'development', file], [[/[^\n]*: $/, 'commit']]);
    assert.match(screen, /no write is allowed before its record is received on another machine/u);
    assert.equal(code, 1);
    assert.deepEqual(await database.query('SELECT count(*)::int AS n FROM parent'), [{ n: 10 }]);
    const read = await countersign(['run', '--url', database.url(), '--format', 'csv'], 'SELECT count(*) AS n FROM parent');
    assert.equal(read.code, 0, read.stderr);
  });

  it('reads go on where the team file is not believed', async () => {
    process.chdir(path.join(folder, 'edited'));
    const { code, stdout } = await countersign(['run', '--url', database.url(), '--format', 'csv'], 'SELECT count(*) AS n FROM parent');
    assert.deepEqual([code, stdout], [0, 'n\r\n10\r\n']);
  });
});
