/** Being asked, in one's own editor, and requests that travel as text because no server has them. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { blobText } from '../../src/core/approval/blob.ts';
import { b64u, parseB64u } from '../../src/core/approval/bytes.ts';
import type { Envelope } from '../../src/core/approval/envelope.ts';
import { bodyBytes } from '../../src/core/approval/envelope.ts';
import { parseBlob } from '../../src/core/approval/blob.ts';
import { linkKeys, linkText, newSecret, readHash, sealBox, sealToMember } from '../../src/core/approval/seal.ts';
import { createDeflater } from '../../src/core/approval/streams.ts';
import { acceptTeam, parseTeamSignatures } from '../../src/core/approval/teamChain.ts';
import type { SignedTeam } from '../../src/core/approval/teamChain.ts';
import type { Team } from '../../src/core/approval/team.ts';
import { verifyApproval } from '../../src/core/approval/verifyApproval.ts';
import { signFiling } from '../../src/protocol/confirmation.ts';
import { crypto, softwareKey } from '../support/confirmation/keys.ts';
import { ask, lenient, requestBody } from '../support/confirmation/people.ts';
import type { Asked } from '../support/confirmation/people.ts';
import { callAt, opened, postTeam } from '../support/confirmation/relay.ts';
import { useEditor } from '../support/editor.ts';
import { readSpool } from '../support/spool.ts';
import { until } from '../support/until.ts';
import { clipboard, fillAndAsk, newReviewer, passkeyRule, setUpTeam, startTeamServer, type Reviewer, type TeamServer } from './peers.ts';
import { createShop, type Shop } from './shop.ts';
import { bind, previewChanges, review, waitForEnd } from './steps.ts';

let shop: Shop;
let server: TeamServer;
let bob: Reviewer;
const carol = await softwareKey('laptop');
const deflater = createDeflater(globalThis);

const it = useEditor(async () => {
  shop = await createShop();
  server = await startTeamServer();
  bob = await newReviewer(server.origin);
  return { files: shop.workspace({ 'work.sql': 'SELECT 1;\n' }), settings: { 'countersign.production.access': 'preview', 'countersign.server.url': server.origin } };
});
after(async () => {
  await bob.close();
  await server.close();
});

/** The team as it lies in the folder. */
async function teamHere(): Promise<{ readonly team: Team; readonly signed: SignedTeam }> {
  const read = (name: string) => Uint8Array.from(readFileSync(path.join(it.editor.workspace, '.countersign', name)));
  const signed = { file: read('team.jsonc'), signatures: parseTeamSignatures(read('team.sig.json')) };
  const { team: first } = JSON.parse(new TextDecoder().decode(signed.file)) as { team: string };
  assert.equal(first, 'shop');
  const state = await acceptTeam(crypto, undefined, [signed]);
  assert.ok(state.kind === 'accepted', JSON.stringify(state));
  return { team: state.team, signed };
}

/** Carol asks, elsewhere. */
async function carolAsks(reason: string): Promise<{ readonly asked: Asked; readonly text: string; readonly signed: SignedTeam; readonly team: Team }> {
  const { team, signed } = await teamHere();
  const now = Date.now();
  const asked = await ask(carol, requestBody(team, { requester: 'carol', created: now - 1000, expires: now + 600_000, reason }));
  const text = await blobText(deflater, { envelope: asked.envelope, team: { file: b64u(signed.file), signatures: signed.signatures as Readonly<Record<string, unknown>> } });
  return { asked, text, signed, team };
}

async function verdictOf({ asked, team }: { readonly asked: Asked; readonly team: Team }, envelopes: readonly unknown[]): Promise<string> {
  const verdict = await verifyApproval(crypto, { request: asked.bytes, team: await acceptTeam(crypto, team, []), terms: lenient, envelopes, now: Date.now() });
  return verdict.kind === 'approved' || verdict.kind === 'rejected' ? `${verdict.kind} ${JSON.stringify(verdict.results.map((result) => (result.kind === 'holds' ? [result.reviewer, result.body.saw.view, result.body.comment] : result.code)))}` : verdict.kind;
}

/** Presses in the page, and then says it again outside of it. */
async function answerHere(decision: 'Approve' | 'Reject', comment: string): Promise<void> {
  const { ui } = it;
  const page = await ui.webview('footer select');
  await page.getByLabel('Comment').fill(comment);
  await page.locator('.end').scrollIntoViewIfNeeded();
  const button = page.getByRole('button', { name: decision === 'Approve' ? 'Approve…' : 'Reject', exact: true });
  await until('it can be pressed', async () => await button.isEnabled());
  await button.click();
  // A key that was pressed for something else signs nothing.
  await ui.pick(`${decision} what Carol asks?`, `Do Not ${decision}`);
  await until('it can be pressed again', async () => await button.isEnabled());
  await button.click();
  await ui.pick(`${decision} what Carol asks?`, 'Signs request');
}

describe('being asked in the editor', () => {
  before(async () => {
    const rule = { ...passkeyRule, assurance: 'software' } as const;
    // The first rule that fits counts: what is about privileges has one minute.
    await setUpTeam(it.editor, bob.record, [{ ...rule, match: { env: 'production', class: ['privilege'] }, ttlMinutes: 1 }, rule], { others: [{ id: 'carol', name: 'Carol', roles: [], keys: [carol.record] }] });
    await bind(it.ui, 'work.sql', 'shop-prod');
  });

  test('a request waits for one minute, meanwhile', async () => {
    const { ui } = it;
    await previewChanges(ui, 'GRANT SELECT ON customers TO PUBLIC;');
    await fillAndAsk(await review(ui), 'for the report', 'Bob Okafor or Carol');
    await ui.openContainer('Countersign');
    await ui.treeRow('Waiting').waitFor();
  });

  test('a text is pasted, looked at, and approved with the key of this editor', async () => {
    const { ui, editor } = it;
    const carols = await carolAsks('the customer asked');
    await ui.command('Countersign: Review a Request…');
    await ui.input('Review a Request', `Could you? ${carols.text}`);
    const page = await ui.webview('footer select');
    assert.match(await page.locator('main').innerText(), /Carol asks you to confirm a change to production/);
    await editor.screenshot('confirmations/asked-here');
    await answerHere('Approve', 'seen');
    await page.getByRole('heading', { name: 'You approved; now send this text' }).waitFor();
    const answer = (await parseBlob(deflater, await clipboard(editor.page)))?.envelope;
    assert.equal(await verdictOf(carols, [answer]), 'approved [["alice.adams","vscode","seen"]]');
    const records = await readSpool(path.join(editor.home, 'user-data/User/globalStorage/countersign.countersign/audit'));
    const own = records.split('\n').find((line) => line.includes('"kind":"answer"')) ?? assert.fail('the answer is on no record here');
    assert.ok(own.includes(carols.asked.digest) && own.includes('DELETE FROM customers'), own);
  });

  test('what is sealed to this member arrives by itself, and the answer goes back the same way', async () => {
    const { ui, editor } = it;
    const carols = await carolAsks('by the server');
    const call = callAt(server.origin);
    await postTeam(call, carols.signed);
    const { id, expires } = carols.asked.body;
    const secret = newSecret(crypto);
    const { key, readToken } = await linkKeys(crypto, id, secret);
    const alice = parseB64u(carols.team.body.members.find((member) => member.id === 'alice.adams')?.enc ?? '') ?? new Uint8Array(0);
    const inbox = [{ member: 'alice.adams', sealed: b64u((await sealToMember(crypto, alice, id, secret)) ?? new Uint8Array(0)) }];
    const message = await signFiling(crypto, { id, team: carols.team.digest, expires, readHash: await readHash(crypto, readToken), box: await sealBox(crypto, key, { kind: 'request', id }, bodyBytes(carols.asked.envelope)), inbox }, carol.signer, Date.now());
    assert.equal((await call('/v1/requests', { json: message })).status, 201);
    await ui.toast('Carol asks you to confirm', 'Open');
    await ui.statusSays('countersign.confirmations', '1 to confirm');
    await ui.treeRow('Carol asks').waitFor();
    await editor.screenshot('confirmations/arrived');
    await answerHere('Reject', 'not today');
    await (await ui.webview('.outcome-card.failed')).getByRole('heading', { name: 'You rejected' }).waitFor();
    const filed = { asked: carols.asked, id, secret, key, token: b64u(readToken), message };
    const { events } = (await (await call(`/v1/requests/${id}/events`, { token: filed.token })).json()) as { events: { kind: string; box?: string }[] };
    const decisions = await Promise.all(events.filter(({ kind }) => kind === 'decision').map(async ({ box = '' }) => await opened(filed, 'decision', parseB64u(box) ?? new Uint8Array(0))));
    assert.equal(await verdictOf(carols, decisions as Envelope[]), 'rejected [["alice.adams","vscode","not today"]]');
    assert.ok(events.some(({ kind }) => kind === 'seen'), 'whoever asked is told that somebody looked');
    assert.match(linkText({ server: server.origin, id, secret }), /#1\./);
  });

  test('a text is approved on a page that no server had the request of, and the answer is pasted', async () => {
    const { ui, editor } = it;
    await ui.openFile('work.sql');
    await previewChanges(ui, 'DELETE FROM customers WHERE id = 11;');
    await fillAndAsk(await review(ui), 'Customer 11', 'Bob Okafor or Carol');
    await ui.webviewClick('.outcome-card.awaiting', 'Copy as Text');
    await until('the text is there', async () => (await clipboard(editor.page)).startsWith('cfm1.'));
    await bob.open(`${server.origin}/r/paste`);
    await bob.page.getByLabel('Request as text').fill(await clipboard(editor.page));
    await bob.page.getByRole('button', { name: 'Open' }).click();
    await bob.page.getByText('asks you to confirm a change to production').waitFor();
    await bob.page.getByLabel('You are').selectOption({ label: 'Bob Okafor' });
    await bob.page.locator('.end').scrollIntoViewIfNeeded();
    await bob.page.getByRole('button', { name: 'Approve with Passkey…' }).click();
    const answer = await bob.page.getByLabel('Text to send').inputValue();
    await ui.webviewClick('.outcome-card.awaiting', 'Enter an Answer');
    await ui.input('Enter an Answer', `here you go: ${answer}`);
    await waitForEnd(ui, 'Committed, confirmed by Bob Okafor');
    assert.deepEqual(await shop.query('SELECT id FROM customers WHERE id = 11'), []);
  });

  test('and what nobody confirmed in its minute has expired', async () => {
    const { ui, editor } = it;
    await ui.openContainer('Countersign');
    await ui.treeRow('Decided').waitFor();
    if ((await ui.treeRow('Decided').getAttribute('aria-expanded')) !== 'true') await ui.clickTreeRow('Decided');
    await editor.page.locator('.pane-body .monaco-list-row').filter({ hasText: 'Expired' }).first().waitFor({ timeout: 70_000 });
    const [row] = await shop.query("SELECT has_table_privilege('public', 'customers', 'SELECT') AS granted");
    assert.equal(row.granted, false);
    await ui.clickTreeRow('Expired');
    await waitForEnd(ui, 'Expired before enough had approved');
    await editor.screenshot('confirmations/expired');
  });
});
