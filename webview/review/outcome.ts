/** How it ended: what happened, what it means for the data, what to do next. */
import type { ReviewEnd } from '../../src/protocol/review.ts';
import { createButton } from '../lib/controls.ts';
import { el } from '../lib/dom.ts';
import { setVisibleText } from '../lib/textView.ts';

const words: Readonly<Record<ReviewEnd['kind'], string>> = {
  committed: 'committed',
  'rolled-back': 'rolled back',
  'not-run': 'not run',
  failed: 'failed',
  'in-doubt': 'in doubt',
  refused: 'refused',
  rejected: 'rejected',
  expired: 'expired',
  cancelled: 'cancelled',
  drifted: 'not committed',
};

const symbols: Readonly<Record<ReviewEnd['kind'], string>> = {
  committed: '\u2713',
  'rolled-back': '\u21ba',
  'not-run': '\u21ba',
  failed: '\u2715',
  'in-doubt': '?',
  refused: '\u2715',
  rejected: '\u2715',
  expired: '\u2026',
  cancelled: '\u21ba',
  drifted: '\u2260',
};

export type OutcomeView = { readonly element: HTMLElement; show(end: ReviewEnd | undefined): void; focus(): void };

/** The one word for the banner. */
export function outcomeWord(kind: ReviewEnd['kind']): string {
  return words[kind];
}

export type OutcomeActions = {
  /** The person wants to ask for that request once more. */
  readonly onAskAgain: (request: string) => void;
  /** The person wants to see what taking back that run does. */
  readonly onUndo: (run: string) => void;
};

export function createOutcomeView({ onAskAgain, onUndo }: OutcomeActions): OutcomeView {
  const symbol = el('span', { class: 'outcome-symbol', 'aria-hidden': true });
  const title = el('h2', { class: 'outcome-title' });
  const text = el('p', {});
  const askAgain = createButton({ label: 'Ask Again\u2026', kind: 'primary', onPress: () => shown?.askAgain !== undefined && onAskAgain(shown.askAgain) });
  const undo = createButton({ label: 'Undo This Change\u2026', kind: 'secondary', onPress: () => shown?.undo !== undefined && onUndo(shown.undo) });
  const actions = el('div', { class: 'actions' }, askAgain.element, undo.element);
  const element = el('section', { class: 'outcome-card', role: 'alert', tabindex: -1, hidden: true }, symbol, el('div', {}, title, text, actions));
  let shown: ReviewEnd | undefined;
  return {
    element,
    show: (end) => {
      // Drawn once: a screen reader says an alert again whenever it changes.
      if (end === shown) return;
      shown = end;
      element.hidden = end === undefined;
      // What ended before is not said of what is shown now.
      for (const part of [symbol, title, text]) part.replaceChildren();
      if (end === undefined) return;
      element.className = `outcome-card ${end.kind}`;
      symbol.textContent = symbols[end.kind];
      setVisibleText(title, end.title);
      setVisibleText(text, end.text);
      askAgain.element.hidden = end.askAgain === undefined;
      undo.element.hidden = end.undo === undefined;
      actions.hidden = end.askAgain === undefined && end.undo === undefined;
    },
    focus: () => element.focus(),
  };
}
