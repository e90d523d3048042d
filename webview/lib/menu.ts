/** A small menu at a point of the window. */
import { el } from './dom.ts';

export type MenuItem = { readonly label: string; readonly hint?: string; onChoose(): void };

let openMenu: (() => void) | undefined;

/** Opens a menu and closes any other. Arrows move, Enter or a click chooses, Escape or a press elsewhere closes. */
export function openMenuAt(x: number, y: number, label: string, items: readonly MenuItem[]): void {
  openMenu?.();
  const before = document.activeElement;
  const element = el(
    'div',
    { class: 'menu', role: 'menu', 'aria-label': label },
    ...items.map((item) => el('button', { type: 'button', role: 'menuitem', tabindex: -1, class: 'menu-item' }, item.label, item.hint === undefined ? undefined : el('span', { class: 'menu-hint' }, item.hint))),
  );
  const buttons = [...element.children] as HTMLElement[];
  const close = () => {
    openMenu = undefined;
    window.removeEventListener('blur', close);
    document.removeEventListener('mousedown', closeOutside, true);
    element.remove();
    if (before instanceof HTMLElement) before.focus({ preventScroll: true });
  };
  const closeOutside = (event: Event) => {
    if (!element.contains(event.target as Node)) close();
  };
  for (const [index, button] of buttons.entries()) {
    button.addEventListener('click', () => {
      close();
      items[index]?.onChoose();
    });
    button.addEventListener('mousemove', () => button.focus());
  }
  element.addEventListener('keydown', (event) => {
    event.stopPropagation();
    if (event.key === 'Escape' || event.key === 'Tab') close();
    const target = nextItem(event.key, buttons.indexOf(document.activeElement as HTMLElement), buttons.length);
    if (target !== undefined) buttons[target]?.focus();
    if (target !== undefined || event.key === 'Tab') event.preventDefault();
  });
  document.body.append(element);
  place(element, x, y);
  buttons[0]?.focus();
  openMenu = close;
  window.addEventListener('blur', close);
  document.addEventListener('mousedown', closeOutside, true);
}

/** Beside the point, and wholly in the window. */
function place(element: HTMLElement, x: number, y: number): void {
  const box = element.getBoundingClientRect();
  const margin = 4;
  const left = Math.max(margin, Math.min(x, window.innerWidth - box.width - margin));
  const top = y + box.height + margin > window.innerHeight ? Math.max(margin, y - box.height) : y;
  element.style.left = `${String(left)}px`;
  element.style.top = `${String(top)}px`;
}

function nextItem(key: string, index: number, count: number): number | undefined {
  if (key === 'ArrowDown') return (index + 1) % count;
  if (key === 'ArrowUp') return (index - 1 + count) % count;
  if (key === 'Home') return 0;
  return key === 'End' ? count - 1 : undefined;
}
