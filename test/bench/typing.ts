/** Typing in a long script that is connected to production, beside the same script in an editor without Countersign. */
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { CDPSession } from 'playwright-core';
import { root } from '../../scripts/lib/paths.mjs';
import { freePort } from '../../scripts/lib/postgres.mjs';
import { startEditor, type Editor } from '../support/editor.ts';

type Add = (what: string, ours: number, baseline: number, unit: string) => void;
type Cost = { /** Processor time for each key. */ readonly rendererMs: number; readonly hostMs: number; /** The longest time the extension host did not listen. */ readonly stallMs: number };
type Window = { readonly editor: Editor; readonly measure: () => Promise<Cost>; readonly stop: () => Promise<void> };

const keys = 60;
const betweenKeysMs = 60;
/** Whatever waits for a pause in typing comes within. */
const pauseMs = 1500;
const rounds = 3;

export async function typingFigures(add: Add): Promise<void> {
  for (const [megabytes, statements] of [[1, 5000], [5, 25_000]] as const) {
    const text = Array.from({ length: statements }, (_each, index) => `UPDATE orders SET note = 'a longer text with — dashes, ${'x'.repeat(120)}' WHERE id = ${String(index)};\n`).join('');
    const [ours, bare] = [await openWindow(text, true), await openWindow(text, false)];
    const costs: { ours: Cost[]; bare: Cost[] } = { ours: [], bare: [] };
    for (let round = 0; round < rounds; round += 1) {
      costs.ours.push(await ours.measure());
      costs.bare.push(await bare.measure());
    }
    const least = (of: readonly Cost[], value: (cost: Cost) => number): number => Math.min(...of.map(value));
    const name = `a key in a script of ${String(megabytes)} MB`;
    add(`${name}, processor time of the window`, least(costs.ours, ({ rendererMs }) => rendererMs), least(costs.bare, ({ rendererMs }) => rendererMs), 'ms');
    add(`${name}, processor time of the extension host`, least(costs.ours, ({ hostMs }) => hostMs), least(costs.bare, ({ hostMs }) => hostMs), 'ms');
    add(`${name}, longest stall of the extension host`, least(costs.ours, ({ stallMs }) => stallMs), least(costs.bare, ({ stallMs }) => stallMs), 'ms');
    if (megabytes === 1) await lensLatency(ours.editor, add);
    await Promise.all([ours.stop(), bare.stop()]);
  }
}

async function openWindow(text: string, isOurs: boolean): Promise<Window> {
  const port = await freePort();
  const folder = (name: string): string => path.join(import.meta.dirname, 'extensions', name);
  const connection = { name: 'shop', environment: 'production', host: '127.0.0.1', port: 1, user: 'bench', database: 'shop' };
  const editor = await startEditor({
    extensions: [folder('probe'), isOurs ? root : folder('empty')],
    files: { 'big.sql': text, 'short.sql': 'SELECT 1;\n' },
    settings: { 'countersign.connections': [connection] },
    env: { COUNTERSIGN_BENCH_PORT: String(port) },
  });
  const { ui, page } = editor;
  // A figure that comes late is better than none.
  editor.context.setDefaultTimeout(120_000);
  for (const file of ['short.sql', 'big.sql']) {
    await ui.openFile(file);
    if (!isOurs) continue;
    await ui.command('Countersign: Connect This Document to…');
    await ui.pick(`Connection for ${file}`, 'shop');
    await ui.statusSays('countersign.connection', 'PROD');
  }
  await ui.goToLine(Math.round(text.split('\n').length / 2));
  const renderer = await page.context().newCDPSession(page);
  await renderer.send('Performance.enable', { timeDomain: 'threadTicks' });
  return { editor, measure: async () => await typeKeys(editor, renderer, port), stop: async () => await editor.stop() };
}

async function typeKeys({ page }: Editor, renderer: CDPSession, port: number): Promise<Cost> {
  await page.bringToFront();
  await wait(pauseMs);
  await askProbe(port);
  const before = await taskMs(renderer);
  for (let key = 0; key < keys; key += 1) {
    await page.keyboard.press('x');
    await wait(betweenKeysMs);
  }
  await wait(pauseMs);
  const { cpuMs, stallMs } = await askProbe(port);
  return { rendererMs: ((await taskMs(renderer)) - before) / keys, hostMs: cpuMs / keys, stallMs };
}

async function askProbe(port: number): Promise<{ cpuMs: number; stallMs: number }> {
  return (await (await fetch(`http://127.0.0.1:${String(port)}/`)).json()) as { cpuMs: number; stallMs: number };
}

async function taskMs(renderer: CDPSession): Promise<number> {
  const { metrics } = await renderer.send('Performance.getMetrics');
  return (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN) * 1000;
}

/** From the key that ends a statement to the lens that says what it risks; 350 ms of it are the pause it waits for. */
async function lensLatency({ ui, page }: Editor, add: Add): Promise<void> {
  await ui.openFile('short.sql');
  await page.locator('.codelens-decoration a').filter({ hasText: 'Run' }).first().waitFor();
  await ui.focusEditor();
  await page.keyboard.press('ControlOrMeta+End');
  await page.keyboard.insertText('DELETE FROM orders');
  const started = performance.now();
  await page.keyboard.press(';');
  await page.locator('.codelens-decoration a').filter({ hasText: /no WHERE/u }).first().waitFor();
  add('from a key to the lens about a risk, against the pause it waits for', performance.now() - started, 350, 'ms');
}
