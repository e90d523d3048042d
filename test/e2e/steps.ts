/** The steps of a change as a person takes them, for the end to end tests. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Frame } from 'playwright-core';
import type { Editor } from '../support/editor.ts';
import { until } from '../support/until.ts';
import type { Workbench } from '../support/workbench.ts';

export type EffectRow = { readonly inserted: number; readonly updated: number; readonly deleted: number };

/** Opens a document and binds it to a connection by the command. */
export async function bind(ui: Workbench, file: string, connection: string): Promise<void> {
  await ui.openFile(file);
  await ui.command('Countersign: Connect This Document to…');
  await ui.pick('Connect', connection);
  await ui.statusSays('countersign.connection', connection);
}

/** Replaces the text of the open document and asks for a preview of all of it. */
export async function previewChanges(ui: Workbench, sql: string): Promise<void> {
  await ui.setText(sql);
  await ui.command('Countersign: Preview Changes');
  await review(ui);
}

/** Runs the statement at the caret of the open document. */
export async function runStatement(ui: Workbench): Promise<void> {
  await ui.command('Countersign: Run Statement');
}

/** Replaces the text of the open document and runs all of it. */
export async function runAll(ui: Workbench, sql: string): Promise<void> {
  await ui.setText(sql);
  await ui.command('Countersign: Run All Statements');
}

/** The safe button. The results page has a footer too, with a button to cancel what runs. */
const openReview = 'footer:not(.status) vscode-button.secondary:not([disabled]):visible';

/** The page of the open review; waits until it shows a change that is still open. */
export async function review(ui: Workbench): Promise<Frame> {
  return await ui.webview(openReview);
}

/** Declines what a failed test left open: the next one begins with nothing. */
export async function leaveReview(ui: Workbench): Promise<void> {
  const page = await ui.webview(openReview, 100).catch(() => undefined);
  if (page === undefined) return;
  await page.locator(openReview).first().click();
  await ui.webview('.outcome-card');
}

/** Its rows before are read in a second transaction, which ends by itself. */
export async function onlyChangeOpen(shop: { readonly openTransactions: () => Promise<number> }): Promise<void> {
  await until('one transaction is open, and no other', async () => (await shop.openTransactions()) === 1);
}

export async function rollBack(ui: Workbench): Promise<void> {
  await (await review(ui)).getByRole('button', { name: 'Roll Back', exact: true }).click();
}

/** Waits until the panel says how it ended. */
export async function waitForEnd(ui: Workbench, title: string): Promise<void> {
  await ui.webview(async (frame) => (await frame.locator('.outcome-card').first().innerText()).includes(title), 60_000);
}

/** Waits until the results say it in place of rows. */
export async function resultsSay(ui: Workbench, pattern: RegExp): Promise<void> {
  await ui.webview(async (frame) => pattern.test(await frame.locator('.card').first().innerText()));
}

/** The effect table as numbers, without its total. */
export async function effectRows(ui: Workbench): Promise<Record<string, EffectRow>> {
  const page = await review(ui);
  const rows = await page.locator('table.effects tbody tr').evaluateAll((elements) =>
    elements.map((row) => {
      const name = row.querySelector('th')?.cloneNode(true) as HTMLElement;
      for (const remark of name.querySelectorAll('small, .emptied')) remark.remove();
      return [name.textContent.trim(), ...[...row.querySelectorAll('td.n')].map((cell) => cell.textContent.trim())];
    }),
  );
  return Object.fromEntries(rows.map(([table = '', inserted, updated, deleted]) => [table, { inserted: number(inserted), updated: number(updated), deleted: number(deleted) }]));
}

function number(text = ''): number {
  return text === '–' || text === '' ? 0 : Number(text.replaceAll(/[^\d]/gu, ''));
}

/** Changes the person's own settings while the editor runs, as a person does who edits them as JSON. */
export async function changeSettings({ ui, home }: Pick<Editor, 'ui' | 'home'>, change: Readonly<Record<string, unknown>>): Promise<void> {
  const file = path.join(home, 'user-data/User/settings.json');
  const text = JSON.stringify({ ...(JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>), ...change });
  await ui.command('Preferences: Open User Settings (JSON)');
  await until('the settings are open', async () => (await ui.tabs()).some((tab) => tab.startsWith('settings.json')));
  await ui.setText(text);
  await ui.saveFile();
  await until('they are saved', async () => (await readFile(file, 'utf8')).trim() === text);
  await ui.closeTab();
}
