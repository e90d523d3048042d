/** Shows one value of a row: NULL, empty text and blanks look different from each other, long text is cut with a way to see all. */
import { el } from './dom.ts';
import { formatCount } from './format.ts';
import { partNodes } from './textView.ts';
import { isPlain, visibleValue } from './visibleText.ts';

/** Longest text of one cell in the page, in UTF-16 units: long cells are what makes grids slow. */
export const cellCap = 300;

/** The start of a text that fits the cap; a surrogate pair is not torn apart. */
export function capText(text: string, cap = cellCap): string {
  if (text.length <= cap) return text;
  const end = /[\ud800-\udbff]/.test(text[cap - 1] ?? '') ? cap - 1 : cap;
  return text.slice(0, end);
}

/**
 * Puts a value into a cell.
 *
 * @param length - characters of the whole value when the host sent only its beginning
 * @returns the class that styles the cell, or an empty string
 */
export function paintValue(cell: HTMLElement, value: string | null, length?: number, cap = cellCap): string {
  if (value === null) {
    setSingleText(cell, 'NULL');
    return 'null';
  }
  if (value === '') {
    setSingleText(cell, 'empty');
    return 'blank';
  }
  const full = length ?? value.length;
  const shown = capText(value, cap);
  if (shown.length === full && isPlain(shown)) {
    setSingleText(cell, shown);
    return '';
  }
  cell.replaceChildren(...valueNodes(value, length, cap));
  return shown.length < full ? 'cut' : '';
}

/** The nodes of a value, for places that show more than one in a cell. */
export function valueNodes(value: string | null, length?: number, cap = cellCap): readonly Node[] {
  if (value === null) return [el('span', { class: 'null' }, 'NULL')];
  if (value === '') return [el('span', { class: 'blank' }, 'empty')];
  const full = length ?? value.length;
  const shown = capText(value, cap);
  const nodes = partNodes(visibleValue(shown));
  return shown.length < full ? [...nodes, moreMark(full)] : nodes;
}

/** `data-open` is what the grid looks for when it is pressed. */
function moreMark(full: number): HTMLElement {
  const title = `Show all ${formatCount(full)} characters`;
  return el('span', { class: 'more', 'data-open': true, role: 'button', title, 'aria-label': title }, '\u2026');
}

/** Text of a value for a label a screen reader says. */
export function spokenValue(value: string | null): string | undefined {
  return value === null ? 'null' : value === '' ? 'empty text' : undefined;
}

/** Keeps the text node when there is one: a scrolled grid does this hundreds of times per frame. */
function setSingleText(cell: HTMLElement, text: string): void {
  const only = cell.firstChild;
  if (only !== null && only === cell.lastChild && only.nodeType === Node.TEXT_NODE) only.nodeValue = text;
  else cell.textContent = text;
}
