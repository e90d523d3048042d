/** The log of records, called in the same process: what it keeps, what it refuses, and what its receipts prove. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { b64u, parseB64u } from '../../../src/core/approval/bytes.ts';
import type { ChainedEvent } from '../../../src/core/audit/chain.ts';
import { chainEvent, headOf, newStream } from '../../../src/core/audit/chain.ts';
import { verifyConsistency, verifyInclusion } from '../../../src/core/audit/merkle.ts';
import { leafOf } from '../../../src/core/audit/receipt.ts';
import { sha256 } from '../../../src/adapters/audit/spool/digest.ts';
import { parseLogPage, parseProofView, parseReceipt } from '../../../src/protocol/audit.ts';
import type { Store } from '../../../src/server/store/store.ts';
import { openSqlite } from '../../../src/server/store/sqlite.ts';
import { checkReceipt, hash, linesOf, postEvents, rootOfEvents, sessionToken, stream } from '../../support/audit/streams.ts';
import { softwareKey } from '../../support/confirmation/keys.ts';
import { signedTeam, teamBody } from '../../support/confirmation/people.ts';
import { cast, postTeam, startRelay } from '../../support/confirmation/relay.ts';
import type { Cast, Relay } from '../../support/confirmation/relay.ts';

let store: Store;
let relay: Relay;
let people: Cast;
let [alice, bob] = ['', ''];

before(async () => {
  store = await openSqlite(':memory:');
  relay = await startRelay({ store, admission: 'any', limits: { auditPerMinute: 100_000, readsPerMinute: 100_000 } });
  people = await cast();
  await postTeam(relay.call, people.signed);
  alice = await sessionToken(relay.call, people.alice);
  bob = await sessionToken(relay.call, people.bob);
});
after(async () => await relay.close());

const send = async (events: readonly ChainedEvent[], since = 0, token = alice): Promise<Response> => await postEvents(relay.call, token, events, since);
const receiptFrom = async (answer: Response) => parseReceipt(await answer.json()) ?? assert.fail('no receipt');
const codeOf = async (answer: Response): Promise<string> => `${String(answer.status)} ${((await answer.json()) as { error?: { code: string } }).error?.code ?? 'ok'}`;
const check = async (receipt: Awaited<ReturnType<typeof receiptFrom>>, events: readonly ChainedEvent[], previous?: Parameters<typeof checkReceipt>[2]['previous']) =>
  await checkReceipt(relay.call, alice, { receipt, events, ...(previous === undefined ? {} : { previous }) });

describe('records are kept', () => {
  test('and the receipt proves where, and that the log only grew', async () => {
    const events = stream(12);
    const first = await send(events.slice(0, 5));
    assert.equal(first.status, 201);
    const one = await check(await receiptFrom(first), events);
    assert.deepEqual([one.problem, (one.checkpoint?.size ?? 0) >= 5], [undefined, true]);
    await send(stream(3), 0, bob);
    const receipt = await receiptFrom(await send(events.slice(5), one.checkpoint?.size ?? 0));
    const two = await check(receipt, events, one.checkpoint);
    assert.equal(two.problem, undefined);
    assert.equal(receipt.runs[0]?.member, 'alice');
    assert.equal(receipt.runs[0]?.leaf, (one.checkpoint?.size ?? 0) + 3);
  });

  test('once, however often they are sent, and wherever the batches end', async () => {
    const events = stream(20);
    const before = parseLogPage(await (await relay.call('/v1/audit/events', { token: alice })).json())?.size ?? 0;
    for (const [from, to] of [[0, 7], [0, 7], [3, 12], [0, 12], [11, 20], [0, 20]] as const) {
      const answer = await send(events.slice(from, to));
      assert.ok(answer.ok);
      const { problem } = await check(await receiptFrom(answer), events);
      assert.equal(problem, undefined, `${String(from)} to ${String(to)}`);
    }
    assert.equal(parseLogPage(await (await relay.call('/v1/audit/events', { token: alice })).json())?.size, before + 20);
  });

  test('of many who send at once, each in its own order', async () => {
    const all = Array.from({ length: 30 }, () => stream(4));
    await Promise.all(all.map(async (events, index) => {
      for (const event of events) {
        const answer = await send([event], 0, index % 2 === 0 ? alice : bob);
        assert.equal(answer.status, 201);
        assert.equal((await check(await receiptFrom(answer), events)).problem, undefined);
      }
    }));
  });

  test('with the bytes they had, whatever they say', async () => {
    const odd = stream(6, undefined, (index) => ({ kind: 'read', sql: ['\u0000', '\ud800', '"\\', '💾', '\u2028', 'ü'][index], n: index / 3, '2': 1, '1': { deep: [[[[[[null]]]]]] } }));
    const answer = await send(odd);
    assert.equal(answer.status, 201);
    const start = (await receiptFrom(answer)).runs[0]?.leaf ?? 0;
    const page = parseLogPage(await (await relay.call(`/v1/audit/events?after=${String(start)}`, { token: bob })).json());
    assert.deepEqual(page?.events.map(({ line }) => line), linesOf(odd));
  });
});

describe('records are refused', () => {
  const events = stream(10);
  const forked = [...events.slice(0, 4), chainEvent({ stream: events[0]?.stream ?? '', seq: 4, hash: events[3]?.hash ?? events[0]?.prev ?? sha256('') }, { kind: 'another' }, sha256)];
  const altered = (event: ChainedEvent | undefined): ChainedEvent => ({ ...(event ?? assert.fail()), body: { kind: 'changed' } });
  const raw = async (json: unknown): Promise<string> => await codeOf(await relay.call('/v1/audit', { token: alice, json }));

  before(async () => void (await send(events.slice(0, 6))));

  const rows: readonly (readonly [string, () => Promise<string>, string])[] = [
    ['an event that was changed after it was chained', async () => await codeOf(await send([altered(events[6])])), '400 chain-altered'],
    ['another event in place of one that is kept', async () => await codeOf(await send(forked)), '409 fork'],
    ['a next event that does not follow on what is kept', async () => await codeOf(await send([chainEvent({ ...newStream(events[0]?.stream ?? ''), seq: 6, hash: sha256('') }, {}, sha256)])), '409 fork'],
    ['a batch with a hole', async () => await codeOf(await send([events[6], events[8]].map((event) => event ?? assert.fail()))), '400 chain-gap'],
    ['two streams in one batch', async () => await codeOf(await send([...events.slice(6, 7), ...stream(1)])), '400 chain-other-stream'],
    ['a first event that follows on something', async () => await codeOf(await send([chainEvent({ stream: 'a'.repeat(24), seq: 0, hash: sha256('before') }, {}, sha256)])), '400 chain-broken'],
    ['a stream with a name of its own kind', async () => await codeOf(await send(stream(1, 'mine'))), '400 malformed'],
    ['a line with other white space', async () => await raw({ since: 0, lines: [`${linesOf(events.slice(6, 7))[0] ?? ''} `] }), '400 malformed'],
    ['a line with a member twice', async () => await raw({ since: 0, lines: [(linesOf(events.slice(6, 7))[0] ?? '').replace('{', '{"v":1,')] }), '400 malformed'],
    ['a line that nests without end', async () => await raw({ since: 0, lines: [`${'['.repeat(3000)}${']'.repeat(3000)}`] }), '400 malformed'],
    ['no lines', async () => await raw({ since: 0, lines: [] }), '400 malformed'],
    ['a size that is none', async () => await raw({ since: -1, lines: linesOf(events.slice(6, 7)) }), '400 malformed'],
    ['a member nobody knows', async () => await raw({ since: 0, lines: linesOf(events.slice(6, 7)), more: 1 }), '400 malformed'],
    ['a call without a session', async () => await codeOf(await relay.call('/v1/audit', { json: { since: 0, lines: linesOf(events.slice(6, 7)) } })), '404 not-found'],
    ['a session of nobody', async () => await codeOf(await relay.call('/v1/audit', { token: 'a.b', json: {} })), '401 no-session'],
  ];
  for (const [what, run, code] of rows) test(`${what}: ${code}`, async () => assert.equal(await run(), code));

  test('events with others missing before them: it says which one it waits for', async () => {
    const answer = await send(events.slice(8));
    assert.equal(answer.status, 409);
    assert.deepEqual(((await answer.json()) as { next: number }).next, 7);
    const unknown = await send(stream(3).slice(1));
    assert.deepEqual(((await unknown.json()) as { next: number }).next, 1);
  });

  test('in a stream that another member of the team brings, also the very same ones; that member goes on', async () => {
    const events = stream(6);
    assert.equal((await send(events.slice(0, 3))).status, 201);
    const forged = chainEvent(headOf(events[2] ?? assert.fail()), { kind: 'read', forged: true }, sha256);
    assert.equal(await codeOf(await send([forged], 0, bob)), '409 other-member');
    assert.equal(await codeOf(await send(events.slice(0, 3), 0, bob)), '409 other-member');
    assert.equal((await send(events.slice(3))).status, 201);
  });

  test('unless that member is in the team no more', async () => {
    const own = await startRelay({ admission: 'any' });
    await postTeam(own.call, people.signed);
    const [bobs, carols] = [await sessionToken(own.call, people.bob), await sessionToken(own.call, people.carol)];
    const events = stream(4);
    assert.equal((await postEvents(own.call, bobs, events.slice(0, 2))).status, 201);
    assert.equal(await codeOf(await postEvents(own.call, carols, events.slice(2))), '409 other-member');
    const { body, digest } = people.team;
    await postTeam(own.call, await signedTeam({ ...body, version: 2, prev: digest, members: body.members.filter(({ id }) => id !== 'bob') }, [people.alice]));
    assert.equal((await postEvents(own.call, carols, events.slice(2))).status, 201);
    await own.close();
  });

  test('and one who is refused does not take the others of the same moment down', async () => {
    const good = Array.from({ length: 8 }, () => stream(2));
    const answers = await Promise.all([...good.map(async (each) => await send(each)), send(forked), send(events.slice(9)), ...good.map(async (each) => await send(each))]);
    assert.deepEqual(answers.map(({ status }) => status).toSorted(), [...Array.from({ length: 8 }, () => 200), ...Array.from({ length: 8 }, () => 201), 409, 409]);
  });

  test('when a member sends far too many', async () => {
    const limited = await startRelay({ limits: { auditPerMinute: 2 } });
    await postTeam(limited.call, people.signed);
    const [a, b] = [await sessionToken(limited.call, people.alice), await sessionToken(limited.call, people.bob)];
    const statuses: number[] = [];
    for (const token of [a, a, a, b]) statuses.push((await postEvents(limited.call, token, stream(1))).status);
    assert.deepEqual(statuses, [201, 201, 429, 201]);
    await limited.close();
  });
});

describe('a log is read', () => {
  test('to its end, in pages, by every member of the team and by nobody else', async () => {
    await send(stream(700));
    const entries: { member: string; line: string; leaf: number }[] = [];
    for (let size = 1; entries.length < size; ) {
      const page = parseLogPage(await (await relay.call(`/v1/audit/events?after=${String(entries.length)}`, { token: bob })).json()) ?? assert.fail('no page');
      size = page.size;
      entries.push(...page.events);
    }
    assert.deepEqual(entries.map(({ leaf }) => leaf), entries.map((_, index) => index));
    const root = rootOfEvents(entries.map(({ member, line }) => ({ member, hash: String(JSON.parse(line).hash) })));
    const { note } = (await (await relay.call('/v1/audit/checkpoint', { token: bob })).json()) as { note: string };
    assert.ok(note.includes(Buffer.from(root).toString('base64')), 'the tree of the events is the signed one');

    const [dora] = [await softwareKey()];
    await postTeam(relay.call, await signedTeam(teamBody([{ id: 'dora', keys: [dora] }], { team: 'other' }), [dora]));
    const token = await sessionToken(relay.call, dora, undefined, 'other');
    assert.equal(parseLogPage(await (await relay.call('/v1/audit/events', { token })).json())?.size, 0);
    assert.equal((await relay.call('/v1/audit/events')).status, 404);
  });

  test('with proofs that hold by RFC 6962', async () => {
    const page = parseLogPage(await (await relay.call('/v1/audit/events', { token: alice })).json()) ?? assert.fail();
    const leaves = page.events.map(({ member, line }) => leafOf(member, String(JSON.parse(line).hash), hash));
    const head = (size: number) => ({ size, root: rootOfEvents(page.events.slice(0, size).map(({ member, line }) => ({ member, hash: String(JSON.parse(line).hash) }))) });
    const proofOf = async (query: string) => parseProofView(await (await relay.call(`/v1/audit/proof?${query}`, { token: alice })).json())?.proof.map((each) => parseB64u(each) ?? assert.fail()) ?? assert.fail('no proof');
    for (const [from, to] of [[1, 2], [5, 64], [64, 100], [77, 130], [130, 130], [0, 9]] as const) {
      assert.ok(verifyConsistency({ from: head(from), to: head(to), proof: await proofOf(`from=${String(from)}&to=${String(to)}`) }, hash));
    }
    for (const [index, size] of [[0, 1], [63, 64], [64, 65], [17, 130]] as const) {
      assert.ok(verifyInclusion({ leaf: leaves[index] ?? assert.fail(), index, ...head(size), proof: await proofOf(`leaf=${String(index)}&size=${String(size)}`) }, hash));
    }
    const wrong = ['', 'from=1&leaf=2', 'from=x', 'leaf=-1', 'from=5&to=4', 'leaf=9&size=9', 'from=1&to=99999999'];
    const statuses = await Promise.all(wrong.map(async (query) => (await relay.call(`/v1/audit/proof?${query}`, { token: alice })).status));
    assert.deepEqual(statuses, [400, 400, 400, 400, 404, 404, 404]);
  });

  test('and never changed: the tables refuse', async () => {
    for (const text of ["UPDATE audit_events SET line = 'x'", 'DELETE FROM audit_events', 'DELETE FROM audit_heads', 'UPDATE audit_heads SET size = size - 1']) {
      await assert.rejects(async () => await store.query(text), /only grows/, text);
    }
  });

  test('and counted', async () => {
    const text = await (await relay.call('/metrics')).text();
    assert.match(text, /countersign_audit_events_total [1-9]\d+/u);
    assert.match(text, /countersign_audit_batches_total\{result="fork"\} \d/u);
  });

  test('a client that has seen more than there is gets no proof of it', async () => {
    const receipt = await receiptFrom(await send(stream(1), 1_000_000));
    assert.equal(receipt.consistency, null);
    const { problem } = await check(receipt, [], { origin: 'x', size: 1_000_000, root: new Uint8Array(32) });
    assert.equal(problem, 'rolled-back');
  });

  test('the key of the log is the server’s', async () => {
    const { key } = (await (await relay.call('/v1/server')).json()) as { key: { pub: string } };
    const view = (await (await relay.call('/v1/audit/checkpoint', { token: alice })).json()) as { pub: string; origin: string };
    assert.equal(view.pub, key.pub);
    assert.match(view.origin, /^countersign-log\/[\w-]{16}\/shop$/u);
    assert.equal(b64u(parseB64u(view.pub) ?? assert.fail()), view.pub);
  });
});
