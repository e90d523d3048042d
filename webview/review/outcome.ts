/** How it ended: what happened, what it means for the data, what to do next. */
import type { ReviewEnd } from '../../src/protocol/review.ts';
import { el } from '../lib/dom.ts';
import { setVisibleText } from '../lib/textView.ts';

const words: Readonly<Record<ReviewEnd['kind'], string>> = {
  committed: 'committed',
  'rolled-back': 'rolled back',
  'not-run': 'not run',
  failed: 'failed',
  'in-doubt': 'in doubt',
  refused: 'refused',
};

const symbols: Readonly<Record<ReviewEnd['kind'], string>> = {
  committed: '\u2713',
  'rolled-back': '\u21ba',
  'not-run': '\u21ba',
  failed: '\u2715',
  'in-doubt': '?',
  refused: '\u2715',
};

export type OutcomeView = { readonly element: HTMLElement; show(end: ReviewEnd | undefined): void };

/** The one word for the banner. */
export function outcomeWord(kind: ReviewEnd['kind']): string {
  return words[kind];
}

export function createOutcomeView(): OutcomeView {
  const symbol = el('span', { class: 'outcome-symbol', 'aria-hidden': true });
  const title = el('h2', { class: 'outcome-title' });
  const text = el('p', {});
  const element = el('section', { class: 'outcome-card', role: 'alert', tabindex: -1, hidden: true }, symbol, el('div', {}, title, text));
  let shown: ReviewEnd | undefined;
  return {
    element,
    show: (end) => {
      // Drawn once: a screen reader says an alert again whenever it changes.
      if (end === shown) return;
      shown = end;
      element.hidden = end === undefined;
      if (end === undefined) return;
      element.className = `outcome-card ${end.kind}`;
      symbol.textContent = symbols[end.kind];
      setVisibleText(title, end.title);
      setVisibleText(text, end.text);
    },
  };
}
