/** Chosen cells of a change as text for the clipboard. Pure. */
import type { Row } from '../../src/core/effect/preview.ts';
import type { ReviewRow, ReviewTable } from '../../src/protocol/review.ts';
import type { CellRange } from '../lib/grid/selection.ts';

export type Copied = { readonly kind: 'text'; readonly text: string } | { readonly kind: 'refused'; readonly reason: string };

/**
 * Tab-separated text: one line per row version, with `+` for what is there now and `-` for what was. A single unchanged value is copied
 * alone. Copying never leaves something out silently.
 *
 * @param shown - positions of the grid's columns in the table
 */
export function copyChanges(table: ReviewTable, shown: readonly number[], range: CellRange, rowAt: (index: number) => ReviewRow | undefined): Copied {
  const positions = shown.slice(range.columns[0], range.columns[1]);
  const rows: ReviewRow[] = [];
  for (let index = range.rows[0]; index < range.rows[1]; index++) {
    const row = rowAt(index);
    if (row === undefined) return { kind: 'refused', reason: 'Nothing was copied: some of these rows are not loaded. Choose fewer rows.' };
    if (row.clipped?.some((cut) => positions.includes(cut.column))) {
      return { kind: 'refused', reason: 'Nothing was copied: a value is too long to be here whole. Open it with Enter and copy it there.' };
    }
    rows.push(row);
  }
  const single = rows.length === 1 && positions.length === 1 ? onlyValue(rows[0], positions[0] ?? 0) : undefined;
  if (single !== undefined) return { kind: 'text', text: single };
  const heading = ['', ...positions.map((position) => field(table.columns[position]?.name ?? ''))].join('\t');
  return { kind: 'text', text: [heading, ...rows.flatMap((row) => linesOf(row, positions))].join('\n') };
}

function onlyValue(row: ReviewRow | undefined, position: number): string | undefined {
  if (row === undefined) return undefined;
  if (row.kind !== 'updated') return (row.kind === 'deleted' ? row.before : row.after)[position] ?? 'NULL';
  return row.before[position] === row.after[position] ? (row.after[position] ?? 'NULL') : undefined;
}

function linesOf(row: ReviewRow, positions: readonly number[]): readonly string[] {
  const line = (sign: string, values: Row) => [sign, ...positions.map((position) => fieldOf(values[position]))].join('\t');
  switch (row.kind) {
    case 'inserted':
      return [line('+', row.after)];
    case 'deleted':
      return [line('-', row.before)];
    case 'updated':
      return [line('-', row.before), line('+', row.after)];
  }
}

function fieldOf(value: string | null | undefined): string {
  return value === null || value === undefined ? 'NULL' : field(value);
}

/** Quoted where a tab or a line break would end the field, as spreadsheets read it; a text NULL is quoted to differ from SQL NULL. */
function field(text: string): string {
  return /[\t\r\n"]/.test(text) || text === 'NULL' ? `"${text.replaceAll('"', '""')}"` : text;
}
