/** Asking a peer, in the page: what can be sent, by what, and what is shown afterwards. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Browser } from 'playwright-core';
import type { AwaitingModel, PeerModel } from '../../../src/protocol/peerReview.ts';
import type { OpenPage } from './harness.ts';
import { launchBrowser, openPage } from './harness.ts';
import { asked, awaiting, drifted, nobody, peer } from './peerFixtures.ts';
import { deleteModel, deleteTables } from './reviewFixtures.ts';
import { until } from '../../support/until.ts';

let browser: Browser;
before(async () => {
  browser = await launchBrowser();
});
after(() => browser.close());

const { phrase: _, ...model } = deleteModel();
const needsPeer = { ...model, basis: 'rehearsed', needsPeer: true, expiresAt: 0, holdMs: 0 };

async function withPage(use: (open: OpenPage) => Promise<void>, found: readonly PeerModel[] = [peer]): Promise<void> {
  const open = await openPage(browser, 'review');
  try {
    await open.waitForPosted('ready');
    await open.send({ type: 'model', model: needsPeer }, { type: 'tables', tables: deleteTables }, ...found.map((each) => ({ type: 'peer', peer: each })));
    await use(open);
  } finally {
    await open.close();
    assert.deepEqual(open.incidents, []);
  }
}

const askButton = ({ page }: OpenPage) => page.getByRole('button', { name: 'Ask a Peer to Confirm…' });
const sendButton = ({ page }: OpenPage) => page.getByRole('button', { name: 'Ask', exact: true });
const reason = ({ page }: OpenPage) => page.getByLabel('Why it has to be done');

async function openForm(open: OpenPage): Promise<void> {
  await askButton(open).click();
  await reason(open).waitFor();
}

async function enabled(open: OpenPage): Promise<void> {
  await open.page.locator('.ask-actions vscode-button.primary:not([disabled])').waitFor();
}

describe('the footer of a change that others confirm', () => {
  test('has no Commit, says who must confirm, and the safe button has the focus', () =>
    withPage(async (open) => {
      const { page } = open;
      await page.getByText(peer.terms).waitFor();
      assert.equal(await page.getByRole('button', { name: 'Commit', exact: true }).isVisible(), false);
      assert.equal(await page.evaluate(() => document.activeElement?.textContent), 'Do Not Commit');
    }));

  test('asks only when it is known whom', () =>
    withPage(async (open) => {
      assert.equal(await askButton(open).isDisabled(), true);
      await open.page.getByText('Looking up who may confirm it…').waitFor();
      await open.send({ type: 'peer', peer: nobody });
      await open.page.getByText('Nobody else in the team may confirm this').waitFor();
      assert.equal(await askButton(open).isDisabled(), true);
      await open.send({ type: 'peer', peer });
      await openForm(open);
    }, []));

  test('where there is no team, says so and leads to one', async () => {
    const open = await openPage(browser, 'review');
    await open.waitForPosted('ready');
    await open.send({ type: 'model', model: deleteModel() }, { type: 'tables', tables: deleteTables }, { type: 'alone', alone: { text: 'Nobody else confirms this: no team is set up.' } });
    await open.page.getByText('Nobody else confirms this').waitFor();
    await open.page.getByRole('button', { name: 'Set Up a Team' }).click();
    await open.waitForPosted('set-up-team');
    assert.equal(await open.page.getByRole('button', { name: 'Commit', exact: true }).isVisible(), true);
    await open.close();
  });
});

describe('the form', () => {
  test('wants a reason and somebody to ask; everybody who may is chosen', () =>
    withPage(async (open) => {
      await openForm(open);
      await open.page.getByText('Say why: whoever confirms has nothing else to go by.').waitFor();
      assert.equal(await sendButton(open).isDisabled(), true);
      await reason(open).fill('   ');
      assert.equal(await sendButton(open).isDisabled(), true);
      await reason(open).fill('retention policy');
      for (const { name } of peer.members) await open.page.getByLabel(name).uncheck();
      await open.page.getByText('Choose whom to ask.').waitFor();
      assert.equal(await sendButton(open).isDisabled(), true);
      await open.page.getByLabel('Bob Okafor').check();
      await enabled(open);
      await sendButton(open).click();
      const [sent] = await open.waitForPosted('ask-peer');
      assert.deepEqual(sent, { type: 'ask-peer', review: model.review, reason: 'retention policy', whom: ['bob'] });
    }));

  test('is sent by its button alone: Enter in its fields does nothing, a held key does nothing', () =>
    withPage(async (open) => {
      await openForm(open);
      await reason(open).fill('policy');
      await open.page.getByLabel('Ticket').fill(' OPS-412 ');
      await open.page.getByLabel('Ticket').press('Enter');
      await open.page.getByLabel('Bob Okafor').press('Enter');
      await reason(open).press('Control+Enter');
      await enabled(open);
      assert.deepEqual(await open.posted('ask-peer'), []);
      await sendButton(open).focus();
      await open.page.keyboard.press('Enter');
      const [sent] = await open.waitForPosted('ask-peer');
      assert.deepEqual([sent?.['ticket'], sent?.['whom']], ['OPS-412', ['bob', 'carol', 'dmitri']]);
      await open.page.keyboard.press('Enter');
      assert.equal((await open.posted('ask-peer')).length, 1, 'asked once');
    }));

  test('Escape leaves the form and keeps what was written; the next Escape rolls back', () =>
    withPage(async (open) => {
      await openForm(open);
      await reason(open).fill('policy');
      await open.page.keyboard.press('Escape');
      await reason(open).waitFor({ state: 'hidden' });
      assert.deepEqual(await open.posted('rollback'), []);
      await openForm(open);
      assert.equal(await reason(open).inputValue(), 'policy');
      await open.page.keyboard.press('Escape');
      await open.page.keyboard.press('Escape');
      await open.waitForPosted('rollback');
    }));

  test('can be filled and sent with the keyboard', () =>
    withPage(async (open) => {
      const { page } = open;
      const focused = async () => await page.evaluate(() => document.activeElement?.textContent);
      await until('somebody can be asked', async () => await askButton(open).isEnabled());
      for (let presses = 0; presses < 8 && (await focused()) !== 'Ask a Peer to Confirm…'; presses += 1) await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      await reason(open).waitFor();
      await page.keyboard.type('policy');
      await page.keyboard.press('Tab');
      await page.keyboard.type('T-1');
      await page.keyboard.press('Tab');
      await page.keyboard.press('Space');
      await enabled(open);
      for (let presses = 0; presses < 8 && (await focused()) !== 'Ask'; presses += 1) await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      const [sent] = await open.waitForPosted('ask-peer');
      assert.deepEqual([sent?.['reason'], sent?.['ticket'], sent?.['whom']], ['policy', 'T-1', ['carol', 'dmitri']]);
    }));

  test('says why nobody was asked, and can be sent again', () =>
    withPage(async (open) => {
      await openForm(open);
      await reason(open).fill('policy');
      await enabled(open);
      await sendButton(open).click();
      await open.waitForPosted('ask-peer');
      await open.send({ type: 'refused', message: 'Nobody was asked, and nothing is open. The disk is full.' });
      await open.page.getByText('The disk is full.').waitFor();
      assert.equal(await reason(open).inputValue(), 'policy');
      await enabled(open);
      await sendButton(open).click();
      await open.waitForPosted('ask-peer', 2);
    }));
});

describe('a request that waits', () => {
  const shown = async (open: OpenPage, changes: Partial<AwaitingModel> = {}) => await open.send({ type: 'awaiting', awaiting: awaiting(changes) });

  test('shows who was asked, what happened and until when; each button says which request it means', () =>
    withPage(async (open) => {
      const { page } = open;
      await shown(open);
      await page.getByText('1 of 2 approved, waiting for Bob Okafor or Carol Lindqvist').waitFor();
      assert.match(await page.locator('.banner').innerText(), /expires in 12:\d\d/);
      for (const [button, action] of [['Copy Link', 'copy-link'], ['Copy as Text', 'copy-text'], ['Enter an Answer…', 'enter-answer'], ['Cancel Request', 'cancel-request']] as const) {
        await page.getByRole('button', { name: button }).click();
        assert.deepEqual((await open.posted('request-action')).at(-1), { type: 'request-action', request: 'r_AAAAAAAAAAAAAAAA', action });
      }
      await page.keyboard.press('Escape');
      assert.deepEqual(await open.posted('rollback'), [], 'there is nothing to roll back');
    }));

  test('without a server has no link to copy; approved, it cannot be cancelled while it runs', () =>
    withPage(async (open) => {
      const { page } = open;
      await shown(open, { hasLink: false });
      await page.getByRole('button', { name: 'Copy as Text' }).waitFor();
      assert.equal(await page.getByRole('button', { name: 'Copy Link' }).isVisible(), false);
      await shown(open, { stage: 'ready' });
      await page.getByRole('button', { name: 'Run Now' }).click();
      await open.waitForPosted('request-action');
      await shown(open, { stage: 'running' });
      await page.getByRole('button', { name: 'Cancel Request' }).waitFor({ state: 'hidden' });
      assert.equal(await page.getByRole('button', { name: 'Run Now' }).isVisible(), false);
    }));

  test('that was committed can be taken back from where it says so', () =>
    withPage(async (open) => {
      const { page } = open;
      const end = { kind: 'committed', title: 'Committed', text: 'It is final.' } as const;
      const button = page.getByRole('button', { name: 'Undo This Change…' });
      await shown(open);
      await open.send({ type: 'end', end });
      await page.getByText('It is final.').waitFor();
      assert.equal(await button.isVisible(), false, 'nothing is kept');
      await open.send({ type: 'end', end: { ...end, undo: 'r7' } });
      await button.click();
      assert.deepEqual(await open.waitForPosted('undo'), [{ type: 'undo', run: 'r7' }]);
    }));

  test('that drifted shows what was approved and what would happen, and asks again', () =>
    withPage(async (open) => {
      const { page } = open;
      await shown(open);
      await open.send({ type: 'end', end: drifted });
      assert.deepEqual(await page.locator('.drift tr.differs').allInnerTexts(), ['public.customers\t3 deleted\t4 deleted', 'audit.customer_log\tnot touched\t4 inserted']);
      assert.equal(await page.locator('.awaiting').isVisible(), false);
      await page.getByRole('button', { name: 'Ask Again…' }).click();
      const [action] = await open.waitForPosted('request-action');
      assert.deepEqual(action, { type: 'request-action', request: 'r_AAAAAAAAAAAAAAAA', action: 'ask-again' });
    }));
});

describe('the reviewer’s page inside the editor', () => {
  test('answers by the host, once, after everything was on the screen', async () => {
    const open = await openPage(browser, 'confirmInEditor', { height: 500 });
    await open.waitForPosted('ready');
    await open.send(asked());
    const approve = open.page.getByRole('button', { name: 'Approve…' });
    assert.equal(await approve.isDisabled(), true);
    await open.page.locator('.end').scrollIntoViewIfNeeded();
    await open.page.locator('button.primary:not([disabled])').waitFor();
    await open.page.getByLabel('Comment').fill('looks right');
    await approve.click();
    assert.deepEqual(await open.waitForPosted('decide'), [{ type: 'decide', decision: 'approve', comment: 'looks right' }]);
    assert.equal(await approve.isDisabled(), true);
    await open.send({ type: 'not-sent', message: '' });
    await open.page.locator('button.primary:not([disabled])').waitFor();
    await open.page.getByRole('button', { name: 'Reject' }).click();
    await open.waitForPosted('decide', 2);
    await open.send({ type: 'not-sent', message: 'The server did not answer.' });
    await open.page.getByText('The server did not answer. It is not certain that anything was sent').waitFor();
    await approve.click();
    await open.send({ type: 'sent', decision: 'approve' });
    await open.page.getByRole('heading', { name: 'You approved' }).waitFor();
    assert.equal(await approve.count(), 0);
    await open.waitForPosted('seen');
    await open.close();
    assert.deepEqual(open.incidents, []);
  });

  test('where the key of the editor does not count, says so and leads to the browser', async () => {
    const open = await openPage(browser, 'confirmInEditor');
    await open.waitForPosted('ready');
    await open.send(asked({ reviewer: { name: 'Bob', refused: 'The team asks for a passkey.' } }));
    await open.page.getByText('The team asks for a passkey.').waitFor();
    assert.equal(await open.page.getByRole('button', { name: 'Reject' }).isVisible(), false);
    await open.page.getByRole('button', { name: 'Answer with a Passkey in the Browser' }).click();
    await open.waitForPosted('open-browser');
    await open.send({ type: 'over', kind: 'expired' });
    await open.page.getByRole('heading', { name: 'The request has expired' }).waitFor();
    await open.close();
    assert.deepEqual(open.incidents, []);
  });
});
