/** Every text of both pages can be read in every theme: contrast as the accessibility guidelines ask for. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { launchBrowser, openPage } from './harness.ts';
import type { OpenPage } from './harness.ts';
import { answerReview } from './pictures.ts';
import { peerPictures } from './peerPictures.ts';
import { deleteModel, deleteTables } from './reviewFixtures.ts';
import { answerWith, orderRow, run, select } from './resultsFixtures.ts';
import type { Theme } from './themes.ts';
import { themes } from './themes.ts';

let browser: Browser;
before(async () => {
  browser = await launchBrowser();
});
after(() => browser.close());

const least: Readonly<Record<Theme, number>> = { dark: 4.5, light: 4.5, 'hc-dark': 7, 'hc-light': 7 };

/** Runs in the page: texts whose contrast with what is behind them is too low. */
function faintTexts(minimum: number): readonly string[] {
  type Rgba = readonly [number, number, number, number];
  const context = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const parse = (colour: string): Rgba => {
    if (context === null) throw new Error('no canvas');
    context.clearRect(0, 0, 1, 1);
    context.fillStyle = colour;
    context.fillRect(0, 0, 1, 1);
    const [r = 0, g = 0, b = 0, a = 0] = context.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
  };
  const over = (top: Rgba, bottom: Rgba): Rgba => {
    const mix = (index: 0 | 1 | 2) => top[index] * top[3] + bottom[index] * (1 - top[3]);
    return [mix(0), mix(1), mix(2), 1];
  };
  const luminance = (colour: Rgba) => {
    const part = (value: number) => (value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4);
    return 0.2126 * part(colour[0]) + 0.7152 * part(colour[1]) + 0.0722 * part(colour[2]);
  };
  const parentOf = (element: Element): Element | null => element.assignedSlot ?? element.parentElement ?? (element.getRootNode() as ShadowRoot).host ?? null;
  const backgroundOf = (element: Element): Rgba => {
    const layers: Rgba[] = [];
    for (let at: Element | null = element; at !== null; at = parentOf(at)) {
      const style = getComputedStyle(at);
      const gradient = /^linear-gradient\((.*?\))/.exec(style.backgroundImage)?.[1];
      if (gradient !== undefined) layers.push(parse(gradient));
      layers.push(parse(style.backgroundColor));
    }
    return layers.reduceRight<Rgba>((below, layer) => over(layer, below), [255, 255, 255, 1]);
  };
  const opacityOf = (element: Element) => {
    let opacity = 1;
    for (let at: Element | null = element; at !== null; at = parentOf(at)) opacity *= Number(getComputedStyle(at).opacity);
    return opacity;
  };
  const faint = new Set<string>();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const element = node.parentElement;
    if (element === null || (node.nodeValue ?? '').trim() === '' || !element.checkVisibility() || element.closest('[disabled], .visually-hidden, script')) continue;
    const behind = backgroundOf(element);
    const [r, g, b, a] = parse(getComputedStyle(element).color);
    const front = over([r, g, b, a * opacityOf(element)], behind);
    const [light = 0, dark = 0] = [luminance(front), luminance(behind)].sort((x, y) => y - x);
    const ratio = (light + 0.05) / (dark + 0.05);
    if (ratio < minimum) faint.add(`${element.tagName.toLowerCase()}.${element.className} "${(node.nodeValue ?? '').trim().slice(0, 30)}" ${ratio.toFixed(2)}`);
  }
  return [...faint];
}

async function check(open: OpenPage, theme: Theme): Promise<void> {
  assert.deepEqual(await open.page.evaluate(faintTexts, least[theme]), []);
}

for (const theme of themes) {
  test(`review, ${theme}`, async () => {
    for (const environment of ['production', 'staging', 'development'] as const) {
      const open = await openPage(browser, 'review', { theme, answer: answerReview });
      await open.waitForPosted('ready');
      await open.send({ type: 'model', model: deleteModel({ environment, expiresAt: Date.now() + 20_000, statements: [{ text: "-- why\nSELECT \"a\", 'b\u202e', 1", commandTag: 'SELECT 1', rows: 1 }] }) }, { type: 'tables', tables: deleteTables });
      await open.page.locator('vscode-text-field').locator('input').fill('delete 44 Rows');
      await open.page.getByRole('gridcell').first().waitFor();
      await check(open, theme);
      for (const table of ['orders', 'customer_log']) {
        await open.page.getByRole('tab', { name: table }).click();
        await open.page.locator('.grid-row:not(.pending)').first().waitFor();
        await check(open, theme);
      }
      for (const kind of ['committed', 'failed', 'in-doubt'] as const) {
        await open.send({ type: 'end', end: { kind, title: 'Title', text: 'Text' } });
        await check(open, theme);
      }
      await open.close();
    }
  });

  test(`results, ${theme}`, async () => {
    for (const environment of ['production', 'staging', 'development'] as const) {
      const open = await openPage(browser, 'results', { theme, answer: answerWith(orderRow), height: 420 });
      await open.waitForPosted('ready');
      await open.send({ type: 'model', model: run([select(40, { truncated: 'there are more' }), select(0, { state: 'not-run', columns: [] })], { environment }) });
      await open.page.getByRole('gridcell').nth(9).click();
      await open.page.keyboard.press('Shift+ArrowDown');
      await check(open, theme);
      await open.page.getByRole('button', { name: 'Copy As' }).click();
      await check(open, theme);
      await open.page.keyboard.press('Escape');
      await open.page.getByRole('tab', { name: /Messages/ }).click();
      await check(open, theme);
      await open.send({ type: 'model', model: run([select(0, { columns: [], state: 'failed', error: { message: 'm', hint: 'h', at: 'line 1' } })], { run: 2, environment, summary: { level: 'warning', title: 't', text: 'x' } }) });
      await check(open, theme);
      await open.close();
    }
  });

  test(`a change that others confirm, ${theme}`, async () => {
    for (const { page, play, answer } of peerPictures) {
      const open = await openPage(browser, page, { theme, ...(answer ? { answer } : {}) });
      await open.waitForPosted('ready');
      await play(open);
      await check(open, theme);
      await open.close();
    }
  });
}
