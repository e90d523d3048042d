/** What goes wrong in a person's day: each ends with a clear message, nothing hangs, nothing is lost. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { useEditor } from '../support/editor.ts';
import { until } from '../support/until.ts';
import type { Workbench } from '../support/workbench.ts';
import { createShop, type Shop } from './shop.ts';
import { bind, resultsSay as says, runAll, runStatement } from './steps.ts';

let shop: Shop;
/** Takes the server longer than any test waits. */
const slow = 'SELECT count(*) FROM order_items a, order_items b, order_items c, order_items d';
const bigStatement = 'SELECT 1; -- one of many statements of a long file\n';
const bigFile = bigStatement.repeat(Math.ceil(5_000_000 / bigStatement.length));

describe('bad input', () => {
  const it = useEditor(async () => {
    shop = await createShop();
    const { host, port, user, database } = shop;
    const tls = { mode: 'disable' };
    const there = { environment: 'production', host, port, user, database, tls };
    const connections = [
      { name: 'shop-prod', ...there },
      { name: 'nobody-home', ...there, port: 1 },
      { name: 'no-such-database', ...there, database: 'nowhere' },
      { name: 'wants-tls', ...there, tls: { mode: 'verify-full' } },
    ];
    return {
      files: {
        '.countersign/team.jsonc': JSON.stringify({ version: 1, connections }),
        'work.sql': 'SELECT 1;\n',
        'down.sql': 'SELECT 1;\n',
        'nowhere.sql': 'SELECT 1;\n',
        'tls.sql': 'SELECT 1;\n',
        'big.sql': bigFile,
        'bom.sql': '\ufeffSELECT 41 + 1 AS answer;\n',
        'columns.sql': `SELECT ${Array.from({ length: 2000 }, (_, index) => `1 AS c${String(index)}`).join(', ')};\n`,
      },
    };
  });

  const unreachable = [
    ['down.sql', 'nobody-home', /refused|nothing (listens|answers)|no server|not running/i],
    ['nowhere.sql', 'no-such-database', /no database|database .*(does not exist|unknown)|nowhere/i],
    ['tls.sql', 'wants-tls', /TLS/],
  ] as const;
  for (const [file, connection, message] of unreachable) {
    test(`${connection}: the message says what is wrong and that nothing was sent`, async () => {
      await bind(it.ui, file, connection);
      await runStatement(it.ui);
      await says(it.ui, message);
      await says(it.ui, /not connected/i);
    });
  }

  test('a syntax error is marked at its place', async () => {
    const { ui, editor } = it;
    await bind(ui, 'work.sql', 'shop-prod');
    await runAll(ui, 'SELECT 1;\nSELEC 2;');
    await says(ui, /syntax error at or near "SELEC"/);
    await editor.page.locator('.monaco-editor .squiggly-error').first().waitFor();
  });

  test('an error of the server is marked at its place', async () => {
    const { ui, editor } = it;
    await ui.openFile('work.sql');
    await runAll(ui, 'SELECT nme FROM customers;');
    await says(ui, /column "nme" does not exist/);
    await editor.page.locator('.monaco-editor .squiggly-error').first().waitFor();
  });

  test('a file of 5 MB: the statement at the caret runs, the whole of it is refused with a reason', async () => {
    const { ui } = it;
    await bind(ui, 'big.sql', 'shop-prod');
    await ui.goToLine(3);
    await runStatement(ui);
    await shows(ui, '.status-text', '1 row');
    await ui.command('Countersign: Run All Statements');
    await says(ui, /longer than/);
  });

  test('a byte order mark is not part of the statement', async () => {
    const { ui } = it;
    await bind(ui, 'bom.sql', 'shop-prod');
    await runStatement(ui);
    await shows(ui, '[role=grid]', '42');
  });

  test('a NUL in the text: nothing is sent, and it is named', async () => {
    const { ui } = it;
    const before = await shop.fingerprint();
    await ui.openFile('work.sql');
    await runAll(ui, 'SELECT 1 AS before_nul\0; DROP TABLE customers CASCADE;');
    await says(ui, /NUL/);
    assert.equal(await shop.fingerprint(), before);
  });

  test('a server that goes away in the middle of a query is announced, and the next run connects anew', async () => {
    const { ui } = it;
    await bind(ui, 'work.sql', 'shop-prod');
    await runAll(ui, `${slow};`);
    await until('the server runs it, and is gone', async () => {
      const killed = await shop.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query = $1 AND state = 'active' AND pid <> pg_backend_pid()`, [slow]);
      return killed.length > 0;
    });
    await says(ui, /terminating connection/i);
    await runAll(ui, 'SELECT 6 * 7 AS again;');
    await shows(ui, '[role=grid]', '42');
  });

  test('2 000 columns are more than the server has: its words are shown', async () => {
    const { ui } = it;
    await bind(ui, 'columns.sql', 'shop-prod');
    await runStatement(ui);
    await says(ui, /1664/);
  });

  test('a cell of 50 MB is shown by its beginning, and nothing hangs', async () => {
    const { ui } = it;
    await ui.openFile('work.sql');
    await runAll(ui, `SELECT repeat('x', 50 * 1024 * 1024) AS long, 'beside it' AS short;`);
    await shows(ui, '[role=grid]', 'beside it');
  });
});

async function shows(ui: Workbench, selector: string, text: string): Promise<void> {
  await ui.webview(async (frame) => (await frame.locator(selector).first().innerText()).includes(text));
}
