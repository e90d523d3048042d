/** The rows before and after, one tab per table. Windows of rows are pulled from the host. */
import type { TableEffect } from '../../src/core/effect/preview.ts';
import type { KindFilter, ReviewRow, ReviewTable, ReviewToHost, ReviewToPage } from '../../src/protocol/review.ts';
import { createButton } from '../lib/controls.ts';
import { el, setText } from '../lib/dom.ts';
import { countOf, formatCount } from '../lib/format.ts';
import { createGrid } from '../lib/grid/grid.ts';
import type { CellRange } from '../lib/grid/selection.ts';
import type { WindowCache } from '../lib/grid/windows.ts';
import { createWindowCache, windowSize } from '../lib/grid/windows.ts';
import { openMenuAt, type MenuItem } from '../lib/menu.ts';
import type { Tab } from '../lib/tabs.ts';
import { createTabs } from '../lib/tabs.ts';
import { textNodes } from '../lib/textView.ts';
import { copyChanges } from './copyChanges.ts';
import { diffSource } from './diffSource.ts';
import { statementFirst } from './effects.ts';
import { createKindFilter } from './kindFilter.ts';

export type Diff = {
  readonly element: HTMLElement;
  /** `undefined`: the rows are still being read. `effects` tells which tables come first. */
  setTables(tables: readonly ReviewTable[] | undefined, effects?: readonly TableEffect[]): void;
  receive(message: Extract<ReviewToPage, { type: 'rows' }>): void;
};

const rowHeight = 24;
const headerHeight = 26;
const mostRows = 14;

/** @param say - tells the person, also one who does not see it */
export function createDiff(post: (message: ReviewToHost) => void, say: (text: string) => void): Diff {
  const note = el('p', { class: 'note', hidden: true });
  const all = createButton({ label: '', kind: 'quiet', onPress: () => toggleColumns() });
  const state = el('p', { class: 'sub', role: 'status' });
  const grid = createGrid<ReviewRow>({
    name: 'diff',
    rowHeight,
    fill: true,
    onOpen: ({ row, column }) => openValue(row, column),
    onCopy: (range) => copy(range),
    onMenu: (range, x, y) => openMenuAt(x, y, 'Rows', [{ label: 'Copy', onChoose: () => copy(range) }, ...revealItems(range)]),
  });
  grid.element.id = 'rows-panel';
  const tabs = createTabs({ label: 'Changed tables', name: 'table', panel: 'rows-panel', onSelect: () => showOtherTable() });
  const filter = createKindFilter((kind) => showKind(kind));
  const bar = el('div', { class: 'rows-bar' }, tabs.element, filter.element, all.element);
  const element = el('section', { 'aria-labelledby': 'rows-title' }, el('h2', { id: 'rows-title' }, 'Rows'), state, bar, note, grid.element);

  let tables: readonly ReviewTable[] = [];
  let caches: WindowCache<ReviewRow>[] = [];
  let shown: readonly number[] = [];
  let onlyChanged = true;

  const current = () => Number(tabs.selected() ?? 0);

  const showTable = () => {
    const table = tables[current()];
    const cache = caches[current()];
    if (table === undefined || cache === undefined) return;
    filter.offer(table.counts);
    const total = totalOf(table, filter.kind());
    const changed = changedColumns(table);
    shown = onlyChanged && changed !== undefined ? changed : table.columns.map((_, index) => index);
    all.element.hidden = changed === undefined;
    all.setLabel(shown.length < table.columns.length ? `Show all ${countOf(table.columns.length, 'column')}` : 'Show changed columns only');
    note.hidden = table.incomplete === undefined;
    if (table.incomplete !== undefined) note.replaceChildren('Not all rows are here: ', ...textNodes(table.incomplete));
    grid.element.hidden = total === 0;
    grid.element.style.height = `${String(headerHeight + Math.min(mostRows, table.total) * rowHeight + 12)}px`;
    grid.show(diffSource({ ...table, total }, shown, cache), `${countOf(total, `${filter.kind() ?? 'changed'} row`)} of ${table.schema}.${table.table}`);
  };
  /** Rows of another kind are other rows under the same numbers. */
  const showKind = (kind: KindFilter | undefined) => {
    const table = tables[current()];
    if (table === undefined) return;
    caches[current()] = cacheFor(table, current(), kind);
    showTable();
    say(`${countOf(totalOf(table, kind), `${kind ?? 'changed'} row`)} shown`);
  };
  const cacheFor = (table: ReviewTable, index: number, kind: KindFilter | undefined) =>
    createWindowCache<ReviewRow>({
      total: totalOf(table, kind),
      size: windowSize(table.columns.length),
      now: () => performance.now(),
      pull: ({ start, count }) => post({ type: 'pull', table: index, start, count, ...(kind === undefined ? {} : { kind }) }),
    });
  /** Every table begins with all of its rows. */
  const showOtherTable = () => {
    const table = tables[current()];
    if (table !== undefined && filter.kind() !== undefined) caches[current()] = cacheFor(table, current(), undefined);
    filter.reset();
    showTable();
  };
  const toggleColumns = () => {
    onlyChanged = !onlyChanged;
    showTable();
  };
  const openValue = (row: number, column: number) => {
    const change = caches[current()]?.row(row);
    const position = shown[column];
    if (change === undefined || position === undefined) return;
    const side = change.kind === 'deleted' ? 'before' : 'after';
    const kind = filter.kind();
    post({ type: 'open-value', table: current(), row, column: position, side, ...(kind === undefined ? {} : { kind }) });
  };
  /** Offered where the range has something to reveal; the host asks why, and records it. */
  const revealItems = ({ columns }: CellRange): readonly MenuItem[] => {
    const masked = shown.slice(columns[0], columns[1]).filter((position) => tables[current()]?.masked?.includes(position));
    const label = masked.length === 1 ? 'Reveal Column\u2026' : `Reveal ${String(masked.length)} Columns\u2026`;
    return masked.length === 0 ? [] : [{ label, hint: 'recorded', onChoose: () => post({ type: 'reveal', table: current(), columns: masked }) }];
  };
  const copy = (range: CellRange) => {
    const table = tables[current()];
    const cache = caches[current()];
    if (table === undefined || cache === undefined) return;
    const copied = copyChanges(table, shown, range, (row) => cache.row(row));
    if (copied.kind === 'text') post({ type: 'copy', text: copied.text, rows: range.rows[1] - range.rows[0] });
    say(copied.kind === 'text' ? `Copied ${countOf(range.rows[1] - range.rows[0], 'row')}` : copied.reason);
  };

  return {
    element,
    setTables: (next, effects = []) => {
      // The same tables again, with columns revealed: whoever looked at one goes on looking at it.
      const isReveal = tables.some(({ masked }) => masked !== undefined) && JSON.stringify(tables.map(nameOf)) === JSON.stringify(next?.map(nameOf));
      const selected = isReveal ? tabs.selected() : undefined;
      tables = next ?? [];
      filter.reset();
      caches = tables.map((table, index) => cacheFor(table, index, undefined));
      const isEmpty = tables.length === 0;
      state.hidden = !isEmpty;
      setText(state, next === undefined ? 'Reading the changed rows\u2026' : 'There are no rows to show.');
      bar.hidden = isEmpty;
      grid.element.hidden = isEmpty;
      note.hidden = true;
      const whyOf = ({ table }: { readonly table: ReviewTable }) => effects.find((effect) => effect.table.schema === table.schema && effect.table.table === table.table)?.why;
      const ordered = statementFirst(tables.map((table, index) => ({ table, index })), whyOf);
      tabs.set(ordered.map(({ table, index }) => tabFor(table, index)));
      if (ordered[0] !== undefined) tabs.select(selected ?? String(ordered[0].index));
      if (!isEmpty) showTable();
    },
    receive: ({ table, start, rows, kind }) => {
      // An answer to a question that was asked before the filter changed.
      if (kind !== (table === current() ? filter.kind() : undefined)) return;
      caches[table]?.receive(start, rows);
      if (table === current()) grid.refresh();
    },
  };
}

function nameOf({ schema, table }: ReviewTable): readonly string[] {
  return [schema, table];
}

function totalOf(table: ReviewTable, kind: KindFilter | undefined): number {
  return kind === undefined ? table.total : table.counts[kind];
}

/** Key and changed columns, when that is fewer than all and every change is an update. */
function changedColumns(table: ReviewTable): readonly number[] | undefined {
  const { changed, counts, columns, key } = table;
  if (changed === undefined || counts.inserted > 0 || counts.deleted > 0) return undefined;
  const wanted = columns.map((_, index) => index).filter((index) => key.includes(index) || changed.includes(index));
  return wanted.length > 0 && wanted.length < columns.length && columns.length > 6 ? wanted : undefined;
}

function tabFor(table: ReviewTable, index: number): Tab {
  const { inserted, updated, deleted } = table.totals ?? table.counts;
  const counts = [
    inserted > 0 ? el('i', { class: 'add' }, `+${formatCount(inserted)}`) : undefined,
    updated > 0 ? el('i', { class: 'chg' }, `~${formatCount(updated)}`) : undefined,
    deleted > 0 ? el('i', { class: 'del' }, `\u2212${formatCount(deleted)}`) : undefined,
  ].filter((node) => node !== undefined);
  return {
    id: String(index),
    content: [...textNodes(table.table), ...counts],
    title: `${table.schema}.${table.table}: ${formatCount(inserted)} inserted, ${formatCount(updated)} updated, ${formatCount(deleted)} deleted`,
  };
}
