/** A result as the grid shows it. */
import type { Row } from '../../src/core/effect/preview.ts';
import type { ClippedResultCell, ResultModel } from '../../src/protocol/results.ts';
import { formatCount } from '../lib/format.ts';
import type { GridSource } from '../lib/grid/source.ts';
import type { WindowCache } from '../lib/grid/windows.ts';
import { isNumericType } from '../lib/sqlTypes.ts';
import { paintValue } from '../lib/valueView.ts';

/** A row with the lengths of the values that were cut on the way here. */
export type ResultRow = { readonly values: Row; readonly lengths?: ReadonlyMap<number, number> };

/** Puts rows and the list of cut values of one window together. */
export function toResultRows(rows: readonly Row[], clipped: readonly ClippedResultCell[] = []): readonly ResultRow[] {
  const lengths = new Map<number, Map<number, number>>();
  for (const cut of clipped) {
    const row = lengths.get(cut.row) ?? new Map<number, number>();
    lengths.set(cut.row, row.set(cut.column, cut.length));
  }
  return rows.map((values, index) => {
    const cut = lengths.get(index);
    return cut === undefined ? { values } : { values, lengths: cut };
  });
}

function markOf({ arranged }: ResultModel, index: number, isMasked: boolean): { readonly mark?: string } {
  const sorted = arranged?.sort?.column === index ? [arranged.sort.direction === 'up' ? '\u2191' : '\u2193'] : [];
  const marks = [...(isMasked ? ['masked'] : []), ...sorted, ...(arranged?.only === index ? ['one value'] : [])];
  return marks.length === 0 ? {} : { mark: marks.join(' ') };
}

export function resultSource(result: ResultModel, rowCount: () => number, cache: WindowCache<ResultRow>): GridSource<ResultRow> {
  return {
    columns: result.columns.map((column, index) => {
      const isMasked = result.masked?.includes(index) === true;
      return {
        name: column.name,
        title: `${column.name}\n${column.type}${isMasked ? '\nMasked. \u201cReveal Column\u2026\u201d is in its menu.' : ''}`,
        align: isNumericType(column.type) ? 'end' : 'start',
        ...markOf(result, index, isMasked),
      };
    }),
    rowCount,
    row: (index) => cache.row(index),
    want: (first, last, direction) => cache.want(first, last, direction),
    sample: () => cache.loaded(),
    paintCell: (cell, row, column) => paintValue(cell, row.values[column] ?? null, row.lengths?.get(column)),
    cellLength: (row, column) => row.values[column]?.length ?? 4,
    rowClass: () => '',
    gutter: (index) => ({ text: formatCount(index + 1), label: `row ${formatCount(index + 1)}` }),
  };
}
