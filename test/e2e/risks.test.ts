/** Risks as a person meets them while typing: underlined, explained, and with a safer way one click away. */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { useEditor } from '../support/editor.ts';
import { until } from '../support/until.ts';
import type { Workbench } from '../support/workbench.ts';
import { createShop, type Shop } from './shop.ts';
import { bind } from './steps.ts';

let shop: Shop;
const rule = { code: 'customers-are-people', severity: 'high', kinds: ['delete'], tables: ['customers'], message: 'Customers are people', remedy: 'Ask them first.' };

describe('risks', () => {
  const it = useEditor(async () => {
    shop = await createShop();
    const files = shop.workspace({ 'work.sql': 'SELECT 1;\n', 'loose.sql': 'DELETE FROM orders;\n' });
    const team = JSON.parse(files['.countersign/team.jsonc'] ?? '{}');
    return { files: { ...files, '.countersign/team.jsonc': JSON.stringify({ ...team, risks: [rule] }) } };
  });
  before(async () => await bind(it.ui, 'work.sql', 'shop-prod'));

  test('a risky statement is underlined while it is typed, and what is harmless is not', async () => {
    const { ui, editor } = it;
    await ui.setText('SELECT name FROM customers;\n\nDELETE FROM orders;\n');
    await underlined(ui, 1);
    await until('the lens says it', async () => (await ui.codeLenses()).some((title) => title.includes('no WHERE')));
    const badge = async (): Promise<string> => await editor.page.locator('.tab.active .monaco-icon-label').first().evaluate((label) => getComputedStyle(label, '::after').content);
    await until('the tab says production, and nothing else', async () => (await badge()) === '"P"');
    await editor.screenshot('risks-typed');
    await ui.setText('SELECT name FROM customers;\n\nDELETE FROM orders WHERE id = 5;\n');
    await underlined(ui, 0);
    await until('the lens is gone', async () => (await ui.codeLenses()).every((title) => !title.includes('no WHERE')));
  });

  test('half a statement hides no other', async () => {
    const { ui } = it;
    await ui.setText('DELETE FROM orders;\n\nSELEC\n');
    await underlined(ui, 1);
  });

  test('the hover says what the statement does, why that is risky, and what to do instead', async () => {
    const { ui, editor } = it;
    await ui.setText('DELETE FROM orders;\n');
    await underlined(ui, 1);
    const hover = editor.page.locator('.monaco-hover:visible').filter({ hasText: 'class' }).first();
    // A lens that is drawn anew at that moment is not pressed.
    await until('the hover is there', async () => {
      await ui.codeLens('no WHERE');
      return await hover.waitFor({ timeout: 5000 }).then(() => true, () => false);
    }, 60_000);
    const text = await hover.innerText();
    assert.doesNotMatch(text, /\\/u);
    for (const part of [/Takes data away, or may touch every row/u, /destructive/u, /WHERE that names the rows/u, /Read more/u, /Show the rows it would touch/u]) assert.match(text, part);
    await editor.screenshot('risks-hover');
    await ui.key('Escape');
  });

  test('a rule of the team file is told like any other', async () => {
    const { ui } = it;
    await ui.setText('DELETE FROM customers WHERE id = 5;\n');
    await underlined(ui, 1);
    await until('the lens says it', async () => (await ui.codeLenses()).some((title) => title.includes('customers are people')));
  });

  test('the quick fix adds a WHERE that the person completes', async () => {
    const { ui } = it;
    await ui.setText('DELETE FROM orders;\n');
    await underlined(ui, 1);
    await fix(ui, 'Add a WHERE that names the rows');
    await until('the text has it', async () => (await ui.shownText()).includes('DELETE FROM orders WHERE'));
    // The first blank is selected.
    await ui.type('order_id');
    await until('the text is fixed', async () => (await ui.shownText()).includes('DELETE FROM orders WHERE order_id = 0;'));
    await ui.key('Escape');
    await underlined(ui, 0);
  });

  test('a table is moved aside instead of dropped, and an index does not block writers', async () => {
    const { ui, editor } = it;
    await ui.setText('DROP TABLE order_items;\n');
    await underlined(ui, 1);
    await fix(ui, 'Move it to the schema trash instead', async () => void (await editor.screenshot('risks-fixes')));
    await until('the text is fixed', async () => /ALTER TABLE order_items SET SCHEMA trash;\s*ALTER TABLE trash."order_items" RENAME TO "order_items__\d{8}T\d{4}"/u.test(await ui.shownText()));
    await ui.setText('CREATE INDEX ON orders (customer_id);\n');
    await until('it is looked at', async () => (await ui.codeLenses()).some((title) => title.includes('index not concurrent')));
    await fix(ui, 'Use CONCURRENTLY, outside of a transaction');
    await until('the text is fixed', async () => (await ui.shownText()).includes('CREATE INDEX CONCURRENTLY ON orders'));
  });

  test('the rows a change would touch are read, on a read-only connection too, and nothing changes', async () => {
    const { ui, editor } = it;
    const before = await shop.fingerprint();
    await ui.setText("UPDATE customers SET plan = 'x' WHERE id <= 3;\n");
    await until('the lens is there', async () => (await ui.codeLenses()).some((title) => title.includes('Show Rows')));
    await ui.codeLens('Show Rows');
    await ui.webview(async (frame) => (await frame.locator('.statements [role=tab]').count()) === 2 && (await frame.locator('body').innerText()).includes('Customer 1'));
    await editor.screenshot('risks-rows');
    assert.equal(await shop.fingerprint(), before);
  });

  test('the WHERE at the caret is marked', async () => {
    const { ui, editor } = it;
    await ui.setText("SELECT 1;\nUPDATE customers SET plan = 'x' WHERE id <= 3 RETURNING id;\n");
    const marks = async (): Promise<number> => await editor.page.locator('.editor-group-container.active .monaco-editor .view-overlays .cdr').evaluateAll((elements) => elements.filter((each) => getComputedStyle(each).borderBottomStyle === 'dotted').length);
    await ui.goToLine(2);
    await until('it is underlined', async () => (await marks()) === 1);
    await editor.screenshot('risks-where');
    await ui.goToLine(1);
    await until('it is not any more', async () => (await marks()) === 0);
  });

  test('what is not connected is left alone, and disconnecting takes the marks away', async () => {
    const { ui } = it;
    await ui.openFile('loose.sql');
    await underlined(ui, 0);
    await ui.openFile('work.sql');
    await ui.setText('DELETE FROM orders;\n');
    await underlined(ui, 1);
    await ui.command('Countersign: Disconnect This Document');
    await underlined(ui, 0);
  });
});

/** Waits until that many places are underlined in the editor in front. */
async function underlined(ui: Workbench, count: number): Promise<void> {
  const marks = ui.page.locator('.editor-group-container.active .monaco-editor .view-overlays').locator('.squiggly-warning, .squiggly-info');
  await until(`${String(count)} places are underlined`, async () => (await marks.count()) === count);
}

/** Takes the quick fix of that title at the first statement of the open file. */
async function fix(ui: Workbench, title: string, look: () => Promise<void> = async () => {}): Promise<void> {
  const row = ui.page.locator('.action-widget .monaco-list-row').filter({ hasText: title }).first();
  // The menu closes when what is known of the text changes while it opens.
  await until(`the fix ${title} is offered`, async () => {
    await ui.key('Escape');
    await ui.focusEditor();
    await ui.key('ControlOrMeta+Home', 'ControlOrMeta+.');
    return await row.waitFor({ timeout: 3000 }).then(() => true, () => false);
  });
  await look();
  await row.click();
}
