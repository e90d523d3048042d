/** Where two others have to confirm: one is in the team, the other joins by a link in a fresh browser, and only both together commit. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { useEditor } from '../support/editor.ts';
import { answerInBrowser, clipboard, fillAndAsk, newReviewer, passkeyRule, setUpTeam, startTeamServer, type Reviewer, type TeamServer } from './peers.ts';
import { createShop, type Shop } from './shop.ts';
import { bind, previewChanges, review, waitForEnd } from './steps.ts';

let shop: Shop;
let server: TeamServer;
let bob: Reviewer;
let dora: Reviewer;

const it = useEditor(async () => {
  shop = await createShop();
  server = await startTeamServer();
  [bob, dora] = [await newReviewer(server.origin), await newReviewer(server.origin, 'Dora Quist')];
  return { files: shop.workspace({ 'work.sql': 'SELECT 1;\n' }), settings: { 'countersign.production.access': 'preview', 'countersign.server.url': server.origin } };
});
after(async () => {
  await Promise.all([bob.close(), dora.close()]);
  await server.close();
});

describe('a change that two others confirm', () => {
  before(async () => await setUpTeam(it.editor, bob.record, [{ ...passkeyRule, approvals: 2 }]));

  test('the second one joins by a link, with a passkey, and by six words', async () => {
    const { ui, editor } = it;
    await ui.command('Countersign: Invite Somebody to the Team…');
    await ui.input('Invite Somebody to shop', 'Dora Quist');
    await ui.toast('The link for Dora Quist is on the clipboard');
    await dora.open(await clipboard(editor.page));
    await dora.page.getByRole('button', { name: 'Create a Passkey…' }).click();
    await dora.page.getByRole('heading', { name: 'Tell these six words' }).waitFor();
    const words = await dora.page.locator('.words li').allTextContents();
    await ui.toast('Dora Quist wants to join the team “shop”', 'Compare the Words');
    await ui.input('Add Dora Quist: Compare Six Words', words.join(' '));
    await ui.pick('Add Dora Quist: Who Is It?', 'is new in the team');
    await ui.input('Add Dora Quist: Short Name', 'dora');
    await editor.page.locator('.quick-input-widget:visible').filter({ hasText: 'Administrator' }).waitFor();
    await ui.key('Enter');
    await ui.toast('Dora Quist is in the team.');
    await ui.clearToasts();
  });

  test('one of them, twice, is not enough; both are, and it commits once', async () => {
    const { ui, editor } = it;
    await bind(ui, 'work.sql', 'shop-prod');
    const before = await shop.counts();
    await previewChanges(ui, 'DELETE FROM customers WHERE id = 7;');
    const page = await review(ui);
    await fillAndAsk(page, 'Customer 7 asked to be forgotten', 'Bob Okafor or Dora Quist');
    const link = await clipboard(editor.page);
    for (const comment of ['as agreed', 'really']) {
      await answerInBrowser(bob, link, 'Approve', comment);
      await page.locator('.outcome-card.awaiting').filter({ hasText: '1 of 2 approved, waiting for Dora Quist' }).waitFor();
    }
    assert.deepEqual(await shop.counts(), before);
    await editor.screenshot('confirmations/one-of-two');
    await answerInBrowser(dora, link, 'Approve');
    await waitForEnd(ui, 'Committed, confirmed by Bob Okafor and Dora Quist');
    assert.equal((await shop.counts()).customers, before.customers - 1);
    assert.deepEqual(await shop.query('SELECT id FROM customers WHERE id = 7'), []);
  });
});
