/** Records that must be received elsewhere before anything is written, in a real editor with a real collector. */
import assert from 'node:assert/strict';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { Collector } from '../integration/audit/collector.ts';
import { useEditor } from '../support/editor.ts';
import { until } from '../support/until.ts';
import type { Workbench } from '../support/workbench.ts';
import { createShop, type Shop } from './shop.ts';
import { bind, changeSettings, previewChanges, review, runAll, waitForEnd } from './steps.ts';

let shop: Shop;
let collector: Collector;

async function setUp(endpoints: readonly unknown[]) {
  shop = await createShop();
  const settings = { 'countersign.production.access': 'preview', 'countersign.audit.required': true, 'countersign.audit.endpoints': endpoints };
  return { files: shop.workspace({ 'work.sql': 'SELECT 1;\n' }), settings };
}

/** Some page of the extension shows it. */
async function says(ui: Workbench, text: string): Promise<void> {
  await ui.webview(async (frame) => (await frame.locator('body').innerText()).includes(text), 30_000);
}

describe('records are required and there is nowhere to send them', () => {
  const it = useEditor(async () => await setUp([]));

  test('a write is refused with the name of the setting, and a read goes on', async () => {
    const { ui } = it;
    await bind(ui, 'work.sql', 'shop-prod');
    const kept = await shop.fingerprint();
    await runAll(ui, `UPDATE customers SET plan = 'x';`);
    await says(ui, 'countersign.audit.required');
    assert.equal(await shop.fingerprint(), kept);
    await runAll(ui, 'SELECT count(*) AS how_many FROM customers;');
    await says(ui, 'how_many');
  });
});

describe('records are required and a collector takes them', () => {
  let next: Collector;
  before(async () => {
    [collector, next] = [await Collector.start(), await Collector.start()];
  });
  after(async () => {
    await Promise.all([collector.stop(), next.stop()]);
  });
  const endpointOf = (at: Collector) => [{ name: 'collector', kind: 'otlp', url: at.url().href }];
  const textAt = (at: Collector) => Buffer.concat(at.requests.map(({ body }) => body)).toString();
  const it = useEditor(async () => {
    const { files, settings } = await setUp(endpointOf(collector));
    // Else the settings open above everything, without a tab.
    return { files, settings: { ...settings, 'workbench.editor.useModal': 'off' } };
  });
  const received = () => textAt(collector);

  test('the intent is there before the change is shown, and the rest follows', async () => {
    const { ui } = it;
    await bind(ui, 'work.sql', 'shop-prod');
    await previewChanges(ui, `UPDATE customers SET plan = 'gold' WHERE id = 1;`);
    assert.match(received(), /"kind":"intent"/u);
    assert.doesNotMatch(received(), /"kind":"commit-intent"/u);
    await (await review(ui)).getByRole('button', { name: 'Commit', exact: true }).click();
    await waitForEnd(ui, 'Committed');
    await until('the outcome was received', () => Promise.resolve(/"outcome":"committed"/u.test(received())));
    assert.doesNotMatch(received(), /Customer 1/u, 'values of rows stay here');
  });

  test('a collector that takes nothing any more stops writes within seconds, and reads go on', async () => {
    const { ui, editor } = it;
    collector.mood = 'unavailable';
    const kept = await shop.fingerprint();
    await runAll(ui, `UPDATE customers SET plan = 'x' WHERE id = 2;`);
    await says(ui, 'did not reach “collector”');
    assert.equal(await shop.fingerprint(), kept);
    await until('no transaction is open', async () => (await shop.openTransactions()) === 0);
    await ui.statusSays('countersign.records', 'Records wait for collector');
    await editor.screenshot('records-wait');
    await runAll(ui, 'SELECT count(*) AS still_reading FROM customers;');
    await says(ui, 'still_reading');
    collector.mood = 'well';
    // It tries again less and less often.
    await until('nothing waits any more', async () => await it.editor.page.locator('.part.statusbar .statusbar-item[id$="countersign.records"]').isHidden(), 100_000);
  });

  test('the old endpoint learns of it before it is left, and the new one gets what comes after', async () => {
    const { ui, editor } = it;
    await runAll(ui, 'SELECT 1 AS before_the_change;');
    await until('the read was received', () => Promise.resolve(textAt(collector).includes('before_the_change')));
    await changeSettings(editor, { 'countersign.audit.endpoints': endpointOf(next), 'countersign.production.access': 'readOnly' });
    await ui.openFile('work.sql');
    await until('the old one knows', () => Promise.resolve(/"kind":"endpoints-changed".*endpoint changed: collector otlp/su.test(textAt(collector))));
    await until('the new one knows what else changed', () => Promise.resolve(/countersign.production.access: \\"preview\\" → \\"readOnly\\"/u.test(textAt(next)) || /settings-changed/u.test(textAt(collector))));
    await runAll(ui, 'SELECT 1 AS after_the_change;');
    await until('what comes after is received there', () => Promise.resolve(textAt(next).includes('after_the_change')));
    assert.ok(!textAt(collector).includes('after_the_change'));
    assert.match(textAt(collector), /"kind":"connect"/u);
  });
});

describe('records behind a proxy', () => {
  /** Addresses that the proxy was asked to lead to; it leads nowhere. */
  const asked: string[] = [];
  const proxy = http.createServer();
  before(async () => {
    proxy.on('connect', ({ url }, socket) => {
      asked.push(url ?? '');
      socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  });
  after(() => proxy.close());
  const it = useEditor(async () => {
    const { files, settings } = await setUp([{ name: 'far away', kind: 'otlp', url: 'https://records.example.com/v1/logs' }]);
    return { files, settings: { ...settings, 'countersign.audit.required': false }, env: { HTTPS_PROXY: `http://127.0.0.1:${String((proxy.address() as AddressInfo).port)}` } };
  });

  test('go through the one that the editor is told to use', async () => {
    const { ui } = it;
    await bind(ui, 'work.sql', 'shop-prod');
    await runAll(ui, 'SELECT count(*) AS how_many FROM customers;');
    await until('the proxy is asked', () => Promise.resolve(asked.includes('records.example.com:443')));
  });
});
