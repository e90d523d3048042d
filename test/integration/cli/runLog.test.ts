/** A pipeline that brings its records to the team's log, as a member of the team, and verifies them. */
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, it } from 'node:test';
import { introduce, newTeam, startLogServer, type LogServer, type Team } from '../../support/audit/logServer.ts';
import { createTestDatabase, type TestDatabase } from '../../support/postgres.ts';
import { countersign } from '../../unit/cli/run.ts';

let folder = '';
let team: Team;
let log: LogServer;
let database: TestDatabase;
const variables = ['COUNTERSIGN_AUDIT_SECRET_LOG', 'COUNTERSIGN_TEAM_FILE', 'COUNTERSIGN_AUDIT_REQUIRED'];

before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'countersign-'));
  team = await newTeam();
  await writeFile(path.join(folder, 'team.jsonc'), team.signed.file);
  await writeFile(path.join(folder, 'team.sig.json'), JSON.stringify(team.signed.signatures));
  log = await startLogServer(path.join(folder, 'log.sqlite'));
  await introduce(log, team);
  database = await createTestDatabase('CREATE TABLE t (id int PRIMARY KEY); INSERT INTO t VALUES (1), (2)');
  // Its own home: neither the settings nor the records of whoever runs the tests are touched.
  process.env['HOME'] = folder;
  process.env['XDG_CONFIG_HOME'] = path.join(folder, 'config');
  process.env['XDG_STATE_HOME'] = path.join(folder, 'state');
  process.env['COUNTERSIGN_TEAM_FILE'] = path.join(folder, 'team.jsonc');
  process.env['COUNTERSIGN_AUDIT_REQUIRED'] = '1';
});
after(async () => {
  for (const name of variables) delete process.env[name];
  await log.close();
  await rm(folder, { recursive: true });
});

const run = async (sql: string) => await countersign(['run', '--url', database.url(), '--audit-endpoint', `log=countersign:${log.origin}`], sql);
const kinds = async () => (await log.store.query('SELECT line FROM audit_events ORDER BY leaf')).map(({ line }) => JSON.parse(String(line)).body.kind);

it('says what the log needs when it has no key, and writes nothing', { timeout: 120_000 }, async () => {
  delete process.env['COUNTERSIGN_AUDIT_SECRET_LOG'];
  const { code, stderr } = await run('DELETE FROM t WHERE id = 1');
  assert.match(stderr, /takes records of members only: give it the content of a member’s key file/u);
  assert.equal(code, 1);
  assert.deepEqual(await kinds(), []);
});

it('brings its records, those left over too, and verifies them without a network', { timeout: 120_000 }, async () => {
  process.env['COUNTERSIGN_AUDIT_SECRET_LOG'] = JSON.stringify({ v: 1, alg: 'es256', pub: team.alice.record.pub, pkcs8: team.alice.secret });
  const { stderr } = await run('DELETE FROM t WHERE id = 1');
  assert.doesNotMatch(stderr, /Not delivered/u);
  const found = await kinds();
  assert.equal(found.filter((kind) => kind === 'stream-begin').length, 2, found.join(' '));
  assert.ok(found.includes('intent') && found.includes('preview'), found.join(' '));
  const { code, stdout } = await countersign(['audit', 'verify', '--team', path.join(folder, 'team.jsonc')]);
  assert.match(stdout, new RegExp(`“log” signed \\d+ checkpoints and received ${String(found.length)} of the events`, 'u'));
  assert.equal(code, 0, stdout);
});
