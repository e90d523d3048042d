/** `countersign audit` over what a real log and a real team left: what it prints, and how it ends. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { requestDigest } from '../../../src/core/approval/digest.ts';
import { acceptTeam } from '../../../src/core/approval/teamChain.ts';
import { audit } from '../../support/audit/auditCli.ts';
import { introduce, newLogClient, patience, startLogServer, type LogClient, type LogServer, type Owned } from '../../support/audit/logServer.ts';
import { crypto, softwareKey } from '../../support/confirmation/keys.ts';
import { ask, decide, requestBody, signedTeam, teamBody } from '../../support/confirmation/people.ts';
import { until } from '../../support/until.ts';

let folder = '';
let log: LogServer;
let client: LogClient;
let owner: Owned;
const file = (name: string): string => path.join(folder, name);
const rules = { confirmations: [{ match: { env: 'production' as const, class: ['destructive' as const] }, approvals: 1, roles: [], assurance: 'software' as const, effectMatch: 'exact' as const, ttlMinutes: 15, audit: 'receipt' as const, breakGlass: false }] };

before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'countersign-cli-'));
  const [alice, bob] = [{ ...(await softwareKey()), id: 'alice' }, { ...(await softwareKey()), id: 'bob' }];
  owner = alice;
  const people = [{ id: 'alice', keys: [alice] }, { id: 'bob', keys: [bob] }];
  const first = await signedTeam(teamBody(people, { policy: rules }), [alice]);
  const state = await acceptTeam(crypto, undefined, [first]);
  if (state.kind === 'refused') throw new Error(state.code);
  const second = await signedTeam(teamBody(people, { policy: rules, version: 2, prev: state.team.digest }), [alice]);
  for (const [name, signed] of [['team-1', first], ['team-2', second], ['forged', { ...second, file: new TextEncoder().encode(new TextDecoder().decode(second.file).replace('"software"', '"touch"')) }]] as const) {
    await writeFile(file(`${name}.jsonc`), signed.file);
    await writeFile(file(`${name}.sig.json`), JSON.stringify(signed.signatures));
  }
  await writeFile(file('bob.key'), JSON.stringify({ v: 1, alg: 'es256', pub: bob.record.pub, pkcs8: bob.secret }));
  log = await startLogServer(file('log.sqlite'));
  await introduce(log, { alice, bob, signed: first });
  client = await newLogClient(alice);
  const delivery = await client.deliver(client.endpoint(log.origin));

  const now = Date.now();
  const asked = await ask(alice, requestBody(state.team, { created: now, expires: now + 600_000 }));
  const base = { run: 'confirmed', time: now, class: 'destructive', sql: 'DELETE FROM customers', actor: { kind: 'human', osUser: 'ann', host: 'laptop' }, target: { connection: 'team:shop', environment: 'production', address: 'db-1' } };
  const facts = { request: asked.body.id, digest: await requestDigest(crypto, asked.bytes), team: state.team.digest, requester: 'alice' };
  const yes = await decide(asked, 'bob', [bob], { time: now, expires: now + 600_000 });
  for (const body of [{ kind: 'request', confirmation: facts }, { kind: 'decision', confirmation: { ...facts, decisions: [yes] } }, { kind: 'claim', confirmation: facts }, { kind: 'intent' }, { kind: 'commit-intent', transactionId: '7' }, { kind: 'outcome', outcome: 'committed', transactionId: '7' }]) {
    await delivery.waitFor(await client.spool.append({ ...base, ...body }), patience);
  }
  await delivery.close();
});
after(async () => {
  await client.close();
  await log.close();
  await rm(folder, { recursive: true });
});

const withTeams = (): readonly string[] => ['team-1', 'team-2'].flatMap((name) => ['--team', file(`${name}.jsonc`)]);
const verify = async (...more: readonly string[]) => await audit('verify', '--folder', client.folder, ...more);

describe('audit verify', () => {
  it('checks receipts without a network, and says what it could not check', async () => {
    const { code, stdout } = await verify();
    assert.match(stdout, /^✔ 7 events in 1 streams: every chain is whole; “log” signed \d checkpoints and received 7 of the events; who confirmed what was not checked: name the team’s files with --team\n$/u);
    assert.equal(code, 0);
  });

  it('checks who confirmed what, from the records and the team’s files', async () => {
    const { code, stdout } = await verify(...withTeams());
    assert.match(stdout, /1 commits were confirmed by others, as the team’s rules ask\n$/u);
    assert.equal(code, 0);
  });

  it('reads a log from its server, and later from a file', async () => {
    const exported = await audit('export', '--server', log.origin, ...withTeams(), '--key', file('bob.key'));
    assert.equal(exported.code, 0, exported.stderr);
    await writeFile(file('log.jsonl'), exported.stdout);
    for (const source of [['--server', log.origin, '--key', file('bob.key')], ['--log', file('log.jsonl')]]) {
      const { code, stdout, stderr } = await verify(...withTeams(), ...source);
      assert.match(stdout, /, and holds 7; 1 commits were confirmed/u, stderr);
      assert.equal(code, 0);
    }
    await writeFile(file('changed.jsonl'), exported.stdout.replace('DELETE FROM customers', 'SELECT 1'));
    const changed = await verify('--log', file('changed.jsonl'));
    assert.match(changed.stdout, /is not what was recorded: its digest does not fit/u);
    assert.equal(changed.code, 1);
  });

  it('believes no team file that the team did not sign', async () => {
    const { code, stdout } = await verify('--team', file('team-1.jsonc'), '--team', file('forged.jsonc'), '--team-sig', file('team-1.sig.json'), '--team-sig', file('forged.sig.json'));
    assert.match(stdout, /^WRONG {2}team: .*forged\.jsonc: /mu);
    assert.match(stdout, /1 commits were confirmed/u);
    assert.equal(code, 1);
  });

  it('finds a commit that nobody confirmed', async () => {
    const other = await newLogClient(owner);
    try {
      const base = { run: 'alone', time: Date.now(), class: 'destructive', target: { connection: 'team:shop', environment: 'production', address: 'app@db-1:5432/shop' } };
      for (const body of [{ kind: 'intent' }, { kind: 'commit-intent', transactionId: '8' }, { kind: 'outcome', outcome: 'committed', transactionId: '8' }]) await other.spool.append({ ...base, ...body });
      const { code, stdout } = await audit('verify', '--folder', other.folder, ...withTeams());
      assert.match(stdout, /event 4: run alone was committed \(destructive; production\) without the confirmation/u);
      assert.equal(code, 1);
      await other.spool.append({ ...base, run: 'cut off', kind: 'commit-intent', transactionId: '9' });
      const more = await audit('verify', '--folder', other.folder, ...withTeams());
      assert.match(more.stdout, /WRONG .* run cut off may have been committed, and how it ended is not known \(destructive; production\)/u, 'nobody gets away with ending the program before its last record');
    } finally {
      await other.close();
    }
  });

  const misuse: readonly (readonly [string, () => readonly string[], RegExp])[] = [
    ['a server and no team', () => ['--server', log.origin, '--key', file('bob.key')], /needs --team/u],
    ['a server and no key', () => ['--server', log.origin, ...withTeams()], /Name the key/u],
    ['a key that is not there', () => ['--server', log.origin, ...withTeams(), '--key', file('nobody.key')], /is not there/u],
    ['a server that is none', () => ['--server', 'http://127.0.0.1:9', ...withTeams(), '--key', file('bob.key')], /could not be read/u],
    ['a file that is no log', () => ['--log', file('bob.key')], /is no log/u],
    ['a team file without signatures', () => ['--team', file('log.jsonl')], /cannot be read|cannot be understood/u],
    ['two sources', () => ['--log', 'a', '--server', 'b'], /not both/u],
  ];
  for (const [what, args, says] of misuse) {
    it(`says what is missing: ${what}`, async () => {
      const { code, stderr, stdout } = await verify(...args());
      assert.match(stderr + stdout, says);
      assert.notEqual(code, 0);
    });
  }
});

it('audit tail --follow prints what is recorded while it looks', { timeout: 60_000 }, async () => {
  const main = fileURLToPath(new URL('../../../src/cli/main.ts', import.meta.url));
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', main, 'audit', 'tail', '--follow', '--count', '1', '--folder', client.folder], { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
  await until('the newest was printed', () => said.split('\n').length === 2);
  for (const n of [1, 2, 3]) await client.spool.append({ kind: 'read', followed: n });
  await until('the others were', () => said.split('\n').length === 5);
  assert.deepEqual(said.trim().split('\n').slice(1).map((line) => JSON.parse(line).body.followed), [1, 2, 3]);
  const gone = new Promise<number | null>((resolve) => child.on('close', resolve));
  child.kill('SIGINT');
  assert.equal(await gone, 0);
});
