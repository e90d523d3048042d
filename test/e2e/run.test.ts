/** Running statements as a person does: where the caret is, one run at a time, and only what was shown becomes final. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { useEditor } from '../support/editor.ts';
import { until } from '../support/until.ts';
import type { Workbench } from '../support/workbench.ts';
import { createShop, type Shop } from './shop.ts';
import { bind, onlyChangeOpen, previewChanges, review, runAll, runStatement, waitForEnd } from './steps.ts';

let shop: Shop;
/** Takes the server longer than any test waits. */
const slow = 'SELECT count(*) FROM order_items a, order_items b, order_items c, order_items d';
const reads = `SELECT 'first' AS which;\nSELECT 'second' AS which;\n\n\n-- nothing here\n\n\nSELECT 'third' AS which;\n`;

describe('running', () => {
  const it = useEditor(async () => {
    shop = await createShop();
    return { files: shop.workspace({ 'reads.sql': reads, 'work.sql': 'SELECT 1;\n' }) };
  });

  test('Ctrl+Enter runs the statement at the caret, also from just behind its semicolon', async () => {
    const { ui } = it;
    await bind(ui, 'reads.sql', 'shop-prod');
    await ui.goToLine(2);
    await ui.key('Control+Enter');
    await shows(ui, 'second');
    await ui.goToLine(1);
    await ui.key('End', 'Control+Enter');
    await shows(ui, 'first');
  });

  test('the binding, its word and its badge survive a reload', async () => {
    const { ui, editor } = it;
    await editor.reload();
    await ui.statusSays('countersign.connection', 'PROD shop-prod');
    const badge = async (): Promise<string> => await editor.page.locator('.tab.active .monaco-icon-label').first().evaluate((label) => getComputedStyle(label, '::after').content);
    await until('the tab has its badge', async () => (await badge()).includes('P'));
    assert.match(await ui.title(), /^PROD shop-prod/u);
  });

  test('several carets run each statement once, in the order of the document', async () => {
    const { ui, editor } = it;
    await ui.openFile('reads.sql');
    await ui.goToLine(1);
    await ui.command('Add Cursor Below');
    await ui.key('Control+Enter');
    await shows(ui, 'second');
    const page = await results(ui);
    await until('both have a tab', async () => (await page.locator('.statements [role=tab]').count()) === 2);
    await editor.screenshot('run-several-carets');
  });

  test('a caret between statements runs nothing and says so', async () => {
    const { ui, editor } = it;
    await ui.goToLine(6);
    await ui.key('Control+Enter');
    await editor.page.locator('.part.statusbar').filter({ hasText: 'no statement at the caret' }).waitFor();
  });

  test('a lens runs the statement below it, wherever the caret is', async () => {
    const { ui, editor } = it;
    await ui.openFile('reads.sql');
    await ui.goToLine(1);
    await editor.page.locator('.monaco-editor .codelens-decoration a').filter({ hasText: 'Run' }).last().click();
    await shows(ui, 'third');
  });

  test('one run at a time: a second one says what is in the way, and cancelling stops the server', async () => {
    const { ui } = it;
    await bind(ui, 'work.sql', 'shop-prod');
    await runAll(ui, `${slow};`);
    await until('the server is busy', async () => (await busy()) === 1);
    await ui.statusSays('countersign.running', 'Running on shop-prod');
    await runStatement(ui);
    await ui.toast('still running', 'Cancel It');
    await until('the server has stopped', async () => (await busy()) === 0);
    await ui.statusSays('countersign.running', '');
  });

  test('a write on a read-only connection is not sent, and the next step is one button away', async () => {
    const { ui } = it;
    await runAll(ui, `UPDATE customers SET plan = 'x' WHERE id = 1;`);
    const page = await ui.webview('.card-action');
    assert.match(await page.locator('.card').innerText(), /Nothing was sent.*read-only/su);
    await page.getByRole('button', { name: 'Allow Writes' }).click();
    await ui.input('Allow Writes on shop-prod', 'ticket SHOP-1');
    await ui.pick('Allow Writes on shop-prod', '15 minutes');
    await ui.statusSays('countersign.lease', 'Writes on shop-prod');
    await until('the lens says it', async () => (await ui.codeLenses()).some((title) => title.includes('writes allowed')));
  });

  test('what is edited after the run changes nothing about what is committed', async () => {
    const { ui, editor } = it;
    await previewChanges(ui, `UPDATE customers SET plan = 'seen' WHERE id = 1;`);
    await ui.statusSays('countersign.openChange', 'Not final');
    assert.equal((await ui.status('countersign.openChange')).kind, 'warning');
    await editor.page.locator('.tab').filter({ hasText: 'work.sql' }).click();
    await ui.setText(`UPDATE customers SET plan = 'unseen';`);
    // The open change is in the way of another run.
    await runAll(ui, `DROP TABLE customers CASCADE;`);
    await editor.page.locator('.part.statusbar').filter({ hasText: 'still open' }).waitFor();
    await (await review(ui)).getByRole('button', { name: 'Commit', exact: true }).click();
    await waitForEnd(ui, 'Committed');
    const plans = await shop.query('SELECT plan, count(*)::int AS count FROM customers GROUP BY plan ORDER BY plan');
    assert.deepEqual(plans.filter(({ plan }) => plan === 'seen' || plan === 'unseen'), [{ plan: 'seen', count: 1 }]);
    await ui.statusSays('countersign.openChange', '');
  });

  test('the status item leads back to the open change, and its key rolls it back', async () => {
    const { ui, editor } = it;
    await editor.page.locator('.tab').filter({ hasText: 'work.sql' }).click();
    const before = await shop.fingerprint();
    await previewChanges(ui, `UPDATE customers SET plan = 'again' WHERE id = 2;`);
    await editor.page.locator('.tab').filter({ hasText: 'work.sql' }).click();
    await ui.clickStatus('countersign.openChange');
    await review(ui);
    await ui.focusEditor();
    await ui.key('Control+K', 'Control+Z');
    await waitForEnd(ui, 'Rolled back');
    assert.equal(await shop.fingerprint(), before);
  });

  test('when the permission to write ends, the open change is rolled back and that is said', async () => {
    const { ui, editor } = it;
    await editor.page.locator('.tab').filter({ hasText: 'work.sql' }).click();
    const before = await shop.fingerprint();
    await previewChanges(ui, `UPDATE customers SET plan = 'late' WHERE id = 3;`);
    await ui.clickStatus('countersign.lease');
    await waitForEnd(ui, 'writes are no longer allowed');
    await ui.toast('writes are no longer allowed');
    await until('no transaction is open', async () => (await shop.openTransactions()) === 0);
    assert.equal(await shop.fingerprint(), before);
  });

  test('a reload while a change is open rolls it back', async () => {
    const { ui, editor } = it;
    await editor.page.locator('.tab').filter({ hasText: 'work.sql' }).click();
    await ui.command('Countersign: Allow Writes for a While…');
    await ui.pick('Allow Writes for a While', 'shop-prod');
    await ui.input('Allow Writes on shop-prod', 'ticket SHOP-2');
    await ui.pick('Allow Writes on shop-prod', '15 minutes');
    const before = await shop.fingerprint();
    await previewChanges(ui, `UPDATE customers SET plan = 'gone' WHERE id = 4;`);
    await onlyChangeOpen(shop);
    await ui.saveFile();
    await editor.reload();
    await until('no transaction is open', async () => (await shop.openTransactions()) === 0);
    assert.equal(await shop.fingerprint(), before);
    await ui.statusSays('countersign.connection', 'PROD shop-prod');
  });
});

async function busy(): Promise<number> {
  const [row] = await shop.query(`SELECT count(*)::int AS count FROM pg_stat_activity WHERE query = $1 AND state = 'active' AND pid <> pg_backend_pid()`, [slow]);
  return Number(row.count);
}

/** The results view, by something only it has. */
async function results(ui: Workbench): ReturnType<Workbench['webview']> {
  return await ui.webview('.place-of-run');
}

async function shows(ui: Workbench, text: string): Promise<void> {
  await ui.webview(async (frame) => (await frame.locator('[role=grid]').first().innerText()).includes(text));
}
