/** The client of a confirmation server, against a real one that comes and goes, and against one that lies. */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { RequestListener, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { connectRelay } from '../../../src/adapters/confirmation/httpRelay.ts';
import type { ConfirmationRelay, InboxNews } from '../../../src/adapters/confirmation/httpRelay.ts';
import { b64u, parseB64u } from '../../../src/core/approval/bytes.ts';
import { acceptTeam } from '../../../src/core/approval/teamChain.ts';
import type { RequestEvent } from '../../../src/protocol/confirmation.ts';
import { signAct } from '../../../src/protocol/confirmation.ts';
import { crypto } from '../../support/confirmation/keys.ts';
import { startInstance } from '../../support/confirmation/instances.ts';
import type { Instance } from '../../support/confirmation/instances.ts';
import { signedTeam } from '../../support/confirmation/people.ts';
import { cast, prepare } from '../../support/confirmation/relay.ts';
import type { Cast, Filed } from '../../support/confirmation/relay.ts';
import { until } from '../../support/until.ts';

let folder = '';
let people: Cast;
let instance: Instance;
let relay: ConfirmationRelay;
const linkOf = ({ id, token }: Filed) => ({ id, readToken: parseB64u(token) ?? new Uint8Array(0) });

before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'countersign-client-'));
  people = await cast();
  instance = await startInstance(path.join(folder, 'store.sqlite'));
  relay = connectRelay(crypto, instance.origin);
  assert.equal((await relay.putTeam([people.signed])).kind, 'ok');
});
after(async () => {
  await instance.stop();
  await rm(folder, { recursive: true });
});

async function filed(inbox: readonly { member: string; sealed: string }[] = []): Promise<Filed> {
  const request = await prepare(people, { inbox });
  assert.equal((await relay.file(request.message)).kind, 'ok');
  return request;
}

/** Collects until `enough` came; the rest of the stream is left. */
async function collect<Item>(stream: AsyncGenerator<Item>, into: Item[], enough = Number.POSITIVE_INFINITY): Promise<void> {
  for await (const item of stream) if (into.push(item) >= enough) return;
}

describe('with a server that works', () => {
  test('files, shows, answers, follows, claims once', async () => {
    const request = await filed();
    const view = await relay.view(linkOf(request));
    assert.ok(view.kind === 'ok' && view.value.state === 'open');
    const team = await relay.teamOf(linkOf(request));
    assert.ok(team.kind === 'ok');
    assert.deepEqual(team.value.file, people.signed.file);
    const events: RequestEvent[] = [];
    const following = collect(relay.follow(linkOf(request), 0, { signal: new AbortController().signal }), events);
    const box = crypto.random(100);
    for (let n = 0; n < 3; n += 1) assert.equal((await relay.post(linkOf(request), 'decision', box)).kind, 'ok');
    const act = await signAct(crypto, { id: request.id, action: 'claim', time: Date.now() }, people.alice.signer);
    const [first, again] = [await relay.claim(request.id, act), await relay.claim(request.id, act)];
    assert.ok(first.kind === 'ok' && again.kind === 'ok');
    assert.deepEqual(first.value, again.value);
    const other = await relay.claim(request.id, await signAct(crypto, { id: request.id, action: 'claim', time: Date.now() }, people.alice.signer));
    assert.ok(other.kind === 'refused' && other.code === 'claimed');
    await following;
    assert.deepEqual(events.map(({ seq, kind, box: sealed }) => [seq, kind, sealed]), [[1, 'decision', b64u(box)], [2, 'claimed', undefined]]);
  });

  test('keeps following while the server is killed, is away, and comes back', async () => {
    const request = await filed();
    const events: RequestEvent[] = [];
    const states: string[] = [];
    const following = collect(relay.follow(linkOf(request), 0, { signal: new AbortController().signal, onState: (state) => states.push(state) }), events, 2);
    await relay.post(linkOf(request), 'seen', crypto.random(10));
    await until('the first came', () => events.length === 1);
    await instance.kill();
    await until('it is noticed', () => states.includes('interrupted'));
    const away = await relay.post(linkOf(request), 'decision', crypto.random(10));
    assert.equal(away.kind, 'unreachable');
    instance = await startInstance(path.join(folder, 'store.sqlite'), instance.port);
    assert.equal((await relay.post(linkOf(request), 'decision', crypto.random(10))).kind, 'ok');
    await following;
    assert.deepEqual(events.map(({ seq, kind }) => [seq, kind]), [[1, 'seen'], [2, 'decision']]);
    assert.ok(states.lastIndexOf('waiting') > states.indexOf('interrupted'));
  });

  test('stops when it is told to, and when there is nothing to follow', async () => {
    const request = await filed();
    const ending = new AbortController();
    const following = collect(relay.follow(linkOf(request), 0, { signal: ending.signal }), []);
    ending.abort();
    await following;
    await collect(relay.follow({ id: request.id, readToken: crypto.random(32) }, 0, { signal: new AbortController().signal }), []);
  });

  test('members follow their inbox and read the chain of team files', async () => {
    const session = await relay.logIn('shop', people.bob.signer, Date.now());
    assert.ok(session.kind === 'ok');
    const ending = new AbortController();
    const news: InboxNews[] = [];
    const following = collect(relay.inbox(async () => await Promise.resolve(session.value), { signal: ending.signal }), news);
    const request = await filed([{ member: 'bob', sealed: 'AAAA' }]);
    const mine = () => news.filter((item) => (item.kind === 'request' ? item.entry.id : item.id) === request.id).map(({ kind }) => kind);
    await until('it is there', () => mine().length === 1);
    await relay.close(request.id, await signAct(crypto, { id: request.id, action: 'close', time: Date.now() }, people.alice.signer));
    await until('it is gone', () => mine().length === 2);
    assert.deepEqual(mine(), ['request', 'gone']);
    ending.abort();
    await following;

    const second = await signedTeam({ ...people.team.body, version: 2, prev: people.team.digest }, [people.alice]);
    assert.equal((await relay.putTeam([people.signed, second])).kind, 'ok');
    assert.equal((await relay.putTeam([people.signed, second])).kind, 'ok', 'what it has already is passed over');
    const chain = await relay.teamAfter(session.value, 'shop', 1);
    assert.ok(chain.kind === 'ok');
    assert.deepEqual(chain.value.map(({ file }) => file), [second.file]);
    const state = await acceptTeam(crypto, people.team, [second]);
    assert.ok(state.kind === 'accepted');
    people = { ...people, team: state.team, signed: second };
  });
});

describe('with a server that lies', () => {
  const servers: Server[] = [];
  after(() => servers.forEach((server) => server.close()));

  async function lying(listener: RequestListener): Promise<ConfirmationRelay> {
    const server = createServer(listener);
    servers.push(server);
    await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
    return connectRelay(crypto, `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/`);
  }
  const json = (value: unknown, status = 200): RequestListener => (_, response) => response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(value));
  const link = { id: 'r_AAAAAAAAAAAAAAAA', readToken: new Uint8Array(32) };

  const rows: readonly [name: string, listener: RequestListener, kind: string][] = [
    ['another shape', json({ state: 'approved' }), 'unreachable'],
    ['a member too many', json({ id: link.id, state: 'open', team: b64u(new Uint8Array(32)), expires: 1, seq: 0, now: 0, box: null, approved: true }), 'unreachable'],
    ['no JSON', (_, response) => response.end('<html>'), 'unreachable'],
    ['an error of a proxy', (_, response) => response.writeHead(502).end('Bad Gateway'), 'unreachable'],
    ['an error of the server', json({ error: { code: 'unavailable', message: 'no' } }, 503), 'unreachable'],
    ['a refusal', json({ error: { code: 'not-found', message: 'no' } }, 404), 'refused'],
    ['another address', (_, response) => response.writeHead(307, { Location: 'http://127.0.0.1:1/' }).end(), 'unreachable'],
    ['more than a request can be', (_, response) => response.end(Buffer.alloc(8 * 1024 * 1024, 0x20)), 'unreachable'],
    ['the line cut in the middle', (_, response) => { response.writeHead(200, { 'Content-Length': '100' }).write('{'); response.destroy(); }, 'unreachable'],
  ];
  for (const [name, listener, kind] of rows) test(`${name}: ${kind}`, async () => assert.equal((await (await lying(listener)).view(link)).kind, kind));

  test('nobody there: unreachable', async () => assert.equal((await connectRelay(crypto, 'http://127.0.0.1:1').view(link)).kind, 'unreachable'));

  test('events that repeat, jump back or are none are not told', async () => {
    const event = (seq: number, kind = 'decision'): string => `id: ${String(seq)}\nevent: ${kind}\ndata: ${JSON.stringify({ seq, kind, at: 1 })}\n\n`;
    const client = await lying((_, response) => response.writeHead(200, { 'Content-Type': 'text/event-stream' }).write(`${event(1)}${event(1)}event: decision\ndata: {"seq":2}\n\ndata\n\n: \n\n${event(3)}${event(2)}event: x\ndata: [\n\n${event(4, 'closed')}`));
    const events: RequestEvent[] = [];
    await collect(client.follow(link, 0, { signal: new AbortController().signal }), events);
    assert.deepEqual(events.map(({ seq }) => seq), [1, 3, 4]);
  });

  test('a flood of events, or a number that hides all later ones, is given up', async () => {
    for (const [first, expected] of [[1, 1000], [5000, 0]] as const) {
      const flood = await lying((_, answer) => {
        answer.writeHead(200, { 'Content-Type': 'text/event-stream' });
        for (let seq = first; seq < first + 3000; seq += 1) answer.write(`event: seen\ndata: ${JSON.stringify({ seq, kind: 'seen', at: 1 })}\n\n`);
      });
      const told: RequestEvent[] = [];
      await collect(flood.follow(link, 0, { signal: new AbortController().signal }), told);
      assert.equal(told.length, expected);
    }
  });

  test('a stream without an end and without an event is given up', async () => {
    let opened = 0;
    const client = await lying((_, response) => {
      opened += 1;
      response.writeHead(200, { 'Content-Type': 'text/event-stream' });
      const flood = setInterval(() => { response.write('x'.repeat(64 * 1024)); }, 1);
      response.on('close', () => clearInterval(flood));
    });
    const ending = new AbortController();
    const following = collect(client.follow(link, 0, { signal: ending.signal }), []);
    await until('it was opened anew', () => opened >= 2);
    ending.abort();
    await following;
  });

  test('a receipt for something else is no receipt', async () => {
    const request = await filed();
    const act = await signAct(crypto, { id: request.id, action: 'claim', time: Date.now() }, people.alice.signer);
    const genuine = await relay.claim(request.id, act);
    assert.ok(genuine.kind === 'ok');
    const server = await relay.server();
    assert.ok(server.kind === 'ok');
    const client = await lying((incoming, response) => json(incoming.url === '/v1/server' ? server.value : { receipt: genuine.value })(incoming, response));
    assert.equal((await client.claim(request.id, act)).kind, 'ok', 'the same claim');
    const other = await signAct(crypto, { id: request.id, action: 'claim', time: Date.now() }, people.alice.signer);
    assert.equal((await client.claim(request.id, other)).kind, 'unreachable', 'a receipt from before');
    assert.equal((await client.claim('r_AAAAAAAAAAAAAAAA', act)).kind, 'unreachable', 'for another request');
  });
});
