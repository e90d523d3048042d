/** Two windows of one person on one folder: both show the truth about a request, one of them runs it, and neither loses the other's keys. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import { useEditor } from '../support/editor.ts';
import { createWorkbench } from '../support/workbench.ts';
import { answerInBrowser, clipboard, fillAndAsk, newReviewer, passkeyRule, setUpTeam, startTeamServer, type Reviewer, type TeamServer } from './peers.ts';
import { createShop, type Shop } from './shop.ts';
import { bind, previewChanges, review, waitForEnd } from './steps.ts';

let shop: Shop;
let server: TeamServer;
let bob: Reviewer;

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

describe('two windows of one person', () => {
  let other: Page;

  before(async () => {
    await setUpTeam(it.editor, bob.record, [passkeyRule]);
    other = await it.editor.context.newPage();
    await other.goto(it.editor.server.url(it.editor.workspace));
    const ui = createWorkbench(other);
    await ui.ready();
    await ui.openContainer('Countersign');
    await ui.onlyView('Confirmations');
    const header = other.locator('.sidebar .pane-header').filter({ hasText: 'Confirmations' });
    if ((await header.getAttribute('aria-expanded')) !== 'true') await header.click();
  });

  test('what one asks the other shows too, and it runs once', async () => {
    const [ui, second] = [it.ui, createWorkbench(other)];
    await it.editor.page.bringToFront();
    await bind(ui, 'work.sql', 'shop-prod');
    const before = await shop.counts();
    await previewChanges(ui, 'DELETE FROM customers WHERE id = 7;');
    await fillAndAsk(await review(ui), 'Customer 7 asked to be forgotten');
    const link = await clipboard(it.editor.page);
    // The key that seals requests was made after this window was opened: it says so, instead of making another.
    await second.toast('Reload this window');
    await other.reload();
    await second.ready();
    await second.treeRow('Waiting').waitFor();
    await answerInBrowser(bob, link, 'Approve');
    await waitForEnd(ui, 'Committed, confirmed by Bob Okafor');
    await second.treeRow('Decided').waitFor();
    await second.treeRow('My Requests').waitFor({ state: 'detached' });
    assert.equal((await shop.counts()).customers, before.customers - 1);
  });
});
