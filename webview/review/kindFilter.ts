/** Which kind of changed rows is shown. One stop for the Tab key each; pressed or not is said by the button itself. */
import type { KindFilter, ReviewTable } from '../../src/protocol/review.ts';
import { el } from '../lib/dom.ts';
import { formatCount } from '../lib/format.ts';

export type KindFilterView = {
  readonly element: HTMLElement;
  /** `undefined`: all rows. */
  kind(): KindFilter | undefined;
  /** Shows a button for each kind there is; nothing when there is only one. */
  offer(counts: ReviewTable['counts']): void;
  /** All rows again. Does not call `onChange`. */
  reset(): void;
};

const kinds: readonly KindFilter[] = ['inserted', 'updated', 'deleted'];

export function createKindFilter(onChange: (kind: KindFilter | undefined) => void): KindFilterView {
  let chosen: KindFilter | undefined;
  const buttons = kinds.map((kind) => {
    const button = el('button', { type: 'button', class: `kind ${kind}` });
    button.addEventListener('click', () => {
      chosen = chosen === kind ? undefined : kind;
      paint();
      onChange(chosen);
    });
    return { kind, button };
  });
  const element = el('div', { class: 'kinds', role: 'group', 'aria-label': 'Show only' }, ...buttons.map(({ button }) => button));
  const paint = () => {
    for (const { kind, button } of buttons) button.setAttribute('aria-pressed', String(kind === chosen));
  };
  paint();
  return {
    element,
    kind: () => chosen,
    offer: (counts) => {
      const present = kinds.filter((kind) => counts[kind] > 0);
      element.hidden = present.length < 2;
      for (const { kind, button } of buttons) {
        button.hidden = counts[kind] === 0;
        button.textContent = `${formatCount(counts[kind])} ${kind}`;
      }
    },
    reset: () => {
      chosen = undefined;
      paint();
    },
  };
}
