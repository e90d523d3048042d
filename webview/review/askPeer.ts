/** The form in which somebody asks another person: why, and whom. No key sends it but a press on its button. */
import { longestReason, longestTicket } from '../../src/protocol/peerReview.ts';
import type { PeerModel } from '../../src/protocol/peerReview.ts';
import { createButton } from '../lib/controls.ts';
import { el, setText, show } from '../lib/dom.ts';
import { textNodes } from '../lib/textView.ts';
import { guardButton } from './guardedButton.ts';

export type Asked = { readonly reason: string; readonly ticket?: string; readonly whom: readonly string[] };

export type AskForm = {
  readonly element: HTMLElement;
  readonly isOpen: boolean;
  /** Another change, or other members: what was written is kept while the members are the same. */
  setPeer(peer: PeerModel | undefined): void;
  open(): void;
  close(): void;
  /** @param working - what goes on instead; may be empty */
  setEnabled(enabled: boolean, working: string): void;
};

export type AskFormOptions = { onAsk(asked: Asked): void; /** Closed without asking. */ onClose(): void };

export function createAskForm({ onAsk, onClose }: AskFormOptions): AskForm {
  const reason = el('textarea', { id: 'ask-reason', rows: 2, maxlength: longestReason, 'aria-required': 'true', autocomplete: 'off' });
  const ticket = el('input', { id: 'ask-ticket', type: 'text', maxlength: longestTicket, autocomplete: 'off', spellcheck: 'false', placeholder: 'optional' });
  const people = el('fieldset', {});
  const terms = el('p', { class: 'terms' });
  const notes = el('ul', { class: 'sub' });
  const hint = el('div', { class: 'ask-hint', role: 'status', 'aria-live': 'polite' });
  const back = createButton({ label: 'Back', kind: 'secondary', onPress: () => close() });
  const send = createButton({ label: 'Ask', kind: 'primary', onPress: () => ask() });
  const parts = [
    terms,
    el('label', { for: 'ask-reason' }, 'Why it has to be done'),
    reason,
    el('div', { class: 'ask-row' }, el('div', { class: 'ask-ticket' }, el('label', { for: 'ask-ticket' }, 'Ticket'), ticket), people),
    notes,
    el('div', { class: 'ask-actions' }, back.element, hint, send.element),
  ];
  const element = el('section', { class: 'ask-form', 'aria-label': 'Ask a peer to confirm', hidden: true });
  const guarded = guardButton(send, () => paint());
  let peer: PeerModel | undefined;
  let isEnabled = true;
  let working = '';

  const chosen = (): readonly string[] => [...people.querySelectorAll('input')].filter(({ checked }) => checked).map(({ value }) => value);
  const missing = (): string => {
    if (reason.value.trim() === '') return 'Say why: whoever confirms has nothing else to go by.';
    return chosen().length === 0 ? 'Choose whom to ask.' : '';
  };
  const paint = (): void => {
    const isComplete = isEnabled && !element.hidden && missing() === '';
    guarded.paint(isComplete);
    back.setEnabled(isEnabled);
    for (const field of [reason, ticket, ...people.querySelectorAll('input')]) field.toggleAttribute('disabled', !isEnabled);
    setText(hint, isEnabled ? missing() : working);
  };
  const ask = (): void => {
    if (!guarded.isReady()) return;
    const number = ticket.value.trim();
    onAsk({ reason: reason.value.trim(), whom: chosen(), ...(number === '' ? {} : { ticket: number }) });
  };
  const hide = (): void => {
    show(element, false);
    element.replaceChildren();
  };
  const close = (): void => {
    if (element.hidden) return;
    hide();
    onClose();
  };
  element.addEventListener('input', paint);
  // Enter in the field does nothing at all.
  ticket.addEventListener('keydown', (event) => {
    if (event.key === 'Enter') event.preventDefault();
  });

  return {
    element,
    get isOpen() {
      return !element.hidden;
    },
    setPeer(next) {
      if (next === peer) return;
      if (JSON.stringify(next?.members) !== JSON.stringify(peer?.members)) people.replaceChildren(el('legend', {}, 'Whom to ask'), ...(next?.members ?? []).map(personRow));
      if (next === undefined) {
        reason.value = '';
        ticket.value = '';
        hide();
      }
      peer = next;
      terms.replaceChildren(...textNodes(next?.terms ?? ''));
      notes.replaceChildren(...(next?.notes ?? []).map((note) => el('li', {}, ...textNodes(note))));
      paint();
    },
    open() {
      element.append(...parts);
      show(element, true);
      paint();
      reason.focus();
    },
    close,
    setEnabled(enabled, instead) {
      isEnabled = enabled;
      working = instead;
      paint();
    },
  };
}

function personRow({ id, name, note }: PeerModel['members'][number]): HTMLElement {
  const box = el('input', { type: 'checkbox', value: id, checked: true });
  return el('label', { class: 'person' }, box, el('span', {}, ...textNodes(name), ...(note === '' ? [] : [el('span', { class: 'sub' }, ' ', ...textNodes(note))])));
}
