/** Draws the rows in view into elements that are used again and again. */
import { el, setAttributes } from '../dom.ts';
import type { ColumnAxis } from './axis.ts';
import { columnStart, columnWidth } from './axis.ts';
import type { CellRange, Cell } from './selection.ts';
import { contains } from './selection.ts';
import type { GridSource } from './source.ts';

export type Frame<R> = {
  readonly source: GridSource<R>;
  readonly rows: readonly [number, number];
  readonly columns: readonly [number, number];
  readonly columnAxis: ColumnAxis;
  readonly gutterWidth: number;
  /** Where the first content pixel is, relative to the body; 0 unless the scroll bar is scaled. */
  readonly shift: number;
  readonly rowHeight: number;
  readonly range: CellRange | undefined;
  readonly active: Cell | undefined;
  /** Changes when rows, columns or widths did: everything is drawn again. */
  readonly version: number;
};

type CellSlot = { readonly element: HTMLElement; column: number; isSelected: boolean; isActive: boolean };
type RowSlot = { readonly element: HTMLElement; readonly gutter: HTMLElement; cells: CellSlot[]; row: number; version: number; top: number };

export type RowPainter<R> = { paint(frame: Frame<R>): void };

/**
 * @param body - holds the rows
 * @param activeId - id given to the active cell while it is drawn
 */
export function createRowPainter<R>(body: HTMLElement, activeId: string): RowPainter<R> {
  let slots: RowSlot[] = [];
  let cellSlots = 0;

  const ensureSlots = (count: number, perRow: number) => {
    if (count > slots.length) {
      const more = Array.from({ length: count - slots.length }, createRowSlot);
      body.append(...more.map((slot) => slot.element));
      slots = [...slots, ...more];
      for (const slot of slots) slot.row = -1;
    }
    if (perRow > cellSlots) {
      cellSlots = perRow;
      // Columns have other places now: everything is drawn again.
      for (const slot of slots) slot.row = -1;
    }
    for (const slot of slots) {
      while (slot.cells.length < cellSlots) slot.cells.push(addCell(slot.element));
    }
  };

  const paintRow = (slot: RowSlot, row: number, frame: Frame<R>) => {
    const data = frame.source.row(row);
    const isFresh = slot.row !== row || slot.version !== frame.version;
    slot.element.hidden = false;
    if (isFresh) {
      slot.row = row;
      slot.version = frame.version;
      // Cells out of view are not drawn now; they must not come back with the values of another row.
      for (const cell of slot.cells) cell.column = -1;
      slot.element.className = `grid-row ${data === undefined ? 'pending' : frame.source.rowClass(data)}`;
      const gutter = frame.source.gutter(row, data);
      if (slot.gutter.textContent !== gutter.text) slot.gutter.textContent = gutter.text;
      setAttributes(slot.gutter, { 'aria-label': gutter.label });
      setAttributes(slot.element, { 'aria-rowindex': row + 2 });
    }
    const top = row * frame.rowHeight + frame.shift;
    if (slot.top !== top) {
      slot.top = top;
      slot.element.style.transform = `translateY(${String(top)}px)`;
    }
    for (let column = frame.columns[0]; column < frame.columns[1]; column++) {
      const cell = slot.cells[column % cellSlots];
      if (cell === undefined) continue;
      if (cell.column !== column) paintCell(cell, data, column, frame);
      paintState(cell, row, column, frame);
    }
    for (const cell of slot.cells) cell.element.hidden = cell.column < frame.columns[0] || cell.column >= frame.columns[1];
  };

  const paintState = (cell: CellSlot, row: number, column: number, frame: Frame<R>) => {
    const isSelected = frame.range !== undefined && contains(frame.range, row, column);
    if (isSelected !== cell.isSelected) {
      cell.isSelected = isSelected;
      cell.element.classList.toggle('selected', isSelected);
      cell.element.setAttribute('aria-selected', String(isSelected));
    }
    const isActive = frame.active?.row === row && frame.active.column === column;
    if (isActive !== cell.isActive) {
      cell.isActive = isActive;
      cell.element.classList.toggle('active', isActive);
      setAttributes(cell.element, { id: isActive ? activeId : undefined });
    }
  };

  return {
    paint: (frame) => {
      const [first, last] = frame.rows;
      ensureSlots(last - first, frame.columns[1] - frame.columns[0]);
      for (const slot of slots) {
        // An id may exist only once: it is taken away before the new place gets it.
        for (const cell of slot.cells) if (cell.isActive) clearActive(cell);
      }
      const used = new Set<RowSlot>();
      for (let row = first; row < last; row++) {
        const slot = slots[row % slots.length];
        if (slot === undefined) continue;
        used.add(slot);
        paintRow(slot, row, frame);
      }
      for (const slot of slots) if (!used.has(slot)) hide(slot);
    },
  };
}

function createRowSlot(): RowSlot {
  const gutter = el('div', { class: 'grid-gutter', role: 'rowheader', 'aria-colindex': 1 });
  return { element: el('div', { class: 'grid-row', role: 'row' }, gutter), gutter, cells: [], row: -1, version: -1, top: Number.NaN };
}

function addCell(row: HTMLElement): CellSlot {
  const element = el('div', { class: 'grid-cell', role: 'gridcell', hidden: true });
  row.append(element);
  return { element, column: -1, isSelected: false, isActive: false };
}

function paintCell<R>(cell: CellSlot, data: R | undefined, column: number, frame: Frame<R>): void {
  const { element } = cell;
  cell.column = column;
  setAttributes(element, { 'aria-colindex': column + 2 });
  element.style.left = `${String(frame.gutterWidth + columnStart(frame.columnAxis, column))}px`;
  element.style.width = `${String(columnWidth(frame.columnAxis, column))}px`;
  const align = frame.source.columns[column]?.align === 'end' ? 'grid-cell end' : 'grid-cell';
  if (data === undefined) {
    element.textContent = '';
    element.className = align;
  } else {
    const extra = frame.source.paintCell(element, data, column);
    element.className = extra === '' ? align : `${align} ${extra}`;
  }
  element.removeAttribute('aria-selected');
  cell.isSelected = false;
  clearActive(cell);
}

function clearActive(cell: CellSlot): void {
  if (!cell.isActive) return;
  cell.isActive = false;
  cell.element.classList.remove('active');
  cell.element.removeAttribute('id');
}

function hide(slot: RowSlot): void {
  slot.element.hidden = true;
  slot.row = -1;
}
