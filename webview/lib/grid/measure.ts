/** How wide columns should be. */
import type { GridSource } from './source.ts';

export const minimumWidth = 44;
const widest = 360;
const padding = 22;
const sampleCells = 40_000;

/**
 * A width for every column from its name and from rows that are here.
 *
 * @param unit - width of one character in CSS pixels
 * @param limit - no column becomes wider than this by itself
 */
export function fitColumns<R>(source: GridSource<R>, unit: number, limit = widest): number[] {
  const lengths = source.columns.map((column) => [...column.name].length + (column.mark?.length ?? 0));
  let budget = sampleCells;
  for (const row of source.sample()) {
    if ((budget -= lengths.length) < 0) break;
    for (const [column, length] of lengths.entries()) {
      lengths[column] = Math.max(length, source.cellLength(row, column));
    }
  }
  return lengths.map((length) => Math.round(Math.min(limit, Math.max(minimumWidth, length * unit + padding))));
}

/** How much wider a column may become to fill space: a column of two digits stays a narrow one. */
const mostStretch = 1.8;

/** The same widths, made wider in proportion so that together they fill the space, or a good part of it. */
export function stretch(widths: readonly number[], available: number): readonly number[] {
  const sum = widths.reduce((total, width) => total + width, 0);
  if (sum === 0 || sum >= available) return widths;
  const space = Math.min(available, sum * mostStretch);
  let left = Math.floor(space);
  return widths.map((width, index) => {
    const wide = index === widths.length - 1 ? left : Math.floor((width * space) / sum);
    left -= wide;
    return wide;
  });
}

/** Width of a digit in the font of an element. */
export function characterWidth(element: Element): number {
  const context = document.createElement('canvas').getContext('2d');
  if (context === null) return 8;
  const style = getComputedStyle(element);
  context.font = `${style.fontSize} ${style.fontFamily}`;
  return context.measureText('0000000000').width / 10 || 8;
}
