/** What is said about requests: in the panel, in the tree, and when they end. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { PendingRequest } from '../../../src/app/approvalPorts.ts';
import type { ApprovedEnd } from '../../../src/app/runApproved.ts';
import { epochMs } from '../../../src/core/brand.ts';
import { strictTerms } from '../../../src/core/approval/terms.ts';
import { acceptTeam } from '../../../src/core/approval/teamChain.ts';
import { verifyApproval } from '../../../src/core/approval/verifyApproval.ts';
import { endOfApproved } from '../../../src/editor/features/confirmations/endOfApproved.ts';
import { awaitingOf, endOf, type OwnRequest } from '../../../src/editor/features/confirmations/ownRequest.ts';
import { reachOf, type LinkReach } from '../../../src/editor/features/confirmations/linkReach.ts';
import { describeMinutes, describePeers } from '../../../src/editor/features/confirmations/peers.ts';
import { describeAt, describeUntil } from '../../../src/editor/features/confirmations/timeText.ts';
import { parsePeerToHost } from '../../../src/protocol/peerReview.ts';
import { parseConfirmToHost } from '../../../src/protocol/confirmPage.ts';
import { crypto, passkey, softwareKey } from '../../support/confirmation/keys.ts';
import { ask, decide, minute, noon, requestBody, team } from '../../support/confirmation/people.ts';
import { pendingRequest } from '../../support/confirmation/pending.ts';
import { preview } from '../../fakes/ports.ts';

const [alice, bob, carol] = [await softwareKey(), await passkey(), await passkey()];
const ours = await team([{ id: 'alice', keys: [alice] }, { id: 'bob', keys: [bob], roles: ['dba'] }, { id: 'carol', keys: [carol] }]);
const asked = await ask(alice, requestBody(ours));

async function own(entry: Partial<PendingRequest> = {}, known: Partial<OwnRequest> = {}, terms = strictTerms): Promise<OwnRequest> {
  const pending = pendingRequest({ id: asked.body.id, body: asked.bytes, envelope: asked.envelope, server: 'https://confirm.example.com', expires: epochMs(asked.body.expires), ...entry });
  const verdict = await verifyApproval(crypto, { request: asked.bytes, team: await acceptTeam(crypto, ours, []), terms, envelopes: pending.decisions, now: noon });
  const members = ours.body.members.filter(({ id }) => id !== 'alice');
  return { entry: pending, body: asked.body, stage: 'waiting', verdict, asked: members, nameOf: (id) => ours.body.members.find((member) => member.id === id)?.name ?? id, words: 'a b c d e f', ...known };
}

const approve = await decide(asked, 'bob', [bob], { comment: 'fine' });
const reject = await decide(asked, 'carol', [carol], { decision: 'reject', comment: 'wrong customer' });
const day = 24 * 60 * minute;
const two = { ...strictTerms, groups: [{ approvals: 2, roles: [] }] };

describe('the waiting panel', () => {
  const waiting: readonly (readonly [string, () => Promise<OwnRequest>, string, readonly string[]])[] = [
    ['nobody looked', () => own(), 'Waiting for Bob or Carol', ['Nobody has looked at it yet.']],
    ['somebody looked days ago', () => own({ seen: [{ reviewer: 'bob', time: noon - 3 * day }] }), 'Waiting for Bob or Carol', [`Bob looked at it ${describeAt(noon - 3 * day, noon)}.`]],
    ['somebody looked', () => own({ seen: [{ reviewer: null, time: noon - 3 * minute }, { reviewer: 'bob', time: noon - 10_000 }] }), 'Waiting for Bob or Carol', [`Somebody with the link looked at it ${describeAt(noon - 3 * minute, noon)}.`, `Bob looked at it ${describeAt(noon - 10_000, noon)}.`]],
    ['a server that is silent is not one with nothing to say', () => own({}, { line: { kind: 'silent', since: noon - minute } }), 'Waiting for Bob or Carol', [`https://confirm.example.com cannot be reached since ${describeAt(noon - minute, noon).slice(3)}. What was answered there arrives when it is back, and nothing runs before. If it is gone for good, cancel this request and ask again: the new one goes to the server that is there then, or as text.`]],
    ['a server that forgot it', () => own({}, { line: { kind: 'lost' } }), 'Waiting for Bob or Carol', ['https://confirm.example.com does not know this request any more, so its link opens nothing and it cannot be run: cancel this request and ask again: the new one goes to the server that is there then, or as text.']],
    ['one of two', () => own({ decisions: [approve] }, { asked: ours.body.members.filter(({ id }) => id === 'carol') }, two), '1 of 2 approved, waiting for Carol', ['Bob approved: “fine”']],
    ['an answer that is none', () => own({ decisions: [{ payloadType: 'x' }] }), 'Waiting for Bob or Carol', ['An answer came that does not count, because it is not an answer.']],
    ['being run', () => own({ decisions: [approve] }, { stage: 'running' }), 'Approved by Bob', ['Bob approved: “fine”']],
  ];
  for (const [name, make, title, lines] of waiting) {
    test(name, async () => {
      const shown = awaitingOf(await make(), undefined, noon);
      assert.equal(shown.title, title);
      assert.deepEqual(shown.lines.map(({ text }) => text), lines);
    });
  }
  test('says what to send: the link, or the text where no server has it', async () => {
    assert.match(awaitingOf(await own(), 'link', noon).text, /^The link is on the clipboard/);
    const { server: _, ...entry } = (await own()).entry;
    const byHand = awaitingOf({ ...(await own()), entry }, undefined, noon);
    assert.deepEqual([byHand.hasLink, byHand.text.startsWith('No server has it')], [false, true]);
  });
});

const named = 'https://confirm.example.com';
const reaches: readonly (readonly [string, boolean, boolean, string])[] = [
  [named, true, false, 'others'],
  ['http://localhost:8787', true, false, 'this-machine'],
  ['http://127.0.0.1:8787', true, false, 'this-machine'],
  ['http://localhost:40123', false, false, 'this-machine'],
  ['http://localhost:40123', false, true, 'editor'],
];
for (const [server, isNamed, isRemote, reach] of reaches) test(`a link to ${server}${isNamed ? '' : ', the editor’s own'}${isRemote ? ', in a remote window' : ''}: ${reach}`, () => assert.equal(reachOf(server, { isNamed, isRemote }), reach));

test('for whom the link opens is said before it is sent', async () => {
  const said = async (reach: LinkReach): Promise<string> => awaitingOf(await own({}, { reach }), 'link', noon).text;
  assert.match(await said('this-machine'), /this machine only.*Copy as Text/u);
  assert.match(await said('editor'), /whoever may log in there/u);
  assert.doesNotMatch(await said('others'), /opens/u);
});

test('why it did not run by itself is what stood in the way', async () => {
  assert.match(awaitingOf(await own({ decisions: [approve] }, { stage: 'ready', why: 'The server was not there.' }), undefined, noon).text, /It did not run by itself\. The server was not there\./u);
});

describe('how it ended', () => {
  const ends: readonly (readonly [PendingRequest['state'], readonly unknown[], string, RegExp, boolean])[] = [
    ['committed', [approve], 'committed', /^Committed, confirmed by Bob$/, false],
    ['committed', [], 'committed', /^Committed$/, false],
    ['rejected', [reject], 'rejected', /^Rejected by Carol$/, true],
    ['expired', [], 'expired', /^Expired/, true],
    ['cancelled', [], 'cancelled', /^Cancelled$/, true],
    ['drifted', [approve], 'drifted', /no longer what was approved/, true],
    ['failed', [approve], 'failed', /^Not committed$/, true],
    ['in-doubt', [approve], 'in-doubt', /^Nobody knows/, false],
    ['taken', [approve], 'in-doubt', /^Another window/, false],
  ];
  for (const [state, decisions, kind, title, again] of ends) {
    test(`${state} with ${String(decisions.length)} answers, as it is kept`, async () => {
      const end = endOf(await own({ state, decisions }));
      assert.equal(end.kind, kind);
      assert.match(end.title, title);
      assert.equal(end.askAgain !== undefined, again);
      assert.ok(end.text.length > 0);
    });
  }

  const refused = (code: Extract<ApprovedEnd, { kind: 'refused' }>['code'], isOver: boolean): ApprovedEnd => ({ kind: 'refused', code, isOver, message: 'Why.' });
  const approved: readonly (readonly [string, ApprovedEnd, string])[] = [
    ['others have yet to confirm', { kind: 'waiting', missing: 1, results: [] }, 'waiting'],
    ['a password is wanted', refused('no-session', false), 'later Why.'],
    ['another window has it', refused('taken-elsewhere', false), 'elsewhere'],
    ['too late', refused('request-expired', true), 'expired Expired before enough had approved'],
    ['the team is another one', refused('team-changed', true), 'failed It cannot be confirmed any more'],
    ['committed', { kind: 'ran', outcome: { kind: 'committed' } }, 'committed Committed, confirmed by Bob'],
    ['rolled back by the server', { kind: 'ran', outcome: { kind: 'rolled-back', why: 'connection-lost' } }, 'rolled-back Rolled back: the connection was lost'],
    ['drifted', { kind: 'ran', outcome: { kind: 'rolled-back', why: 'drifted' } }, 'drifted Not committed: it is no longer what was approved'],
  ];
  for (const [name, end, said] of approved) {
    test(name, async () => {
      const ending = endOfApproved(end, await own({ decisions: [approve] }));
      assert.equal(ending.kind === 'ended' ? `${ending.end.kind} ${ending.end.title}` : ending.kind === 'later' ? `later ${ending.why}` : ending.kind, said);
    });
  }

  test('what drifted is shown table by table, also tables that only one of the two touched', async () => {
    const effects = [{ table: { schema: 'public', table: 'customers' }, inserted: 0, updated: 0, deleted: 2, why: 'statement' }, { table: { schema: 'audit', table: 'log' }, inserted: 2, updated: 0, deleted: 0, why: 'trigger' }];
    const outcome = { kind: 'rolled-back', why: 'drifted', preview: { ...preview, effects }, differences: ['id 43: deleted now, and was not approved.'] } as const;
    const ending = endOfApproved({ kind: 'ran', outcome }, await own({ decisions: [approve] }));
    assert.ok(ending.kind === 'ended');
    assert.deepEqual(ending.end.drift, [
      { table: 'public.customers', approved: { inserted: 0, updated: 0, deleted: 1 }, now: { inserted: 0, updated: 0, deleted: 2 } },
      { table: 'audit.log', approved: null, now: { inserted: 2, updated: 0, deleted: 0 } },
    ]);
    assert.deepEqual(ending.end.differences, outcome.differences);
  });
});

describe('who can be asked', () => {
  test('members with their roles, and what they need', () => {
    const peer = describePeers(ours, strictTerms, { id: 'alice' });
    assert.deepEqual(peer.members, [{ id: 'bob', name: 'Bob', note: 'dba · needs the link' }, { id: 'carol', name: 'Carol', note: 'needs the link' }]);
    assert.equal(peer.problem, undefined);
  });
  test('too few of them is a problem, said with what it takes', () => {
    assert.match(describePeers(ours, { ...strictTerms, groups: [{ approvals: 3, roles: [] }] }, { id: 'alice' }).problem ?? '', /not enough others.*Three other members must confirm/);
  });
  for (const [minutes, text] of [[1, 'one minute'], [15, '15 minutes'], [180, '3 hours'], [4320, '3 days']] as const) test(text, () => assert.equal(describeMinutes(minutes), text));
});

test('until when: the time, the day where it is another one, and when it is over', () => {
  const now = new Date(2026, 10, 21, 12).getTime();
  assert.match(describeUntil(now + 15 * minute, now), /^until 12:15/);
  assert.match(describeUntil(now + 24 * 60 * minute, now), /^until .*22.* 12:00/);
  assert.equal(describeUntil(now, now), 'time is over');
});

describe('what a page sends', () => {
  const peer: readonly (readonly [object, boolean])[] = [
    [{ type: 'ask-peer', review: 3, reason: 'x', whom: ['bob'] }, true],
    [{ type: 'ask-peer', review: 3, reason: 'x', ticket: 'T-1', whom: [] }, true],
    [{ type: 'ask-peer', review: 3, reason: 7, whom: ['bob'] }, false],
    [{ type: 'ask-peer', review: 3, reason: 'x', whom: [7] }, false],
    [{ type: 'ask-peer', review: 3, reason: 'x'.repeat(4001), whom: [] }, false],
    [{ type: 'request-action', request: 'r', action: 'run-now' }, true],
    [{ type: 'request-action', request: 'r', action: 'approve' }, false],
    [{ type: 'set-up-team', more: 1 }, true],
    [{ type: 'else' }, false],
  ];
  for (const [message, isTaken] of peer) test(`review: ${JSON.stringify(message).slice(0, 60)}`, () => assert.equal(parsePeerToHost(message as Record<string, unknown>) !== undefined, isTaken));
  const confirm: readonly (readonly [unknown, boolean])[] = [
    [{ type: 'ready' }, true],
    [{ type: 'decide', decision: 'approve', comment: '' }, true],
    [{ type: 'decide', decision: 'sign', comment: '' }, false],
    [{ type: 'decide', decision: 'reject', comment: 'x'.repeat(2001) }, false],
    [{ type: 'copy' }, false],
    ['ready', false],
  ];
  for (const [message, isTaken] of confirm) test(`confirm: ${JSON.stringify(message).slice(0, 60)}`, () => assert.equal(parseConfirmToHost(message) !== undefined, isTaken));
});
