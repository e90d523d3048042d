/** Rows of one table as a grid shows them: what was, what is, and which values differ. */
import type { ReviewRow, ReviewTable } from '../../src/protocol/review.ts';
import { el } from '../lib/dom.ts';
import { formatCount } from '../lib/format.ts';
import type { GridColumn, GridSource } from '../lib/grid/source.ts';
import type { WindowCache } from '../lib/grid/windows.ts';
import { paintValue, valueNodes } from '../lib/valueView.ts';

/** A changed cell shows two values; each gets half of the room. */
const sideCap = 140;

const signs = {
  inserted: { text: '+', label: 'inserted', row: 'inserted' },
  deleted: { text: '\u2212', label: 'deleted', row: 'deleted' },
  updated: { text: '~', label: 'updated', row: 'updated' },
} as const;

/**
 * @param shown - positions in `table.columns`, in the order of the grid
 */
export function diffSource(table: ReviewTable, shown: readonly number[], cache: WindowCache<ReviewRow>): GridSource<ReviewRow> {
  const columns = shown.map((position) => columnOf(table, position));
  const positionOf = (column: number) => shown[column] ?? 0;
  return {
    columns,
    rowCount: () => table.total,
    row: (index) => cache.row(index),
    want: (first, last, direction) => cache.want(first, last, direction),
    sample: () => cache.loaded(),
    paintCell: (cell, row, column) => paintDiffCell(cell, row, positionOf(column)),
    cellLength: (row, column) => cellLength(row, positionOf(column)),
    rowClass: (row) => signs[row.kind].row,
    gutter: (index, row) => {
      if (row === undefined) return { text: '', label: `row ${formatCount(index + 1)}` };
      const sign = signs[row.kind];
      return { text: sign.text, label: `${sign.label}, row ${formatCount(index + 1)}` };
    },
  };
}

/** True when the update changed this column. The host says so for values of which it sent only the beginning. */
export function isChanged(row: ReviewRow, position: number): boolean {
  if (row.kind !== 'updated') return false;
  return row.changed === undefined ? row.before[position] !== row.after[position] : row.changed.includes(position);
}

function paintDiffCell(cell: HTMLElement, row: ReviewRow, position: number): string {
  if (row.kind === 'updated' && isChanged(row, position)) {
    const before = valueNodes(row.before[position] ?? null, lengthOf(row, position, 'before'), sideCap);
    const after = valueNodes(row.after[position] ?? null, lengthOf(row, position, 'after'), sideCap);
    cell.replaceChildren(
      el('del', { 'aria-label': 'before' }, ...before),
      el('span', { class: 'arrow', 'aria-label': 'now' }, '\u2192'),
      el('ins', { 'aria-label': 'after' }, ...after),
    );
    return 'changed';
  }
  const side = row.kind === 'deleted' ? 'before' : 'after';
  const values = row.kind === 'deleted' ? row.before : row.after;
  return paintValue(cell, values[position] ?? null, lengthOf(row, position, side));
}

/** Characters of the whole value when only its beginning is here. */
function lengthOf(row: ReviewRow, position: number, side: 'before' | 'after'): number | undefined {
  return row.clipped?.find((cut) => cut.column === position && cut.side === side)?.length;
}

function cellLength(row: ReviewRow, position: number): number {
  if (row.kind === 'inserted') return lengthFor(row.after[position]);
  if (row.kind === 'deleted') return lengthFor(row.before[position]);
  if (!isChanged(row, position)) return lengthFor(row.after[position]);
  return lengthFor(row.before[position]) + lengthFor(row.after[position]) + 3;
}

function lengthFor(value: string | null | undefined): number {
  return value === null || value === undefined ? 4 : value.length;
}

function columnOf(table: ReviewTable, position: number): GridColumn {
  const column = table.columns[position] ?? { name: '', type: '' };
  const isKey = table.key.includes(position);
  const isMasked = table.masked?.includes(position) === true;
  const marks = [...(isKey ? ['key'] : []), ...(isMasked ? ['masked'] : [])];
  return {
    name: column.name,
    title: `${column.name}\n${column.type}${isKey ? '\nprimary key' : ''}${isMasked ? '\nMasked. \u201cReveal Column\u2026\u201d is in its menu.' : ''}`,
    align: 'start',
    ...(marks.length === 0 ? {} : { mark: marks.join(', ') }),
  };
}
