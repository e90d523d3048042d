/** Joining a team between two machines: by a link over a real server, and by text without one. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { foundTeamText, nextTeamText } from '../../../src/adapters/confirmation/editTeamFile.ts';
import type { TeamEdit } from '../../../src/adapters/confirmation/editTeamFile.ts';
import type { Invitation, Sent } from '../../../src/adapters/confirmation/invitations.ts';
import { openLinkOrText } from '../../../src/adapters/confirmation/openedLink.ts';
import { publishTeam } from '../../../src/adapters/confirmation/publishTeam.ts';
import type { Self } from '../../../src/app/approvalPorts.ts';
import { parseBlob } from '../../../src/core/approval/blob.ts';
import { b64u, textOf } from '../../../src/core/approval/bytes.ts';
import { enrolmentWords, verifyEnrolment } from '../../../src/core/approval/enrolment.ts';
import { bodyBytes, payloadTypes, signBody } from '../../../src/core/approval/envelope.ts';
import type { Envelope } from '../../../src/core/approval/envelope.ts';
import { createDeflater } from '../../../src/core/approval/streams.ts';
import type { Team } from '../../../src/core/approval/team.ts';
import { crypto } from '../../support/confirmation/keys.ts';
import { openMachine, placeIn } from '../../support/confirmation/teamFolder.ts';
import type { Machine } from '../../support/confirmation/teamFolder.ts';
import { createVault } from '../../support/confirmation/vault.ts';
import { until } from '../../support/until.ts';

let root: string;
let repo: string;
let alice: Machine;
let bob: Machine;
let team: Team;
let self: Self;
const vault = createVault();
const noServer = { startServer: async () => await Promise.reject(new Error('no SQLite here')) };
const alices = (change = {}): Machine => openMachine(path.join(root, 'alice'), [repo], { secrets: () => vault, ...change });

async function keyOf(machine: Machine) {
  const made = await machine.keys.findOrMake('shop', 'laptop');
  assert.equal(made.kind, 'found');
  return made.key;
}
async function standing(of: Machine = alice): Promise<void> {
  const [state, me] = [await of.team.state(), await of.team.self()];
  assert.ok(state?.kind === 'accepted' && me !== undefined);
  [team, self] = [state.team, me];
}
async function invite(of: Machine = alice): Promise<Sent> {
  const pinned = await of.pins.latest('shop');
  return await of.invitations.send(team, self, { file: team.bytes, signatures: pinned?.signatures }, 'Bob');
}
/** Bob opens what he was sent, and his editor answers. */
async function answer(sent: Sent): Promise<{ readonly words: readonly string[]; readonly text: string | undefined }> {
  const opened = await openLinkOrText(crypto, sent.link ?? sent.text ?? '', Date.now);
  assert.equal(opened.kind, 'invitation', JSON.stringify(opened));
  assert.deepEqual([opened.invitation.name, opened.inviter.id, opened.team.digest], ['Bob', 'alice', team.digest]);
  const { signer, record, enc } = await keyOf(bob);
  const body = { v: 1, team: 'shop', member: { id: 'bob', name: 'Bob' }, key: record, time: Date.now(), nonce: b64u(crypto.random(32)), enc: b64u(enc.publicKey) };
  const delivered = await opened.channel.deliver('enrolment', await signBody(payloadTypes.enrolment, bodyBytes(body), [signer]));
  assert.equal(delivered.kind, 'ok');
  return { words: await enrolmentWords(crypto, signer.keyid, body.enc), text: delivered.value.text };
}
async function followed(machine: Machine): Promise<readonly Invitation[]> {
  const stop = new AbortController();
  const heard: Invitation[] = [];
  const following = machine.invitations.follow(stop.signal, (invitation) => heard.push(invitation));
  await until('an answer came', () => heard.length > 0);
  stop.abort();
  await following;
  return heard;
}
const publish = async (edits: readonly TeamEdit[], signer = self.signer) => await publishTeam(crypto, placeIn(repo), { text: nextTeamText(textOf(team.bytes) ?? '', team, edits, Date.now()), pinned: team, signer });

describe('joining a team', () => {
  beforeEach(async () => {
    root = mkdtempSync(path.join(tmpdir(), 'join-'));
    repo = path.join(root, 'repo');
    vault.values.clear();
    alice = alices();
    bob = openMachine(path.join(root, 'bob'), []);
    const key = await keyOf(alice);
    const text = foundTeamText('{\n  // ours\n  "version": 1, "connections": []\n}\n', { team: 'shop', member: { id: 'alice', name: 'Alice', roles: [], keys: [key.record], enc: b64u(key.enc.publicKey) }, keyid: key.keyid, now: Date.now() });
    assert.equal((await publishTeam(crypto, placeIn(repo), { text, pinned: undefined, signer: key.signer })).kind, 'signed');
    await standing();
  });
  afterEach(async () => {
    await alice.close();
    rmSync(root, { recursive: true });
  });

  test('by a link: both see the same words, the answer survives a restart, and the next version has both', async () => {
    const sent = await invite();
    const { words } = await answer(sent);
    await followed(alice);
    await alice.close();
    alice = alices();
    const [kept] = await alice.invitations.list();
    assert.ok(kept !== undefined);
    const [came] = await alice.invitations.answersOf(kept);
    assert.deepEqual(came?.words, words);
    assert.ok(came?.body.enc !== undefined);
    await standing();
    const published = await publish([{ kind: 'add-member', member: { id: 'bob', name: 'Bob', roles: [], keys: [came.body.key], enc: came.body.enc } }]);
    assert.equal(published.kind, 'signed');
    assert.match(readFileSync(placeIn(repo).file, 'utf8'), /\/\/ ours/);
    await alice.invitations.end(kept.id, self);
    assert.deepEqual(await alice.invitations.list(), []);
    assert.equal((await openLinkOrText(crypto, sent.link ?? '', Date.now)).kind, 'over');
    const bobs = openMachine(path.join(root, 'bob'), [repo], { secrets: () => createVault() });
    assert.equal((await bobs.team.state())?.kind, 'accepted');
  });

  test('the answer that came while nobody listened is heard later', async () => {
    await answer(await invite());
    await alice.close();
    alice = alices();
    const heard = await followed(alice);
    assert.equal(heard[0]?.answers.length, 1);
  });

  test('by text where there is no server', async () => {
    const offline = alices(noServer);
    await standing(offline);
    const sent = await invite(offline);
    assert.match(sent.problem ?? '', /no SQLite/);
    assert.match(sent.text ?? '', /^cfm1\.[\w-]+$/);
    const { words, text } = await answer(sent);
    const content = await parseBlob(createDeflater(globalThis), `Here you are:\n${text ?? ''}\nBob`);
    const checked = await verifyEnrolment(crypto, content?.envelope);
    assert.ok(checked.kind === 'genuine');
    assert.deepEqual(checked.words, words);
  });

  test('an answer that its key did not sign is none', async () => {
    const sent = await invite();
    const opened = await openLinkOrText(crypto, sent.link ?? '', Date.now);
    assert.equal(opened.kind, 'invitation');
    const { record, enc } = await keyOf(bob);
    const { signer } = await keyOf(openMachine(path.join(root, 'mallory'), []));
    const body = { v: 1, team: 'shop', member: { id: 'bob', name: 'Bob' }, key: record, time: Date.now(), nonce: b64u(crypto.random(32)), enc: b64u(enc.publicKey) };
    const forged: Envelope = await signBody(payloadTypes.enrolment, bodyBytes(body), [signer]);
    assert.equal((await opened.channel.deliver('enrolment', forged)).kind, 'ok');
    await answer(sent);
    await followed(alice);
    const [kept] = await alice.invitations.list();
    assert.ok(kept !== undefined);
    assert.equal((await alice.invitations.answersOf(kept)).length, 1);
  });

  test('what has run out is gone', async () => {
    await invite();
    const later = alices({ now: () => Date.now() + 8 * 24 * 60 * 60 * 1000 });
    assert.deepEqual(await later.invitations.list(), []);
  });

  test('with two administrators needed, the first signature is kept for the second to complete', async () => {
    const key = await keyOf(bob);
    const member = { id: 'bob', name: 'Bob', roles: [], keys: [key.record] };
    const own = self.signer.keyid;
    assert.equal((await publish([{ kind: 'add-member', member }, { kind: 'set-admins', threshold: 1, keyids: [own, key.keyid] }])).kind, 'signed');
    await standing();
    // From one to two: the next version already needs both.
    assert.equal((await publish([{ kind: 'set-admins', threshold: 2, keyids: [own, key.keyid] }])).kind, 'partly');
    assert.deepEqual(await alice.team.state(), { kind: 'refused', code: 'team-unsigned' });
    const text = readFileSync(placeIn(repo).file, 'utf8');
    const completed = await publishTeam(crypto, placeIn(repo), { text, pinned: team, signer: key.signer });
    assert.equal(completed.kind === 'signed' && completed.team.body.version, 3);
    assert.equal((await alice.team.state())?.kind, 'accepted');
  });

  test('a version without an administrator, or by somebody who is none, is not written', async () => {
    const before = readFileSync(placeIn(repo).file, 'utf8');
    assert.deepEqual(await publish([{ kind: 'revoke-key', keyid: self.signer.keyid }]), { kind: 'refused', code: 'team-malformed' });
    assert.deepEqual(await publish([{ kind: 'remove-member', member: 'alice' }]), { kind: 'refused', code: 'team-malformed' });
    assert.deepEqual(await publish([{ kind: 'renew' }], (await keyOf(bob)).signer), { kind: 'refused', code: 'team-unsigned' });
    assert.equal(readFileSync(placeIn(repo).file, 'utf8'), before);
  });
});
