/** Tells screen readers what changed without moving the focus. */
import { el } from './dom.ts';

export type Announcer = { readonly element: HTMLElement; say(text: string): void };

/** A polite live region; the same text twice in a row is said once. */
export function createAnnouncer(): Announcer {
  const element = el('div', { class: 'visually-hidden', role: 'status', 'aria-live': 'polite' });
  return {
    element,
    say: (text) => {
      if (element.textContent !== text) element.textContent = text;
    },
  };
}
