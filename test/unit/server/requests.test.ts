/** The confirmation server, called in the same process: what each route does and what it refuses. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { b64u, parseB64u } from '../../../src/core/approval/bytes.ts';
import { openEnvelope, payloadTypes } from '../../../src/core/approval/envelope.ts';
import { verifySignature } from '../../../src/core/approval/keyRecord.ts';
import { acceptTeam } from '../../../src/core/approval/teamChain.ts';
import { strictTerms } from '../../../src/core/approval/terms.ts';
import { verifyApproval } from '../../../src/core/approval/verifyApproval.ts';
import { parseReceiptBody, parseRequestView, parseServerView } from '../../../src/protocol/confirmation.ts';
import { crypto, softwareKey } from '../../support/confirmation/keys.ts';
import { decide, signedTeam, teamBody } from '../../support/confirmation/people.ts';
import { actOn, cast, eventsFrom, fileOn, logIn, opened, postTeam, prepare, sealed, startRelay } from '../../support/confirmation/relay.ts';
import type { Cast, Relay } from '../../support/confirmation/relay.ts';

let relay: Relay;
let people: Cast;
/** What the relay believes the time is, ahead of the real one. */
let aheadMs = 0;

before(async () => {
  relay = await startRelay({ now: () => Date.now() + aheadMs });
  people = await cast();
  assert.equal((await postTeam(relay.call, people.signed)).status, 201);
});
after(async () => await relay.close());

const codeOf = async (answer: Response): Promise<string> => `${String(answer.status)} ${((await answer.json()) as { error?: { code: string } }).error?.code ?? 'ok'}`;

describe('from asking to claiming', () => {
  test('a decision reaches the requester and holds; the request is claimed once', async () => {
    const { call } = relay;
    const filed = await fileOn(call, people);
    const view = parseRequestView(await (await call(`/v1/requests/${filed.id}`, { token: filed.token })).json());
    assert.deepEqual([view?.state, view?.seq], ['open', 0]);
    assert.deepEqual(await opened(filed, 'request', parseB64u(view?.box ?? '') ?? new Uint8Array(0)), filed.asked.envelope);

    const stream = await call(`/v1/requests/${filed.id}/events`, { token: filed.token, headers: { Accept: 'text/event-stream' } });
    const now = Date.now();
    const yes = await decide(filed.asked, 'bob', [people.bob], { time: now, expires: now + 60_000 });
    const box = await sealed(filed, 'decision', yes);
    assert.equal((await call(`/v1/requests/${filed.id}/decisions`, { token: filed.token, json: { box } })).status, 201);
    const [event] = await eventsFrom(stream, 1);
    assert.deepEqual([event?.kind, event?.id], ['decision', '1']);
    const arrived = await opened(filed, 'decision', parseB64u(event?.data.box) ?? new Uint8Array(0));
    const verdict = await verifyApproval(crypto, { request: filed.asked.bytes, team: { kind: 'accepted', team: people.team }, terms: strictTerms, envelopes: [arrived], now });
    assert.equal(verdict.kind, 'approved');

    const act = await actOn(filed, 'claim', people.alice);
    const claimed = await call(`/v1/requests/${filed.id}/claim`, { json: act });
    const { receipt } = (await claimed.json()) as { receipt: unknown };
    const signed = openEnvelope(receipt, payloadTypes.receipt);
    assert.ok(signed.kind === 'opened' && signed.signatures[0] !== undefined);
    assert.equal(parseReceiptBody(signed.body)?.id, filed.id);
    const server = parseServerView(await (await call('/v1/server')).json());
    const key = { alg: 'es256', pub: parseB64u(server?.key.pub ?? '') ?? new Uint8Array(0) } as const;
    assert.equal((await verifySignature(crypto, key, signed.signatures[0], signed.signed)).kind, 'valid');

    assert.deepEqual(await (await call(`/v1/requests/${filed.id}/claim`, { json: act })).json(), { receipt }, 'the answer was lost and is asked for again');
    assert.equal(await codeOf(await call(`/v1/requests/${filed.id}/claim`, { json: await actOn(filed, 'claim', people.alice) })), '409 claimed');
    assert.equal(parseRequestView(await (await call(`/v1/requests/${filed.id}`, { token: filed.token })).json())?.box, null, 'nothing sealed is kept');
    assert.equal(await codeOf(await call(`/v1/requests/${filed.id}/decisions`, { token: filed.token, json: { box: await sealed(filed, 'decision', yes) } })), '409 claimed');
  });

  test('of twenty claims at once one succeeds', async () => {
    const filed = await fileOn(relay.call, people);
    const acts = await Promise.all(Array.from({ length: 20 }, async () => await actOn(filed, 'claim', people.alice)));
    const answers = await Promise.all(acts.map(async (json) => (await relay.call(`/v1/requests/${filed.id}/claim`, { json })).status));
    assert.deepEqual(answers.toSorted(), [200, ...Array.from({ length: 19 }, () => 409)]);
  });

  test('the same message three times is one event; a stream goes on after the last it has seen', async () => {
    const { call } = relay;
    const filed = await fileOn(call, people);
    const box = await sealed(filed, 'seen', filed.asked.envelope);
    const answers = await Promise.all([1, 2, 3].map(async () => await call(`/v1/requests/${filed.id}/seen`, { token: filed.token, json: { box } })));
    assert.deepEqual(answers.map(({ status }) => status).toSorted(), [200, 200, 201]);
    assert.deepEqual(await Promise.all(answers.map(async (answer) => await answer.json())), [{ seq: 1 }, { seq: 1 }, { seq: 1 }]);
    for (const kind of ['enrolments', 'decisions']) await call(`/v1/requests/${filed.id}/${kind}`, { token: filed.token, json: { box } });
    await call(`/v1/requests/${filed.id}/close`, { json: await actOn(filed, 'close', people.alice) });
    const stream = await call(`/v1/requests/${filed.id}/events`, { token: filed.token, headers: { Accept: 'text/event-stream', 'Last-Event-ID': '1' } });
    assert.deepEqual((await eventsFrom(stream, 99)).map(({ kind, id }) => `${id ?? ''} ${kind}`), ['2 enrolment', '3 decision', '4 closed'], 'and ends with the request');
    const { events } = (await (await call(`/v1/requests/${filed.id}/events?after=2`, { token: filed.token })).json()) as { events: { seq: number }[] };
    assert.deepEqual(events.map(({ seq }) => seq), [3, 4]);
  });

  test('a request filed again after a lost answer is the same request', async () => {
    const filed = await prepare(people);
    const answers = [await relay.call('/v1/requests', { json: filed.message }), await relay.call('/v1/requests', { json: filed.message })];
    assert.deepEqual(answers.map(({ status }) => status), [201, 200]);
  });

  test('answers after the end are refused, also before anybody swept', async () => {
    const filed = await fileOn(relay.call, people, { lifetimeMs: 30_000 });
    const box = await sealed(filed, 'decision', filed.asked.envelope);
    aheadMs = 40_000;
    try {
      assert.equal(await codeOf(await relay.call(`/v1/requests/${filed.id}/decisions`, { token: filed.token, json: { box } })), '410 expired');
      assert.equal(await codeOf(await relay.call(`/v1/requests/${filed.id}/claim`, { json: await actOn(filed, 'claim', people.alice) })), '410 expired');
      const view = async () => parseRequestView(await (await relay.call(`/v1/requests/${filed.id}`, { token: filed.token })).json());
      assert.deepEqual([(await view())?.state, (await view())?.box], ['expired', null]);
      const stream = await relay.call(`/v1/requests/${filed.id}/events`, { token: filed.token, headers: { Accept: 'text/event-stream' } });
      await relay.sweep();
      assert.deepEqual((await eventsFrom(stream, 99)).map(({ kind }) => kind), ['expired']);
      aheadMs = 8 * 24 * 60 * 60 * 1000;
      await relay.sweep();
      assert.equal(await codeOf(await relay.call(`/v1/requests/${filed.id}`, { token: filed.token })), '404 not-found');
    } finally {
      aheadMs = 0;
    }
  });
});

describe('who may do what', () => {
  test('without the link there is nothing, whatever the id', async () => {
    const filed = await fileOn(relay.call, people);
    const other = await fileOn(relay.call, people);
    for (const path of ['', '/events', '/team']) {
      const answers = [
        await relay.call(`/v1/requests/${filed.id}${path}`),
        await relay.call(`/v1/requests/${filed.id}${path}`, { token: other.token }),
        await relay.call(`/v1/requests/${filed.id}${path}`, { token: b64u(new Uint8Array(32)) }),
        await relay.call(`/v1/requests/r_AAAAAAAAAAAAAAAA${path}`, { token: filed.token }),
      ];
      const texts = await Promise.all(answers.map(async (answer) => `${String(answer.status)} ${await answer.text()}`));
      assert.equal(new Set(texts).size, 1, texts.join('\n'));
      assert.match(texts[0] ?? '', /^404 /);
    }
    for (const kind of ['decisions', 'seen', 'enrolments']) assert.equal(await codeOf(await relay.call(`/v1/requests/${filed.id}/${kind}`, { token: other.token, json: { box: 'AAAA' } })), '404 not-found');
  });

  const rows: readonly [name: string, code: string, change: (filed: Awaited<ReturnType<typeof prepare>>) => object][] = [
    ['a stranger', '401 not-a-member', ({ message }) => ({ ...message, auth: { ...message.auth, signatures: [] } })],
    ['another id', '401 other-fields', ({ message }) => ({ ...message, id: 'r_AAAAAAAAAAAAAAAA' })],
    ['another box', '401 other-fields', ({ message }) => ({ ...message, box: 'AAAA' })],
    ['another end', '401 other-fields', ({ message }) => ({ ...message, expires: message.expires + 1 })],
    ['another reader', '401 other-fields', ({ message }) => ({ ...message, readHash: b64u(new Uint8Array(32)) })],
    ['another inbox', '401 other-fields', ({ message }) => ({ ...message, inbox: [{ member: 'bob', sealed: 'AAAA' }] })],
    ['another team file', '409 team-unknown', ({ message }) => ({ ...message, team: b64u(new Uint8Array(32)) })],
    ['a member too many', '400 malformed', ({ message }) => ({ ...message, admin: true })],
    ['no id', '400 malformed', ({ message }) => Object.fromEntries(Object.entries(message).filter(([name]) => name !== 'id'))],
  ];
  for (const [name, code, change] of rows) {
    test(`filing is refused: ${name}`, async () => assert.equal(await codeOf(await relay.call('/v1/requests', { json: change(await prepare(people)) })), code));
  }

  test('filing is refused: a clock of yesterday, an end that is too far, an id that is taken', async () => {
    const day = 24 * 60 * 60 * 1000;
    assert.equal(await codeOf(await relay.call('/v1/requests', { json: (await prepare(people, { now: Date.now() - day, lifetimeMs: 2 * day })).message })), '401 clock');
    assert.equal(await codeOf(await relay.call('/v1/requests', { json: (await prepare(people, { lifetimeMs: 8 * day })).message })), '400 expires');
    assert.equal(await codeOf(await relay.call('/v1/requests', { json: (await prepare(people, { lifetimeMs: -1 })).message })), '400 expires');
  });

  test('only the requester claims and closes, and only with a claim for this request', async () => {
    const filed = await fileOn(relay.call, people);
    const other = await fileOn(relay.call, people);
    const stranger = await softwareKey();
    const claim = async (json: unknown) => await codeOf(await relay.call(`/v1/requests/${filed.id}/claim`, { json }));
    for (const key of [people.bob, stranger]) assert.equal(await claim(await actOn(filed, 'claim', key)), '401 not-the-requester');
    assert.equal(await claim(await actOn(other, 'claim', people.alice)), '401 not-the-requester');
    assert.equal(await claim(await actOn(filed, 'claim', people.alice, Date.now() - 3_600_000)), '401 clock');
    assert.equal(await claim({ act: filed.message.auth }), '401 not-the-requester');
    assert.equal(await codeOf(await relay.call('/v1/requests/r_AAAAAAAAAAAAAAAA/claim', { json: await actOn({ id: 'r_AAAAAAAAAAAAAAAA' }, 'claim', people.alice) })), '401 not-the-requester');
  });

  test('members see their inbox with their key, and nobody else does', async () => {
    const filed = await fileOn(relay.call, people, { inbox: [{ member: 'bob', sealed: 'AAAA' }] });
    const { token } = (await (await logIn(relay.call, people.bob)).json()) as { token: string };
    const stream = await relay.call('/v1/inbox', { token, headers: { Accept: 'text/event-stream' } });
    const second = await fileOn(relay.call, people, { inbox: [{ member: 'bob', sealed: 'BBBB' }, { member: 'carol', sealed: 'CCCC' }] });
    await relay.call(`/v1/requests/${filed.id}/close`, { json: await actOn(filed, 'close', people.alice) });
    const seen = (await eventsFrom(stream, 3)).map(({ kind, data }) => [kind, data.id, data.sealed]);
    assert.deepEqual(seen.filter(([, id]) => id === filed.id), [['request', filed.id, 'AAAA'], ['gone', filed.id, undefined]]);
    assert.deepEqual(seen.filter(([, id]) => id === second.id), [['request', second.id, 'BBBB']]);

    const stranger = await softwareKey();
    assert.equal(await codeOf(await logIn(relay.call, stranger)), '401 not-a-member');
    assert.equal(await codeOf(await logIn(relay.call, people.bob, 'other')), '401 not-a-member');
    assert.equal(await codeOf(await logIn(relay.call, people.bob, 'shop', 'evil.example.com')), '401 not-a-member', 'a login for another server, passed on');
    for (const bad of [`${token}x`, token.split('.').toReversed().join('.'), filed.token, token.replace('.', 'A.')]) assert.match(await codeOf(await relay.call('/v1/inbox', { token: bad })), /^40[14] /);
    const { challenge } = (await (await relay.call('/v1/challenges', { method: 'POST' })).json()) as { challenge: string };
    assert.equal(await codeOf(await relay.call('/v1/inbox', { token: challenge })), '401 no-session', 'a challenge is no session');
    aheadMs = 2 * 60 * 60 * 1000;
    assert.equal(await codeOf(await relay.call('/v1/inbox', { token })), '401 no-session');
    aheadMs = 0;
  });
});

describe('team files', () => {
  test('the chain is kept, in order, and read by members and by who has a link', async () => {
    const own = await startRelay();
    const filed = await (async () => {
      assert.equal((await postTeam(own.call, people.signed)).status, 201);
      assert.equal((await postTeam(own.call, people.signed)).status, 200);
      return await fileOn(own.call, people);
    })();
    const given = (await (await own.call(`/v1/requests/${filed.id}/team`, { token: filed.token })).json()) as { file: string };
    assert.deepEqual(parseB64u(given.file), people.signed.file);

    const { body } = people.team;
    const second = { ...body, version: 2, prev: people.team.digest };
    assert.equal(await codeOf(await postTeam(own.call, await signedTeam(second, [people.bob]))), '409 team-unsigned');
    assert.equal((await postTeam(own.call, await signedTeam(second, [people.alice]))).status, 201);
    assert.equal(await codeOf(await postTeam(own.call, people.signed)), '409 team-rolled-back');
    assert.equal(await codeOf(await postTeam(own.call, await signedTeam({ ...second, expires: '2030-01-01T00:00:00Z' }, [people.alice]))), '409 team-forked');
    assert.equal(await codeOf(await own.call('/v1/requests', { json: (await prepare(people)).message })), '409 team-unknown', 'the old file is out of force');

    const { token } = (await (await logIn(own.call, people.bob)).json()) as { token: string };
    const { files } = (await (await own.call('/v1/teams/shop?after=1', { token })).json()) as { files: unknown[] };
    assert.equal(files.length, 1);
    assert.equal(await codeOf(await own.call('/v1/teams/other', { token })), '403 other-team');
    await own.close();
  });

  test('who is taken out of the file is out at once', async () => {
    const own = await startRelay();
    await postTeam(own.call, people.signed);
    const { token } = (await (await logIn(own.call, people.bob)).json()) as { token: string };
    const { body } = people.team;
    const without = { ...body, version: 2, prev: people.team.digest, members: body.members.filter(({ id }) => id !== 'bob') };
    assert.equal((await postTeam(own.call, await signedTeam(without, [people.alice]))).status, 201);
    assert.equal(await codeOf(await own.call('/v1/inbox', { token })), '401 no-session');
    await own.close();
  });

  test('a key that was revoked is out at once, and the other keys of its owner are not', async () => {
    const own = await startRelay();
    const spare = await softwareKey();
    const [lost, kept] = [people.bob.record, spare.record];
    const withSpare = { ...people.team.body, members: people.team.body.members.map((each) => (each.id === 'bob' ? { ...each, keys: [lost, kept] } : each)) };
    const first = await signedTeam(withSpare, [people.alice]);
    await postTeam(own.call, first);
    const state = await acceptTeam(crypto, undefined, [first]);
    assert.ok(state.kind === 'accepted');
    const [stolen, good] = await Promise.all([people.bob, spare].map(async (key) => ((await (await logIn(own.call, key)).json()) as { token: string }).token));
    assert.equal((await own.call('/v1/inbox', { token: stolen ?? '' })).status, 200);
    const next = { ...withSpare, version: 2, prev: state.team.digest, members: withSpare.members.map((each) => (each.id === 'bob' ? { ...each, keys: [{ ...lost, revoked: '2026-11-21T12:00:00Z' }, kept] } : each)) };
    assert.equal((await postTeam(own.call, await signedTeam(next, [people.alice]))).status, 201);
    assert.equal(await codeOf(await own.call('/v1/inbox', { token: stolen ?? '' })), '401 no-session');
    assert.equal((await own.call('/v1/inbox', { token: good ?? '' })).status, 200);
    await own.close();
  });

  test('only the teams that may come in come in', async () => {
    const other = await signedTeam(teamBody([{ id: 'eve', keys: [people.carol] }], { team: 'evil' }), [people.carol]);
    assert.equal(await codeOf(await postTeam(relay.call, other)), '403 team-not-admitted');
    const any = await startRelay({ admission: 'any' });
    const some = await startRelay({ admission: [people.team.digest] });
    assert.deepEqual([(await postTeam(any.call, other)).status, (await postTeam(some.call, other)).status, (await postTeam(some.call, people.signed)).status], [201, 403, 201]);
    await any.close();
    await some.close();
  });
});
