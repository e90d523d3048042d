/** Where rows and columns are: pure geometry, in CSS pixels. */

/** Browsers stop drawing correctly on very tall elements; above this height the scroll bar is scaled instead. */
export const maxScrollHeight = 8_000_000;

/** Rows of one height in a scrolled box. */
export type RowAxis = {
  readonly rows: number;
  readonly rowHeight: number;
  /** Height of the visible part. */
  readonly viewport: number;
  /** Height of the scrolled element. */
  readonly canvas: number;
  /** Content pixels per scrolled pixel; 1 unless the content is taller than `maxScrollHeight`. */
  readonly factor: number;
};

export function rowAxis(rows: number, rowHeight: number, viewport: number): RowAxis {
  const content = rows * rowHeight;
  const canvas = Math.min(content, maxScrollHeight);
  const factor = canvas > viewport ? (content - viewport) / (canvas - viewport) : 1;
  return { rows, rowHeight, viewport, canvas, factor };
}

/** The content pixel at the top edge when the box is scrolled by `scrollTop`. */
export function contentTop(axis: RowAxis, scrollTop: number): number {
  return Math.min(maxTop(axis), Math.max(0, scrollTop * axis.factor));
}

/** The scroll position that brings a content pixel to the top edge. */
export function scrollTopFor(axis: RowAxis, top: number): number {
  return Math.min(maxTop(axis), Math.max(0, top)) / axis.factor;
}

function maxTop(axis: RowAxis): number {
  return Math.max(0, axis.rows * axis.rowHeight - axis.viewport);
}

/** Half-open range of rows to draw, with some beyond either edge. */
export function visibleRows(axis: RowAxis, top: number, overscan: number): readonly [number, number] {
  const first = Math.floor(top / axis.rowHeight);
  const last = Math.ceil((top + axis.viewport) / axis.rowHeight);
  return [Math.max(0, first - overscan), Math.min(axis.rows, last + overscan)];
}

/** The content pixel at the top after bringing a row into view; the same when it is in view already. */
export function topToReveal(axis: RowAxis, top: number, row: number): number {
  const start = row * axis.rowHeight;
  if (start < top) return start;
  const end = start + axis.rowHeight;
  return end > top + axis.viewport ? end - axis.viewport : top;
}

/** Left edges of columns; one more than there are columns, the last being the whole width. */
export type ColumnAxis = { readonly offsets: Float64Array };

export function columnAxis(widths: readonly number[]): ColumnAxis {
  const offsets = new Float64Array(widths.length + 1);
  for (const [index, width] of widths.entries()) offsets[index + 1] = (offsets[index] ?? 0) + width;
  return { offsets };
}

export function columnStart(axis: ColumnAxis, column: number): number {
  return axis.offsets[column] ?? 0;
}

export function columnWidth(axis: ColumnAxis, column: number): number {
  return columnStart(axis, column + 1) - columnStart(axis, column);
}

export function totalWidth(axis: ColumnAxis): number {
  return axis.offsets[axis.offsets.length - 1] ?? 0;
}

/** The column at a pixel, the nearest one when the pixel is outside; -1 when there are none. */
export function columnAt(axis: ColumnAxis, x: number): number {
  let low = 0;
  let high = axis.offsets.length - 2;
  if (high < 0) return -1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (columnStart(axis, middle) <= x) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Half-open range of columns that touch the pixels from `left` to `left + width`, with some beyond either edge. */
export function visibleColumns(axis: ColumnAxis, left: number, width: number, overscan: number): readonly [number, number] {
  const count = axis.offsets.length - 1;
  if (count <= 0) return [0, 0];
  return [Math.max(0, columnAt(axis, left) - overscan), Math.min(count, columnAt(axis, left + width) + 1 + overscan)];
}
