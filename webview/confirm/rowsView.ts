/** Rows before and after, as the requester's machine sent them, one table at a time. */
import { maskedNote } from '../../src/core/approval/requestNotes.ts';
import type { RequestBody } from '../../src/core/approval/request.ts';
import { el, show } from '../lib/dom.ts';
import { countOf, formatCount } from '../lib/format.ts';
import { createTabs } from '../lib/tabs.ts';
import { textNodes } from '../lib/textView.ts';
import { valueNodes } from '../lib/valueView.ts';

type TableRows = RequestBody['preview']['tables'][number];
type Change = TableRows['changes'][number];

/** More rows are drawn when asked for: a phone should not draw ten thousand. */
const step = 200;
const signs = { inserted: '+', updated: '~', deleted: '\u2212' } as const;
const tones = { inserted: 'add', updated: 'chg', deleted: 'del' } as const;

export function rowsView(tables: readonly TableRows[]): HTMLElement {
  const panels = tables.map(tablePanel);
  if (tables.length === 1) return el('div', {}, ...panels);
  const select = (id: string): void => panels.forEach((panel, index) => show(panel, String(index) === id));
  const tabs = createTabs({ label: 'Tables', name: 'rows', panel: 'rows-panel', onSelect: select });
  tabs.set(tables.map((table, index) => ({ id: String(index), title: table.name, content: [...textNodes(table.name.slice(table.name.indexOf('.') + 1)), ...marksOf(table)] })));
  select('0');
  return el('div', {}, tabs.element, el('div', { id: 'rows-panel', role: 'tabpanel' }, ...panels));
}

function marksOf({ changes }: TableRows): readonly Node[] {
  return (['inserted', 'updated', 'deleted'] as const).flatMap((kind) => {
    const count = changes.filter((change) => change.kind === kind).length;
    return count === 0 ? [] : [el('i', { class: tones[kind] }, `${signs[kind]}${formatCount(count)}`)];
  });
}

function tablePanel(table: TableRows): HTMLElement {
  const body = el('tbody', {});
  const more = el('button', { type: 'button', class: 'quiet' });
  let shown = 0;
  const grow = (): void => {
    body.append(...table.changes.slice(shown, shown + step).map((change) => rowOf(table, change)));
    shown = Math.min(shown + step, table.changes.length);
    more.textContent = `Show more: ${countOf(table.changes.length - shown, 'row')} left`;
    show(more, shown < table.changes.length);
  };
  more.addEventListener('click', grow);
  grow();
  const heading = el('tr', {}, el('th', { class: 'sign' }, el('span', { class: 'visually-hidden' }, 'Change')), ...table.columns.map((_, index) => headingOf(table, index)));
  const hidden = maskedNote(table);
  return el(
    'div',
    {},
    table.incomplete === undefined ? undefined : el('p', { class: 'note' }, ...textNodes(table.incomplete)),
    hidden === undefined ? undefined : el('p', { class: 'note' }, ...textNodes(hidden)),
    el('div', { class: 'rows-scroll', tabindex: 0, role: 'region', 'aria-label': `Rows of ${table.name}` }, el('table', { class: 'rows' }, el('thead', {}, heading), body)),
    more,
  );
}

function headingOf({ columns, key, masked }: TableRows, index: number): HTMLElement {
  const { name, type } = columns[index] ?? { name: '', type: '' };
  const isMasked = masked.includes(index);
  return el('th', { scope: 'col', title: isMasked ? `${type}; its values are hidden from reviewers` : type, class: [key.includes(index) ? 'key' : '', isMasked ? 'masked' : ''].join(' ').trim() }, ...textNodes(name), isMasked ? el('span', { class: 'visually-hidden' }, ' (hidden)') : undefined);
}

function rowOf(table: TableRows, change: Change): HTMLElement {
  const cells = table.columns.map((_, column) => el('td', { class: [table.masked.includes(column) ? 'masked' : '', isChanged(change, column) ? 'changed' : ''].join(' ').trim() }, ...cellNodes(change, column)));
  return el('tr', { class: change.kind }, el('th', { scope: 'row', class: `sign ${tones[change.kind]}` }, el('span', { 'aria-hidden': 'true' }, signs[change.kind]), el('span', { class: 'visually-hidden' }, change.kind)), ...cells);
}

function isChanged(change: Change, column: number): boolean {
  return change.kind === 'updated' && change.before[column] !== change.after[column];
}

function cellNodes(change: Change, column: number): readonly Node[] {
  if (change.kind === 'inserted') return wholeValue(change.after[column]);
  if (change.kind === 'deleted') return wholeValue(change.before[column]);
  const after = wholeValue(change.after[column]);
  if (!isChanged(change, column)) return after;
  return [el('del', {}, ...wholeValue(change.before[column])), el('span', { class: 'arrow', 'aria-label': 'becomes' }, '\u2192'), el('ins', {}, ...after)];
}

/** Nothing is cut: a cell that is too long scrolls. */
function wholeValue(value: string | null | undefined): readonly Node[] {
  return valueNodes(value ?? null, undefined, Number.MAX_SAFE_INTEGER);
}
