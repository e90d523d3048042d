/** Committing without others, in the page: where the way is, what it asks for, and what it sends. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Browser } from 'playwright-core';
import type { PeerModel } from '../../../src/protocol/peerReview.ts';
import type { OpenPage } from './harness.ts';
import { launchBrowser, openPage } from './harness.ts';
import { askedAfterwards, awaiting, emergency, nobody, peer } from './peerFixtures.ts';
import { deleteModel, deleteTables } from './reviewFixtures.ts';

let browser: Browser;
before(async () => {
  browser = await launchBrowser();
});
after(() => browser.close());

const { phrase: _, ...model } = deleteModel();
const needsPeer = { ...model, basis: 'rehearsed', needsPeer: true, expiresAt: 0, holdMs: 0 };
const reason = 'The shop is down, this row blocks every order';

async function withPage(found: PeerModel, use: (open: OpenPage) => Promise<void>): Promise<void> {
  const open = await openPage(browser, 'review');
  try {
    await open.waitForPosted('ready');
    await open.send({ type: 'model', model: needsPeer }, { type: 'tables', tables: deleteTables }, { type: 'peer', peer: found });
    await use(open);
  } finally {
    await open.close();
    assert.deepEqual(open.incidents, []);
  }
}

const way = ({ page }: OpenPage) => page.getByRole('button', { name: 'Emergency: Commit Without Confirmation…' });
const why = ({ page }: OpenPage) => page.getByLabel('Why it cannot wait');
const name = ({ page }: OpenPage) => page.getByLabel('the name of the connection');
const hint = ({ page }: OpenPage, text: string) => page.locator('.emergency .ask-hint').filter({ hasText: text });
const ready = ({ page }: OpenPage) => page.locator('.emergency vscode-button.danger:not([disabled])');

describe('the way out in an emergency', () => {
  test('is nowhere where the rules do not allow it', async () => {
    for (const found of [peer, nobody]) {
      await withPage(found, async (open) => {
        await open.page.getByText(found.problem ?? found.terms).first().waitFor();
        assert.equal(await way(open).isVisible(), false);
      });
    }
  });

  test('is there also when nobody else could be asked, and says why this person cannot', () =>
    withPage({ ...nobody, emergency: { ...(emergency.emergency ?? assert.fail()), problem: 'You have no passkey in the team file.' } }, async (open) => {
      await way(open).click();
      await hint(open, 'You have no passkey').waitFor();
      assert.equal(await why(open).isDisabled(), true);
      assert.equal(await ready(open).count(), 0);
    }));

  test('asks for a reason, the name, and knowing that there is no way back; then sends all of it once', () =>
    withPage(emergency, async (open) => {
      await way(open).click();
      await hint(open, '20 characters more').waitFor();
      await why(open).fill('too short');
      await hint(open, '11 characters more').waitFor();
      await why(open).fill(reason);
      await hint(open, 'Type the name').waitFor();
      await name(open).fill('Shop-prod');
      await hint(open, 'Capital and small letters').waitFor();
      await name(open).fill('shop-prod');
      await hint(open, 'no way back').waitFor();
      assert.equal(await ready(open).count(), 0);
      await open.page.getByLabel('I know that there will be no way back.').check();
      await name(open).press('Enter');
      await ready(open).click();
      assert.deepEqual(await open.waitForPosted('break-glass'), [{ type: 'break-glass', review: needsPeer.review, reason, typed: 'shop-prod', withoutUndo: true }]);
      await hint(open, 'Signing and filing').waitFor();
      await open.send({ type: 'refused', message: 'Nothing was committed, and nothing is open. Talk to them.' });
      await open.page.locator('footer .hint').filter({ hasText: 'Talk to them.' }).waitFor();
      assert.equal(await why(open).inputValue(), reason, 'what was written is kept');
      await open.page.keyboard.press('Escape');
      assert.equal(await way(open).isVisible(), true);
      assert.equal((await open.posted('rollback')).length, 0);
    }));

  test('does not ask about a way back where there is one', () =>
    withPage(emergency, async (open) => {
      await open.send({ type: 'undo', text: 'The rows are kept.', exists: true });
      await way(open).click();
      await why(open).fill(reason);
      await name(open).fill('shop-prod');
      await ready(open).click();
      const [sent] = await open.waitForPosted('break-glass');
      assert.equal(sent?.['withoutUndo'], false);
    }));

  test('waits for the signature, and afterwards for others; that cannot be cancelled', () =>
    withPage(emergency, async (open) => {
      const cancel = open.page.getByRole('button', { name: 'Cancel Request' });
      await open.send({ type: 'awaiting', awaiting: awaiting({ purpose: 'emergency', title: 'Waiting for your own signature' }) });
      await open.page.getByRole('button', { name: 'Sign with a Passkey in the Browser' }).click();
      assert.deepEqual((await open.waitForPosted('request-action')).map(({ action }) => action), ['sign-emergency']);
      assert.equal(await cancel.isVisible(), true);
      await open.send({ type: 'awaiting', awaiting: awaiting({ purpose: 'afterwards', title: 'Waiting for Bob' }) });
      await open.page.getByText('Waiting for Bob').waitFor();
      assert.deepEqual([await cancel.isVisible(), await way(open).isVisible()], [false, false]);
    }));
});

test('who reviews afterwards reads that it is final', async () => {
  const open = await openPage(browser, 'confirmInEditor');
  try {
    await open.waitForPosted('ready');
    await open.send(askedAfterwards());
    await open.page.getByText('committed a change to production without confirmation').waitFor();
    await open.page.getByText('Nothing runs because of your answer').waitFor();
    await open.page.locator('.end').scrollIntoViewIfNeeded();
    await open.page.locator('footer button.primary:not([disabled])').click();
    assert.equal((await open.waitForPosted('decide'))[0]?.['decision'], 'approve');
    await open.send({ type: 'sent', decision: 'approve' });
    await open.page.getByRole('heading', { name: 'You signed it off' }).waitFor();
  } finally {
    await open.close();
    assert.deepEqual(open.incidents, []);
  }
});
