/** A committed change is taken back through the same preview, and says which rows it leaves alone. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { useEditor, type Editor } from '../support/editor.ts';
import { createShop, type Shop } from './shop.ts';
import { bind, effectRows, previewChanges, review, waitForEnd } from './steps.ts';

let shop: Shop;

function useShop(): { readonly editor: Editor; readonly ui: Editor['ui'] } {
  return useEditor(async () => {
    shop = await createShop();
    return { files: shop.workspace({ 'work.sql': 'SELECT 1;\n' }), settings: { 'countersign.production.access': 'preview' } };
  });
}

describe('undo', () => {
  const it = useShop();
  const plans = async () => String((await shop.query("SELECT string_agg(plan, ',' ORDER BY id) AS plans FROM customers"))[0].plans);

  test('an update is committed, taken back and committed again, and the rows are as they were', async () => {
    const { ui, editor } = it;
    await bind(ui, 'work.sql', 'shop-prod');
    const before = await plans();
    await previewChanges(ui, `UPDATE customers SET plan = 'gold' WHERE id <= 12;`);
    await undoLine(ui, /Undo: restores 12 rows, until \d+ \w+\. The trigger log_customer on public\.customers fires again\. audit\.customer_log is not restored/);
    await editor.screenshot('undo-before-commit');
    await commit(ui);
    assert.notEqual(await plans(), before);
    await undoLatest(ui, "UPDATE customers SET plan = 'gold'");
    assert.deepEqual((await effectRows(ui))['public.customers'], { inserted: 0, updated: 12, deleted: 0 });
    await factLine(ui, /every row still holds what the change wrote/);
    await editor.screenshot('undo-preview');
    await commit(ui);
    assert.equal(await plans(), before);
  });

  test('what somebody changed since is left alone and named', async () => {
    const { ui, editor } = it;
    await ui.openFile('work.sql');
    const before = await shop.counts();
    await previewChanges(ui, 'DELETE FROM customers WHERE id <= 2;');
    await commit(ui);
    await shop.query("INSERT INTO customers VALUES (1, 'Somebody else', 'paid', 0)");
    await ui.webviewClick('.outcome-card.committed', 'Undo This Change…');
    await factLine(ui, /Not restored: 1 row: public\.customers \(1\): its place is taken/);
    await editor.screenshot('undo-left-alone');
    await commit(ui);
    assert.deepEqual(await shop.counts(), { ...before, 'audit.customer_log': (await shop.counts())['audit.customer_log'] });
    assert.equal((await shop.query('SELECT name FROM customers WHERE id = 1'))[0].name, 'Somebody else');
  });

  test('a change without a way back says so before the commit', async () => {
    const { ui } = it;
    await ui.openFile('work.sql');
    await previewChanges(ui, 'TRUNCATE order_items;');
    await undoLine(ui, /No undo, because the rows of public\.order_items are dropped without being kept\./);
    await (await review(ui)).getByRole('button', { name: 'Do Not Commit', exact: true }).click();
    await waitForEnd(ui, 'Rolled back');
  });

  test('instead of emptying a table its rows are kept in the trash, and come back from there', async () => {
    const { ui, editor } = it;
    await ui.openFile('work.sql');
    const before = await shop.counts();
    await previewChanges(ui, 'TRUNCATE order_items;');
    await editor.screenshot('undo-instead');
    await (await review(ui)).getByRole('button', { name: 'Keep a Copy in the Trash Instead' }).click();
    await undoLine(ui, new RegExp(`Undo: restores ${String(before.order_items)} rows, until`));
    const phrase = (await (await review(ui)).locator('footer code').innerText()).trim();
    await (await review(ui)).locator('vscode-text-field input').fill(phrase);
    await commit(ui);
    assert.equal((await shop.counts()).order_items, 0);
    await undoLatest(ui, 'Instead of: TRUNCATE order_items');
    await commit(ui);
    assert.deepEqual(await shop.counts(), before);
    await ui.openFile('work.sql');
    await ui.command('Countersign: Show the Trash…');
    await ui.webview(async (frame) => /DROP TABLE trash\."order_items__/.test(await frame.locator('body').innerText()), 20_000);
    await editor.screenshot('undo-trash');
  });
});

async function commit(ui: Editor['ui']): Promise<void> {
  await (await review(ui)).getByRole('button', { name: 'Commit', exact: true }).click();
  await waitForEnd(ui, 'Committed');
}

async function undoLatest(ui: Editor['ui'], shown: string): Promise<void> {
  await ui.openFile('work.sql');
  await ui.command('Countersign: Undo a Committed Change…');
  await ui.pick('Undo a committed change', shown);
  await review(ui);
}

async function undoLine(ui: Editor['ui'], text: RegExp): Promise<void> {
  await ui.webview(async (frame) => text.test(await frame.locator('.facts.undo').innerText()), 30_000);
}

async function factLine(ui: Editor['ui'], text: RegExp): Promise<void> {
  await ui.webview(async (frame) => text.test((await frame.locator('.facts').allInnerTexts()).join('\n')), 30_000);
}
