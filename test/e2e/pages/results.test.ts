/** The results page in a browser: exact values, any number of rows and columns, choosing, copying, and no flicker. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Browser } from 'playwright-core';
import type { ResultsModel } from '../../../src/protocol/results.ts';
import type { OpenOptions, OpenPage } from './harness.ts';
import { launchBrowser, openPage } from './harness.ts';
import { answerWith, longText, manyColumns, orderRow, run, select, wideRow } from './resultsFixtures.ts';

let browser: Browser;

before(async () => {
  browser = await launchBrowser();
});
after(() => browser.close());

async function withResults(model: ResultsModel | undefined, play: (open: OpenPage) => Promise<void>, options: OpenOptions = {}): Promise<void> {
  const open = await openPage(browser, 'results', { answer: answerWith(orderRow), width: 1000, height: 420, ...options });
  await open.waitForPosted('ready');
  if (model !== undefined) await open.send({ type: 'model', model });
  if ((model?.results.length ?? 0) > 0 && model?.results.at(-1)?.rowCount !== 0) await open.page.getByRole('gridcell').first().waitFor();
  await play(open);
  await open.close();
  assert.deepEqual(open.incidents, []);
}

const cell = (open: OpenPage, text: string) => open.page.getByRole('gridcell', { name: text, exact: true });
const grid = (open: OpenPage) => open.page.getByRole('grid');
const activeText = (open: OpenPage) => open.page.locator('.grid-cell.active').textContent();
const lastCopy = async (open: OpenPage) => (await open.waitForPosted('copy')).at(-1);

/** Waits until every row in view has its values. */
async function noBlanks(open: OpenPage): Promise<void> {
  await open.page.waitForFunction(() => {
    const view = document.querySelector('.grid')?.getBoundingClientRect();
    const rows = [...document.querySelectorAll('.grid-row:not([hidden])')].filter((row) => {
      const box = row.getBoundingClientRect();
      return view !== undefined && box.bottom > view.top + 26 && box.top < view.bottom;
    });
    const seen = view === undefined ? 0 : (view.height - 26) / 24;
    return rows.length >= Math.floor(seen) && rows.every((row) => [...row.querySelectorAll('.grid-cell:not([hidden])')].every((shown) => shown.textContent !== ''));
  });
}

describe('values', () => {
  test('numbers keep all digits, times their microseconds', () =>
    withResults(run([select(3)]), async (open) => {
      await cell(open, '9007199254740993').waitFor();
      await cell(open, '2026-01-10 08:00:09.123456+00').waitFor();
    }));

  test('NULL, empty text, a blank and hidden characters look different', () =>
    withResults(run([select(8)]), async (open) => {
      await open.page.locator('.grid-cell.null').waitFor();
      const notes = await open.page.locator('[aria-colindex="7"][role=gridcell]:not([hidden])').allTextContents();
      assert.deepEqual(notes.slice(0, 6), ['NULL', 'empty', '\u00b7', 'call before delivery', 'leftU+202Eright', 'two\u21b5lines']);
    }));

  test('a long value is cut in the page and opens in the host', () =>
    withResults(run([select(8)]), async (open) => {
      const long = open.page.locator('.grid-cell.cut').first();
      assert.ok(((await long.textContent()) ?? '').length <= 301);
      await grid(open).evaluate((element) => element.scrollTo({ left: 100_000 }));
      await open.page.getByRole('button', { name: `Show all ${String(longText.length)} characters` }).click();
      assert.deepEqual(await open.waitForPosted('open-value'), [{ type: 'open-value', run: 1, result: 0, row: 6, column: 5 }]);
    }));

  test('a value the host cut says how long it is', () =>
    withResults(run([select(1)]), async (open) => {
      await open.send({ type: 'rows', run: 1, result: 0, start: 0, rows: [['1', 'x'.repeat(1000)]], clipped: [{ row: 0, column: 1, length: 52_428_800 }] });
      await open.page.getByRole('button', { name: 'Show all 52,428,800 characters' }).waitFor({ state: 'attached' });
    }, { answer: () => undefined }));

  test('markup stays text everywhere', () => {
    const hostile = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>';
    const model = run([select(1, { statement: hostile, commandTag: hostile, columns: [{ name: hostile, type: hostile }], truncated: hostile, error: { message: hostile, detail: hostile, hint: hostile, at: hostile } }), select(0)], {
      connection: hostile,
      where: hostile,
      messages: [{ level: 'error', text: hostile }],
      summary: { level: 'error', title: hostile, text: hostile },
    });
    return withResults(model, async (open) => {
      await open.page.getByRole('tab', { name: /^ok|done|1/ }).first().click();
      await open.page.getByRole('tab', { name: /Messages/ }).click();
      await open.page.locator('.message-text').getByText(hostile).waitFor();
      assert.equal(await open.page.locator('img, body script:not([nonce])').count(), 0);
      assert.equal(await open.page.evaluate(() => 'hacked' in window), false);
    }, { answer: answerWith(() => [hostile]) });
  });
});

describe('windows of rows', () => {
  test('100 000 rows: few pulls, none blank, the last one is there', () =>
    withResults(run([select(100_000)]), async (open) => {
      assert.equal(await grid(open).getAttribute('aria-rowcount'), '100001');
      for (const share of [0.02, 0.4, 0.41, 0.9, 1, 0]) {
        await grid(open).evaluate((element, part) => element.scrollTo({ top: element.scrollHeight * part }), share);
        await noBlanks(open);
      }
      await grid(open).focus();
      await open.page.keyboard.press('Control+End');
      await noBlanks(open);
      const pulls = await open.posted('pull');
      assert.ok(pulls.every((pull) => (pull['count'] as number) <= 500));
      assert.ok(pulls.length <= 20, `${String(pulls.length)} pulls`);
      assert.ok((await open.page.locator('.grid-row').count()) < 60);
    }));

  test('a long scroll in small steps never leaves a blank row behind', () =>
    withResults(run([select(100_000)]), async (open) => {
      await grid(open).hover();
      for (let step = 0; step < 30; step++) await open.page.mouse.wheel(0, 700);
      await open.page.waitForFunction(() => (document.querySelector('.grid')?.scrollTop ?? 0) > 10_000);
      await noBlanks(open);
    }));

  test('5 000 000 rows: every row can be reached', () =>
    withResults(run([select(5_000_000)]), async (open) => {
      await grid(open).focus();
      await open.page.keyboard.press('Control+End');
      await noBlanks(open);
      assert.equal(await open.page.locator('.grid-row:has(.active)').getAttribute('aria-rowindex'), '5000001');
      await open.page.keyboard.press('ArrowUp');
      assert.equal(await open.page.locator('.grid-row:has(.active)').getAttribute('aria-rowindex'), '5000000');
      await grid(open).evaluate((element) => element.scrollTo({ top: element.scrollHeight / 2 }));
      await noBlanks(open);
      const rowsInView = () => open.page.evaluate(() => [...document.querySelectorAll('.grid-row:not([hidden])')].map((row) => Number(row.getAttribute('aria-rowindex'))).sort((a, b) => a - b));
      const middle = await rowsInView();
      await grid(open).hover();
      await open.page.mouse.wheel(0, 48);
      await open.page.waitForFunction((first) => Math.min(...[...document.querySelectorAll('.grid-row:not([hidden])')].map((row) => Number(row.getAttribute('aria-rowindex')))) === first, (middle[0] ?? 0) + 2);
      await open.page.keyboard.press('Control+Home');
      await noBlanks(open);
      await cell(open, '9007199254740993').first().waitFor();
    }));

  test('windows of an older run are ignored', () =>
    withResults(run([select(2)], { run: 7 }), async (open) => {
      await open.send({ type: 'rows', run: 6, result: 0, start: 0, rows: [['old', 'old'], ['old', 'old']] });
      await open.send({ type: 'rows', run: 7, result: 0, start: 0, rows: [['new', 'new'], ['new', 'new']] });
      await cell(open, 'new').first().waitFor();
      assert.equal(await cell(open, 'old').count(), 0);
    }, { answer: () => undefined }));

  test('rows that arrive while the statement runs are added', () =>
    withResults(run([select(10, { state: 'running' })], { running: true }), async (open) => {
      await open.send({ type: 'model', model: run([select(400)]) });
      await open.page.waitForFunction(() => document.querySelector('.grid')?.getAttribute('aria-rowcount') === '401');
      await grid(open).focus();
      await open.page.keyboard.press('Control+End');
      await noBlanks(open);
      assert.equal(await open.page.locator('.grid-row:has(.active)').getAttribute('aria-rowindex'), '401');
    }));

  test('whatever way it was scrolled, every cell shows the value of its row and column', () =>
    withResults(run([select(3000, { columns: manyColumns.slice(0, 300) })]), async (open) => {
      let seed = 7;
      const next = () => (seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647;
      for (let step = 0; step < 15; step++) {
        const place = { top: next() < 0.3 ? 0 : next(), left: next() < 0.4 ? 0 : next() };
        await grid(open).evaluate((element, { top, left }) => element.scrollTo({ top: element.scrollHeight * top, left: element.scrollWidth * left }), place);
        await noBlanks(open);
        const wrong = await open.page.evaluate(() =>
          [...document.querySelectorAll('.grid-row:not([hidden])')].flatMap((row) =>
            [...row.querySelectorAll('.grid-cell:not([hidden])')]
              .filter((shown) => shown.textContent !== '' && shown.textContent !== `${String(Number(row.getAttribute('aria-rowindex')) - 2)}:${String(Number(shown.getAttribute('aria-colindex')) - 2)}`)
              .map((shown) => shown.textContent),
          ),
        );
        assert.deepEqual(wrong, []);
      }
    }, { answer: answerWith((index) => wideRow(index).slice(0, 300)) }));

  test('2 000 columns: only those in view are drawn, the last one can be reached', () =>
    withResults(run([select(1000, { columns: manyColumns })]), async (open) => {
      assert.ok((await open.page.locator('.grid-cell').count()) < 1500);
      assert.equal(await grid(open).getAttribute('aria-colcount'), '2001');
      await grid(open).focus();
      await open.page.keyboard.press('Control+End');
      await noBlanks(open);
      assert.equal(await activeText(open), '999:1999');
      await open.page.getByRole('columnheader', { name: 'c1999' }).waitFor();
      await open.page.keyboard.press('Home');
      await noBlanks(open);
      assert.equal(await activeText(open), '999:0');
    }, { answer: answerWith(wideRow) }));
});

describe('keys and mouse', () => {
  test('arrows, Page, Home and End move the active cell, and screen readers are told', () =>
    withResults(run([select(200)]), async (open) => {
      await cell(open, 'Marta Kowalska').first().click();
      const steps: readonly (readonly [string, string | RegExp])[] = [
        ['ArrowDown', 'J. Okafor'],
        ['ArrowRight', 'customer1@post.example'],
        ['Home', '9007199254740994'],
        ['End', /"order": 1,/],
        ['Control+Home', '9007199254740993'],
        ['PageDown', /^90071992547410\d\d$/],
        ['Control+ArrowDown', '9007199254741192'],
        ['ArrowUp', '9007199254741191'],
      ];
      for (const [key, expected] of steps) {
        await open.page.keyboard.press(key);
        await noBlanks(open);
        const text = (await activeText(open)) ?? '';
        if (typeof expected === 'string') assert.equal(text, expected, key);
        else assert.match(text, expected, key);
        assert.equal(await grid(open).getAttribute('aria-activedescendant'), 'result-active');
        assert.equal(await open.page.locator('#result-active').count(), 1);
      }
    }));

  test('a rectangle is chosen with Shift and with the mouse', () =>
    withResults(run([select(50)]), async (open) => {
      await cell(open, 'J. Okafor').first().click();
      await open.page.keyboard.press('Shift+ArrowDown');
      await open.page.keyboard.press('Shift+ArrowRight');
      await open.page.keyboard.press('Control+c');
      assert.deepEqual(await lastCopy(open), { type: 'copy', run: 1, result: 0, rows: [1, 3], columns: [1, 3], format: 'tsv', headers: false });
      await cell(open, 'customer4@post.example').click({ modifiers: ['Shift'] });
      assert.equal(await open.page.locator('.grid-cell.selected:not([hidden])').count(), 8);
      await cell(open, 'customer1@post.example').hover();
      await open.page.mouse.down();
      await cell(open, '1676.04').hover();
      await open.page.mouse.up();
      assert.equal(await open.page.locator('.grid-cell.selected:not([hidden])').count(), 8);
      await open.page.getByText('4 rows \u00d7 2 chosen').waitFor();
    }));

  test('Ctrl+A chooses everything, the row number a row, the header a column', () =>
    withResults(run([select(5000)]), async (open) => {
      await grid(open).focus();
      await open.page.keyboard.press('Control+a');
      await open.page.keyboard.press('Control+c');
      assert.deepEqual(await lastCopy(open), { type: 'copy', run: 1, result: 0, rows: [0, 5000], columns: [0, 8], format: 'tsv', headers: false });
      assert.equal(await grid(open).evaluate((element) => element.scrollTop), 0);
      await open.page.getByRole('rowheader', { name: 'row 3', exact: true }).click();
      await open.page.keyboard.press('Control+c');
      await open.waitForPosted('copy', 2);
      assert.deepEqual((await lastCopy(open))?.['rows'], [2, 3]);
      await open.page.getByRole('columnheader', { name: 'email' }).click();
      await open.page.keyboard.press('Control+c');
      await open.waitForPosted('copy', 3);
      const copied = await lastCopy(open);
      assert.deepEqual([copied?.['rows'], copied?.['columns']], [[0, 5000], [2, 3]]);
    }));

  const formats: readonly (readonly [string, string, boolean])[] = [
    ['Copy with Headers', 'tsv', true],
    ['Copy as CSV', 'csv', true],
    ['Copy as JSON', 'json', true],
    ['Copy as Markdown', 'markdown', true],
    ['Copy as INSERT', 'insert', true],
  ];
  test('the menu copies in every format; without a choice, everything', (t) =>
    withResults(run([select(30)]), async (open) => {
      let count = 0;
      for (const [label, format, headers] of formats) {
        await t.test(label, async () => {
          await open.page.getByRole('button', { name: 'Copy As' }).click();
          await open.page.getByRole('menuitem', { name: label }).click();
          await open.waitForPosted('copy', ++count);
          assert.deepEqual(await lastCopy(open), { type: 'copy', run: 1, result: 0, rows: [0, 30], columns: [0, 8], format, headers });
        });
      }
    }));

  test('what is masked says so, and is revealed, sorted and saved by the host', () =>
    withResults(run([select(40, { masked: [2] })]), async (open) => {
      await open.page.locator('.status').getByText('1 column masked').waitFor();
      assert.match((await open.page.getByRole('columnheader', { name: /^email/u }).textContent()) ?? '', /masked/u);
      const choose = async (item: string): Promise<void> => {
        await open.page.locator('[role=row][aria-rowindex="3"] [aria-colindex="4"]').click({ button: 'right' });
        await open.page.getByRole('menuitem', { name: item }).click();
      };
      await choose('Reveal Column\u2026');
      await choose('Sort Down');
      await choose('Only Rows with This Value');
      await choose('Save Result As\u2026');
      await open.page.getByRole('button', { name: 'Save As\u2026' }).click();
      assert.deepEqual(await open.waitForPosted('reveal'), [{ type: 'reveal', run: 1, result: 0, columns: [2, 3] }]);
      assert.deepEqual(await open.waitForPosted('arrange', 2), [{ type: 'arrange', run: 1, result: 0, how: 'down', row: 1, column: 2 }, { type: 'arrange', run: 1, result: 0, how: 'only', row: 1, column: 2 }]);
      assert.deepEqual(await open.waitForPosted('export', 2), [{ type: 'export', run: 1, result: 0 }, { type: 'export', run: 1, result: 0 }]);
      const pulls = (await open.posted('pull')).length;
      await open.send({ type: 'model', model: run([select(30, { arranged: { of: 40, sort: { column: 2, direction: 'down' }, only: 5 } })]) });
      await open.waitForPosted('pull', pulls + 1);
      await open.page.locator('.status').getByText('30 of 40 rows \u00b7 sorted by email').waitFor();
      await open.page.getByRole('columnheader', { name: /^email/u }).filter({ hasText: '\u2193' }).waitFor();
    }));

  test('a header has a menu of its column', () =>
    withResults(run([select(3)]), async (open) => {
      await open.page.getByRole('columnheader', { name: /^total/u }).click({ button: 'right' });
      await open.page.getByRole('menuitem', { name: 'Copy as IN List' }).click();
      assert.deepEqual(await lastCopy(open), { type: 'copy', run: 1, result: 0, rows: [0, 3], columns: [3, 4], format: 'in-list', headers: false });
    }));

  test('a right click opens the menu for the cell, Escape closes it', () =>
    withResults(run([select(30)]), async (open) => {
      await cell(open, 'Lena Fischer').first().click({ button: 'right' });
      await open.page.getByRole('menu').waitFor();
      await open.page.keyboard.press('Escape');
      assert.equal(await open.page.getByRole('menu').count(), 0);
      await open.page.keyboard.press('Shift+F10');
      await open.page.keyboard.press('ArrowDown');
      await open.page.keyboard.press('Enter');
      assert.deepEqual(await lastCopy(open), { type: 'copy', run: 1, result: 0, rows: [2, 3], columns: [1, 2], format: 'tsv', headers: true });
    }));

  test('Enter and a double click open the value', () =>
    withResults(run([select(30)]), async (open) => {
      await cell(open, 'customer2@post.example').dblclick();
      await open.page.keyboard.press('ArrowDown');
      await open.page.keyboard.press('Enter');
      const opened = await open.waitForPosted('open-value', 2);
      assert.deepEqual(opened.map((message) => [message['row'], message['column']]), [[2, 2], [3, 2]]);
    }));

  test('a column is resized by dragging and fitted by a double click', () =>
    withResults(run([select(30)]), async (open) => {
      const header = open.page.getByRole('columnheader', { name: 'note' });
      const width = async () => (await header.boundingBox())?.width ?? 0;
      await grid(open).evaluate((element) => element.scrollTo({ left: 300 }));
      await open.page.getByRole('columnheader', { name: 'payload' }).waitFor();
      const before = await width();
      const handle = header.locator('.grid-resizer');
      const box = await handle.boundingBox();
      assert.ok(box);
      await open.page.mouse.move(box.x + 3, box.y + 10);
      await open.page.mouse.down();
      await open.page.mouse.move(box.x - 97, box.y + 10, { steps: 5 });
      await open.page.mouse.up();
      assert.equal(Math.round(await width()), Math.round(before) - 100);
      const first = open.page.getByRole('columnheader', { name: 'email' });
      const widthBefore = (await first.boundingBox())?.width;
      await first.locator('.grid-resizer').dblclick();
      assert.equal((await first.boundingBox())?.width, widthBefore);
      await header.locator('.grid-resizer').dblclick();
      assert.ok((await width()) > 600);
    }));
});

describe('states', () => {
  test('before the first run it says how to start one', () =>
    withResults(undefined, async (open) => {
      await open.page.getByText('Run a statement with').waitFor();
    }));

  test('the connection and its environment are named in words', () =>
    withResults(run([select(1)]), async (open) => {
      await open.page.getByText('PROD', { exact: true }).waitFor();
      await open.page.getByText('app_ro@db-1:5432/shop').waitFor();
    }));

  test('rows, time, tag and the reason there are no more stand below', () =>
    withResults(run([select(500, { truncated: 'the first 500 rows; there are more' })]), async (open) => {
      await open.page.getByText('500 rows \u00b7 12 ms \u00b7 SELECT 500').waitFor();
      await open.page.getByText('the first 500 rows; there are more').waitFor();
    }));

  test('a running statement counts the time and can be cancelled once', () =>
    withResults(run([select(0, { columns: [], state: 'running' })], { running: true, elapsedMs: 61_000 }), async (open) => {
      await open.page.getByText(/Running \u00b7 1 min \d+ s/).waitFor();
      await open.page.getByRole('button', { name: 'Cancel' }).click();
      await open.page.getByRole('button', { name: 'Cancelling' }).dispatchEvent('click');
      assert.equal((await open.posted('cancel')).length, 1);
    }));

  test('an error says what, where and what might help', () =>
    withResults(run([select(0, { columns: [], state: 'failed', error: { message: 'no such column', detail: 'a detail', hint: 'a hint', sqlState: '42703', at: 'line 3, column 7' } })]), async (open) => {
      await open.page.getByRole('alert').getByText('no such column').waitFor();
      for (const text of ['a detail', 'Hint: a hint', 'line 3, column 7 \u00b7 SQLSTATE 42703']) await open.page.getByText(text).waitFor();
    }));

  test('a run without a result says how it ended', () =>
    withResults(run([], { summary: { level: 'warning', title: 'Refused', text: 'The connection is read only.' } }), async (open) => {
      await open.page.getByRole('alert').getByText('Refused').waitFor();
    }));

  test('several statements have a tab each; the failed one is shown', () => {
    const failed = select(0, { columns: [], state: 'failed', error: { message: 'division by zero' } });
    return withResults(run([select(2), failed, select(0, { columns: [], state: 'not-run' })]), async (open) => {
      await open.page.getByRole('heading', { name: 'division by zero' }).waitFor();
      const tabs = open.page.getByRole('tablist', { name: 'Statements' }).getByRole('tab');
      assert.equal(await tabs.count(), 3);
      await tabs.nth(0).click();
      await cell(open, 'Marta Kowalska').waitFor();
      assert.equal(await open.page.getByRole('heading', { name: 'division by zero' }).isVisible(), false);
      await tabs.nth(0).press('End');
      await open.page.getByText('Not run, because').waitFor();
    });
  });

  test('between two runs the old rows stay until the new ones are there', () =>
    withResults(run([select(3)]), async (open) => {
      await open.page.evaluate(() => {
        const seen = new Set<string>();
        Object.assign(window, { seen });
        const look = () => {
          const shown = document.querySelector<HTMLElement>('.grid');
          seen.add(shown === null || shown.hidden ? 'no grid' : (shown.querySelector('.grid-row:not([hidden]) .grid-cell:nth-of-type(3)')?.textContent ?? 'no rows'));
          requestAnimationFrame(look);
        };
        look();
      });
      await open.send({ type: 'model', model: run([], { run: 2, running: true }) });
      await open.send({ type: 'model', model: run([select(0, { columns: [], state: 'running' })], { run: 2, running: true }) });
      await open.page.getByText(/^Running \u00b7/).waitFor();
      await open.send({ type: 'model', model: run([select(3)], { run: 2 }) });
      await open.send({ type: 'rows', run: 2, result: 0, start: 0, rows: [['1', 'fresh'], ['2', 'fresh'], ['3', 'fresh']] });
      await cell(open, 'fresh').first().waitFor();
      const seen = await open.page.evaluate(() => [...(window as unknown as { seen: Set<string> }).seen]);
      assert.deepEqual(seen.filter((text) => text !== 'Marta Kowalska' && text !== 'fresh'), []);
    }, { answer: (message) => (message['run'] === 1 ? answerWith(orderRow)(message) : undefined) }));

  test('rows of another connection do not stay under the name of the new one', () =>
    withResults(run([select(3)]), async (open) => {
      await open.send({ type: 'model', model: run([], { run: 2, running: true, connection: 'shop-staging', environment: 'staging' }) });
      await open.page.getByText('STAGING', { exact: true }).waitFor();
      assert.equal(await grid(open).isVisible(), false);
      assert.equal(await open.page.getByText('Marta Kowalska').isVisible(), false);
    }));

  test('going back to an earlier run goes back to the same place', () =>
    withResults(run([select(2000)]), async (open) => {
      await grid(open).evaluate((element) => element.scrollTo({ top: 12_000 }));
      await open.page.waitForFunction(() => (sessionStorage.getItem('state') ?? '').includes('"top":12000'));
      await open.send({ type: 'model', model: run([select(2000)], { run: 2 }) });
      await open.page.waitForFunction(() => (sessionStorage.getItem('state') ?? '').includes('"run":2'));
      assert.equal(await grid(open).evaluate((element) => element.scrollTop), 0);
      await open.send({ type: 'model', model: run([select(2000)]) });
      await open.page.waitForFunction(() => document.querySelector('.grid')?.scrollTop === 12_000);
      await noBlanks(open);
    }));

  test('the next step the host offers is a button', () =>
    withResults(run([], { summary: { level: 'warning', title: 'Refused', text: 'Read only.', action: { id: 'elevate', label: 'Allow Writes for a While\u2026' } } }), async (open) => {
      await open.page.getByRole('button', { name: 'Allow Writes' }).click();
      assert.deepEqual(await open.waitForPosted('act'), [{ type: 'act', run: 1, action: 'elevate' }]);
    }));

  test('rows that do not come do not leave the old ones in place', () =>
    withResults(run([select(3)]), async (open) => {
      await open.send({ type: 'model', model: run([select(3)], { run: 2 }) });
      await open.page.waitForFunction(() => document.querySelectorAll('.grid-row.pending:not([hidden])').length === 3);
      assert.equal(await cell(open, 'Marta Kowalska').count(), 0);
    }, { answer: (message) => (message['run'] === 1 ? answerWith(orderRow)(message) : undefined) }));

  test('a hidden and reopened view is where it was', () =>
    withResults(run([select(3), select(2000)]), async (open) => {
      await grid(open).evaluate((element) => element.scrollTo({ top: 12_000 }));
      await open.page.waitForFunction(() => (sessionStorage.getItem('state') ?? '').includes('"top":12000'));
      await open.page.reload();
      await open.waitForPosted('ready');
      await open.send({ type: 'model', model: run([select(3), select(2000)]) });
      await noBlanks(open);
      assert.equal(await grid(open).evaluate((element) => element.scrollTop), 12_000);
    }));
});
