/** Asking another person, clicked through a real editor and a second real browser: what is approved commits, and nothing else does. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Frame } from 'playwright-core';
import { useEditor } from '../support/editor.ts';
import { until } from '../support/until.ts';
import { answerInBrowser, clipboard, newReviewer, passkeyRule, setUpTeam, startTeamServer, type Reviewer, type TeamServer } from './peers.ts';
import { createShop, type Shop } from './shop.ts';
import { bind, previewChanges, review, waitForEnd } from './steps.ts';

let shop: Shop;
let server: TeamServer;
let bob: Reviewer;

const it = useEditor(async () => {
  shop = await createShop();
  server = await startTeamServer();
  bob = await newReviewer(server.origin);
  return { files: shop.workspace({ 'work.sql': 'SELECT 1;\n', 'other.sql': 'SELECT 2;\n' }), settings: { 'countersign.production.access': 'preview', 'countersign.server.url': server.origin } };
});
after(async () => {
  await bob.close();
  await server.close();
});

/** Fills the form and presses its button; returns the page. */
async function askPeer(sql: string, reason: string): Promise<Frame> {
  const { ui } = it;
  await previewChanges(ui, sql);
  const page = await review(ui);
  const ask = page.getByRole('button', { name: 'Ask a Peer to Confirm…' });
  await until('somebody can be asked', async () => await ask.isEnabled());
  await ask.click();
  await page.getByLabel('Why it has to be done').fill(reason);
  const send = page.getByRole('button', { name: 'Ask', exact: true });
  await until('the request can be sent', async () => await send.isEnabled());
  await send.click();
  await page.locator('.outcome-card.awaiting').filter({ hasText: 'Waiting for Bob Okafor' }).waitFor();
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
});
