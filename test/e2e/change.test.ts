/** Writes on production, clicked through a real editor: what is shown, what commits, and everything that must not. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { useEditor, type Editor } from '../support/editor.ts';
import { until } from '../support/until.ts';
import { createShop, tables, type Counts, type Shop } from './shop.ts';
import { bind, effectRows, onlyChangeOpen, previewChanges, resultsSay, review, rollBack, runAll, waitForEnd } from './steps.ts';

let shop: Shop;
const settings = { 'countersign.production.access': 'preview' };
const files = { 'work.sql': 'SELECT 1;\n', 'other.sql': 'SELECT 2;\n' };

function useShop(extra: Readonly<Record<string, unknown>> = {}): { readonly editor: Editor; readonly ui: Editor['ui'] } {
  return useEditor(async () => {
    shop = await createShop();
    return { files: shop.workspace(files), settings: { ...settings, ...extra } };
  });
}

describe('a change on production', () => {
  const it = useShop();

  test('an update that fires a trigger is shown table by table, and rolls back on the button', async () => {
    const { ui } = it;
    await bind(ui, 'work.sql', 'shop-prod');
    const before = await shop.fingerprint();
    await previewChanges(ui, `UPDATE customers SET plan = 'paid' WHERE plan = 'trial';`);
    assert.deepEqual(await effectRows(ui), {
      'public.customers': { inserted: 0, updated: 10, deleted: 0 },
      'audit.customer_log': { inserted: 10, updated: 0, deleted: 0 },
    });
    await onlyChangeOpen(shop);
    await rollBack(ui);
    await waitForEnd(ui, 'Rolled back');
    await until('no transaction is open', async () => (await shop.openTransactions()) === 0);
    assert.equal(await shop.fingerprint(), before);
  });

  test('a delete that cascades over three tables shows the numbers that counting finds, and commits on the button', async () => {
    const { ui, editor } = it;
    const before = await shop.counts();
    await previewChanges(ui, 'DELETE FROM customers WHERE id <= 3;');
    const shown = await effectRows(ui);
    await editor.screenshot('review-cascade');
    await (await review(ui)).getByRole('button', { name: 'Commit', exact: true }).click();
    await waitForEnd(ui, 'Committed');
    const after = await shop.counts();
    assert.deepEqual(shown, lossOf(before, after));
    assert.deepEqual(Object.keys(shown).length, 3);
  });

  test('typed confirmation refuses near misses and lets the exact words pass', async () => {
    const { ui } = it;
    const before = await shop.counts();
    await previewChanges(ui, 'DELETE FROM order_items;');
    const page = await review(ui);
    const phrase = `delete ${String(before.order_items)} rows`;
    assert.match(await page.locator('footer').innerText(), new RegExp(phrase));
    const commit = page.getByRole('button', { name: 'Commit', exact: true });
    const field = page.locator('vscode-text-field input');
    for (const miss of [phrase.toUpperCase(), `${phrase} `, phrase.slice(0, -1), phrase.replace(' ', '\u00a0'), '']) {
      await field.fill(miss);
      await field.press('Enter');
      assert.equal(await commit.isDisabled(), true, `“${miss}” must not enable Commit`);
    }
    assert.deepEqual(await shop.counts(), before);
    await field.fill(phrase);
    await commit.click();
    await waitForEnd(ui, 'Committed');
    assert.equal((await shop.counts()).order_items, 0);
  });

  test('stray keys never commit: Enter and Escape wherever the focus is', async () => {
    const { ui, editor } = it;
    const before = await shop.fingerprint();
    await previewChanges(ui, `UPDATE customers SET plan = 'x' WHERE id = 10;`);
    await (await review(ui)).locator('h1').first().click();
    for (let press = 0; press < 5; press += 1) await editor.page.keyboard.press('Enter');
    await editor.page.keyboard.press('Escape');
    await waitForEnd(ui, 'Rolled back');
    await until('no transaction is open', async () => (await shop.openTransactions()) === 0);
    assert.equal(await shop.fingerprint(), before);
  });

  test('closing the panel rolls back', async () => {
    const { ui } = it;
    const before = await shop.fingerprint();
    await previewChanges(ui, `UPDATE customers SET plan = 'x' WHERE id = 11;`);
    await review(ui);
    await onlyChangeOpen(shop);
    await ui.command('View: Close Editor');
    await until('no transaction is open', async () => (await shop.openTransactions()) === 0);
    assert.equal(await shop.fingerprint(), before);
  });

  test('closing the document rolls back', async () => {
    const { ui, editor } = it;
    await bind(ui, 'other.sql', 'shop-prod');
    const before = await shop.fingerprint();
    await previewChanges(ui, `UPDATE customers SET plan = 'x' WHERE id = 12;`);
    await review(ui);
    await onlyChangeOpen(shop);
    await editor.page.locator('.tab').filter({ hasText: 'other.sql' }).click();
    await ui.saveFile();
    await ui.closeTab();
    await until('no transaction is open', async () => (await shop.openTransactions()) === 0);
    assert.equal(await shop.fingerprint(), before);
  });

  test('UPDATE …; COMMIT; DROP TABLE … in one text changes nothing and says why', async () => {
    const { ui } = it;
    await ui.openFile('work.sql');
    const before = await shop.fingerprint();
    await runAll(ui, `UPDATE customers SET plan = 'x'; COMMIT; DROP TABLE customers CASCADE;`);
    await resultsSay(ui, /COMMIT.*transaction/is);
    assert.equal(await shop.fingerprint(), before);
    assert.equal(await shop.openTransactions(), 0);
  });

  test('an extension host that dies while a preview is open leaves no lock and no change', async () => {
    const { ui, editor } = it;
    await ui.openFile('work.sql');
    const before = await shop.fingerprint();
    await previewChanges(ui, `UPDATE customers SET plan = 'x' WHERE id = 20;`);
    await review(ui);
    editor.killExtensionHost();
    await until('the row can be locked again', async () => {
      const rows = await shop.query('SELECT id FROM customers WHERE id = 20 FOR UPDATE SKIP LOCKED');
      return rows.length === 1;
    });
    assert.equal(await shop.fingerprint(), before);
  });
});

describe('the countdown', () => {
  const it = useShop({ 'countersign.preview.holdSeconds': 5 });

  test('rolls back by itself and says so', async () => {
    const { ui } = it;
    await bind(ui, 'work.sql', 'shop-prod');
    const before = await shop.fingerprint();
    // On a slow machine the time may be over before anybody looks: what was shown stays.
    await ui.setText(`UPDATE customers SET plan = 'x' WHERE id = 10;`);
    await ui.command('Countersign: Preview Changes');
    await waitForEnd(ui, 'Rolled back');
    assert.match(await ui.webviewText('h1'), /updates? 1 row/i);
    assert.match(await ui.webviewText('.outcome-card'), /time to decide ran out|nobody decided in time/i);
    await until('no transaction is open', async () => (await shop.openTransactions()) === 0);
    assert.equal(await shop.fingerprint(), before);
  });
});

/** What counting says was lost, in the shape the panel shows. */
function lossOf(before: Counts, after: Counts): Record<string, { inserted: number; updated: number; deleted: number }> {
  const lost = tables.map((table) => [table.includes('.') ? table : `public.${table}`, before[table] - after[table]] as const);
  return Object.fromEntries(lost.filter(([, deleted]) => deleted > 0).map(([table, deleted]) => [table, { inserted: 0, updated: 0, deleted }]));
}
