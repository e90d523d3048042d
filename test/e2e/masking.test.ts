/** Values that are masked on screen: no copy, no file and no record has them before they are revealed, and that is recorded first. */
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, test } from 'node:test';
import type { Frame } from 'playwright-core';
import { readSpool } from '../support/spool.ts';
import { useEditor, type Editor } from '../support/editor.ts';
import { until } from '../support/until.ts';
import { clipboard } from './peers.ts';
import { createShop, type Shop } from './shop.ts';
import type { Workbench } from '../support/workbench.ts';
import { bind, onlyChangeOpen, previewChanges, review, rollBack, runAll } from './steps.ts';

let shop: Shop;
const mask = '\u2022\u2022\u2022';
const customers = 'SELECT id, name, upper(name) AS shout, plan FROM customers ORDER BY id;';

/** Takes the name that the editor's own dialog offers, once it does; returns it. */
async function saveAsOffered(ui: Workbench): Promise<string> {
  const dialog = ui.page.locator('.quick-input-widget:visible').filter({ hasText: 'Show Local' });
  const box = dialog.locator('.quick-input-box input');
  await until('a name is offered', async () => /shop-prod-\d+-\d+\.csv$/u.test(await box.inputValue()));
  const name = await box.inputValue();
  await dialog.getByRole('button', { name: 'OK' }).click();
  return name;
}

describe('masked on production', () => {
  const it = useEditor(async () => {
    shop = await createShop();
    const settings = { 'countersign.production.access': 'preview', 'countersign.production.maskOnScreen': 'production', 'countersign.production.hideFromReviewers': ['public.customers.name'], 'countersign.results.rowLimit': 10 };
    return { files: shop.workspace({ 'work.sql': 'SELECT 1;\n' }), settings };
  });
  const results = async (text: string): Promise<Frame> => await it.ui.webview(async (frame) => (await frame.locator('.grid-cell').filter({ hasText: text }).count()) > 0 && (await frame.locator('.result-panel.past').count()) === 0);
  const cell = (frame: Frame, row: number, column: number) => frame.locator(`[role=row][aria-rowindex="${String(row + 1)}"] [role=gridcell][aria-colindex="${String(column + 2)}"]`);
  const journal = async ({ home }: Editor): Promise<string> => await readSpool(path.join(home, 'user-data/User/globalStorage/countersign.countersign/audit'));

  test('a column that is hidden, and what is made of it, reaches neither page nor clipboard', async () => {
    const { ui, editor } = it;
    await bind(ui, 'work.sql', 'shop-prod');
    await runAll(ui, customers);
    const page = await results('trial');
    assert.deepEqual(await Promise.all([1, 2, 3].map(async (column) => await cell(page, 1, column).innerText())), [mask, mask, 'paid']);
    assert.match(await page.locator('.status').innerText(), /2 columns masked/u);
    await until('it is copied', async () => {
      await cell(page, 1, 0).click();
      await editor.page.keyboard.press('Control+A');
      await page.getByText('10 rows \u00d7 4 chosen').waitFor();
      await editor.page.keyboard.press('Control+C');
      // Only the page that has the focus may read the clipboard.
      await ui.focusEditor();
      return (await clipboard(editor.page)).startsWith(`1\t${mask}\t${mask}\tpaid`);
    });
    assert.doesNotMatch(`${await clipboard(editor.page)} ${await page.content()}`, /customer \d/iu);
    await editor.screenshot('results-masked');
  });

  test('a file has all rows, and the masks', async () => {
    const { ui, editor } = it;
    const page = await results('trial');
    await page.getByRole('button', { name: 'Save As\u2026' }).click();
    await ui.pick('Save Result As\u2026 (1/2)', 'CSV, with semicolons');
    await ui.pick('Save Result As\u2026 (2/2)', 'All rows');
    const name = path.basename(await saveAsOffered(ui));
    await ui.toast(`40 rows saved to ${name}`);
    const lines = (await readFile(path.join(editor.workspace, name), 'utf8')).split('\r\n');
    assert.deepEqual([lines[0], lines[1], lines[40], lines.length], ['id;name;shout;plan', `1;${mask};${mask};paid`, `40;${mask};${mask};trial`, 42]);
    assert.deepEqual((await readdir(editor.workspace)).filter((each) => each.endsWith('.part')), []);
    const exports = (await journal(editor)).split('\n').filter((line) => line.includes('"kind":"export"') && line.includes(`"to":"file ${name}, csv"`));
    assert.deepEqual(exports.map((line) => line.includes('"rows":40')), [false, true], 'recorded before and after');
  });

  test('a revealed column is shown until the next run, with its reason in the records and no value', async () => {
    const { ui, editor } = it;
    const page = await results('trial');
    await cell(page, 1, 1).click();
    await cell(page, 1, 1).click({ button: 'right' });
    await page.getByRole('menuitem', { name: 'Reveal Column\u2026' }).click();
    await ui.input('Reveal name on shop-prod', 'order 4711 asks who it is');
    await until('the name is shown', async () => (await cell(page, 1, 1).innerText()) === 'Customer 1');
    await until('what is made of it is not', async () => (await cell(page, 1, 2).innerText()) === mask);
    const records = await journal(editor);
    assert.match(records, /"kind":"mask-revealed"[^\n]*order 4711 asks who it is/u);
    assert.doesNotMatch(records, /Customer 1/iu);
    await editor.screenshot('results-revealed');
    await runAll(ui, customers);
    await until('it is masked again', async () => (await cell(await results('trial'), 1, 1).innerText()) === mask);
  });

  test('the review masks the rows before and after, and reveals a column the same way', async () => {
    const { ui, editor } = it;
    await previewChanges(ui, `UPDATE customers SET plan = 'gold', name = name || '!' WHERE id = 1;`);
    await onlyChangeOpen(shop);
    const page = await review(ui);
    const name = page.locator('.grid-cell').filter({ hasText: '(changed)' });
    await name.first().waitFor();
    assert.doesNotMatch(await page.content(), /Customer 1/u);
    await editor.screenshot('review-masked');
    await name.first().click({ button: 'right' });
    await page.getByRole('menuitem', { name: 'Reveal Column\u2026' }).click();
    await ui.input('Reveal customers.name on shop-prod', 'is it the right customer');
    await page.locator('.grid-cell').filter({ hasText: 'Customer 1!' }).first().waitFor();
    await rollBack(ui);
  });
});
