/** Requests of one's own, while they wait: what is stored, when it is run, and that it is run once. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Confirmation } from '../../../src/adapters/confirmation/confirmation.ts';
import type { PendingRequest } from '../../../src/app/approvalPorts.ts';
import type { ApprovedEnd } from '../../../src/app/runApproved.ts';
import { epochMs } from '../../../src/core/brand.ts';
import { b64u } from '../../../src/core/approval/bytes.ts';
import { bodyBytes } from '../../../src/core/approval/envelope.ts';
import { linkKeys, sealBox } from '../../../src/core/approval/seal.ts';
import type { Waiting } from '../../../src/adapters/confirmation/httpRelay.ts';
import type { RequestEvent, SeenBody } from '../../../src/protocol/confirmation.ts';
import { createOwnRequests, type OwnNews } from '../../../src/editor/features/confirmations/ownRequests.ts';
import type { HowToRun, RequestRuns } from '../../../src/editor/features/run/requestRuns.ts';
import { textOfUri } from '../../../src/editor/features/confirmations/uriText.ts';
import { fakeApprovals } from '../../fakes/approvals.ts';
import { ManualClock, production } from '../../fakes/ports.ts';
import { crypto } from '../../support/confirmation/keys.ts';
import { ask, decide, noon, requestBody, team } from '../../support/confirmation/people.ts';
import { cast } from '../../support/confirmation/relay.ts';
import { pendingRequest } from '../../support/confirmation/pending.ts';
import { until } from '../../support/until.ts';

type Scene = { readonly isHere?: boolean; readonly end?: ApprovedEnd; readonly facts?: Partial<PendingRequest>; readonly isUnsigned?: boolean; /** The window has another team than the one that was asked. */ readonly isElsewhere?: boolean; /** It went without others. */ readonly isEmergency?: boolean };

/** Alice has asked; a server says what the test lets it say. */
async function scene({ isHere = true, end = { kind: 'ran', outcome: { kind: 'committed' } }, facts = {}, isUnsigned = false, isElsewhere = false, isEmergency = false }: Scene = {}) {
  const people = await cast();
  const clock = new ManualClock();
  clock.advance(noon);
  const now = clock.now();
  const asked = await ask(people.alice, requestBody(people.team, { created: now - 1000, expires: now + 600_000, ...(isEmergency ? { emergency: { withoutUndo: true } } : {}) }));
  const inForce = isElsewhere ? await team([{ id: 'alice', keys: [people.alice] }], { team: 'billing', policy: { confirmations: [{ match: {}, approvals: 1, roles: [], assurance: 'software', effectMatch: 'exact', ttlMinutes: 1, audit: 'spool', breakGlass: false }] } }) : people.team;
  const approvals = await fakeApprovals({ team: { state: () => Promise.resolve(isUnsigned ? { kind: 'refused', code: 'team-unsigned' } : { kind: 'accepted', team: inForce }), self: () => Promise.resolve(undefined) } });
  const { id } = asked.body;
  const secret = crypto.random(32);
  approvals.kept.set(id, pendingRequest({ id, body: asked.bytes, envelope: asked.envelope, secret, server: 'https://confirm.example.com', expires: epochMs(asked.body.expires), created: epochMs(now), ...facts }));
  const events: RequestEvent[] = [];
  let isFailing = false;
  const change: typeof approvals.pending.change = async (...facts) => {
    if (!isFailing) return await approvals.pending.change(...facts);
    isFailing = false;
    throw new Error('the keychain does not answer');
  };
  let wake = (): void => undefined;
  let signal: AbortSignal | undefined;
  let line: Waiting['onState'];
  let isGone = false;
  let followed = 0;
  async function* follow(_: object, seq: number, waiting: Waiting): AsyncGenerator<RequestEvent> {
    signal = waiting.signal;
    line = waiting.onState;
    followed += 1;
    for (let at = seq; !waiting.signal.aborted && !isGone; at += 1) {
      while (events[at] === undefined && !waiting.signal.aborted && !isGone) await new Promise<void>((resolve) => (wake = resolve));
      const event = events[at];
      if (event) yield event;
    }
  }
  const runs: ({ readonly id: string } & HowToRun)[] = [];
  const gate = { open: Promise.resolve() };
  const reviews: string[] = [];
  const runner: Pick<RequestRuns, 'run' | 'tell' | 'askAfterwards'> = {
    askAfterwards: (entry) => (reviews.push(entry.id), Promise.resolve('The team is not in force here.')),
    async run(entry, _profile, how) {
      runs.push({ id: entry.id, ...how });
      await gate.open;
      if (end.kind === 'ran') await approvals.pending.change(id, { state: 'committed' });
      return end;
    },
    tell: () => undefined,
  };
  const news: OwnNews[] = [];
  let changes = 0;
  const confirmation = { ...approvals, pending: { ...approvals.pending, change }, servers: { relay: () => Promise.resolve({ follow }), named: () => ['https://confirm.example.com'] } } as unknown as Confirmation;
  const own = createOwnRequests({ confirmation, clock, catalogue: { byId: () => production }, runs: () => Promise.resolve(runner as RequestRuns), panels: () => undefined, isHere: () => isHere, isRemote: false, changed: () => (changes += 1), filed: () => undefined, tell: (each) => news.push(each) });
  const { key } = await linkKeys(crypto, id, secret);
  const say = async (kind: RequestEvent['kind'], content?: object): Promise<void> => {
    const box = content && (kind === 'decision' || kind === 'seen') ? { box: b64u(await sealBox(crypto, key, { kind, id }, bodyBytes(content))) } : {};
    events.push({ seq: events.length + 1, kind, at: now, ...box });
    wake();
  };
  const kept = (): PendingRequest => approvals.kept.get(id) ?? assert.fail('it is gone');
  const approve = async (): Promise<void> => await say('decision', await decide(asked, 'bob', [people.bob], { time: now, expires: now + 300_000 }));
  return { own, id, clock, failChange: () => (isFailing = true), hasFailed: () => !isFailing, say, approve, kept, runs, reviews, news, gate, line: (state: 'waiting' | 'interrupted') => line?.(state), lose: () => { isGone = true; wake(); }, signal: () => signal, followed: () => followed, changes: () => changes, ends: async (count = 1) => await until('it is told', () => news.length === count) };
}

describe('what was committed without others', () => {
  test('is put to them by every window that finds it, until they could be asked, and is kept until then', async () => {
    const { own, id, clock, reviews, kept } = await scene({ isEmergency: true, facts: { state: 'committed' } });
    await own.refresh();
    await until('others are asked', () => reviews.length === 1);
    clock.advance(30 * 24 * 60 * 60_000);
    await own.refresh();
    await until('they are asked again', () => reviews.length === 2);
    assert.equal(kept().id, id);
  });

  test('and was not committed, is put to nobody', async () => {
    const { own, reviews } = await scene({ isEmergency: true, facts: { state: 'failed' } });
    await own.refresh();
    assert.deepEqual(reviews, []);
  });
});

describe('while it waits', () => {
  test('an approval is stored, and it is run by itself, asking nobody', async () => {
    const { own, approve, kept, runs, news, ends, id } = await scene();
    await own.refresh();
    assert.deepEqual(runs, []);
    await approve();
    await ends();
    assert.deepEqual(runs, [{ id, quiet: true, mayRun: true }]);
    assert.deepEqual([kept().decisions.length, kept().seq, kept().state], [1, 1, 'committed']);
    assert.equal(news[0]?.kind === 'ended' ? news[0].end.title : '', 'Committed, confirmed by Bob');
  });

  test('what comes while it runs does not run it again', async () => {
    const { own, id, approve, say, runs, gate, ends, kept } = await scene();
    const { promise, resolve } = Promise.withResolvers<void>();
    gate.open = promise;
    await own.refresh();
    await approve();
    await until('it runs', () => runs.length === 1);
    await say('claimed');
    await Promise.all([own.consider(id, true), own.consider(id, false), own.refresh()]);
    assert.equal(own.of(id)?.stage, 'running');
    resolve();
    await ends();
    assert.equal(runs.length, 1);
    assert.equal(kept().state, 'committed');
  });

  test('another window that has the document goes first', async () => {
    const { own, approve, runs, clock, ends, kept } = await scene({ isHere: false });
    await own.refresh();
    await approve();
    await until('it is stored, and gives way', () => kept().decisions.length === 1 && clock.pending === 2);
    assert.equal(runs.length, 0);
    clock.advance(3000);
    await ends();
    assert.equal(runs.length, 1);
  });

  test('an answer that could not be kept is asked for again', async () => {
    const { own, approve, runs, clock, ends, failChange, hasFailed, followed, signal } = await scene();
    await own.refresh();
    failChange();
    await approve();
    await until('it is no longer followed, and will be', () => hasFailed() && signal()?.aborted === true && clock.pending === 1);
    assert.deepEqual([runs.length, followed()], [0, 1]);
    clock.advance(2000);
    await ends();
    assert.deepEqual([runs.length, followed()], [1, 2]);
  });

  test('who looked is stored, and runs nothing; what does not fit the link is passed over', async () => {
    const { own, say, kept, runs } = await scene();
    await own.refresh();
    const seen: SeenBody = { v: 1, reviewer: 'bob', time: 5 };
    await say('seen', seen);
    await say('decision');
    await until('both were read', () => kept().seq === 2);
    assert.deepEqual(kept().seen, [{ reviewer: 'bob', time: 5 }]);
    assert.deepEqual([kept().decisions.length, runs.length], [0, 0]);
  });

  test('a server that closes it ends it, unless it has ended already', async () => {
    const open = await scene();
    await open.own.refresh();
    await open.say('closed');
    await until('it is cancelled', () => open.kept().state === 'cancelled');
    const rejected = await scene();
    await rejected.own.refresh();
    // Read, considered and shown: nobody looks any more while it changes under them.
    await until('it was looked at', () => rejected.changes() === 3);
    Object.assign(rejected.kept(), { state: 'rejected' });
    await rejected.say('closed');
    await until('it was read', () => rejected.kept().seq === 1);
    assert.equal(rejected.kept().state, 'rejected');
  });

  test('when its time is over it is ended, though nobody says so', async () => {
    const { own, clock, runs, ends, news } = await scene({ end: { kind: 'refused', code: 'request-expired', message: 'Over.', isOver: true } });
    await own.refresh();
    clock.advance(602_000);
    await ends();
    assert.deepEqual(runs.map(({ mayRun }) => mayRun), [false], 'it needs no session to end');
    assert.equal(news[0]?.kind === 'ended' ? news[0].end.kind : '', 'expired');
  });

  test('where a password is wanted it waits for the person, and then asks', async () => {
    const { own, id, approve, ends, news, runs } = await scene({ end: { kind: 'refused', code: 'no-session', message: 'The database wants a password.', isOver: false } });
    await own.refresh();
    await approve();
    await ends();
    assert.deepEqual([news[0]?.kind, own.of(id)?.stage], ['ready', 'ready']);
    await own.refresh();
    await own.consider(id, true);
    assert.equal(runs.length, 1, 'it is not tried again by itself');
    await own.consider(id, false);
    assert.deepEqual(runs.map(({ quiet }) => quiet), [true, false]);
  });

  test('a server that stays silent is told, and what it stood in the way of is tried again when it is back', async () => {
    const { own, id, approve, ends, runs, news, line, clock, signal } = await scene({ end: { kind: 'refused', code: 'claim-unreachable', message: 'The server was not there.', isOver: false } });
    await own.refresh();
    await until('it is followed', () => signal() !== undefined);
    line('interrupted');
    clock.advance(14_000);
    line('waiting');
    clock.advance(60_000);
    assert.equal(own.of(id)?.line, undefined, 'a moment is nothing');
    const since = clock.now();
    line('interrupted');
    clock.advance(16_000);
    await until('it is told', () => own.of(id)?.line?.kind === 'silent');
    assert.deepEqual(own.of(id)?.line, { kind: 'silent', since });
    await approve();
    await ends();
    assert.deepEqual([news[0]?.kind, own.of(id)?.why, runs.length], ['ready', 'The server was not there.', 1]);
    line('waiting');
    await until('it is tried again', () => runs.length === 2);
    assert.deepEqual([own.of(id)?.line, runs[1]?.quiet], [undefined, true]);
  });

  test('a server that knows nothing of it any more is told', async () => {
    const { own, id, lose, signal } = await scene();
    await own.refresh();
    await until('it is followed', () => signal() !== undefined);
    lose();
    await until('it is told', () => own.of(id)?.line?.kind === 'lost');
  });

  test('what another window asks is shown and followed here too', async () => {
    const { own, id, followed, approve, ends } = await scene();
    assert.equal(own.of(id), undefined);
    await own.notice(id);
    await own.notice(id);
    await own.notice('r_unknown');
    assert.equal(own.of(id)?.stage, 'waiting');
    await approve();
    await ends();
    assert.equal(followed(), 1);
  });

  test('what is noticed before a server has it is followed there once it has', async () => {
    const { own, id, kept, approve, ends, followed } = await scene();
    const { server } = kept();
    Object.assign(kept(), { server: undefined });
    await own.notice(id);
    assert.equal(followed(), 0);
    Object.assign(kept(), { server });
    await own.asked(id, 'link');
    await approve();
    await ends();
    assert.equal(followed(), 1);
  });

  test('a team file that is not in force now ends nothing', async () => {
    const { own, approve, kept, runs, id } = await scene({ isUnsigned: true });
    await own.refresh();
    await approve();
    await until('it is stored', () => kept().decisions.length === 1);
    await own.consider(id, true);
    assert.deepEqual([runs.length, own.of(id)?.stage], [0, 'waiting']);
  });

  test('a window with another team ends nothing, neither when it is approved nor after what that team calls its time', async () => {
    const { own, approve, kept, runs, id, clock, news } = await scene({ isElsewhere: true });
    await own.refresh();
    await approve();
    await until('it is stored', () => kept().decisions.length === 1);
    clock.advance(400_000);
    await own.refresh();
    await own.consider(id, true);
    assert.deepEqual([runs.length, news.length, kept().state, own.of(id)?.stage], [0, 0, 'waiting', 'waiting']);
  });

  test('what nobody approved is never said to be ready', async () => {
    const { own, clock, runs, news, id } = await scene({ end: { kind: 'refused', code: 'team-missing', message: 'No team.', isOver: false } });
    await own.refresh();
    clock.advance(602_000);
    await until('it was tried to be ended', () => runs.length === 1 && own.of(id)?.stage === 'waiting');
    assert.equal(news.length, 0);
  });

  test('however often it is looked at, it is followed once', async () => {
    const { own, id, approve, followed, ends, kept } = await scene();
    await Promise.all([own.refresh(), own.asked(id, 'link'), own.refresh(), own.look(id)]);
    await approve();
    await ends();
    assert.deepEqual([followed(), kept().decisions.length], [1, 1]);
  });

  test('nobody waits for what has ended, and nobody after the window', async () => {
    const ended = await scene({ facts: { state: 'committed' } });
    await ended.own.refresh();
    assert.equal(ended.signal(), undefined);
    const waiting = await scene();
    await waiting.own.refresh();
    await until('it is followed', () => waiting.signal() !== undefined);
    waiting.own.dispose();
    assert.equal(waiting.signal()?.aborted, true);
  });
});

const addresses = [
  ['/review', 'https://confirm.example.com/r/r_AAAAAAAAAAAAAAAA#1.x', 'https://confirm.example.com/r/r_AAAAAAAAAAAAAAAA#1.x'],
  ['/review', '', undefined],
  ['/else', 'cfm1.x', undefined],
] as const;
for (const [path, fragment, text] of addresses) test(`address ${path}#${fragment.slice(0, 12)}`, () => assert.equal(textOfUri({ path, fragment }), text));
