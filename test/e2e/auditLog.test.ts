/** The log of a Countersign server in a real editor: no write without its receipt, and what was confirmed and committed is proven by the command line. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { removeFolder, temporaryFolder } from '../../scripts/lib/reaper.mjs';
import { openSqlite } from '../../src/server/store/sqlite.ts';
import { audit } from '../support/audit/auditCli.ts';
import { useEditor } from '../support/editor.ts';
import { until } from '../support/until.ts';
import { answerInBrowser, clipboard, fillAndAsk, newReviewer, passkeyRule, setUpTeam, startTeamServer, type Reviewer, type TeamServer } from './peers.ts';
import { createShop, type Shop } from './shop.ts';
import { bind, previewChanges, review, runAll, waitForEnd } from './steps.ts';

let shop: Shop;
let server: TeamServer;
let store: string;
let bob: Reviewer;

const it = useEditor(async () => {
  shop = await createShop();
  store = path.join(await temporaryFolder('countersign-log-'), 'log.sqlite');
  server = await startTeamServer(0, store);
  bob = await newReviewer(server.origin);
  const endpoints = [{ name: 'log', kind: 'countersign', url: server.origin }];
  return { files: shop.workspace({ 'work.sql': 'SELECT 1;\n' }), settings: { 'countersign.production.access': 'preview', 'countersign.server.url': server.origin, 'countersign.audit.required': true, 'countersign.audit.endpoints': endpoints } };
});
after(async () => {
  await bob.close();
  await server.close();
  await removeFolder(path.dirname(store));
});

/** What the log holds, looked at from outside. */
async function kindsInLog(): Promise<readonly string[]> {
  const database = await openSqlite(store);
  const rows = await database.query('SELECT line FROM audit_events ORDER BY leaf');
  await database.close();
  return rows.map(({ line }) => String((JSON.parse(String(line)) as { body: { kind: string } }).body.kind));
}

describe('a log that takes records of members only', () => {
  before(async () => await bind(it.ui, 'work.sql', 'shop-prod'));

  test('stops writes while nobody here is a member, says so, and reads go on', async () => {
    const { ui, editor } = it;
    const kept = await shop.fingerprint();
    await runAll(ui, `UPDATE customers SET plan = 'x' WHERE id = 1;`);
    await ui.webview(async (frame) => (await frame.locator('body').innerText()).includes('no key on this machine belongs to a member of the team'), 30_000);
    await editor.screenshot('audit-log/nobody');
    assert.equal(await shop.fingerprint(), kept);
    await runAll(ui, 'SELECT count(*) AS still_reading FROM customers;');
    await ui.webview(async (frame) => (await frame.locator('body').innerText()).includes('still_reading'));
    assert.deepEqual(await kindsInLog(), []);
  });

  test('has the intent before the change is made, all of it in the end, and verify proves who confirmed it', async () => {
    const { ui, editor } = it;
    await setUpTeam(editor, bob.record, [{ ...passkeyRule, audit: 'receipt' }]);
    // What waited is brought with the next attempt.
    await until('the log has what waited', async () => (await kindsInLog()).length > 0, 90_000);
    await previewChanges(ui, 'DELETE FROM customers WHERE id = 7;');
    const page = await review(ui);
    assert.ok((await kindsInLog()).includes('intent'));
    await fillAndAsk(page, 'Customer 7 asked to be forgotten');
    await answerInBrowser(bob, await clipboard(editor.page), 'Approve');
    await waitForEnd(ui, 'Committed, confirmed by Bob Okafor');
    await until('the log has the outcome', async () => (await kindsInLog()).filter((kind) => kind === 'outcome').length >= 2);
    const kinds = await kindsInLog();
    for (const kind of ['stream-begin', 'request', 'decision', 'claim', 'commit-intent']) assert.ok(kinds.includes(kind), kind);
    const folder = path.join(editor.home, 'user-data/User/globalStorage/countersign.countersign/audit');
    const { code, stdout } = await audit('verify', '--folder', folder, '--team', path.join(editor.workspace, '.countersign', 'team.jsonc'));
    assert.match(stdout, /“log” signed \d+ checkpoints and received \d+ of the events; 1 commits were confirmed by others/u);
    assert.equal(code, 0, stdout);
  });
});
