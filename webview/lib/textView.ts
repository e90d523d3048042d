/** Turns text parts into nodes. */
import { el } from './dom.ts';
import type { TextPart } from './visibleText.ts';
import { visibleParts } from './visibleText.ts';

/** Nodes for parts of a text; stand-ins carry the name of the character they stand for. */
export function partNodes(parts: readonly TextPart[]): readonly Node[] {
  return parts.map((part) => {
    switch (part.kind) {
      case 'plain':
        return document.createTextNode(part.text);
      case 'space':
        return el('span', { class: 'space-mark' }, part.text);
      case 'mark':
        return el('span', { class: 'char-mark', title: part.name, role: 'img', 'aria-label': part.name }, part.text);
    }
  });
}

/** A name or sentence that others control: hidden and reordering characters are shown. */
export function textNodes(text: string): readonly Node[] {
  return partNodes(visibleParts(text, '\n'));
}

/** Replaces the content of an element by a text with hidden characters shown. */
export function setVisibleText(element: Element, text: string): void {
  element.replaceChildren(...textNodes(text));
}
