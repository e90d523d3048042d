/** What others ask of somebody, by a real server: it arrives, it is told apart from what is none of theirs, and it goes when it is over. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { createClock } from '../../../src/adapters/clock.ts';
import { b64u } from '../../../src/core/approval/bytes.ts';
import { linkText, newSecret } from '../../../src/core/approval/seal.ts';
import { createInbox, type AskedOfMe, type Inbox } from '../../../src/editor/features/confirmations/inbox.ts';
import { signAct } from '../../../src/protocol/confirmation.ts';
import { createLog } from '../../../src/server/log.ts';
import { serve } from '../../../src/server/serve.ts';
import { openSqlite } from '../../../src/server/store/sqlite.ts';
import { crypto } from '../../support/confirmation/keys.ts';
import { ask, requestBody, signedTeam, teamBody } from '../../support/confirmation/people.ts';
import { page } from '../../support/confirmation/relay.ts';
import { openMachine, putTeam } from '../../support/confirmation/teamFolder.ts';
import type { Machine } from '../../support/confirmation/teamFolder.ts';
import { createVault } from '../../support/confirmation/vault.ts';
import { until } from '../../support/until.ts';

let root: string;
let closing: (() => Promise<void> | void)[];
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'countersign-inbox-'));
  mkdirSync(path.join(root, 'repo'));
  closing = [];
});
afterEach(async () => {
  for (const close of closing.toReversed()) await close();
  rmSync(root, { recursive: true, force: true });
});

/** Alice asks, Bob is asked; both work in the same repository, each on a machine of their own. */
async function machines(server: string): Promise<{ readonly alice: Machine; readonly bob: Machine }> {
  const repo = path.join(root, 'repo');
  const [vaultA, vaultB] = [createVault(), createVault()];
  const open = (name: string, vault: ReturnType<typeof createVault>): Machine => {
    const machine = openMachine(path.join(root, name), [repo], { secrets: () => vault, chosenServer: () => server });
    closing.push(machine.close);
    return machine;
  };
  const [alice, bob] = [open('alice', vaultA), open('bob', vaultB)];
  const [a, b] = [await alice.keys.findOrMake('shop', 'laptop'), await bob.keys.findOrMake('shop', 'laptop')];
  assert.ok(a.kind === 'found' && b.kind === 'found');
  const member = (id: string, { key }: typeof a) => ({ id, keys: [{ ...key, secret: '' }], enc: b64u(key.enc.publicKey) });
  putTeam(repo, await signedTeam(teamBody([member('alice', a), member('bob', b)]), [{ ...a.key, secret: '' }]));
  return { alice, bob };
}

async function start(): Promise<string> {
  const server = await serve({ store: await openSqlite(':memory:'), log: createLog(() => undefined), page, admission: 'first' }, { host: '127.0.0.1', port: 0 });
  closing.push(async () => await server.close());
  return `http://localhost:${String(server.port)}`;
}

function inboxOf(machine: Machine): { readonly inbox: Inbox; readonly arrived: AskedOfMe[] } {
  const arrived: AskedOfMe[] = [];
  const inbox = createInbox({ confirmation: machine, clock: createClock(), changed: () => undefined, arrived: (each) => arrived.push(each) });
  closing.push(inbox.dispose);
  return { inbox, arrived };
}

async function aliceAsks(alice: Machine, whom: readonly string[]) {
  const [state, self] = [await alice.team.state(), await alice.team.self()];
  assert.ok(state?.kind === 'accepted' && self);
  const asked = await ask({ signer: self.signer, keyid: self.signer.keyid, secret: '', record: undefined as never }, requestBody(state.team, { created: Date.now() - 1000, expires: Date.now() + 600_000 }));
  const secret = newSecret(crypto);
  const filed = await alice.filing.file({ id: asked.body.id, envelope: asked.envelope, secret, expires: asked.body.expires, whom });
  assert.ok(filed.server, filed.problem);
  return { id: asked.body.id, self, server: filed.server, link: linkText({ server: filed.server, id: asked.body.id, secret }) };
}

describe('the inbox', () => {
  test('introduces the team to a server that does not know it, and a request arrives once', async () => {
    const { alice, bob } = await machines(await start());
    const { inbox, arrived } = inboxOf(bob);
    await inbox.follow(true);
    const { id, link } = await aliceAsks(alice, ['bob']);
    await until('it arrives', () => arrived.length === 1);
    assert.deepEqual([arrived[0]?.checked.request.id, arrived[0]?.source], [id, link]);
    await inbox.follow(true);
    assert.deepEqual(inbox.all().map(({ answer }) => answer), [undefined]);
    assert.equal(arrived.length, 1);
  });

  test('what waited before is there too, and goes when it is over; an answer stays an answer', async () => {
    const { alice, bob } = await machines(await start());
    const [one, two] = [await aliceAsks(alice, ['bob']), await aliceAsks(alice, ['bob'])];
    const { inbox, arrived } = inboxOf(bob);
    await inbox.follow(true);
    await until('both are there', () => arrived.length === 2);
    inbox.settle(one.id, 'approve');
    for (const { id, self, server } of [one, two]) await alice.filing.desk(server).close(id, await signAct(crypto, { id, action: 'close', time: Date.now() }, self.signer));
    await until('the other is over', () => inbox.of(two.id)?.answer === 'over');
    assert.equal(inbox.of(one.id)?.answer, 'approve');
  });

  test('what is put to somebody else, or was asked by oneself, does not arrive', async () => {
    const { alice, bob } = await machines(await start());
    const [bobs, alices] = [inboxOf(bob), inboxOf(alice)];
    await Promise.all([bobs.inbox.follow(true), alices.inbox.follow(true)]);
    await aliceAsks(alice, ['alice']);
    await aliceAsks(alice, ['bob']);
    await until('Bob has his', () => bobs.arrived.length === 1);
    assert.deepEqual([alices.inbox.all().length, bobs.inbox.all().length], [0, 1]);
  });

  test('nobody without a team, or without a key in it, waits for anything', async () => {
    const stranger = openMachine(path.join(root, 'stranger'), [path.join(root, 'repo')], { secrets: () => createVault(), chosenServer: () => 'http://localhost:1' });
    closing.push(stranger.close);
    const { inbox, arrived } = inboxOf(stranger);
    await inbox.follow(true);
    await machines('http://localhost:1');
    await inbox.follow(true);
    assert.deepEqual([inbox.all(), arrived], [[], []]);
  });
});
