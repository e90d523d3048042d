/** The Activity view: what ran here, from the records themselves. */
import { describe, test } from 'node:test';
import { useEditor } from '../support/editor.ts';
import { createShop, type Shop } from './shop.ts';
import { bind, previewChanges, review, rollBack, runAll, waitForEnd } from './steps.ts';

let shop: Shop;

describe('the activity view', () => {
  const it = useEditor(async () => {
    shop = await createShop();
    return { files: shop.workspace({ 'work.sql': 'SELECT 1;\n' }), settings: { 'countersign.production.access': 'preview' } };
  });

  test('shows reads, changes and refusals as they happen, with their details', async () => {
    const { ui, editor } = it;
    await bind(ui, 'work.sql', 'shop-prod');
    await runAll(ui, 'SELECT count(*) AS how_many FROM customers;');
    await ui.webview(async (frame) => (await frame.locator('body').innerText()).includes('how_many'));
    await previewChanges(ui, `UPDATE customers SET plan = 'gold' WHERE id = 1;`);
    await (await review(ui)).getByRole('button', { name: 'Commit', exact: true }).click();
    await waitForEnd(ui, 'Committed');
    await previewChanges(ui, 'DELETE FROM order_items WHERE id = 1;');
    await rollBack(ui);
    await waitForEnd(ui, 'Rolled back');
    await runAll(ui, 'DELETE FROM orders; COMMIT;');
    await ui.openContainer('Countersign');
    await ui.treeRow('DELETE FROM orders; COMMIT').waitFor();
    for (const row of ['Committed 2 rows in 2 tables', 'Read 1 row', 'Rolled back', 'Refused']) await ui.treeRow(row).waitFor();
    await editor.screenshot('activity');
    await ui.treeRow('Committed 2 rows in 2 tables').click();
    await editor.page.locator('.view-lines', { hasText: 'audit.customer_log: 1 inserted' }).waitFor();
    await editor.page.locator('.view-lines', { hasText: 'intact' }).waitFor();
    await editor.screenshot('activity-details');
    await ui.command('Countersign: Verify the Records');
    await ui.toast('every chain is whole');
  });
});
