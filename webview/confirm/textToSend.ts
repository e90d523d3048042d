/** A text to carry to somebody by hand. */
import { el } from '../lib/dom.ts';

export function textToSend(text: string, copyText: (text: string) => Promise<void>): HTMLElement {
  const area = el('textarea', { readonly: true, rows: 6, class: 'link', 'aria-label': 'Text to send' }, text);
  const copy = el('button', { type: 'button', class: 'primary' }, 'Copy');
  copy.addEventListener('click', () => {
    area.select();
    void copyText(text).then(
      () => (copy.textContent = 'Copied'),
      // Not allowed here: it is selected, and can be copied by hand.
      () => (copy.textContent = 'Press Ctrl+C'),
    );
  });
  return el('div', { class: 'to-send' }, area, copy);
}
