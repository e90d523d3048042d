/** The review page in a browser: what commits, what never does, and what a person sees. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Browser } from 'playwright-core';
import type { ReviewModel } from '../../../src/protocol/review.ts';
import type { OpenPage, OpenOptions } from './harness.ts';
import { launchBrowser, openPage } from './harness.ts';
import { answerMixed, answerReview } from './pictures.ts';
import { until } from '../../support/until.ts';
import { deleteModel, deleteTables, holdMs, mixedModel, mixedTables, updateModel } from './reviewFixtures.ts';

const phrase = 'delete 44 rows';
let browser: Browser;

before(async () => {
  browser = await launchBrowser();
});
after(() => browser.close());

/** Opens the page with a model and its tables; the clock is the test's. */
async function withReview(model: ReviewModel, play: (open: OpenPage) => Promise<void>, options: OpenOptions = {}): Promise<void> {
  const open = await openPage(browser, 'review', { answer: answerReview, ...options });
  await open.waitForPosted('ready');
  await open.send({ type: 'model', model }, { type: 'tables', tables: deleteTables });
  await open.page.locator('h1').waitFor();
  await play(open);
  await open.close();
  assert.deepEqual(open.incidents, []);
}

const commitButton = (open: OpenPage) => open.page.getByRole('button', { name: 'Commit', exact: true });
/** The attribute changes at once; the button inside the component follows with the next frame. */
const canCommit = async (open: OpenPage) => (await open.page.locator('vscode-button.danger').getAttribute('disabled')) === null;
const canRollBack = async (open: OpenPage) => (await open.page.locator('footer .controls vscode-button.secondary').getAttribute('disabled')) === null;
const field = (open: OpenPage) => open.page.locator('vscode-text-field').locator('input');
const focusedText = (open: OpenPage) => open.page.evaluate(() => document.activeElement?.textContent ?? '');
/** Time stands still in the page but for this: the half second passes, and then a few frames. */
async function passGuard({ page }: OpenPage): Promise<void> {
  await page.clock.fastForward(600);
  await page.clock.runFor(64);
}
/** The button inside the component takes presses a frame after the attribute is gone. */
const takesPresses = (open: OpenPage) => open.page.waitForFunction(() => document.querySelector('vscode-button.danger')?.shadowRoot?.querySelector('button')?.disabled === false);

async function neverCommits(open: OpenPage): Promise<void> {
  assert.deepEqual(await open.posted('commit'), []);
}

describe('typed confirmation', () => {
  const nearMisses: readonly (readonly [string, string])[] = [
    ['nothing', ''],
    ['a part of it', 'delete 44 row'],
    ['a space behind it', 'delete 44 rows '],
    ['a space before it', ' delete 44 rows'],
    ['two spaces', 'delete  44 rows'],
    ['a no-break space', 'delete\u00a044 rows'],
    ['a capital letter', 'Delete 44 rows'],
    ['all capitals', 'DELETE 44 ROWS'],
    ['a Cyrillic letter', 'd\u0435lete 44 rows'],
    ['full-width digits', 'delete \uff14\uff14 rows'],
    ['Arabic-Indic digits', 'delete \u0664\u0664 rows'],
    ['a zero-width space', 'delete 44\u200b rows'],
    ['a combining mark', 'delete\u0301 44 rows'],
    ['another number', 'delete 45 rows'],
    ['quotes around it', '"delete 44 rows"'],
  ];
  test('nothing but the exact text enables Commit', (t) =>
    withReview(deleteModel(), async (open) => {
      for (const [name, text] of nearMisses) {
        await t.test(name, async () => {
          await field(open).fill(phrase);
          await passGuard(open);
          assert.equal(await canCommit(open), true);
          await field(open).fill(text);
          assert.equal(await canCommit(open), false);
          await passGuard(open);
          await commitButton(open).dispatchEvent('click');
          await open.page.locator('vscode-button.danger').dispatchEvent('click');
          await neverCommits(open);
        });
      }
    }, { clock: true }));

  test('the exact text enables Commit, and a press sends it', () =>
    withReview(deleteModel(), async (open) => {
      assert.equal(await canCommit(open), false);
      await field(open).pressSequentially(phrase);
      assert.equal(await canCommit(open), false);
      await passGuard(open);
      assert.equal(await canCommit(open), true);
      await commitButton(open).click();
      assert.deepEqual(await open.waitForPosted('commit'), [{ type: 'commit', review: 7, typed: phrase }]);
    }, { clock: true }));

  test('taking a letter away disables Commit again', () =>
    withReview(deleteModel(), async (open) => {
      await field(open).fill(phrase);
      await passGuard(open);
      await field(open).press('Backspace');
      assert.equal(await canCommit(open), false);
    }, { clock: true }));

  test('the field is empty at first, after a reload and for the next change', () =>
    withReview(deleteModel(), async (open) => {
      assert.equal(await field(open).inputValue(), '');
      assert.equal(await field(open).getAttribute('placeholder'), null);
      await field(open).fill(phrase);
      await open.send({ type: 'model', model: deleteModel() });
      assert.equal(await field(open).inputValue(), '');
      await field(open).fill(phrase);
      await open.page.reload();
      await open.waitForPosted('ready');
      await open.send({ type: 'model', model: deleteModel() });
      assert.equal(await field(open).inputValue(), '');
      assert.equal(await canCommit(open), false);
    }));

  test('what is wrong is said in words', () =>
    withReview(deleteModel(), async (open) => {
      await field(open).fill('Delete 44 rows');
      await open.page.getByText('Capital and small letters have to be the same.').waitFor();
    }));
});

describe('stray keys', () => {
  test('Roll Back has the focus when the change is shown', () => withReview(deleteModel(), async (open) => assert.equal(await focusedText(open), 'Roll Back')));

  test('Roll Back has the focus again for the next change in the same panel', () =>
    withReview(deleteModel(), async (open) => {
      await open.send({ type: 'end', end: { kind: 'committed', title: 'Committed', text: '' } });
      await open.page.getByRole('alert').waitFor();
      await open.send({ type: 'model', model: updateModel() }, { type: 'tables', tables: deleteTables });
      await open.page.waitForFunction(() => document.activeElement?.textContent === 'Roll Back');
      await open.page.keyboard.press('Enter');
      await open.waitForPosted('rollback');
    }));

  test('Enter in the field does nothing, even with the right text in it', () =>
    withReview(deleteModel(), async (open) => {
      await field(open).fill(phrase);
      await passGuard(open);
      await field(open).press('Enter');
      await field(open).press('Control+Enter');
      await field(open).press('Meta+Enter');
      assert.deepEqual((await open.posted()).filter((message) => message.type !== 'pull'), [{ type: 'ready' }]);
    }, { clock: true }));

  test('Enter on the page, on a tab and in the grid never commits', () =>
    withReview(updateModel(), async (open) => {
      await passGuard(open);
      for (const selector of ['body', '[role=tab]', '[role=grid]', 'h1']) {
        await open.page.locator(selector).first().press('Enter');
        await open.page.locator(selector).first().press('Control+Enter');
      }
      await neverCommits(open);
    }, { clock: true }));

  test('Enter as soon as the change is shown rolls back', () =>
    withReview(updateModel(), async (open) => {
      await open.page.keyboard.press('Enter');
      await open.waitForPosted('rollback');
      await neverCommits(open);
    }));

  test('Commit cannot be pressed in the first half second', () =>
    withReview(updateModel(), async (open) => {
      assert.equal(await canCommit(open), false);
      await open.page.locator('vscode-button.danger').dispatchEvent('click');
      await neverCommits(open);
      await passGuard(open);
      assert.equal(await canCommit(open), true);
    }, { clock: true }));

  test('what is drawn late is not alive early: without another frame, Commit is as the words say', async () => {
    const open = await openPage(browser, 'review', { answer: answerReview });
    await open.waitForPosted('ready');
    const inner = () => open.page.evaluate(() => document.querySelector('vscode-button.danger')?.shadowRoot?.querySelector('button')?.disabled);
    assert.equal(await inner(), true, 'before there is a change');
    // A browser with much to do draws no frame for a while.
    await open.page.evaluate(() => void (window.requestAnimationFrame = () => 0));
    await open.send({ type: 'model', model: deleteModel() }, { type: 'tables', tables: deleteTables });
    await open.page.locator('h1').waitFor();
    assert.equal(await inner(), true, 'before a word is typed');
    await field(open).fill(phrase);
    await until('Commit is alive', async () => (await canCommit(open)) && (await inner()) === false);
    await field(open).fill(`${phrase}!`);
    assert.equal(await inner(), true, 'after another letter');
    await open.close();
    assert.deepEqual(open.incidents, []);
  });

  test('Commit cannot be pressed before the changed rows are shown', async () => {
    const open = await openPage(browser, 'review', { clock: true });
    await open.waitForPosted('ready');
    await open.send({ type: 'model', model: updateModel() });
    await passGuard(open);
    assert.equal(await canCommit(open), false);
    await open.page.getByText('Commit waits until the changed rows are shown.').waitFor();
    await open.send({ type: 'tables', tables: [] });
    await passGuard(open);
    assert.equal(await canCommit(open), true);
    await open.close();
  });

  test('a key within half a second of Commit coming alive does nothing and says so', () =>
    withReview(updateModel(), async (open) => {
      await passGuard(open);
      await takesPresses(open);
      await commitButton(open).focus();
      await open.page.keyboard.press('Enter');
      await open.page.getByText('Press Commit again if you mean it').waitFor();
      await neverCommits(open);
      await passGuard(open);
      await open.page.keyboard.press('Enter');
      assert.deepEqual(await open.waitForPosted('commit'), [{ type: 'commit', review: 7, typed: '' }]);
    }, { clock: true }));

  test('a key held down does not press Commit', () =>
    withReview(updateModel(), async (open) => {
      await passGuard(open);
      await commitButton(open).focus();
      await open.page.keyboard.down('Enter');
      await passGuard(open);
      await open.page.keyboard.down('Enter');
      await open.page.keyboard.down('Enter');
      await open.page.keyboard.up('Enter');
      await neverCommits(open);
    }, { clock: true }));

  test('two presses send one commit', () =>
    withReview(updateModel(), async (open) => {
      await passGuard(open);
      await commitButton(open).dblclick();
      assert.equal((await open.waitForPosted('commit')).length, 1);
    }, { clock: true }));

  for (const place of ['h1', '[role=grid]', '[role=tab]']) {
    test(`Escape on ${place} rolls back, once`, () =>
      withReview(deleteModel(), async (open) => {
        await open.page.locator(place).first().press('Escape');
        await open.page.keyboard.press('Escape');
        assert.equal((await open.waitForPosted('rollback')).length, 1);
      }));
  }

  test('Escape in the field rolls back', () =>
    withReview(deleteModel(), async (open) => {
      await field(open).fill('delete');
      await field(open).press('Escape');
      await open.waitForPosted('rollback');
    }));
});

describe('states', () => {
  test('a refusal is shown and the change stays open', () =>
    withReview(deleteModel(), async (open) => {
      await field(open).fill(phrase);
      await passGuard(open);
      await commitButton(open).click();
      assert.equal(await canCommit(open), false);
      await open.send({ type: 'refused', message: 'The journal could not be written, so nothing was committed.' });
      await open.page.getByText('The journal could not be written').waitFor();
      assert.equal(await canRollBack(open), true);
      await passGuard(open);
      assert.equal(await canCommit(open), true);
    }, { clock: true }));

  test('while committing nothing can be pressed', () =>
    withReview(updateModel(), async (open) => {
      await open.send({ type: 'committing' });
      await open.page.getByText('Committing\u2026', { exact: true }).waitFor();
      await passGuard(open);
      assert.equal(await canRollBack(open), false);
      assert.equal(await canCommit(open), false);
      await open.page.keyboard.press('Escape');
      assert.deepEqual(await open.posted('rollback'), []);
    }, { clock: true }));

  for (const kind of ['committed', 'rolled-back', 'failed', 'in-doubt', 'refused'] as const) {
    test(`after ${kind} the page says so and offers no decision`, () =>
      withReview(deleteModel(), async (open) => {
        await open.send({ type: 'end', end: { kind, title: `Title of ${kind}`, text: 'What it means.' } });
        await open.page.getByRole('alert').getByText(`Title of ${kind}`).waitFor();
        assert.equal(await open.page.getByRole('button', { name: /Commit|Roll Back/ }).count(), 0);
        assert.equal(await open.page.locator('vscode-text-field').isVisible(), false);
        assert.equal(await open.page.getByText('Nothing is final yet').isVisible(), false);
        const count = (await open.posted()).length;
        await open.page.keyboard.press('Escape');
        await open.page.keyboard.press('Enter');
        await open.send({ type: 'refused', message: 'late' }, { type: 'committing' });
        assert.equal((await open.posted()).length, count);
        assert.equal(await open.page.getByText('late').isVisible(), false);
        await open.page.getByRole('button', { name: 'Copy SQL' }).click();
        assert.equal((await open.waitForPosted('copy')).length, 1);
      }));
  }

  test('the countdown runs, and at zero the server is said to roll back', () =>
    withReview(updateModel({ now: Date.now(), expiresAt: Date.now() + 60_000 }), async (open) => {
      const text = open.page.locator('.count-text');
      await open.page.clock.fastForward(20_000);
      await text.getByText(/rolls back in 0:(39|40)/).waitFor();
      await open.page.clock.fastForward(41_000);
      await text.getByText('time is up, the server rolls back').waitFor();
      assert.equal(await canCommit(open), false);
      assert.equal(await canRollBack(open), true);
    }, { clock: true }));

  test('the countdown is right when the host has another clock', () => {
    const hostNow = Date.now() - 3_600_000;
    return withReview(updateModel({ now: hostNow, expiresAt: hostNow + 90_000 }), async (open) => {
      await open.page.locator('.count-text').getByText(/rolls back in 1:(30|[12]\d)/).waitFor();
    });
  });

  test('the countdown never promises more than the whole hold', () =>
    withReview(updateModel({ expiresAt: Date.now() + 10 * holdMs }), async (open) => {
      await open.page.locator('.count-text').getByText('rolls back in 2:00').waitFor();
    }));
});

describe('what is shown', () => {
  const hostile = `<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>&lt;b&gt;`;

  test('markup in names, SQL and values stays text', () =>
    withReview(
      deleteModel({
        title: hostile,
        subtitle: hostile,
        connection: hostile,
        where: hostile,
        phrase: hostile,
        risks: [{ level: 'high', text: hostile }],
        statements: [{ text: `SELECT '${hostile}'`, commandTag: hostile, rows: 1 }, { text: hostile, commandTag: 'X', rows: 0 }],
        effects: [{ table: { schema: hostile, table: hostile }, inserted: 1, updated: 0, deleted: 0, why: hostile }],
        facts: [{ label: hostile, text: hostile }],
      }),
      async (open) => {
        const table = { schema: hostile, table: hostile, columns: [{ name: hostile, type: hostile }], key: [], total: 1, counts: { inserted: 1, updated: 0, deleted: 0 }, incomplete: hostile };
        await open.send({ type: 'tables', tables: [table] }, { type: 'rows', table: 0, start: 0, rows: [{ kind: 'inserted', after: [hostile] }] }, { type: 'locks', text: hostile });
        await open.page.getByRole('gridcell').getByText(hostile).waitFor();
        await open.send({ type: 'refused', message: hostile }, { type: 'end', end: { kind: 'failed', title: hostile, text: hostile } });
        assert.equal(await open.page.locator('h1').textContent(), hostile);
        assert.equal(await open.page.locator('img, body script:not([nonce])').count(), 0);
        assert.equal(await open.page.evaluate(() => 'hacked' in window), false);
      },
      { answer: () => undefined },
    ));

  test('characters that reorder or hide text are shown in the SQL and in names', () =>
    withReview(deleteModel({ statements: [{ text: "SELECT 'a\u202eb'", commandTag: 'SELECT 1', rows: 1 }], title: 'Deletes \u2066x\u200b' }), async (open) => {
      assert.equal(await open.page.locator('.sql-line').textContent(), "SELECT 'aU+202Eb'");
      assert.equal(await open.page.locator('h1').textContent(), 'Deletes U+2066xU+200B');
      assert.equal(await open.page.getByRole('img', { name: 'U+202E, right-to-left override' }).count(), 1);
    }));

  test('NULL, empty text and blanks look different', () =>
    withReview(deleteModel(), async (open) => {
      await open.page.locator('.grid-cell.null').getByText('NULL').waitFor();
      assert.equal(await open.page.locator('.grid-cell.blank').first().textContent(), 'empty');
      assert.equal(await open.page.getByText('Lena Fischer').textContent(), 'Lena Fischer\u00b7');
    }));

  test('a changed value stands beside the one before', () =>
    withReview(deleteModel(), async (open) => {
      await open.page.getByRole('tab', { name: /orders/ }).click();
      const cell = open.page.locator('.grid-cell.changed').first();
      await cell.waitFor();
      assert.equal(await cell.locator('del').textContent(), '1042');
      assert.equal(await cell.locator('ins').textContent(), 'NULL');
    }));

  test('what the statement names comes before what it reached', () => {
    const effects = [...deleteModel().effects].reverse();
    return withReview(deleteModel({ effects }), async (open) => {
      await open.send({ type: 'tables', tables: [...deleteTables].reverse() });
      assert.equal(await open.page.locator('.effects tbody th').first().locator('small').textContent(), 'statement');
      assert.match((await open.page.getByRole('tab', { selected: true }).textContent()) ?? '', /^customers/);
      assert.equal((await open.waitForPosted('pull')).at(-1)?.['table'], 3);
    });
  });

  test('totals are sums of the tables', () =>
    withReview(deleteModel(), async (open) => {
      assert.deepEqual(await open.page.locator('.sum > *').allTextContents(), ['59 rows in 4 tables', 'exact, counted by the server', '3', '12', '44', '']);
    }));

  test('long SQL is cut at first and can be seen whole', () => {
    const text = Array.from({ length: 400 }, (_, index) => `UPDATE t SET a = ${String(index)};`).join('\n');
    return withReview(deleteModel({ statements: [{ text, commandTag: 'UPDATE 1', rows: 1 }] }), async (open) => {
      assert.equal(await open.page.locator('.sql-line').count(), 20);
      await open.page.getByText('Show more: 400 lines in all').click();
      assert.equal(await open.page.locator('.sql-line').count(), 400);
      await open.page.getByRole('button', { name: 'Copy SQL' }).click();
      assert.deepEqual(await open.waitForPosted('copy'), [{ type: 'copy', text, rows: 0 }]);
    });
  });

  test('the whole of a long value opens in the host', () =>
    withReview(deleteModel(), async (open) => {
      const rows = [{ kind: 'updated', before: ['1', 'x'.repeat(900), 'a', 'b', 'c', 'd'], after: ['1', 'y'.repeat(1000), 'a', 'b', 'c', 'd'], changed: [1], clipped: [{ column: 1, side: 'after', length: 5_000_000 }] }];
      await open.send({ type: 'tables', tables: [{ ...deleteTables[0], total: 1 }] }, { type: 'rows', table: 0, start: 0, rows });
      await open.page.getByRole('button', { name: 'Show all 5,000,000 characters' }).click();
      assert.deepEqual(await open.waitForPosted('open-value'), [{ type: 'open-value', table: 0, row: 0, column: 1, side: 'after' }]);
    }, { answer: () => undefined }));
});

describe('many rows', () => {
  const total = 100_000;
  const table = { ...deleteTables[1], total, counts: { inserted: 0, updated: 0, deleted: total } };
  const answer: OpenOptions['answer'] = (message) => {
    if (message.type !== 'pull') return undefined;
    const { start, count } = message as unknown as { start: number; count: number };
    return { type: 'rows', table: 0, start, rows: Array.from({ length: count }, (_, offset) => ({ kind: 'deleted', before: [String(start + offset), `session ${String(start + offset)}`] })) };
  };

  test('100 000 rows are pulled by window and none is blank', () =>
    withReview(deleteModel(), async (open) => {
      await open.send({ type: 'tables', tables: [table] });
      const grid = open.page.getByRole('grid');
      assert.equal(await grid.getAttribute('aria-rowcount'), String(total + 1));
      for (const part of [0, 0.13, 0.5, 0.77, 1]) {
        await grid.evaluate((element, share) => element.scrollTo({ top: element.scrollHeight * share }), part);
        await open.page.waitForFunction(() => {
          const rows = [...document.querySelectorAll('.grid-row:not([hidden])')];
          return rows.length > 10 && rows.every((row) => row.querySelectorAll('.grid-cell:not([hidden])')[1]?.textContent?.startsWith('session'));
        });
      }
      await open.page.getByRole('gridcell', { name: 'session 99999', exact: true }).waitFor();
      const pulls = await open.posted('pull');
      assert.ok(pulls.every((pull) => (pull['count'] as number) <= 500));
      assert.ok(pulls.length < 30, `${String(pulls.length)} pulls`);
    }, { answer }));

  test('copying rows that are not all here copies nothing and says so', () =>
    withReview(deleteModel(), async (open) => {
      await open.send({ type: 'tables', tables: [table] });
      await open.page.getByRole('gridcell', { name: 'session 0', exact: true }).click();
      await open.page.keyboard.press('Control+a');
      await open.page.keyboard.press('Control+c');
      await open.page.getByText('Nothing was copied').waitFor({ state: 'attached' });
      assert.deepEqual(await open.posted('copy'), []);
    }, { answer }));

  test('chosen cells are copied as lines with the sign of the change', () =>
    withReview(deleteModel(), async (open) => {
      await open.page.getByRole('gridcell', { name: '1042' }).click();
      await open.page.keyboard.press('Shift+ArrowDown');
      await open.page.keyboard.press('Shift+ArrowRight');
      await open.page.keyboard.press('Control+c');
      assert.deepEqual(await open.waitForPosted('copy'), [{ type: 'copy', text: '\tid\tname\n-\t1042\tMarta Kowalska\n-\t1077\tJ. Okafor', rows: 2 }]);
    }));
});

describe('a table in which several things happened', () => {
  const signs = (open: OpenPage) => open.page.locator('.grid-row:not([hidden]) .grid-gutter').allTextContents();
  async function withMixed(play: (open: OpenPage) => Promise<void>): Promise<void> {
    await withReview(mixedModel(), async (open) => {
      await open.send({ type: 'tables', tables: mixedTables });
      await open.page.locator('.kind.deleted').waitFor();
      await play(open);
    }, { answer: answerMixed });
  }

  test('shows one kind of rows, by mouse and by key, and all of them again', () =>
    withMixed(async (open) => {
      assert.deepEqual(await open.page.locator('.kind:visible').allTextContents(), ['30 inserted', '60 updated', '10 deleted']);
      await open.page.locator('.kind.deleted').click();
      await open.page.waitForFunction(() => [...document.querySelectorAll('.grid-row:not([hidden]) .grid-gutter')].every((cell) => cell.textContent === '\u2212'));
      assert.equal((await signs(open)).length, 10);
      assert.equal(await open.page.locator('.kind.deleted').getAttribute('aria-pressed'), 'true');
      await open.page.locator('.kind.inserted').focus();
      await open.page.keyboard.press('Enter');
      await open.page.waitForFunction(() => [...document.querySelectorAll('.grid-row:not([hidden]) .grid-gutter')].every((cell) => cell.textContent === '+'));
      await open.page.keyboard.press('Enter');
      await open.page.waitForFunction(() => new Set([...document.querySelectorAll('.grid-row:not([hidden]) .grid-gutter')].map((cell) => cell.textContent)).size === 3);
      await neverCommits(open);
    }));

  test('an opened value names the row among those that are shown', () =>
    withMixed(async (open) => {
      await open.page.locator('.kind.deleted').click();
      await open.page.waitForFunction(() => [...document.querySelectorAll('.grid-row:not([hidden]) .grid-gutter')].every((cell) => cell.textContent === '\u2212'));
      await open.page.locator('.grid-row:not([hidden]) .grid-cell').first().dblclick();
      const [opened] = await open.posted('open-value');
      assert.deepEqual({ ...opened }, { type: 'open-value', table: 0, row: 0, column: 0, side: 'before', kind: 'deleted' });
    }));

  test('says what definitions change, what goes with them, and how sure the numbers are', () =>
    withMixed(async (open) => {
      const items = await open.page.locator('.definition li').allInnerTexts();
      assert.deepEqual(items.map((text) => text.replaceAll(/\s+/g, ' ').trim()), ['+ column public.orders.note text not null', '\u2212 column public.orders.legacy', '~ trigger public.orders.log_order enabled \u2192 disabled', '\u2212 view public.open_orders goes with it']);
      assert.match(await open.page.locator('.sum').innerText(), /predicted/);
      assert.match(await open.page.locator('main').innerText(), /is written anew, whole[^]*1,204,331 rows/);
    }));
});
