/** Long values travel to a page by their beginning only: a cell of 50 MB must not reach the window that shows one line of it. */
import type { Row } from '../core/effect/preview.ts';

/** Most UTF-16 units of one value a page gets. Pages show fewer; the rest is for copying and comparing by eye. */
export const maxCellText = 1000;

/** A value of which the page has only the beginning. `length`: UTF-16 units of the whole value. */
export type ClippedCell = { readonly column: number; readonly length: number };

export type ClippedRow = { readonly row: Row; readonly clipped: readonly ClippedCell[] };

/**
 * Cuts the long values of a row. Pure.
 *
 * @returns the same row when nothing is cut; a surrogate pair is never torn apart
 */
export function clipRow(row: Row): ClippedRow {
  const clipped: ClippedCell[] = [];
  for (const [column, value] of row.entries()) {
    if (value !== null && value.length > maxCellText) clipped.push({ column, length: value.length });
  }
  if (clipped.length === 0) return { row, clipped };
  return { row: row.map((value) => (value === null || value.length <= maxCellText ? value : beginning(value))), clipped };
}

function beginning(value: string): string {
  const endsInsidePair = /[\ud800-\udbff]/.test(value[maxCellText - 1] ?? '');
  return value.slice(0, endsInsidePair ? maxCellText - 1 : maxCellText);
}
