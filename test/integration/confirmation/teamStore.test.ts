/** The team in force, from real files: what is believed, what is remembered, and what is refused. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { b64u, utf8 } from '../../../src/core/approval/bytes.ts';
import { createTeamStore } from '../../../src/adapters/confirmation/teamStore.ts';
import { teamPlace } from '../../../src/adapters/confirmation/teamFolder.ts';
import type { TeamBody } from '../../../src/core/approval/team.ts';
import { readTeam } from '../../../src/core/approval/team.ts';
import type { Rule } from '../../../src/core/approval/terms.ts';
import type { SignedTeam } from '../../../src/core/approval/teamChain.ts';
import { crypto, softwareKey } from '../../support/confirmation/keys.ts';
import type { OwnKey } from '../../support/confirmation/keys.ts';
import { signedTeam, teamBody } from '../../support/confirmation/people.ts';
import { openMachine, placeIn, putTeam, removeTeam } from '../../support/confirmation/teamFolder.ts';
import type { Machine } from '../../support/confirmation/teamFolder.ts';

let root: string;
let repo: string;
let alice: OwnKey;
let bob: OwnKey;
let machine: Machine;

async function digestOf({ file }: SignedTeam): Promise<string> {
  const read = await readTeam(crypto, file);
  return read.kind === 'read' ? read.team.digest : '';
}
/** The version after a signed one. */
async function next(before: SignedTeam, change: Partial<TeamBody> = {}, signers: readonly OwnKey[] = [alice]): Promise<SignedTeam> {
  const read = await readTeam(crypto, before.file);
  assert.equal(read.kind, 'read');
  const { version } = read.team.body;
  return await signedTeam(teamBody([{ id: 'alice', keys: [alice] }, { id: 'bob', keys: [bob] }], { version: version + 1, prev: read.team.digest, ...change }), signers);
}
const first = async (change: Partial<TeamBody> = {}): Promise<SignedTeam> => await signedTeam(teamBody([{ id: 'alice', keys: [alice] }], change), [alice]);
const onStaging: Rule = { match: { env: 'staging' }, approvals: 1, roles: [], assurance: 'software', effectMatch: 'exact', ttlMinutes: 15, audit: 'spool', breakGlass: false };
const policy: TeamBody['policy'] = { confirmations: [onStaging] };
const codeOf = async (of: Machine = machine): Promise<string> => {
  const state = await of.team.state();
  return state === undefined ? 'none' : state.kind === 'accepted' ? `accepted ${String(state.team.body.version)}` : state.code;
};

describe('the team in force', () => {
  beforeEach(async () => {
    root = mkdtempSync(path.join(tmpdir(), 'team-'));
    repo = path.join(root, 'repo');
    mkdirSync(repo);
    [alice, bob] = await Promise.all([softwareKey(), softwareKey()]);
    machine = openMachine(path.join(root, 'state'), [repo]);
  });
  afterEach(() => rmSync(root, { recursive: true }));

  test('the first one is believed once, with its words told, and remembered over a restart', async () => {
    const one = await first();
    putTeam(repo, one);
    assert.equal(await codeOf(), 'accepted 1');
    assert.equal(await codeOf(), 'accepted 1');
    assert.deepEqual(machine.firstUses, [await digestOf(one)]);
    const later = openMachine(path.join(root, 'state'), [repo]);
    assert.equal(await codeOf(later), 'accepted 1');
    assert.deepEqual(later.firstUses, []);
  });

  const without: readonly (readonly [name: string, write: () => void])[] = [
    ['no file', () => undefined],
    ['a file of connections', () => (mkdirSync(path.join(repo, '.countersign')), writeFileSync(placeIn(repo).file, '{ "version": 1, "connections": [] } // people'))],
    ['a file of connections with a comma too many', () => (mkdirSync(path.join(repo, '.countersign')), writeFileSync(placeIn(repo).file, '{ "version": 1, "connections": [], }'))],
  ];
  for (const [name, write] of without) {
    test(`${name}: no team, and nothing is remembered`, async () => {
      write();
      assert.equal(await codeOf(), 'none');
      assert.deepEqual(await machine.team.rules(), { kind: 'none' });
      assert.equal(await machine.team.self(), undefined);
    });
  }

  const unsigned: readonly (readonly [name: string, code: string, write: (one: SignedTeam) => void])[] = [
    ['without signatures', 'team-unsigned', (one) => (putTeam(repo, one), removeTeam(repo, 'team.sig.json'))],
    ['with a changed letter', 'team-unsigned', (one) => putTeam(repo, { ...one, file: utf8(Buffer.from(one.file).toString().replace('The team', 'The Team')) })],
    ['that cannot be parsed', 'team-malformed', (one) => putTeam(repo, { ...one, file: utf8(`${Buffer.from(one.file).toString()}}`) })],
    ['of a team with a name that is none', 'team-malformed', (one) => putTeam(repo, { ...one, file: utf8(Buffer.from(one.file).toString().replace('"shop"', '"../shop"')) })],
    ['that is far too large', 'team-malformed', (one) => putTeam(repo, { ...one, file: utf8(Buffer.from(one.file).toString() + ' '.repeat(1024 * 1024)) })],
    ['of people without anything else', 'team-malformed', (one) => putTeam(repo, { ...one, file: utf8('{ "members": [] }') })],
  ];
  for (const [name, code, write] of unsigned) {
    test(`a first file ${name} is refused and not remembered`, async () => {
      const one = await first();
      write(one);
      assert.equal(await codeOf(), code);
      assert.equal((await machine.team.rules()).kind, 'refused');
      putTeam(repo, one);
      assert.equal(await codeOf(), 'accepted 1');
    });
    test(`after one that was accepted, a file ${name} is refused`, async () => {
      const one = await first();
      putTeam(repo, one);
      assert.equal(await codeOf(), 'accepted 1');
      write(one);
      assert.equal(await codeOf(), code);
      assert.equal(await machine.team.self(), undefined);
    });
  }

  test('after one that was accepted, a missing file is refused, and so is one without people', async () => {
    putTeam(repo, await first());
    assert.equal(await codeOf(), 'accepted 1');
    writeFileSync(placeIn(repo).file, '{ "version": 1, "connections": [] }');
    assert.equal(await codeOf(), 'team-missing');
    rmSync(path.join(repo, '.countersign'), { recursive: true });
    assert.equal(await codeOf(), 'team-missing');
    assert.equal(await codeOf(openMachine(path.join(root, 'state'), [repo])), 'team-missing');
  });

  test('goes on with each signed version, and never back', async () => {
    const one = await first();
    const two = await next(one);
    const three = await next(two);
    for (const [file, expected] of [[one, 'accepted 1'], [two, 'accepted 2'], [one, 'team-rolled-back'], [three, 'accepted 3'], [two, 'team-rolled-back'], [three, 'accepted 3']] as const) {
      putTeam(repo, file);
      assert.equal(await codeOf(), expected);
    }
    assert.equal((await machine.pins.chain('shop')).length, 3);
  });

  const steps: readonly (readonly [name: string, code: string, second: (one: SignedTeam) => Promise<SignedTeam>])[] = [
    ['another file with the same version', 'team-forked', async () => await first({ policy: { confirmations: [] }, issued: '2026-01-02T00:00:00Z' })],
    ['a version signed by somebody who is no administrator', 'team-unsigned', async (one) => await next(one, {}, [bob])],
    ['a version that names another one before it', 'team-previous', async (one) => await next(one, { prev: b64u(new Uint8Array(32)) })],
    ['a version with another name', 'team-other', async (one) => await next(one, { team: 'shop2' })],
    ['the version after the next', 'team-gap', async (one) => await next(await next(one))],
  ];
  for (const [name, code, second] of steps) {
    test(`${name} is refused`, async () => {
      const one = await first();
      putTeam(repo, one);
      assert.equal(await codeOf(), 'accepted 1');
      putTeam(repo, await second(one));
      assert.equal(await codeOf(), code);
      const report = await machine.team.report();
      assert.equal(report.kind === 'refused' && report.pinned?.body.version, 1);
      putTeam(repo, one);
      assert.equal(await codeOf(), 'accepted 1');
    });
  }

  test('a clone in another folder is held to the same chain', async () => {
    const one = await first();
    const clone = path.join(root, 'clone');
    putTeam(repo, await next(one));
    assert.equal(await codeOf(), 'accepted 2');
    putTeam(clone, one);
    const other = openMachine(path.join(root, 'state'), [clone]);
    assert.equal(await codeOf(other), 'team-rolled-back');
    assert.deepEqual(other.firstUses, []);
  });

  test('two folders with different teams in one window are nobody’s to choose between', async () => {
    const other = path.join(root, 'other');
    putTeam(repo, await first());
    putTeam(other, await first({ team: 'billing' }));
    assert.equal(await codeOf(openMachine(path.join(root, 'state'), [repo, other])), 'team-other');
    assert.equal(await codeOf(openMachine(path.join(root, 'state'), [repo])), 'accepted 1');
  });

  test('a folder that is not trusted brings no team, and takes none away', async () => {
    putTeam(repo, await first());
    const untrusted = openMachine(path.join(root, 'state'), [], { places: () => [placeIn(repo, false)] });
    assert.equal(await codeOf(untrusted), 'none');
    assert.equal(await codeOf(), 'accepted 1');
    removeTeam(repo, 'team.jsonc');
    untrusted.team.forget();
    assert.equal(await codeOf(untrusted), 'accepted 1');
  });

  test('a server that hangs holds no run up', async () => {
    const one = await first();
    putTeam(repo, one);
    assert.equal(await codeOf(), 'accepted 1');
    putTeam(repo, await next(await next(one)));
    const { crypto: own, pins, keys } = machine;
    const store = createTeamStore({ crypto: own, pins, keys, places: () => [placeIn(repo)], missing: async () => await new Promise(() => undefined), patienceMs: 1, now: Date.now });
    assert.equal((await store.rules()).kind, 'refused');
    assert.equal((await store.report()).kind, 'refused');
  });

  test('what was signed about records goes on to hold when the file is edited or gone', async () => {
    assert.equal(await machine.team.demandsReceipts(), false);
    const strict = await first({ audit: { logs: [], mode: 'receipt' } });
    putTeam(repo, strict);
    assert.equal(await machine.team.demandsReceipts(), true);
    putTeam(repo, { ...strict, file: utf8(Buffer.from(strict.file).toString().replace('"receipt"', '"spool"')) });
    assert.equal(await machine.team.demandsReceipts(), true);
    removeTeam(repo, 'team.jsonc');
    assert.equal(await machine.team.demandsReceipts(), true);
  });

  test('an expired team has the strictest rules', async () => {
    putTeam(repo, await first({ policy, expires: '2026-02-01T00:00:00Z' }));
    assert.equal(await codeOf(), 'accepted 1');
    assert.deepEqual(await machine.team.rules(), { kind: 'refused', code: 'team-expired', rules: [onStaging] });
  });

  const connections = [{ name: 'shop', engine: 'postgresql', host: 'db.example.com', user: 'app', database: 'shop', environment: 'production' }];
  const soften = (one: SignedTeam): SignedTeam => ({ ...one, file: utf8(Buffer.from(one.file).toString().replace('"production"', '"development"')) });
  const loosened: readonly (readonly [name: string, code: string, write: (one: SignedTeam) => void])[] = [
    ['it is edited', 'team-unsigned', (one) => putTeam(repo, soften(one))],
    ['it is gone', 'team-missing', () => removeTeam(repo, 'team.jsonc')],
    ['its signatures are gone', 'team-unsigned', () => removeTeam(repo, 'team.sig.json')],
    ['a team of one’s own takes its place', 'team-other', () => void 0],
  ];
  for (const [name, code, write] of loosened) {
    test(`what was signed of rules and databases goes on to hold when ${name}`, async () => {
      const one = await first({ connections, policy });
      putTeam(repo, one);
      assert.equal(await codeOf(), 'accepted 1');
      write(one);
      if (code === 'team-other') putTeam(repo, await first({ team: 'mine', policy: { confirmations: [] } }));
      assert.deepEqual(await machine.team.rules(), { kind: 'refused', code, rules: [onStaging] });
      assert.deepEqual((await machine.team.connections()).map(({ host, environment }) => [host, environment]), [['db.example.com', 'production']]);
    });
  }

  test('a folder with a team of one’s own, opened beside it, takes nothing away either', async () => {
    const mine = path.join(root, 'mine');
    putTeam(repo, await first({ connections, policy }));
    assert.equal(await codeOf(), 'accepted 1');
    putTeam(mine, await first({ team: 'mine', policy: { confirmations: [] } }));
    for (const folders of [[mine, repo], [repo, mine]]) {
      const both = openMachine(path.join(root, 'state'), folders);
      assert.deepEqual(await both.team.rules(), { kind: 'refused', code: 'team-other', rules: [onStaging] });
      assert.deepEqual((await both.team.connections()).map(({ environment }) => environment), ['production']);
    }
  });

  test('a part of a repository has the team of the whole, whatever lies in the part, and after its file is gone', async () => {
    const part = path.join(repo, 'services', 'shop');
    mkdirSync(part, { recursive: true });
    mkdirSync(path.join(repo, '.git'));
    putTeam(repo, await first({ policy }));
    const opened = (): Machine => openMachine(path.join(root, 'state'), [part]);
    assert.equal(await codeOf(opened()), 'accepted 1');
    mkdirSync(path.join(part, '.countersign'));
    writeFileSync(placeIn(part).file, '{ "version": 1, "connections": [] }');
    assert.equal(await codeOf(opened()), 'accepted 1');
    removeTeam(repo, 'team.jsonc');
    assert.deepEqual(await opened().team.rules(), { kind: 'refused', code: 'team-missing', rules: [onStaging] });
  });

  test('what lies above a folder that is in no repository is somebody else’s', async () => {
    const part = path.join(repo, 'services');
    mkdirSync(part);
    putTeam(repo, await first());
    assert.equal(await codeOf(openMachine(path.join(root, 'state'), [part])), 'none');
  });

  test('a setting that leads out of the folder does not take the team away', async () => {
    putTeam(repo, await first());
    for (const [relative, expected] of [[undefined, 'accepted 1'], ['elsewhere/team.jsonc', 'team-missing']] as const) {
      assert.equal(await codeOf(openMachine(path.join(root, 'state'), [], { places: () => [teamPlace(repo, relative, true)] })), expected);
    }
  });

  test('the person is who their key in the team file says, until it is revoked', async () => {
    const made = await machine.keys.findOrMake('shop', 'laptop');
    assert.equal(made.kind, 'found');
    const own = { ...bob, record: made.key.record, keyid: made.key.keyid };
    const one = await signedTeam(teamBody([{ id: 'alice', keys: [alice] }, { id: 'bob', keys: [own], enc: b64u(made.key.enc.publicKey) }]), [alice]);
    putTeam(repo, one);
    const self = await machine.team.self();
    assert.equal(self?.member.id, 'bob');
    assert.equal(self.signer.keyid, made.key.keyid);
    assert.notEqual(self.enc, undefined);
    putTeam(repo, await signedTeam(teamBody([{ id: 'alice', keys: [alice] }, { id: 'bob', keys: [own], revoked: [0] }], { version: 2, prev: await digestOf(one) }), [alice]));
    assert.equal(await codeOf(), 'accepted 2');
    assert.equal(await machine.team.self(), undefined);
  });

  test('what is kept of accepted versions and is damaged is not taken for nothing', async () => {
    putTeam(repo, await first());
    assert.equal(await codeOf(), 'accepted 1');
    const folder = path.join(root, 'state', 'teams', 'versions', 'team-shop');
    const [name = ''] = readdirSync(folder);
    writeFileSync(path.join(folder, name), readFileSync(path.join(folder, name), 'utf8').slice(0, 100));
    assert.equal(await codeOf(openMachine(path.join(root, 'state'), [repo])), 'team-malformed');
  });

  test('forgotten on purpose, the next file is believed as the first', async () => {
    const one = await first();
    putTeam(repo, await next(one));
    assert.equal(await codeOf(), 'accepted 2');
    putTeam(repo, one);
    assert.equal(await codeOf(), 'team-rolled-back');
    await machine.pins.forget(repo);
    machine.team.forget();
    assert.equal(await codeOf(), 'accepted 1');
    assert.deepEqual(machine.firstUses.length, 2);
    await machine.pins.forget(path.join(root, 'never seen'));
  });

  test('two windows that accept the same version at once agree', async () => {
    putTeam(repo, await first());
    const windows = Array.from({ length: 8 }, () => openMachine(path.join(root, 'state'), [repo]));
    assert.deepEqual(new Set(await Promise.all(windows.map(codeOf))), new Set(['accepted 1']));
  });

  test('asked often, it reads nothing anew', async () => {
    putTeam(repo, await first());
    await codeOf();
    const started = performance.now();
    for (let i = 0; i < 200; i += 1) await machine.team.state();
    assert.ok(performance.now() - started < 2000);
    const [a, b] = [await machine.team.state(), await machine.team.state()];
    assert.ok(a?.kind === 'accepted' && b?.kind === 'accepted' && a.team === b.team);
  });
});
