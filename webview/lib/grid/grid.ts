/** A grid that draws only what is in view: any number of rows and columns costs the same. Plain DOM, no frame work. */
import { el, setAttributes } from '../dom.ts';
import type { ColumnAxis, RowAxis } from './axis.ts';
import { columnAxis, columnStart, columnWidth, contentTop, rowAxis, scrollTopFor, topToReveal, totalWidth, visibleColumns, visibleRows } from './axis.ts';
import { createHeader } from './header.ts';
import { gridKey } from './keys.ts';
import { characterWidth, fitColumns, stretch } from './measure.ts';
import { createRowPainter } from './paint.ts';
import { followPointer } from './pointer.ts';
import type { Cell, CellRange, Selection } from './selection.ts';
import { contains, move, rangeOf, selectAll, selectCell } from './selection.ts';
import type { GridSource } from './source.ts';

export type GridOptions = {
  /** Unique in the page; ids are made from it. */
  readonly name: string;
  readonly rowHeight: number;
  /** Columns grow together until they fill the width. */
  readonly fill: boolean;
  /** Enter, double click or the mark of a cut value. */
  onOpen(cell: Cell): void;
  onCopy(range: CellRange): void;
  /** A menu was asked for, at a point of the window. */
  onMenu?(range: CellRange, x: number, y: number): void;
  onSelect?(range: CellRange | undefined): void;
};

export type Grid<R> = {
  readonly element: HTMLElement;
  /** Shows other data from the top, nothing selected. `keep`: the columns are the same, so their widths stay. */
  show(source: GridSource<R>, label: string, widths?: 'keep' | 'measure'): void;
  /** Rows arrived or their number changed. */
  refresh(): void;
  selection(): CellRange | undefined;
  /** The cell that keys act on. */
  active(): Cell | undefined;
  position(): { readonly top: number; readonly left: number };
  scrollTo(position: { readonly top: number; readonly left: number }): void;
  focus(): void;
};

const overscanRows = 5;
const overscanColumns = 1;

export function createGrid<R>(options: GridOptions): Grid<R> {
  const activeId = `${options.name}-active`;
  const body = el('div', { class: 'grid-body', role: 'rowgroup' });
  const header = createHeader({
    onResize: (column, width) => setWidth(column, width),
    onFit: (column) => setWidth(column, fitColumns(requireSource(), unit, 1200)[column] ?? 100),
    onSelect: (column, extend) => selectColumn(column, extend),
    onMenu: (column, x, y) => {
      selectColumn(column, false);
      menuAt(x, y);
    },
  });
  const canvas = el('div', { class: 'grid-canvas', role: 'presentation' }, el('div', { role: 'rowgroup', class: 'grid-head-group' }, header.element), body);
  const element = el('div', { class: 'grid', role: 'grid', tabindex: 0, 'aria-multiselectable': 'true' }, canvas);
  const painter = createRowPainter<R>(body, activeId);

  let source: GridSource<R> | undefined;
  let unit = 8;
  let widths: number[] = [];
  let isMeasured = false;
  let isResized = false;
  let columns: ColumnAxis = columnAxis([]);
  let rows: RowAxis = rowAxis(0, options.rowHeight, 0);
  let gutterWidth = 0;
  let top = 0;
  let direction: 1 | -1 = 1;
  let selection: Selection | undefined;
  let version = 0;

  const requireSource = (): GridSource<R> => {
    if (source === undefined) throw new TypeError('the grid shows nothing yet');
    return source;
  };
  const size = () => ({ rows: source?.rowCount() ?? 0, columns: source?.columns.length ?? 0 });

  const measure = () => {
    if (source === undefined || isMeasured) return;
    unit = characterWidth(body);
    widths = fitColumns(source, unit);
    isMeasured = source.row(0) !== undefined;
  };
  const layout = () => {
    if (source === undefined) return;
    measure();
    const count = source.rowCount();
    const digits = source.gutter(Math.max(0, count - 1), undefined).text.length;
    gutterWidth = Math.max(28, Math.ceil(digits * unit) + 16);
    const space = element.clientWidth - gutterWidth;
    columns = columnAxis(options.fill && !isResized ? stretch(widths, space) : widths);
    rows = rowAxis(count, options.rowHeight, Math.max(0, element.clientHeight - header.element.offsetHeight));
    canvas.style.width = `${String(Math.max(element.clientWidth, gutterWidth + totalWidth(columns)))}px`;
    canvas.style.setProperty('--gutter', `${String(gutterWidth)}px`);
    body.style.height = `${String(rows.canvas)}px`;
    // Only a scaled grid needs to see the wheel; any other scrolls without waiting for the script.
    if (rows.factor === 1) element.removeEventListener('wheel', onWheel);
    else element.addEventListener('wheel', onWheel, { passive: false });
    setAttributes(element, { 'aria-rowcount': count + 1, 'aria-colcount': source.columns.length + 1 });
    version++;
    paint();
  };
  const paint = () => {
    if (source === undefined) return;
    readScroll();
    const range = visibleRows(rows, top, overscanRows);
    const across = visibleColumns(columns, element.scrollLeft, element.clientWidth - gutterWidth, overscanColumns);
    source.want(range[0], range[1], direction);
    header.paint(source.columns, across, columns, gutterWidth);
    painter.paint({
      source,
      rows: range,
      columns: across,
      columnAxis: columns,
      gutterWidth,
      shift: rows.factor === 1 ? 0 : element.scrollTop - top,
      rowHeight: options.rowHeight,
      range: selection && rangeOf(selection),
      active: selection?.active,
      version,
    });
    setAttributes(element, { 'aria-activedescendant': element.querySelector(`[id="${activeId}"]`) === null ? undefined : activeId });
  };
  /** The scroll bar of a scaled grid is coarser than a row: a position set by key or wheel is kept while the bar agrees with it. */
  const readScroll = () => {
    const agrees = rows.factor !== 1 && Math.abs(scrollTopFor(rows, top) - element.scrollTop) < 1;
    const next = agrees ? top : contentTop(rows, element.scrollTop);
    if (next !== top) direction = next > top ? 1 : -1;
    top = next;
  };
  const moveTop = (next: number) => {
    const wanted = Math.max(0, next);
    if (wanted !== top) direction = wanted > top ? 1 : -1;
    element.scrollTop = scrollTopFor(rows, wanted);
    if (rows.factor !== 1) top = Math.min(wanted, Math.max(0, rows.rows * rows.rowHeight - rows.viewport));
  };
  const reveal = (cell: Cell) => {
    moveTop(topToReveal(rows, top, cell.row));
    const start = columnStart(columns, cell.column);
    const space = element.clientWidth - gutterWidth;
    if (start < element.scrollLeft) element.scrollLeft = start;
    else if (start + columnWidth(columns, cell.column) > element.scrollLeft + space) {
      element.scrollLeft = Math.min(start, start + columnWidth(columns, cell.column) - space);
    }
  };
  const choose = (next: Selection | undefined, follow: 'reveal' | 'stay') => {
    const { rows: rowCount, columns: columnCount } = size();
    selection = rowCount === 0 || columnCount === 0 ? undefined : next;
    if (selection !== undefined && follow === 'reveal') reveal(selection.active);
    paint();
    options.onSelect?.(selection && rangeOf(selection));
  };
  const selectColumn = (column: number, extend: boolean) => {
    const from = extend && selection ? selection.anchor.column : column;
    choose({ anchor: { row: Math.max(0, size().rows - 1), column: from }, active: { row: 0, column } }, 'stay');
    element.focus({ preventScroll: true });
  };
  const selectRow = (row: number, extend: boolean) => {
    const from = extend && selection ? selection.anchor.row : row;
    choose({ anchor: { row: from, column: Math.max(0, size().columns - 1) }, active: { row, column: 0 } }, 'stay');
  };
  const setWidth = (column: number, width: number) => {
    if (!isResized && options.fill) widths = widths.map((_, index) => columnWidth(columns, index));
    isResized = true;
    widths[column] = width;
    layout();
  };
  const onWheel = (event: WheelEvent) => {
    if (event.ctrlKey || event.shiftKey || event.deltaY === 0) return;
    event.preventDefault();
    moveTop(top + event.deltaY * (event.deltaMode === 1 ? options.rowHeight : 1));
    paint();
  };
  const menuAt = (x: number, y: number) => {
    if (selection !== undefined) options.onMenu?.(rangeOf(selection), x, y);
  };

  element.addEventListener('scroll', paint, { passive: true });
  element.addEventListener('focus', () => {
    if (selection === undefined) choose(selectCell({ row: Math.ceil(top / options.rowHeight), column: 0 }), 'stay');
  });
  element.addEventListener('keydown', (event) => {
    const key = gridKey(event, Math.max(1, Math.floor(rows.viewport / options.rowHeight) - 1));
    if (key === undefined || selection === undefined) return;
    event.preventDefault();
    switch (key.kind) {
      case 'move':
        return choose(move(selection, key.move, size(), key.extend), 'reveal');
      case 'all':
        return choose(selectAll(size()), 'stay');
      case 'copy':
        // The desktop editor copies the page's text selection too, which would take the place of ours.
        document.getSelection()?.removeAllRanges();
        return options.onCopy(rangeOf(selection));
      case 'open':
        return options.onOpen(selection.active);
      case 'menu': {
        const box = (element.querySelector(`[id="${activeId}"]`) ?? element).getBoundingClientRect();
        return menuAt(box.left + 8, box.bottom);
      }
    }
  });
  followPointer(element, {
    cellAt: (x, y) => cellAt(x, y),
    onPress: (cell, extend) => choose(extend && selection ? { anchor: selection.anchor, active: cell } : selectCell(cell), 'stay'),
    onDrag: (cell) => selection && choose({ anchor: selection.anchor, active: cell }, 'reveal'),
    onRow: selectRow,
    onOpen: options.onOpen,
    onMenu: (cell, x, y) => {
      const range = selection && rangeOf(selection);
      if (!range || !contains(range, cell.row, cell.column)) choose(selectCell(cell), 'stay');
      menuAt(x, y);
    },
  });
  const cellAt = (x: number, y: number): Cell | undefined => {
    const { rows: rowCount, columns: columnCount } = size();
    if (rowCount === 0 || columnCount === 0) return undefined;
    const box = element.getBoundingClientRect();
    const row = Math.floor((y - box.top - header.element.offsetHeight + top) / options.rowHeight);
    const column = Math.max(0, visibleColumns(columns, x - box.left - gutterWidth + element.scrollLeft, 0, 0)[0]);
    return { row: Math.max(0, Math.min(rowCount - 1, row)), column };
  };
  new ResizeObserver(layout).observe(element);

  return {
    element,
    show: (next, label, keep = 'measure') => {
      source = next;
      if (keep === 'measure') {
        isMeasured = false;
        isResized = false;
      }
      selection = undefined;
      top = 0;
      direction = 1;
      element.scrollTop = 0;
      element.scrollLeft = 0;
      setAttributes(element, { 'aria-label': label });
      layout();
    },
    refresh: () => layout(),
    selection: () => selection && rangeOf(selection),
    active: () => selection?.active,
    position: () => ({ top, left: element.scrollLeft }),
    scrollTo: (position) => {
      element.scrollLeft = position.left;
      moveTop(position.top);
      paint();
    },
    focus: () => element.focus({ preventScroll: true }),
  };
}
