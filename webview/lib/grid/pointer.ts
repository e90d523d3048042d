/** What the mouse does in a grid: choose, extend, drag over cells, open, ask for the menu. */
import type { Cell } from './selection.ts';

export type PointerTargets = {
  /** The cell at a point of the window, the nearest one when the point is outside. */
  cellAt(x: number, y: number): Cell | undefined;
  onPress(cell: Cell, extend: boolean): void;
  onDrag(cell: Cell): void;
  onRow(row: number, extend: boolean): void;
  onOpen(cell: Cell): void;
  onMenu(cell: Cell, x: number, y: number): void;
};

export function followPointer(element: HTMLElement, targets: PointerTargets): void {
  element.addEventListener('mousedown', (event) => {
    const place = placeOf(event.target);
    if (place === undefined || event.button !== 0) return;
    const cell = targets.cellAt(event.clientX, event.clientY);
    if (cell === undefined) return;
    // The grid itself takes the focus; text is selected by cells.
    event.preventDefault();
    element.focus({ preventScroll: true });
    if (place === 'gutter') return targets.onRow(cell.row, event.shiftKey);
    targets.onPress(cell, event.shiftKey);
    if (place === 'more') return targets.onOpen(cell);
    dragFrom(cell, targets);
  });
  element.addEventListener('dblclick', (event) => {
    const cell = targets.cellAt(event.clientX, event.clientY);
    if (placeOf(event.target) === 'cell' && cell !== undefined) targets.onOpen(cell);
  });
  element.addEventListener('contextmenu', (event) => {
    event.preventDefault();
    const cell = targets.cellAt(event.clientX, event.clientY);
    if (placeOf(event.target) !== undefined && cell !== undefined) targets.onMenu(cell, event.clientX, event.clientY);
  });
}

function placeOf(target: EventTarget | null): 'cell' | 'gutter' | 'more' | undefined {
  if (!(target instanceof Element)) return undefined;
  if (target.closest('[data-open]')) return 'more';
  if (target.closest('.grid-gutter')) return 'gutter';
  return target.closest('.grid-cell') ? 'cell' : undefined;
}

/** The pointer may leave the grid while the button is down: the rectangle then grows towards it and the grid scrolls. */
function dragFrom(start: Cell, targets: PointerTargets): void {
  let last = start;
  let x = 0;
  let y = 0;
  let timer: number | undefined;
  const follow = () => {
    const cell = targets.cellAt(x, y);
    if (cell === undefined || (cell.row === last.row && cell.column === last.column)) return;
    last = cell;
    targets.onDrag(cell);
  };
  const onMove = (event: MouseEvent) => {
    x = event.clientX;
    y = event.clientY;
    follow();
    timer ??= window.setInterval(follow, 40);
  };
  const stop = () => {
    window.clearInterval(timer);
    window.removeEventListener('mousemove', onMove);
    window.removeEventListener('mouseup', stop);
  };
  window.addEventListener('mousemove', onMove);
  window.addEventListener('mouseup', stop);
}
