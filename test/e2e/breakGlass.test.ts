/** An emergency, clicked through a real editor and a real browser with passkeys: committed alone, red until somebody else has signed. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { useEditor } from '../support/editor.ts';
import { until } from '../support/until.ts';
import { anotherPasskey, clipboard, newReviewer, passkeyRule, setUpTeam, startTeamServer, type Reviewer, type TeamServer } from './peers.ts';
import { createShop, type Shop } from './shop.ts';
import { bind, previewChanges, review, waitForEnd } from './steps.ts';

let shop: Shop;
let server: TeamServer;
/** A browser with a passkey of Bob’s and one of Alice’s. */
let browser: Reviewer;

const it = useEditor(async () => {
  shop = await createShop();
  server = await startTeamServer();
  browser = await newReviewer(server.origin);
  return { files: shop.workspace({ 'work.sql': 'SELECT 1;\n' }), settings: { 'countersign.production.access': 'preview', 'countersign.server.url': server.origin } };
});
after(async () => {
  await browser.close();
  await server.close();
});

/** @param former - what was there before */
async function copiedLink(former = ''): Promise<string> {
  let text = '';
  await until('a link is on the clipboard', async () => {
    text = await clipboard(it.editor.page);
    return text !== former && text.startsWith(`${server.origin}/r/r_`);
  });
  return text;
}

/** Looks at everything, says who signs, and presses the button. */
async function sign(link: string, { says, who, button, done }: { readonly says: string; readonly who: string; readonly button: string; readonly done: string }): Promise<void> {
  const { page } = browser;
  await browser.open(link);
  await page.getByText(says).first().waitFor();
  await page.getByLabel('You are').selectOption({ label: who });
  await page.locator('.end').scrollIntoViewIfNeeded();
  const press = page.getByRole('button', { name: button, exact: true });
  await until('it can be signed', async () => await press.isEnabled());
  await press.click();
  await page.getByRole('heading', { name: done }).waitFor();
}

describe('an emergency', () => {
  before(async () => {
    const own = await anotherPasskey(browser);
    await setUpTeam(it.editor, browser.record, [{ ...passkeyRule, breakGlass: true }], { own: [own] });
    await bind(it.ui, 'work.sql', 'shop-prod');
  });

  test('is committed with one’s own passkey, stays red through a reload, and is signed off by another', async () => {
    const { ui, editor } = it;
    await previewChanges(ui, 'DELETE FROM customers WHERE id = 7;');
    const panel = await review(ui);
    await panel.getByRole('button', { name: 'Emergency: Commit Without Confirmation…' }).click();
    await panel.getByLabel('Why it cannot wait').fill('Customer 7 blocks every order of the shop');
    await panel.getByLabel('the name of the connection').fill('shop-prod');
    await panel.locator('.emergency vscode-button.danger:not([disabled])').click();
    await panel.locator('.outcome-card.awaiting').filter({ hasText: 'Waiting for your own signature' }).waitFor();
    assert.equal(await shop.openTransactions(), 0, 'nothing is open meanwhile');
    assert.equal((await shop.query('SELECT id FROM customers WHERE id = 7')).length, 1, 'and nothing has happened');
    await ui.webviewClick('.awaiting', 'Copy Link');
    const link = await copiedLink();
    await sign(link, { says: 'without confirmation', who: 'Alice Adams', button: 'Commit Without Confirmation with Passkey…', done: 'You signed' });
    await waitForEnd(ui, 'Committed without confirmation');
    assert.deepEqual(await shop.query('SELECT id FROM customers WHERE id = 7'), []);
    await editor.screenshot('breakGlass/committed');

    const forOthers = await copiedLink(link);
    await editor.reload();
    await ui.openContainer('Countersign');
    await ui.treeRow('Committed, Not Reviewed').waitFor();
    await ui.treeRow('Not reviewed yet: committed').waitFor();
    await editor.screenshot('breakGlass/not-reviewed');
    await sign(forOthers, { says: 'committed a change to production without confirmation', who: 'Bob Okafor', button: 'Approve with Passkey…', done: 'You signed it off' });
    await ui.treeRow('without confirmation, reviewed by bob').waitFor();
    await ui.treeRow('Committed, Not Reviewed').waitFor({ state: 'hidden' });
    await editor.screenshot('breakGlass/reviewed');
  });
});
