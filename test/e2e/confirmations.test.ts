/** Asking another person, clicked through a real editor and a second real browser: what is approved commits, and nothing else does. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Frame } from 'playwright-core';
import { removeFolder, temporaryFolder } from '../../scripts/lib/reaper.mjs';
import { useEditor } from '../support/editor.ts';
import { until } from '../support/until.ts';
import { answerInBrowser, clipboard, fillAndAsk, newReviewer, passkeyRule, setUpTeam, startTeamServer, type Reviewer, type TeamServer } from './peers.ts';
import { createShop, type Shop } from './shop.ts';
import { bind, previewChanges, review, waitForEnd } from './steps.ts';

let shop: Shop;
let server: TeamServer;
let store: string;
let bob: Reviewer;

const it = useEditor(async () => {
  shop = await createShop();
  store = path.join(await temporaryFolder('countersign-server-'), 'confirmations.sqlite');
  server = await startTeamServer(0, store);
  bob = await newReviewer(server.origin);
  return { files: shop.workspace({ 'work.sql': 'SELECT 1;\n', 'other.sql': 'SELECT 2;\n' }), settings: { 'countersign.production.access': 'preview', 'countersign.server.url': server.origin } };
});
after(async () => {
  await bob.close();
  await server.close();
  await removeFolder(path.dirname(store));
});

/** Fills the form and presses its button; returns the page. */
async function askPeer(sql: string, reason: string): Promise<Frame> {
  const { ui } = it;
  await previewChanges(ui, sql);
  const page = await review(ui);
  await fillAndAsk(page, reason);
  return page;
}

describe('a change that another person confirms', () => {
  before(async () => {
    await setUpTeam(it.editor, bob.record, [passkeyRule]);
    await bind(it.ui, 'work.sql', 'shop-prod');
  });

  test('is asked, approved with a passkey in another browser, and commits exactly what was approved', async () => {
    const { ui, editor } = it;
    const before = await shop.counts();
    const page = await askPeer('DELETE FROM customers WHERE id = 7;', 'Customer 7 asked to be forgotten');
    assert.equal(await shop.openTransactions(), 0, 'nothing is open while somebody thinks');
    assert.deepEqual(await shop.counts(), before);
    await editor.screenshot('confirmations/waiting');
    const link = await clipboard(editor.page);
    assert.ok(link.startsWith(`${server.origin}/r/r_`), link);
    await answerInBrowser(bob, link, 'Approve', 'as agreed');
    await waitForEnd(ui, 'Committed, confirmed by Bob Okafor');
    await bob.page.getByRole('heading', { name: 'Approved, and being run' }).waitFor();
    const now = await shop.counts();
    assert.equal(now.customers, before.customers - 1);
    assert.deepEqual(await shop.query('SELECT id FROM customers WHERE id = 7'), []);
    assert.equal(await page.getByRole('button', { name: 'Commit', exact: true }).isVisible(), false);
    await editor.screenshot('confirmations/committed');
  });

  test('is rejected with a comment: nothing ran, and it can be asked again', async () => {
    const { ui, editor } = it;
    const before = await shop.fingerprint();
    await askPeer('DELETE FROM customers WHERE id = 8;', 'Customer 8');
    await answerInBrowser(bob, await clipboard(editor.page), 'Reject', 'customer 8 pays');
    await waitForEnd(ui, 'Rejected by Bob Okafor');
    assert.match(await ui.webviewText('.outcome-card.rejected', '.outcome-card'), /customer 8 pays/);
    assert.equal(await shop.fingerprint(), before);
    await editor.screenshot('confirmations/rejected');
  });

  test('that would do something else by then is rolled back, told row by row, and asked again', async () => {
    const { ui, editor } = it;
    await askPeer("DELETE FROM order_items WHERE sku = 'SKU-20';", 'SKU-20 is gone');
    await shop.query("UPDATE order_items SET sku = 'SKU-20' WHERE id = 21");
    const before = await shop.fingerprint();
    await answerInBrowser(bob, await clipboard(editor.page), 'Approve');
    await waitForEnd(ui, 'no longer what was approved');
    const text = await ui.webviewText('.drift', '.drift');
    assert.match(text, /public\.order_items\s+1 deleted\s+2 deleted/);
    assert.match(text, /id 21: deleted now, and was not approved/);
    assert.equal(await shop.fingerprint(), before);
    await editor.screenshot('confirmations/drifted');
    await ui.webviewClick('.outcome-card.drifted', 'Ask Again');
    const page = await ui.webview(async (frame) => (await frame.locator('h1').first().innerText()) === 'Deletes 2 rows from order_items');
    await fillAndAsk(page, 'two rows it is');
    await answerInBrowser(bob, await clipboard(editor.page), 'Approve');
    await waitForEnd(ui, 'Committed, confirmed by Bob Okafor');
    assert.deepEqual(await shop.query("SELECT id FROM order_items WHERE sku = 'SKU-20'"), []);
  });

  test('is cancelled in the panel: an approval that comes too late finds nothing to run', async () => {
    const { ui, editor } = it;
    const before = await shop.fingerprint();
    await askPeer('DELETE FROM customers WHERE id = 9;', 'Customer 9');
    const link = await clipboard(editor.page);
    await bob.open(link);
    await bob.page.getByText('asks you to confirm').waitFor();
    await ui.webviewClick('.awaiting', 'Cancel Request');
    await waitForEnd(ui, 'Cancelled');
    await bob.page.getByRole('heading', { name: 'The request was closed' }).waitFor();
    assert.equal(await shop.fingerprint(), before);
  });

  test('goes on waiting through a reload of the window, and runs when it is approved then', async () => {
    const { ui, editor } = it;
    await askPeer('DELETE FROM customers WHERE id = 10;', 'Customer 10');
    const link = await clipboard(editor.page);
    await editor.reload();
    await ui.openContainer('Countersign');
    await ui.treeRow('Waiting').waitFor();
    await ui.clickTreeRow('Waiting');
    const page = await ui.webview('.outcome-card.awaiting');
    assert.match(await page.locator('main').innerText(), /Deletes 1 row from customers/);
    assert.match(await page.locator('main').innerText(), /DELETE FROM customers WHERE id = 10/);
    await editor.screenshot('confirmations/after-reload');
    await answerInBrowser(bob, link, 'Approve');
    await waitForEnd(ui, 'Committed, confirmed by Bob Okafor');
    assert.deepEqual(await shop.query('SELECT id FROM customers WHERE id = 10'), []);
  });

  test('is run after the server was gone for a while: what was decided meanwhile is caught up with', async () => {
    const { ui, editor } = it;
    await ui.openFile('work.sql');
    await askPeer('DELETE FROM customers WHERE id = 12;', 'Customer 12');
    const link = await clipboard(editor.page);
    const { port } = server;
    await server.close();
    server = await startTeamServer(port, store);
    await answerInBrowser(bob, link, 'Approve');
    await waitForEnd(ui, 'Committed, confirmed by Bob Okafor');
    assert.deepEqual(await shop.query('SELECT id FROM customers WHERE id = 12'), []);
  });

  test('is run when the editor comes back, that had crashed before it was approved', async () => {
    const { ui, editor } = it;
    await askPeer('DELETE FROM customers WHERE id = 13;', 'Customer 13');
    const link = await clipboard(editor.page);
    editor.killExtensionHost();
    await answerInBrowser(bob, link, 'Approve');
    // The editor may start another host by itself; a new window does in any case.
    await editor.reload();
    await until('it is committed', async () => (await shop.query('SELECT id FROM customers WHERE id = 13')).length === 0, 40_000);
    await ui.openContainer('Countersign');
    await ui.treeRow('Decided').waitFor();
    await ui.treeRow('My Requests').waitFor({ state: 'hidden' });
  });
});
