/** What a hostile network, a curious server and a busy chat program do to the confirmation server. */
import assert from 'node:assert/strict';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { b64u, parseB64u } from '../../../src/core/approval/bytes.ts';
import { linkText, openBox } from '../../../src/core/approval/seal.ts';
import { strictTerms } from '../../../src/core/approval/terms.ts';
import { verifyApproval } from '../../../src/core/approval/verifyApproval.ts';
import { verifyRequest } from '../../../src/core/approval/verifyRequest.ts';
import { createLog } from '../../../src/server/log.ts';
import { serve } from '../../../src/server/serve.ts';
import { openSqlite } from '../../../src/server/store/sqlite.ts';
import { crypto } from '../../support/confirmation/keys.ts';
import { decide } from '../../support/confirmation/people.ts';
import { actOn, callAt, cast, fileOn, logIn, opened, page, postTeam, prepare, sealed, startRelay } from '../../support/confirmation/relay.ts';
import type { Cast, Filed, Relay } from '../../support/confirmation/relay.ts';

let relay: Relay;
let people: Cast;
let filed: Filed;

before(async () => {
  relay = await startRelay();
  people = await cast();
  await postTeam(relay.call, people.signed);
  filed = await fileOn(relay.call, people);
});
after(async () => await relay.close());

const statusOf = async (answer: Promise<Response>): Promise<number> => (await answer).status;
const stateOf = async (): Promise<unknown> => await (await relay.call(`/v1/requests/${filed.id}?x`, { token: filed.token })).json().then((view: any) => ({ ...view, now: 0 }));

describe('link previewers', () => {
  test('300 looks at a link change nothing and all see the same', async () => {
    const before = await stateOf();
    const texts = new Set<string>();
    const agents = ['Slackbot-LinkExpanding 1.0', 'facebookexternalhit/1.1', 'Twitterbot/1.0', 'TelegramBot', 'WhatsApp/2', 'Discordbot/2.0'];
    for (let n = 0; n < 300; n += 1) {
      const path = n % 3 === 0 ? `/r/${filed.id}` : n % 3 === 1 ? '/r/r_AAAAAAAAAAAAAAAA' : '/r/anything';
      const answer = await relay.call(path, { method: n % 2 === 0 ? 'GET' : 'HEAD', headers: { 'User-Agent': agents[n % agents.length] ?? '' } });
      assert.equal(answer.status, 200);
      const text = await answer.text();
      if (n % 2 === 0) texts.add(text);
    }
    assert.equal(texts.size, 1);
    assert.deepEqual(await stateOf(), before);
    assert.equal((await relay.call('/metrics').then(async (answer) => await answer.text())).match(/countersign_open_requests (\d+)/)?.[1], '1');
  });
});

describe('pages of others', () => {
  const path = (): string => `/v1/requests/${filed.id}/decisions`;
  for (const type of ['application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'text/plain', 'text/plain; application/json', 'application/json-patch+json', '']) {
    test(`a form of type "${type}" is refused`, async () => {
      const headers = type === '' ? undefined : { 'Content-Type': type };
      assert.equal(await statusOf(relay.call(path(), { token: filed.token, body: new TextEncoder().encode('{"box":"AAAA"}'), ...(headers && { headers }) })), 415);
    });
  }
  for (const [site, status] of [['cross-site', 403], ['same-site', 403], ['same-origin', 201], ['none', 200]] as const) {
    test(`a call from ${site} is answered with ${String(status)}`, async () => assert.equal(await statusOf(relay.call(path(), { token: filed.token, json: { box: 'AAAA' }, headers: { 'Sec-Fetch-Site': site } })), status));
  }

  test('no answer lets another origin read it, frame it, or run anything', async () => {
    const calls = [relay.call('/r/x'), relay.call('/app.js'), relay.call('/nothing'), relay.call(`/v1/requests/${filed.id}`, { token: filed.token }), relay.call('/v1/requests', { json: {} }), relay.call(path(), { method: 'OPTIONS', headers: { Origin: 'https://evil.example.com', 'Access-Control-Request-Method': 'POST' } })];
    for (const answer of await Promise.all(calls)) {
      const { headers } = answer;
      assert.deepEqual([...headers.keys()].filter((name) => name.startsWith('access-control')), []);
      assert.equal(headers.get('set-cookie'), null);
      assert.equal(headers.get('x-frame-options'), 'DENY');
      assert.equal(headers.get('cross-origin-opener-policy'), 'same-origin');
      assert.equal(headers.get('referrer-policy'), 'no-referrer');
      assert.equal(headers.get('x-content-type-options'), 'nosniff');
      assert.equal(headers.get('cache-control'), 'no-store');
      assert.match(headers.get('x-robots-tag') ?? '', /noindex/);
      const policy = headers.get('content-security-policy') ?? '';
      for (const part of ["default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "form-action 'none'", "base-uri 'none'", "require-trusted-types-for 'script'"]) assert.ok(policy.includes(part), part);
      assert.doesNotMatch(policy, /unsafe|https?:|\*/);
    }
  });

  test('the page names nothing outside the server and nothing inline', async () => {
    const html = await (await relay.call('/r/x')).text();
    assert.doesNotMatch(html, /https?:|<style|\son\w+=|javascript:/);
    assert.deepEqual([...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, address]) => address), ['../app.css', '../app.js']);
    assert.doesNotMatch(html, /<script(?! src)/);
  });
});

describe('too much and too deep', () => {
  const post = async (json: string, to = '/decisions'): Promise<number> =>
    await statusOf(relay.call(`/v1/requests${to === '' ? '' : `/${filed.id}${to}`}`, { token: filed.token, body: json, headers: { 'Content-Type': 'application/json' } }));
  const rows: readonly [name: string, json: () => string, status: number, to?: string][] = [
    ['a decision of 65 KiB', () => JSON.stringify({ box: b64u(new Uint8Array(65 * 1024)) }), 413],
    ['a decision of 64 KiB', () => JSON.stringify({ box: b64u(crypto.random(64 * 1024)) }), 201],
    ['a request of 3 MB', () => JSON.stringify({ box: 'A'.repeat(3_000_000) }), 413, ''],
    ['a claim of 100 KB', () => JSON.stringify({ act: 'A'.repeat(100_000) }), 413, '/claim'],
    ['brackets 100 000 deep', () => `{"box":${'['.repeat(40_000)}${']'.repeat(40_000)}}`, 400],
    ['a prototype', () => '{"box":"AAAA","__proto__":{}}', 400],
    ['half a character', () => '{"box":"\\ud800"}', 400],
    ['no JSON', () => '{"box":', 400],
    ['nothing', () => '', 400],
    ['a list', () => '[]', 400],
    ['another type', () => '{"box":7}', 400],
    ['no base64url', () => '{"box":"A+/="}', 400],
    ['base64url with stray bits', () => '{"box":"AB"}', 413],
  ];
  for (const [name, json, status, to] of rows) test(`${name}: ${String(status)}`, async () => assert.equal(await post(json(), to), status));

  test('a body without a length is cut off where it becomes too long', async () => {
    let sent = 0;
    const endless = new ReadableStream<Uint8Array>({ pull: (controller) => { sent += 1; controller.enqueue(new Uint8Array(64 * 1024).fill(0x41)); } });
    const request = new Request(`http://x/v1/requests/${filed.id}/decisions`, { method: 'POST', body: endless, duplex: 'half', headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${filed.token}` } } as RequestInit);
    assert.equal((await relay.app.request(request)).status, 413);
    assert.ok(sent < 10, `${String(sent)} pieces were read`);
  });

  test('after 32 decisions there is no room for more', async () => {
    const own = await fileOn(relay.call, people);
    const answers: number[] = [];
    for (let n = 0; n < 33; n += 1) answers.push(await statusOf(relay.call(`/v1/requests/${own.id}/decisions`, { token: own.token, json: { box: b64u(crypto.random(32)) } })));
    assert.deepEqual([answers.slice(0, 32).every((status) => status === 201), answers[32]], [true, 429]);
  });

  test('an address that calls too often waits, others do not', async () => {
    const own = await startRelay({ limits: { readsPerMinute: 3, writesPerMinute: 1, waiting: 1 }, trustProxy: true });
    const from = async (address: string) => await statusOf(own.call('/v1/server', { headers: { 'X-Forwarded-For': `6.6.6.6, ${address}` } }));
    // The last address is the proxy's own finding; what stands before it anybody can write.
    assert.deepEqual([await from('1.1.1.1'), await from('1.1.1.1'), await from('1.1.1.1'), await from('1.1.1.1'), await from('2.2.2.2')], [200, 200, 200, 429, 200]);
    await own.close();
  });

  test('without a proxy to trust, nobody becomes another address by saying so', async () => {
    const own = await startRelay({ limits: { readsPerMinute: 2 } });
    const from = async (address: string) => await statusOf(own.call('/v1/server', { headers: { 'X-Forwarded-For': address } }));
    assert.deepEqual([await from('1.1.1.1'), await from('2.2.2.2'), await from('3.3.3.3')], [200, 200, 429]);
    await own.close();
  });

  test('one member has at most a hundred open requests; one server so many who wait', async () => {
    const own = await startRelay({ limits: { openRequests: 2, waiting: 1 } });
    await postTeam(own.call, people.signed);
    const [first] = [await fileOn(own.call, people), await fileOn(own.call, people)];
    assert.equal(await statusOf(own.call('/v1/requests', { json: (await prepare(people)).message })), 429);
    const wait = async () => await own.call(`/v1/requests/${first.id}/events`, { token: first.token, headers: { Accept: 'text/event-stream' } });
    const open = await wait();
    assert.equal((await wait()).status, 503);
    await open.body?.cancel();
    assert.equal((await wait()).status, 200);
    await own.close();
  });
});

describe('what the server can do', () => {
  const question = (envelopes: readonly unknown[], of = filed) => ({ request: of.asked.bytes, team: { kind: 'accepted', team: people.team } as const, terms: strictTerms, envelopes, now: Date.now() });
  const box = async (of: Filed): Promise<Uint8Array<ArrayBuffer>> => parseB64u(((await (await relay.call(`/v1/requests/${of.id}`, { token: of.token })).json()) as { box: string }).box) ?? new Uint8Array(0);

  test('it cannot read, swap or change what it keeps', async () => {
    const other = await fileOn(relay.call, people);
    const [mine, theirs] = [await box(filed), await box(other)];
    assert.equal(await openBox(crypto, filed.key, { kind: 'request', id: filed.id }, theirs), undefined, 'served in place of another');
    assert.equal(await openBox(crypto, other.key, { kind: 'request', id: other.id }, mine), undefined);
    assert.equal(await openBox(crypto, parseB64u(filed.token) ?? mine, { kind: 'request', id: filed.id }, mine), undefined, 'the token it sees opens nothing');
    const changed = mine.map((byte, index) => (index === 40 ? byte ^ 1 : byte));
    assert.equal(await openBox(crypto, filed.key, { kind: 'request', id: filed.id }, changed), undefined);
    assert.notEqual(await openBox(crypto, filed.key, { kind: 'request', id: filed.id }, mine), undefined);
  });

  test('dropped, repeated, reordered and replayed decisions never approve', async () => {
    const now = Date.now();
    const [yes, no] = [await decide(filed.asked, 'bob', [people.bob], { time: now, expires: now + 60_000 }), await decide(filed.asked, 'carol', [people.carol], { decision: 'reject', time: now, expires: now + 60_000 })];
    const other = await fileOn(relay.call, people);
    const kinds = await Promise.all([[], [yes, yes], [no, yes], [yes, no], [no]].map(async (envelopes) => (await verifyApproval(crypto, question(envelopes))).kind));
    assert.deepEqual(kinds, ['waiting', 'approved', 'rejected', 'rejected', 'rejected']);
    assert.equal((await verifyApproval(crypto, question([yes], other))).kind, 'waiting', 'replayed for another request');
    const replayed = await sealed(filed, 'decision', yes);
    assert.equal(await opened(other, 'decision', parseB64u(replayed) ?? new Uint8Array(0)), undefined);
    assert.equal(await opened(filed, 'request', parseB64u(replayed) ?? new Uint8Array(0)), undefined, 'a decision in place of a request');
  });

  test('a reviewer who gets an old or a forged team file is not fooled', async () => {
    const state = { kind: 'refused', code: 'team-rolled-back' } as const;
    assert.deepEqual(await verifyRequest(crypto, filed.asked.envelope, state, Date.now()), state);
  });
});

describe('the key of a link', () => {
  test('is in no request, no log and no database of the server', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'countersign-relay-'));
    const log: string[] = [];
    const server = await serve({ store: await openSqlite(path.join(folder, 'store.sqlite')), log: createLog((line) => log.push(line)), page }, { host: '127.0.0.1', port: 0 });
    const origin = `http://localhost:${String(server.port)}`;
    const received: string[] = [];
    const call = callAt(origin);
    const watched: typeof call = async (path, init) => {
      received.push(JSON.stringify([path, init]));
      return await call(path, init);
    };
    await postTeam(watched, people.signed);
    const own = await fileOn(watched, people, { inbox: [{ member: 'bob', sealed: 'AAAA' }] });
    // As a browser does it: the fragment stays behind.
    const link = linkText({ server: origin, id: own.id, secret: own.secret });
    await watched(new URL(link).pathname);
    for (const path of ['', '/team', '/events?after=0']) await watched(`/v1/requests/${own.id}${path}`, { token: own.token });
    await watched(`/v1/requests/${own.id}/decisions`, { token: own.token, json: { box: await sealed(own, 'decision', await decide(own.asked, 'bob', [people.bob])) } });
    assert.equal((await logIn(watched, people.bob, 'shop', new URL(origin).host)).status, 200);
    await watched(`/v1/requests/${own.id}/claim`, { json: await actOn(own, 'claim', people.alice) });
    await server.close();

    const files = await Promise.all((await readdir(folder)).map(async (name) => await readFile(path.join(folder, name))));
    const everything = Buffer.concat([...files, Buffer.from(log.join('')), Buffer.from(received.join('\n'))]);
    assert.ok(received.length >= 9 && log.length >= 9 && files.length >= 1);
    const needles: readonly [string, Uint8Array][] = [['secret', own.secret], ['key', own.key]];
    for (const [name, needle] of needles) {
      for (const spelling of [Buffer.from(needle), Buffer.from(b64u(Uint8Array.from(needle))), Buffer.from(Buffer.from(needle).toString('hex')), Buffer.from(Buffer.from(needle).toString('base64'))]) assert.equal(everything.includes(spelling), false, name);
    }
    for (const text of ['DELETE FROM customers', 'asked to be forgotten', 'db-1:5432']) assert.equal(everything.includes(text), false, text);
    const kept = Buffer.concat([...files, Buffer.from(log.join(''))]);
    assert.equal(kept.includes(own.token), false, 'the server keeps only the hash of the token');
    assert.ok(kept.includes(own.id), 'the search finds what is there');
    await rm(folder, { recursive: true });
  });
});
