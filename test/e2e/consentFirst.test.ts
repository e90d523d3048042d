/** What is not simply held open, clicked through a real editor: asked first because nothing takes it back, run twice because its locks wait for nobody. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { openTestSession } from '../support/postgresSession.ts';
import { useEditor } from '../support/editor.ts';
import { until } from '../support/until.ts';
import { statement } from '../fakes/statements.ts';
import { createShop, type Shop } from './shop.ts';
import { bind, leaveReview, previewChanges, resultsSay, review, runAll, waitForEnd } from './steps.ts';

let shop: Shop;
const files = { 'work.sql': 'SELECT 1;\n' };

function useShop(extra: Readonly<Record<string, unknown>> = {}): ReturnType<typeof useEditor> {
  return useEditor(async () => {
    shop = await createShop();
    return { files: shop.workspace(files), settings: { 'countersign.production.access': 'preview', ...extra } };
  });
}

async function vacuums(): Promise<number> {
  await shop.query('SELECT pg_stat_force_next_flush()').catch(() => undefined);
  const [row] = await shop.query("SELECT vacuum_count::int AS n FROM pg_stat_user_tables WHERE relname = 'customers'");
  return Number(row.n);
}

async function columnsOfOrders(): Promise<readonly string[]> {
  const rows = await shop.query("SELECT attname FROM pg_attribute WHERE attrelid = 'orders'::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum");
  return rows.map(({ attname }) => String(attname));
}

/** Runs in the page: it says it for seconds only, and a slow machine looks too late. */
function keepWhatLocksSay(): void {
  const locks = document.querySelector('.locks');
  const keep = () => void (document.body.dataset['locks'] = `${document.body.dataset['locks'] ?? ''}${locks?.textContent ?? ''}\n`);
  if (locks) new MutationObserver(keep).observe(locks, { childList: true, characterData: true, subtree: true });
  keep();
}

describe('a change that is not simply held open', () => {
  const it = useShop({ 'countersign.production.giveWayAfterSeconds': 4 });

  describe('what nothing takes back', () => {
    beforeEach(() => bind(it.ui, 'work.sql', 'shop-prod'));
    afterEach(() => leaveReview(it.ui));

    test('VACUUM asks first: the panel says what is known, closing it runs nothing', async () => {
      const { ui, editor } = it;
      await runAll(ui, 'VACUUM customers;');
      const page = await review(ui);
      const text = await page.locator('main').innerText();
      assert.match(text, /cannot be rolled back/i);
      assert.match(text, /Foreign keys that reference it: orders_customer_id_fkey on public\.orders/);
      assert.match(await page.locator('.count').innerText(), /nothing ran yet/);
      await editor.screenshot('consent-first');
      const before = await vacuums();
      await ui.command('View: Close Editor');
      await until('the panel is gone', () => page.isDetached());
      await until('nothing waits', async () => (await shop.openTransactions()) === 0);
      assert.equal(await vacuums(), before);
    });

    test('it runs after its words were typed, and not before', async () => {
      const { ui } = it;
      const before = await vacuums();
      await runAll(ui, 'VACUUM customers;');
      const page = await review(ui);
      const run = page.getByRole('button', { name: 'Run', exact: true });
      const field = page.locator('vscode-text-field input');
      assert.equal(await run.isDisabled(), true);
      await field.fill('vacuum orders');
      assert.equal(await run.isDisabled(), true);
      await field.fill('vacuum customers');
      await run.click();
      await waitForEnd(ui, 'Committed');
      await until('the server counted it', async () => (await vacuums()) > before);
    });

    test('together with another statement it is refused, and nothing runs', async () => {
      const { ui } = it;
      const before = await shop.fingerprint();
      await runAll(ui, "UPDATE customers SET plan = 'x'; VACUUM customers;");
      await resultsSay(ui, /VACUUM.*can only run alone/is);
      assert.equal(await shop.fingerprint(), before);
    });
  });

  describe('a definition on production', () => {
    test('is shown with nothing open, and is final only after it ran again and did the same', async () => {
      const { ui, editor } = it;
      await bind(ui, 'work.sql', 'shop-prod');
      await previewChanges(ui, 'ALTER TABLE orders ADD COLUMN remark text;');
      const page = await review(ui);
      assert.match(await page.locator('h1').innerText(), /adds column public\.orders\.remark/);
      assert.match(await page.locator('.count').innerText(), /nothing is open/);
      assert.equal(await shop.openTransactions(), 0);
      assert.equal((await columnsOfOrders()).includes('remark'), false);
      await editor.screenshot('definition-rehearsed');
      await page.getByRole('button', { name: 'Commit', exact: true }).click();
      await waitForEnd(ui, 'Committed');
      assert.equal((await columnsOfOrders()).includes('remark'), true);
    });

    test('that does something else the second time is rolled back and says what', async () => {
      const { ui, editor } = it;
      await previewChanges(ui, 'DROP TABLE order_items CASCADE;');
      const page = await review(ui);
      await shop.query('CREATE VIEW late AS SELECT sku FROM order_items');
      await page.locator('vscode-text-field input').fill('drop table order_items');
      await page.getByRole('button', { name: 'Commit', exact: true }).click();
      await waitForEnd(ui, 'no longer the change that was shown');
      assert.match(await ui.webviewText('.outcome-card'), /dropped view public\.late/);
      await editor.screenshot('definition-drifted');
      assert.equal((await shop.counts()).order_items, 360);
    });
  });

  describe('others who wait', () => {
    test('are shown, and given way to', async () => {
      const { ui, editor } = it;
      await bind(ui, 'work.sql', 'shop-prod');
      const before = await shop.fingerprint();
      const other = await openTestSession(shop);
      await previewChanges(ui, "UPDATE customers SET plan = 'x' WHERE id = 5;");
      const page = await review(ui);
      await page.evaluate(keepWhatLocksSay);
      const limits = { lockTimeoutMs: 60_000, statementTimeoutMs: 60_000, holdMs: 60_000, maxRows: 1 };
      const waiting = other.beginChange({ statements: [statement("UPDATE customers SET name = 'y' WHERE id = 5", 'write', { kind: 'update' })], limits, signal: new AbortController().signal });
      await waitForEnd(ui, 'others were waiting');
      assert.match(await page.evaluate(() => document.body.dataset['locks'] ?? ''), /1 client waits for this change/);
      await editor.screenshot('others-wait');
      const start = await waiting;
      assert.ok(start.kind === 'open', 'the other one got the lock');
      await start.change.rollback();
      await other.close();
      assert.equal(await shop.fingerprint(), before);
    });
  });
});

describe('what would cost too much', () => {
  const it = useShop({ 'countersign.production.askAboveRows': 50 });

  test('is asked about before it runs', async () => {
    const { ui, editor } = it;
    await bind(ui, 'work.sql', 'shop-prod');
    await shop.query('ANALYZE order_items');
    await ui.setText("UPDATE order_items SET sku = 'x' WHERE id > 0;");
    await ui.command('Countersign: Preview Changes');
    const dialog = editor.page.locator('.monaco-dialog-box');
    await dialog.waitFor();
    assert.match(await dialog.innerText(), /expects about 360 row operations/);
    await editor.screenshot('costly');
    assert.equal(await shop.openTransactions(), 0);
    await dialog.getByRole('button', { name: 'Run It' }).click();
    const page = await review(ui);
    assert.match(await page.locator('h1').innerText(), /updates 360 rows/i);
    await page.getByRole('button', { name: 'Roll Back', exact: true }).click();
    await waitForEnd(ui, 'Rolled back');
  });

  test('a definition is tried on an empty copy instead, and runs on the table after Commit', async () => {
    const { ui, editor } = it;
    await previewChanges(ui, 'ALTER TABLE order_items ALTER COLUMN sku TYPE varchar(40);');
    const page = await review(ui);
    assert.match(await page.locator('h1').innerText(), /changes column public\.order_items\.sku/);
    const text = await page.locator('main').innerText();
    assert.match(text, /Tried on an empty copy/);
    assert.match(text, /public\.order_items is written anew, whole/);
    assert.match(text, /All of public\.order_items is read \(360 rows\)/);
    assert.match(text, /order_items is closed to reads and writes of others/);
    const type = async () => (await shop.query("SELECT format_type(atttypid, atttypmod) AS t FROM pg_attribute WHERE attrelid = 'order_items'::regclass AND attname = 'sku'"))[0].t as string;
    assert.deepEqual([await shop.openTransactions(), await type()], [0, 'text']);
    await editor.screenshot('definition-tried');
    await page.getByRole('button', { name: 'Commit', exact: true }).click();
    await waitForEnd(ui, 'Committed');
    assert.equal(await type(), 'character varying(40)');
  });
});
