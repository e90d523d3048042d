/** The states worth a picture. */
import { deleteModel, deleteRows, deleteTables, mixedModel, mixedRows, mixedTables, updateModel } from './reviewFixtures.ts';
import { peerEdges } from './peerEdges.ts';
import { peerPictures } from './peerPictures.ts';
import type { Message, OpenPage, PageName } from './harness.ts';
import { answerWith, manyColumns, orderRow, run, select, wideRow } from './resultsFixtures.ts';
import type { Theme } from './themes.ts';

export type Picture = {
  readonly name: string;
  readonly page: PageName;
  readonly themes?: readonly Theme[];
  readonly sizes: readonly (readonly [number, number])[];
  answer?(message: Message): object | undefined;
  play(open: OpenPage): Promise<void>;
};

const both = [
  [980, 900],
  [420, 820],
] as const;
const wide = [[980, 900]] as const;

export function answerReview(message: Message): object | undefined {
  if (message.type !== 'pull') return undefined;
  const { table, start, count } = message as unknown as { table: number; start: number; count: number };
  return { type: 'rows', table, start, rows: deleteRows(table, start, count) };
}

function answerWide(message: Message): object | undefined {
  if (message.type !== 'pull') return undefined;
  const { table, start, count } = message as unknown as { table: number; start: number; count: number };
  const values = (index: number, mark: string) => Array.from({ length: 24 }, (_, column) => (column === 3 || column === 17 ? `${mark} ${String(index)}` : `value ${String(index)}.${String(column)}`));
  return { type: 'rows', table, start, rows: Array.from({ length: count }, (_, offset) => ({ kind: 'updated', before: values(start + offset, 'old'), after: values(start + offset, 'a new and rather longer value') })) };
}

const review = { page: 'review', answer: answerReview } as const;

export function answerMixed(message: Message): object | undefined {
  if (message.type !== 'pull') return undefined;
  const { table, start, count, kind } = message as unknown as { table: number; start: number; count: number; kind?: 'inserted' | 'updated' | 'deleted' };
  return { type: 'rows', table, start, rows: mixedRows(start, count, kind), ...(kind === undefined ? {} : { kind }) };
}
const showDelete = (open: OpenPage) => open.send({ type: 'model', model: deleteModel() }, { type: 'tables', tables: deleteTables });
const settle = (open: OpenPage) => open.page.waitForFunction(() => document.querySelectorAll('.grid-row:not([hidden]).pending').length === 0);

const results = { page: 'results', answer: answerWith(orderRow) } as const;
const panel = [
  [980, 360],
  [420, 300],
] as const;

export const pictures: readonly Picture[] = [
  {
    ...results,
    name: 'results-masked',
    sizes: panel,
    play: async (open) => {
      await open.send({ type: 'model', model: run([select(500, { masked: [1, 2], truncated: 'Stopped after 500 rows, as set in \u201cResults: Row Limit\u201d. There are more.', arranged: { of: 500, sort: { column: 3, direction: 'up' } } })]) });
      await open.page.getByRole('gridcell').first().waitFor();
      await open.page.locator('[role=row][aria-rowindex="3"] [aria-colindex="3"]').click({ button: 'right' });
    },
  },
  ...peerPictures,
  ...peerEdges,
  {
    ...review,
    name: 'review-open',
    sizes: both,
    play: async (open) => {
      await showDelete(open);
      await open.send({ type: 'locks', text: 'nobody is waiting for these locks' });
      await settle(open);
    },
  },
  { ...review, name: 'review-loading', themes: ['dark'], sizes: wide, play: async () => {} },
  { ...review, name: 'review-rows-loading', themes: ['light'], sizes: wide, play: (open) => open.send({ type: 'model', model: deleteModel() }) },
  {
    ...review,
    name: 'review-updates',
    sizes: both,
    play: async (open) => {
      await open.send({ type: 'model', model: updateModel() }, { type: 'tables', tables: deleteTables });
      await open.page.locator('.grid-cell.changed').first().waitFor();
    },
  },
  {
    page: 'review',
    answer: answerMixed,
    name: 'review-definition',
    sizes: both,
    play: async (open) => {
      await open.send({ type: 'model', model: mixedModel() }, { type: 'tables', tables: mixedTables });
      await open.page.locator('.kind.deleted').click();
      await settle(open);
    },
  },
  {
    ...review,
    name: 'review-near-miss',
    themes: ['dark', 'light'],
    sizes: both,
    play: async (open) => {
      await showDelete(open);
      await open.page.locator('vscode-text-field').click();
      await open.page.keyboard.type('Delete 44 rows');
      await settle(open);
    },
  },
  {
    ...review,
    name: 'review-armed',
    sizes: wide,
    play: async (open) => {
      await showDelete(open);
      await open.page.locator('vscode-text-field').click();
      await open.page.keyboard.type('delete 44 rows');
      await open.page.locator('vscode-button.danger:not([disabled])').waitFor();
      await settle(open);
    },
  },
  {
    ...review,
    name: 'review-committed',
    sizes: both,
    play: async (open) => {
      await showDelete(open);
      await settle(open);
      await open.send({ type: 'end', end: { kind: 'committed', title: 'Committed', text: '59 rows in 4 tables are changed for good. The record is in the journal.' } });
    },
  },
  {
    ...review,
    name: 'review-in-doubt',
    themes: ['dark', 'light'],
    sizes: wide,
    play: async (open) => {
      await showDelete(open);
      await settle(open);
      await open.send({
        type: 'end',
        end: { kind: 'in-doubt', title: 'In doubt', text: 'The connection broke between COMMIT and its answer. The change may or may not be stored. Reconnect and choose Check Outcome before you run it again.' },
      });
    },
  },
  {
    ...review,
    name: 'review-script',
    themes: ['dark', 'light'],
    sizes: both,
    play: async (open) => {
      const long = Array.from({ length: 60 }, (_, index) => `INSERT INTO prices (sku, amount) VALUES ('SKU-${String(index)}', ${String(index)}.95); -- line ${String(index)}`).join('\n');
      const statements = [
        { text: "UPDATE prices SET amount = amount * 1.02 -- 2 %\nWHERE sku LIKE 'A\u202e%\u200b';", commandTag: 'UPDATE 1204', rows: 1204 },
        { text: long, commandTag: 'INSERT 0 60', rows: 60 },
      ];
      const effects = Array.from({ length: 9 }, (_, index) => ({ table: { schema: 'pricing', table: `prices_2026_${String(index + 1).padStart(2, '0')}` }, inserted: index === 0 ? 60 : 0, updated: 1204 * (index + 1), deleted: 0, why: index === 0 ? 'statement' : 'partition of prices' }));
      await open.send({ type: 'model', model: deleteModel({ title: 'Updates 54,180 prices and inserts 60', statements, effects, phrase: 'update 54240 rows' }) });
      await open.send({ type: 'refused', message: 'The journal could not be written, so nothing was committed. The change is still open: try again or roll back.' });
    },
  },
  {
    ...review,
    name: 'review-wide',
    themes: ['dark', 'hc-light'],
    sizes: both,
    answer: answerWide,
    play: async (open) => {
      const columns = Array.from({ length: 24 }, (_, index) => ({ name: `column_${String(index)}`, type: 'text' }));
      await open.send({ type: 'model', model: updateModel({ title: 'Updates 5,000 accounts' }) });
      await open.send({ type: 'tables', tables: [{ schema: 'public', table: 'accounts', columns, key: [0], total: 5000, changed: [3, 17], counts: { inserted: 0, updated: 5000, deleted: 0 } }] });
      await open.page.getByRole('gridcell').first().waitFor();
      await open.page.evaluate(() => window.scrollTo(0, 9999));
    },
  },
  {
    ...review,
    name: 'review-expired',
    themes: ['dark', 'light'],
    sizes: wide,
    play: async (open) => {
      await open.send({ type: 'model', model: deleteModel({ expiresAt: Date.now() - 1000 }) }, { type: 'tables', tables: deleteTables });
      await settle(open);
    },
  },
  {
    ...review,
    name: 'review-rolled-back',
    themes: ['light'],
    sizes: both,
    play: async (open) => {
      await showDelete(open);
      await settle(open);
      await open.send({ type: 'end', end: { kind: 'rolled-back', title: 'Rolled back', text: 'Time ran out and the server rolled the change back. Nothing was changed. Run the statement again to see a new preview.' } });
    },
  },
  {
    ...results,
    name: 'results-wide',
    themes: ['dark'],
    sizes: panel,
    answer: answerWith(wideRow),
    play: async (open) => {
      await open.send({ type: 'model', model: run([select(100_000, { columns: manyColumns })]) });
      await open.page.getByRole('gridcell').first().waitFor();
      await open.page.getByRole('grid').evaluate((element) => element.scrollTo({ top: 1_200_000, left: 60_000 }));
      await settle(open);
    },
  },
  {
    ...results,
    name: 'results-rows',
    sizes: panel,
    play: async (open) => {
      await open.send({ type: 'model', model: run([select(500, { truncated: 'the first 500 rows; there are more' })]) });
      await open.page.getByRole('gridcell').first().waitFor();
      await open.page.getByRole('gridcell', { name: 'J. Okafor' }).first().click();
      await open.page.keyboard.press('Shift+ArrowDown');
      await open.page.keyboard.press('Shift+ArrowRight');
    },
  },
  { ...results, name: 'results-empty', themes: ['dark', 'light'], sizes: panel, play: async () => {} },
  {
    ...results,
    name: 'results-menu',
    sizes: [[980, 360]],
    play: async (open) => {
      await open.send({ type: 'model', model: run([select(40)]) });
      await open.page.getByRole('gridcell').first().waitFor();
      await open.page.getByRole('button', { name: 'Copy As' }).click();
    },
  },
  {
    ...results,
    name: 'results-error',
    sizes: panel,
    play: (open) =>
      open.send({
        type: 'model',
        model: run(
          [
            select(3),
            select(0, {
              state: 'failed',
              columns: [],
              commandTag: 'SELECT',
              error: { message: 'column "totl" does not exist', hint: 'Perhaps you meant to reference the column "orders.total".', sqlState: '42703', at: 'line 3, column 8' },
            }),
            select(0, { state: 'not-run', columns: [], commandTag: 'UPDATE' }),
          ],
          { environment: 'staging', connection: 'shop-staging' },
        ),
      }),
  },
  {
    ...results,
    name: 'results-running',
    themes: ['dark', 'light'],
    sizes: panel,
    play: async (open) => {
      await open.send({ type: 'model', model: run([select(500)]) });
      await open.page.getByRole('gridcell').first().waitFor();
      await open.send({ type: 'model', model: run([select(0, { state: 'running', columns: [] })], { run: 2, running: true, elapsedMs: 3200 }) });
      await open.page.getByRole('button', { name: 'Cancel' }).waitFor();
    },
  },
  {
    ...results,
    name: 'results-summary',
    themes: ['dark', 'hc-light'],
    sizes: panel,
    play: (open) =>
      open.send({
        type: 'model',
        model: run([], { environment: 'development', connection: 'local', summary: { level: 'warning', title: 'Rolled back', text: 'You chose Roll Back. Nothing was changed. Edit the statement and run it again.' } }),
      }),
  },
  {
    ...results,
    name: 'results-messages',
    themes: ['dark', 'light'],
    sizes: panel,
    play: async (open) => {
      await open.send({ type: 'model', model: run([select(5)]) });
      await open.page.getByRole('tab', { name: /Messages/ }).click();
    },
  },
];
