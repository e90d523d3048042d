/** A request that others decide about: who is asked, what happened so far, until when, and what one can do meanwhile. */
import type { AwaitingModel, RequestAction } from '../../src/protocol/peerReview.ts';
import { createButton } from '../lib/controls.ts';
import type { Button } from '../lib/controls.ts';
import { el, show } from '../lib/dom.ts';
import { setVisibleText, textNodes } from '../lib/textView.ts';

export type AwaitingView = { readonly element: HTMLElement; show(awaiting: AwaitingModel | undefined): void; focus(): void };

export function createAwaitingView(onAction: (request: string, action: RequestAction) => void): AwaitingView {
  const title = el('h2', { class: 'outcome-title' });
  const text = el('p', {});
  const lines = el('ul', { class: 'happened' });
  const words = el('code', {});
  const compare = el('p', { class: 'sub' }, 'Request ', words, ' \u00b7 whoever is asked sees the same six words.');
  let current: AwaitingModel | undefined;
  const button = (label: string, action: RequestAction, kind: 'primary' | 'secondary' = 'secondary'): Button => createButton({ label, kind, onPress: () => current && onAction(current.request, action) });
  const runNow = button('Run Now', 'run-now', 'primary');
  const sign = button('Sign with a Passkey in the Browser', 'sign-emergency', 'primary');
  const link = button('Copy Link', 'copy-link', 'primary');
  const copy = button('Copy as Text', 'copy-text');
  const answer = button('Enter an Answer\u2026', 'enter-answer');
  const cancel = button('Cancel Request', 'cancel-request');
  const buttons = el('div', { class: 'actions' }, runNow.element, sign.element, link.element, copy.element, answer.element, cancel.element);
  const said = el('div', { role: 'status', 'aria-live': 'polite' }, title, text);
  const parts = [el('span', { class: 'outcome-symbol', 'aria-hidden': true }, '\u2026'), el('div', {}, said, lines, compare, buttons)];
  const element = el('section', { class: 'outcome-card awaiting', 'aria-label': 'Confirmation', tabindex: -1, hidden: true });

  return {
    element,
    show(awaiting) {
      if (awaiting === current) return;
      current = awaiting;
      show(element, awaiting !== undefined);
      if (awaiting === undefined) return element.replaceChildren();
      if (!element.hasChildNodes()) element.append(...parts);
      setVisibleText(title, awaiting.title);
      setVisibleText(text, awaiting.text);
      setVisibleText(words, awaiting.words);
      lines.replaceChildren(...awaiting.lines.map((line) => el('li', { class: line.tone }, ...textNodes(line.text))));
      const isWaiting = awaiting.stage === 'waiting';
      show(runNow.element, awaiting.stage === 'ready');
      const isEmergency = awaiting.purpose === 'emergency';
      show(sign.element, isWaiting && isEmergency);
      sign.setLabel(awaiting.hasLink ? 'Sign with a Passkey in the Browser' : 'Sign\u2026');
      show(link.element, isWaiting && awaiting.hasLink);
      show(copy.element, isWaiting);
      show(answer.element, isWaiting);
      // Nobody withdraws that others look at what is final.
      show(cancel.element, awaiting.stage !== 'running' && awaiting.purpose !== 'afterwards');
      show(compare, isWaiting && !isEmergency);
      element.classList.toggle('running', awaiting.stage === 'running');
    },
    focus: () => element.focus(),
  };
}
