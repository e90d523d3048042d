/**
 * The tour of the demo without a person, for `npm start -- --check`: read, preview, roll back, preview, commit, and one change that somebody else confirms. Prints
 * what it sees, keeps pictures under test-results/start-check/, and asks the database by itself whether it is true.
 */
import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import pg from 'pg';
import { demoPassword } from '../../scripts/lib/demo.mjs';
import { root } from '../../scripts/lib/paths.mjs';
import { bind, effectRows, review, rollBack, waitForEnd, type EffectRow } from '../e2e/steps.ts';
import { startEditor, type Editor } from '../support/editor.ts';
import { until } from '../support/until.ts';
import { confirmByRobin } from './secondPerson.ts';

type Facts = { readonly vsix: string; readonly workspace: string; readonly database: string; readonly person: string };
const facts = JSON.parse(process.env['COUNTERSIGN_DEMO_FACTS'] ?? '') as Facts;
const connection = 'shop-prod';
const customer = 44;

const tables = ['public.customers', 'public.orders', 'public.order_items', 'public.payments', 'public.sessions', 'public."OrderNotes"', 'audit.change_log'];

const pictures = 'start-check';
await rm(path.join(root, 'test-results', pictures), { recursive: true, force: true });

const database = new pg.Client({ connectionString: facts.database });
await database.connect();
const editor = await startEditor({ extensions: [facts.vsix], workspace: facts.workspace, colorScheme: 'dark' });
const { ui } = editor;
try {
  await tour(editor);
  say('The database agrees with everything the editor showed.');
} catch (error) {
  process.exitCode = 1;
  console.error(`✖ ${error instanceof Error ? error.message : String(error)}`);
  console.error(`  Picture: ${await picture('failed')}`);
} finally {
  await editor.stop();
  await database.end();
}

async function tour({ page }: Editor): Promise<void> {
  await bind(ui, '1-read.sql', connection);
  const status = await ui.status('countersign.connection');
  assert.equal(status.kind, 'error', 'production must be unmistakable in the status bar');
  say(`1-read.sql is bound; the status bar says “${status.text}” in ${status.kind} colours`);
  await picture('1-bound');

  await runStatementAt('SELECT id, full_name');
  await answerPassword();
  const shown = await rowsOfResult();
  assert.equal(shown, await count("SELECT count(*) FROM customers WHERE tier = 'gold'"));
  say(`the read shows ${String(shown)} rows, as many as there are`);
  await picture('2-read');

  await bind(ui, '2-preview-a-change.sql', connection);
  await runStatementAt('DELETE FROM customers');
  await ui.webviewClick('text=read-only', 'Allow Writes for a While');
  say('a DELETE is refused: production is read-only until somebody says why');
  const title = `Allow Writes on ${connection} (Production)`;
  await ui.input(title, 'trying the tour');
  await ui.pick(title, '5 minutes');
  await ui.statusSays('countersign.lease', connection);

  const before = await fingerprints();
  await runStatementAt('DELETE FROM customers');
  say(`the preview says: ${describe(await shownEffects())}`);
  assert.deepEqual(await fingerprints(), before, 'nobody else may see an open change');
  await picture('3-preview');
  await rollBack(ui);
  await waitForEnd(ui, 'Rolled back');
  await until('its transaction has ended', async () => (await count("SELECT count(*) FROM pg_stat_activity WHERE usename = 'app_rw' AND state LIKE 'idle in transaction%'")) === 0);
  assert.deepEqual(await fingerprints(), before, 'a rollback must leave every row as it was');
  say('rolled back; every row is as it was');
  await picture('4-rolled-back');

  const countsBefore = await counts();
  await page.locator('.tab').filter({ hasText: '2-preview-a-change.sql' }).click();
  await runStatementAt('DELETE FROM customers');
  const promised = await shownEffects();
  await commit();
  await waitForEnd(ui, 'Committed');
  await picture('5-committed');
  assert.deepEqual(promised, difference(countsBefore, await counts()), 'what the panel promised must be what counting finds');
  assert.equal(await count(`SELECT count(*) FROM customers WHERE id = ${String(customer)}`), 0);
  say(`committed; counting finds the same: ${describe(promised)}`);

  await bind(ui, '3-destructive.sql', connection);
  await confirmByRobin(editor, { run: runStatementAt, say, picture, count: async (table) => await count(`SELECT count(*) FROM ${table}`), folder: facts.person });
}

/** Puts the caret into the first place with that text, and runs the statement there. */
async function runStatementAt(text: string): Promise<void> {
  await ui.goToText(text);
  await ui.command('Countersign: Run Statement');
}

async function answerPassword(): Promise<void> {
  await ui.input(`Password for ${connection} (Production)`, demoPassword);
  await ui.pick(`Password for ${connection}`, 'Use It Until This Window Closes');
}

/** What the results page says about how many rows there are. */
async function rowsOfResult(): Promise<number> {
  const page = await ui.webview('[role=gridcell]');
  return Number(await page.getByRole('grid').getAttribute('aria-rowcount')) - 1;
}

async function shownEffects(): Promise<Record<string, EffectRow>> {
  await (await review(ui)).locator('table.effects tbody tr').first().waitFor();
  const rows = await effectRows(ui);
  return Object.fromEntries(Object.entries(rows).map(([table, effect]) => [table.replaceAll('"', ''), effect]));
}

/** Types what the panel asks for, where it does, and presses Commit. */
async function commit(): Promise<void> {
  const page = await review(ui);
  const field = page.locator('footer vscode-text-field input');
  if (await field.isVisible()) await field.fill(await page.locator('footer code').innerText());
  await page.getByRole('button', { name: 'Commit', exact: true }).click();
}

async function count(sql: string): Promise<number> {
  const { rows } = await database.query<{ count: string }>(sql);
  return Number(rows[0]?.count);
}

async function counts(): Promise<Record<string, number>> {
  const entries: [string, number][] = [];
  for (const table of tables) entries.push([table.replaceAll('"', ''), await count(`SELECT count(*) FROM ${table}`)]);
  return Object.fromEntries(entries);
}

/** For each table one text that differs whenever any of its rows does. */
async function fingerprints(): Promise<Record<string, string>> {
  const entries: [string, string][] = [];
  for (const table of tables) {
    const { rows } = await database.query<{ sum: string }>(`SELECT concat(count(*), ' ', sum(hashtextextended(t::text, 0)::numeric)) AS sum FROM ${table} AS t`);
    entries.push([table, rows[0]?.sum ?? '']);
  }
  return Object.fromEntries(entries);
}

/** In the shape the panel shows; nothing in this statement updates. */
function difference(before: Record<string, number>, after: Record<string, number>): Record<string, EffectRow> {
  const changed = Object.keys(before).map((table) => [table, (after[table] ?? 0) - (before[table] ?? 0)] as const);
  return Object.fromEntries(changed.filter(([, change]) => change !== 0).map(([table, change]) => [table, { inserted: Math.max(change, 0), updated: 0, deleted: Math.max(-change, 0) }]));
}

function describe(effects: Record<string, EffectRow>): string {
  const words = ([table, { inserted, updated, deleted }]: [string, EffectRow]): string => `${table} ${inserted > 0 ? `+${String(inserted)}` : ''}${updated > 0 ? `~${String(updated)}` : ''}${deleted > 0 ? `−${String(deleted)}` : ''}`;
  return Object.entries(effects).map(words).join(', ');
}

function say(text: string): void {
  console.log(`✔ ${text}`);
}

function picture(name: string): Promise<string> {
  return editor.screenshot(`${pictures}/${name}`);
}
