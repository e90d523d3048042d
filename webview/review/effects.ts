/** The effect per table, as the server counted it. */
import type { TableEffect } from '../../src/core/effect/preview.ts';
import { isOfStatement } from '../../src/core/effect/why.ts';
import type { ReviewModel } from '../../src/protocol/review.ts';
import { el, svg } from '../lib/dom.ts';
import { countOf, formatCount } from '../lib/format.ts';
import { textNodes } from '../lib/textView.ts';

type Counts = Pick<TableEffect, 'inserted' | 'updated' | 'deleted'>;

/** The tables the statement names come first, then what it reached beyond them. */
export function statementFirst<Item>(items: readonly Item[], whyOf: (item: Item) => string | undefined): readonly Item[] {
  const isNamed = (item: Item): boolean => isOfStatement(whyOf(item) ?? '');
  return [...items.filter(isNamed), ...items.filter((item) => !isNamed(item))];
}

/** A table with a row per table and a line of totals; a sentence when nothing was touched. */
export function effectTable({ effects, unlisted, definition }: Pick<ReviewModel, 'effects' | 'unlisted' | 'definition'>): HTMLElement {
  if (effects.length === 0) return el('p', { class: 'sub' }, definition ? 'No row is changed.' : 'No row was changed.');
  const largest = Math.max(...effects.map(rowsOf));
  const sum = effects.reduce<Counts>(
    (total, effect) => ({ inserted: total.inserted + effect.inserted, updated: total.updated + effect.updated, deleted: total.deleted + effect.deleted }),
    { inserted: 0, updated: 0, deleted: 0 },
  );
  return el(
    'table',
    { class: 'effects' },
    el('thead', {}, el('tr', {}, heading('Table'), heading('Why', 'why'), heading('Inserted', 'n'), heading('Updated', 'n'), heading('Deleted', 'n'), el('td', { class: 'share' }))),
    el('tbody', {}, ...statementFirst(effects, ({ why }) => why).map((effect) => effectRow(effect, largest))),
    el(
      'tfoot',
      {},
      el(
        'tr',
        { class: 'sum' },
        el('th', { scope: 'row' }, `${countOf(rowsOf(sum), 'row')} in ${countOf(effects.length, 'table')}`),
        el('td', { class: 'why sub' }, howSure(effects, unlisted)),
        ...countCells(sum),
        el('td', { class: 'share' }),
      ),
    ),
  );
}

/** How far the numbers can be trusted, in words. */
function howSure(effects: readonly TableEffect[], unlisted = 0): string {
  if (effects.some(({ exactness }) => exactness === 'predicted')) return 'predicted: the server could not confirm it';
  if (unlisted > 0) return `exact for these tables; ${countOf(unlisted, 'more row')} changed by triggers`;
  return effects.some(({ exactness }) => exactness === 'listed') ? 'exact for what is listed' : 'exact, counted by the server';
}

/** `+3 log, ~12 orders, \u22123 customers`: one statement among several. */
export function describeShares(effects: readonly TableEffect[]): string {
  const signed = (effect: TableEffect) => ([['+', effect.inserted], ['~', effect.updated], ['\u2212', effect.deleted]] as const).flatMap(([sign, count]) => (count === 0 ? [] : [`${sign}${formatCount(count)}`]));
  return effects.map((effect) => `${signed(effect).join(' ')} ${effect.table.table}`).join(', ');
}

function heading(text: string, kind = ''): HTMLElement {
  return el('th', { scope: 'col', class: kind }, text);
}

function effectRow(effect: TableEffect, largest: number): HTMLElement {
  const { schema, table } = effect.table;
  const why = textNodes(effect.why);
  return el(
    'tr',
    {},
    el(
      'th',
      { scope: 'row', class: 't' },
      el('span', { class: 'sub' }, ...textNodes(schema), '.'),
      ...textNodes(table),
      effect.exactness === 'predicted' ? el('span', { class: 'unsure' }, 'predicted') : undefined,
      effect.emptied === true ? el('span', { class: 'emptied' }, 'emptied') : undefined,
      el('small', { class: 'sub' }, ...why.map((node) => node.cloneNode(true))),
    ),
    el('td', { class: 'why sub' }, ...why),
    ...countCells(effect),
    el('td', { class: 'share' }, bar(effect, largest)),
  );
}

function countCells(counts: Counts): readonly HTMLElement[] {
  return [countCell(counts.inserted, 'add'), countCell(counts.updated, 'chg'), countCell(counts.deleted, 'del')];
}

function countCell(count: number, tone: string): HTMLElement {
  return count === 0 ? el('td', { class: 'n sub' }, '\u2013') : el('td', { class: `n ${tone}` }, formatCount(count));
}

/** The share of each kind, on one scale for all tables; never so thin that it disappears. */
function bar(effect: Counts, largest: number): Element {
  const width = 120;
  const shape = svg('svg', { class: 'bar', width, height: 6, viewBox: `0 0 ${String(width)} 6`, 'aria-hidden': 'true' });
  let left = 0;
  for (const [count, tone] of [
    [effect.inserted, 'add'],
    [effect.updated, 'chg'],
    [effect.deleted, 'del'],
  ] as const) {
    if (count === 0) continue;
    const length = Math.max(6, (count / largest) * (width - 18));
    shape.append(svg('rect', { class: tone, x: left, y: 0, width: length, height: 6, rx: 3 }));
    left += length + 1;
  }
  return shape;
}

function rowsOf(counts: Counts): number {
  return counts.inserted + counts.updated + counts.deleted;
}
