/** Where requests go: real servers, the editor's own one, and none. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import type { ConfirmationOptions } from '../../../src/adapters/confirmation/confirmation.ts';
import { openLinkOrText } from '../../../src/adapters/confirmation/openedLink.ts';
import { b64u, equalBytes, parseB64u } from '../../../src/core/approval/bytes.ts';
import { linkText, newSecret, openFromSender } from '../../../src/core/approval/seal.ts';
import { signAct } from '../../../src/protocol/confirmation.ts';
import { serve } from '../../../src/server/serve.ts';
import { createLog } from '../../../src/server/log.ts';
import { openSqlite } from '../../../src/server/store/sqlite.ts';
import { crypto } from '../../support/confirmation/keys.ts';
import type { OwnKey } from '../../support/confirmation/keys.ts';
import { ask, requestBody, signedTeam, teamBody } from '../../support/confirmation/people.ts';
import { page } from '../../support/confirmation/relay.ts';
import { openMachine, putTeam } from '../../support/confirmation/teamFolder.ts';
import type { Machine } from '../../support/confirmation/teamFolder.ts';
import { createVault } from '../../support/confirmation/vault.ts';
import { until } from '../../support/until.ts';

let root: string;
let repo: string;
let closing: (() => Promise<void>)[];
const vault = createVault();

/** Alice's machine. */
function alices(change: Partial<ConfirmationOptions> = {}): Machine {
  const machine = openMachine(path.join(root, 'state'), [repo], { secrets: () => vault, ...change });
  closing.push(machine.close);
  return machine;
}

/** Alice's key is in a team file, and Bob with a key that messages can be sealed to. */
async function found(servers?: readonly string[]): Promise<OwnKey> {
  const made = await alices().keys.findOrMake('shop', 'laptop');
  assert.equal(made.kind, 'found');
  const own: OwnKey = { ...made.key, secret: '' };
  const bobs = await openMachine(path.join(root, 'bob'), []).keys.findOrMake('shop', 'laptop');
  assert.equal(bobs.kind, 'found');
  const people = [{ id: 'alice', keys: [own] }, { id: 'bob', keys: [{ ...bobs.key, secret: '' }], enc: b64u(bobs.key.enc.publicKey) }];
  putTeam(repo, await signedTeam(teamBody(people, servers === undefined ? {} : { servers }), [own]));
  return own;
}

async function request(machine: Machine, own: OwnKey) {
  const state = await machine.team.state();
  assert.equal(state?.kind, 'accepted');
  const asked = await ask(own, requestBody(state.team, { created: Date.now(), expires: Date.now() + 600_000 }));
  return { id: asked.body.id, envelope: asked.envelope, secret: newSecret(crypto), expires: asked.body.expires, whom: ['bob', 'bob', 'nobody'] };
}

/** A server as a team runs it. */
async function teamServer(admission: 'any' | 'first' = 'first') {
  const server = await serve({ store: await openSqlite(':memory:'), log: createLog(() => undefined), page, admission }, { host: '127.0.0.1', port: 0 });
  closing.push(async () => await server.close());
  return `http://localhost:${String(server.port)}`;
}

async function unusedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe('where requests go', () => {
  beforeEach(() => {
    root = mkdtempSync(path.join(tmpdir(), 'filing-'));
    repo = path.join(root, 'repo');
    closing = [];
    vault.values.clear();
  });
  afterEach(async () => {
    for (const close of closing) await close();
    rmSync(root, { recursive: true });
  });

  test('to the server of the setting, which is told of the team, and whose link opens', async () => {
    const server = await teamServer();
    const own = await found(['https://not-asked.example.com']);
    const machine = alices({ chosenServer: () => `${server}/` });
    const asked = await request(machine, own);
    assert.deepEqual(await machine.filing.file(asked), { server });
    const opened = await openLinkOrText(crypto, linkText({ server, id: asked.id, secret: asked.secret }), Date.now);
    assert.equal(opened.kind, 'request');
  });

  test('to the next one when the first does not answer, and that is said', async () => {
    const [dead, server] = [`http://localhost:${String(await unusedPort())}`, await teamServer()];
    const own = await found([server]);
    const machine = alices({ chosenServer: () => dead });
    const filed = await machine.filing.file(await request(machine, own));
    assert.equal(filed.server, server);
    assert.match(filed.problem ?? '', /did not answer/);
  });

  test('to nobody when no server that is named answers: a link to this machine would open for nobody else', async () => {
    const own = await found([`http://localhost:${String(await unusedPort())}`]);
    const machine = alices({ startServer: async () => await Promise.reject(new Error('must not be started')) });
    const filed = await machine.filing.file(await request(machine, own));
    assert.equal(filed.server, undefined);
    assert.match(filed.problem ?? '', /did not answer/);
  });

  test('to nobody when the server serves other teams', async () => {
    const server = await teamServer();
    const own = await found([server]);
    const stranger = await signedTeam(teamBody([{ id: 'alice', keys: [own] }], { team: 'other' }), [own]);
    const machine = alices();
    assert.equal((await (await machine.servers.relay(server)).putTeam([stranger])).kind, 'ok');
    assert.match((await machine.filing.file(await request(machine, own))).problem ?? '', /serves other teams/);
  });

  test('a server that is behind gets every version it lacks', async () => {
    const server = await teamServer();
    const own = await found([server]);
    const machine = alices();
    assert.equal((await machine.filing.file(await request(machine, own))).server, server);
    for (const version of [2, 3]) {
      const state = await machine.team.state();
      assert.equal(state?.kind, 'accepted');
      putTeam(repo, await signedTeam({ ...state.team.body, version, prev: state.team.digest }, [own]));
    }
    assert.equal((await machine.filing.file(await request(machine, own))).server, server);
  });

  test('a version that is missing here comes from the server', async () => {
    const server = await teamServer();
    const own = await found([server]);
    const machine = alices();
    assert.equal((await machine.filing.file(await request(machine, own))).server, server);
    const elsewhere = openMachine(path.join(root, 'elsewhere'), [repo], { secrets: () => vault });
    closing.push(elsewhere.close);
    for (const version of [2, 3]) {
      const state = await elsewhere.team.state();
      assert.equal(state?.kind, 'accepted');
      putTeam(repo, await signedTeam({ ...state.team.body, version, prev: state.team.digest }, [own]));
      assert.equal((await elsewhere.team.state())?.kind, 'accepted');
    }
    assert.equal((await (await elsewhere.servers.relay(server)).putTeam(await elsewhere.pins.chain('shop'))).kind, 'ok');
    const state = await machine.team.state();
    assert.equal(state?.kind === 'accepted' && state.team.body.version, 3);
    assert.equal((await machine.pins.chain('shop')).length, 3);
  });

  test('without any other, to the one in this editor; its links are good over a restart, and it claims', async () => {
    const own = await found();
    const machine = alices();
    const asked = await request(machine, own);
    const { server = '' } = await machine.filing.file(asked);
    assert.match(server, /^http:\/\/localhost:\d+$/);
    await machine.close();
    const after = alices();
    assert.equal((await after.ownServer.ensure()).kind, 'running');
    assert.equal((await openLinkOrText(crypto, linkText({ server, id: asked.id, secret: asked.secret }), Date.now)).kind, 'request');
    const act = await signAct(crypto, { id: asked.id, action: 'claim', time: Date.now() }, own.signer);
    const desk = after.filing.desk(server);
    assert.equal((await desk.claim(asked.id, act)).kind, 'ok');
    assert.deepEqual(await desk.claim(asked.id, await signAct(crypto, { id: asked.id, action: 'claim', time: Date.now() }, own.signer)), { kind: 'refused', code: 'claimed', message: 'The request was already claimed: somebody is running it, or has.' });
  });

  test('a second window uses the server of the first, and takes its place when it goes', async () => {
    await found();
    const [first, second] = [alices(), alices()];
    const a = await first.ownServer.ensure();
    assert.deepEqual(await second.ownServer.ensure(), a);
    await first.close();
    assert.equal(a.kind, 'running');
    const url = a.kind === 'running' ? a.url : '';
    await until('the second window serves', async () => await fetch(`${url}/healthz`).then(({ ok }) => ok, () => false));
    assert.equal(await second.ownServer.addressOf(url), url);
  });

  test('what was asked before its port was taken by another program is still found', async () => {
    const own = await found();
    const machine = alices();
    const asked = await request(machine, own);
    const { server = '' } = await machine.filing.file(asked);
    await machine.close();
    // It says nothing and hangs up, as a program does that speaks another protocol.
    const squatter = createServer((socket) => socket.destroy()).listen(Number(new URL(server).port), '127.0.0.1');
    await new Promise((resolve) => squatter.once('listening', resolve));
    closing.push(async () => await new Promise((resolve) => squatter.close(() => resolve())));
    const after = alices();
    assert.notEqual(await after.ownServer.addressOf(server), server);
    const act = await signAct(crypto, { id: asked.id, action: 'claim', time: Date.now() }, own.signer);
    assert.equal((await after.filing.desk(server).claim(asked.id, act)).kind, 'ok');
    assert.equal(await after.ownServer.addressOf('https://confirm.example.com'), 'https://confirm.example.com');
  });

  test('many windows that need it in the same moment end up with servers that share what they keep', async () => {
    const own = await found();
    const windows = Array.from({ length: 4 }, () => alices());
    const states = await Promise.all(windows.map(async (machine) => await machine.ownServer.ensure()));
    assert.ok(states.every(({ kind }) => kind === 'running'));
    const asked = await request(windows[0] ?? alices(), own);
    assert.notEqual((await (windows[0] ?? alices()).filing.file(asked)).server, undefined);
    for (const state of states) {
      const server = state.kind === 'running' ? state.url : '';
      assert.equal((await openLinkOrText(crypto, linkText({ server, id: asked.id, secret: asked.secret }), Date.now)).kind, 'request');
    }
  });

  test('where there is no SQLite it travels as text, and why is said', async () => {
    const own = await found();
    const machine = alices({ startServer: async () => await Promise.reject(new Error('The confirmation server needs Node 22.13 or later.')) });
    assert.deepEqual(await machine.filing.file(await request(machine, own)), { problem: 'The confirmation server needs Node 22.13 or later.' });
  });

  test('nobody files who is not in the team', async () => {
    const own = await found();
    const machine = alices();
    const asked = await request(machine, own);
    assert.match((await openMachine(path.join(root, 'stranger'), [repo]).filing.file(asked)).problem ?? '', /member of a team/);
  });

  test('what is sealed for the inbox opens with the key of the team file', async () => {
    const own = await found();
    const bobs = alices({ secrets: () => vault });
    const state = await bobs.team.state();
    assert.equal(state?.kind, 'accepted');
    const machine = alices();
    const made = await machine.keys.findOrMake('shop', 'laptop');
    assert.equal(made.kind, 'found');
    // Alice asks herself, which no rule lets count: only to see what arrives.
    putTeam(repo, await signedTeam(teamBody([{ id: 'alice', keys: [own], enc: b64u(made.key.enc.publicKey) }], { version: 2, prev: state.team.digest }), [own]));
    const asked = { ...(await request(machine, own)), whom: ['alice'] };
    const { server = '' } = await machine.filing.file(asked);
    const relay = await machine.servers.relay(server);
    const session = await relay.logIn('shop', own.signer, Date.now());
    assert.equal(session.kind, 'ok');
    const stop = new AbortController();
    for await (const news of relay.inbox(async () => await Promise.resolve(session.value), { signal: stop.signal })) {
      assert.equal(news.kind, 'request');
      const secret = await openFromSender(crypto, made.key.enc, news.entry.id, parseB64u(news.entry.sealed) ?? new Uint8Array(0));
      assert.ok(secret !== undefined && equalBytes(secret, asked.secret));
      stop.abort();
    }
  });
});
