/** Which cells are chosen: one active cell and the rectangle from an anchor to it. Pure. */

export type Cell = { readonly row: number; readonly column: number };
export type Selection = { readonly anchor: Cell; readonly active: Cell };

/** Half-open ranges. */
export type CellRange = { readonly rows: readonly [number, number]; readonly columns: readonly [number, number] };

export type Size = { readonly rows: number; readonly columns: number };

export type Move =
  | { readonly by: Cell }
  | { readonly to: { readonly row?: 'first' | 'last' | number; readonly column?: 'first' | 'last' | number } };

/** A selection of one cell. */
export function selectCell(cell: Cell): Selection {
  return { anchor: cell, active: cell };
}

/** Moves the active cell; `extend` keeps the anchor, so that the rectangle grows or shrinks. The result stays inside the grid. */
export function move(selection: Selection, how: Move, size: Size, extend: 'extend' | 'replace'): Selection {
  const from = selection.active;
  const target =
    'by' in how
      ? { row: from.row + how.by.row, column: from.column + how.by.column }
      : { row: place(how.to.row, from.row, size.rows), column: place(how.to.column, from.column, size.columns) };
  const active = { row: clamp(target.row, size.rows), column: clamp(target.column, size.columns) };
  return { anchor: extend === 'extend' ? selection.anchor : active, active };
}

/** The whole grid, with the first cell active, so that nothing has to scroll. */
export function selectAll(size: Size): Selection {
  return { anchor: { row: clamp(size.rows, size.rows), column: clamp(size.columns, size.columns) }, active: { row: 0, column: 0 } };
}

export function rangeOf(selection: Selection): CellRange {
  const { anchor, active } = selection;
  return {
    rows: [Math.min(anchor.row, active.row), Math.max(anchor.row, active.row) + 1],
    columns: [Math.min(anchor.column, active.column), Math.max(anchor.column, active.column) + 1],
  };
}

export function contains(range: CellRange, row: number, column: number): boolean {
  return row >= range.rows[0] && row < range.rows[1] && column >= range.columns[0] && column < range.columns[1];
}

function place(where: 'first' | 'last' | number | undefined, from: number, count: number): number {
  if (where === undefined) return from;
  return where === 'first' ? 0 : where === 'last' ? count - 1 : where;
}

function clamp(index: number, count: number): number {
  return Math.max(0, Math.min(count - 1, index));
}
