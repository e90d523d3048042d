/** The line with the column names, and the handles that change their widths. */
import { el } from '../dom.ts';
import { textNodes } from '../textView.ts';
import type { ColumnAxis } from './axis.ts';
import { columnStart, columnWidth } from './axis.ts';
import { minimumWidth } from './measure.ts';
import type { GridColumn } from './source.ts';

export type HeaderOptions = {
  /** A person dragged a column to a width. */
  onResize(column: number, width: number): void;
  /** A person wants a column as wide as its content. */
  onFit(column: number): void;
  /** A person chose a whole column. */
  onSelect(column: number, extend: boolean): void;
  /** A person wants to know what can be done with a column. */
  onMenu(column: number, x: number, y: number): void;
};

export type Header = {
  readonly element: HTMLElement;
  paint(columns: readonly GridColumn[], range: readonly [number, number], axis: ColumnAxis, gutterWidth: number): void;
};

export function createHeader(options: HeaderOptions): Header {
  const corner = el('div', { class: 'grid-corner', role: 'columnheader', 'aria-colindex': 1, 'aria-label': 'row' });
  const cells = el('div', { class: 'grid-header-cells', role: 'presentation' });
  const element = el('div', { class: 'grid-header', role: 'row', 'aria-rowindex': 1 }, corner, cells);
  let axis: ColumnAxis | undefined;
  let drawn: readonly unknown[] = [];

  cells.addEventListener('mousedown', (event) => {
    const target = event.target as HTMLElement;
    const cell = target.closest<HTMLElement>('[data-column]');
    if (cell === null || event.button !== 0 || axis === undefined) return;
    const column = Number(cell.dataset['column']);
    if (!target.classList.contains('grid-resizer')) return options.onSelect(column, event.shiftKey);
    event.preventDefault();
    // Not the dblclick event: a drag in between draws the handle again, and then it would have another target.
    if (event.detail === 2) return options.onFit(column);
    drag(event, columnWidth(axis, column), (width) => options.onResize(column, width));
  });
  cells.addEventListener('contextmenu', (event) => {
    const cell = (event.target as HTMLElement).closest<HTMLElement>('[data-column]');
    if (cell === null) return;
    event.preventDefault();
    event.stopPropagation();
    options.onMenu(Number(cell.dataset['column']), event.clientX, event.clientY);
  });
  return {
    element,
    paint: (columns, range, nextAxis, gutterWidth) => {
      const next = [columns, range[0], range[1], nextAxis, gutterWidth];
      if (next.every((part, index) => part === drawn[index])) return;
      drawn = next;
      axis = nextAxis;
      const nodes: HTMLElement[] = [];
      for (let index = range[0]; index < range[1]; index++) {
        const column = columns[index];
        if (column === undefined) continue;
        const cell = headerCell(column, index);
        cell.style.left = `${String(gutterWidth + columnStart(axis, index))}px`;
        cell.style.width = `${String(columnWidth(axis, index))}px`;
        nodes.push(cell);
      }
      cells.replaceChildren(...nodes);
    },
  };
}

function headerCell(column: GridColumn, index: number): HTMLElement {
  return el(
    'div',
    { class: column.align === 'end' ? 'grid-head end' : 'grid-head', role: 'columnheader', 'aria-colindex': index + 2, 'data-column': index, title: column.title },
    el('span', { class: 'grid-head-name' }, ...textNodes(column.name)),
    column.mark === undefined ? undefined : el('span', { class: 'grid-head-mark' }, column.mark),
    el('span', { class: 'grid-resizer', 'aria-hidden': true }),
  );
}

/** Listens on the window, because the header is drawn again while a width changes. */
function drag(start: MouseEvent, width: number, onWidth: (width: number) => void): void {
  const move = (event: MouseEvent) => onWidth(Math.max(minimumWidth, Math.round(width + event.clientX - start.clientX)));
  const stop = () => {
    window.removeEventListener('mousemove', move);
    window.removeEventListener('mouseup', stop);
  };
  window.addEventListener('mousemove', move);
  window.addEventListener('mouseup', stop);
}
