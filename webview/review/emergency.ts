/** The form in which somebody commits without others, in an emergency: why, where, and that they know what it means. */
import { longestReason } from '../../src/protocol/peerReview.ts';
import type { EmergencyModel } from '../../src/protocol/peerReview.ts';
import { createButton } from '../lib/controls.ts';
import { el, setText, show } from '../lib/dom.ts';
import { setVisibleText, textNodes } from '../lib/textView.ts';
import { comparePhrase, explainDifference } from './confirm.ts';
import { guardButton } from './guardedButton.ts';

export type Emergency = { readonly reason: string; readonly typed: string; readonly withoutUndo: boolean };

export type EmergencyForm = {
  readonly element: HTMLElement;
  readonly isOpen: boolean;
  /** Another change, or none: nothing that was written is kept. */
  setModel(model: EmergencyModel | undefined): void;
  /** Whether there will be a way back; not known counts as none. */
  setUndo(exists: boolean): void;
  open(): void;
  close(): void;
  /** @param working - what goes on instead; may be empty */
  setEnabled(enabled: boolean, working: string): void;
};

export type EmergencyFormOptions = { onCommit(emergency: Emergency): void; /** Closed without it. */ onClose(): void };

export function createEmergencyForm({ onCommit, onClose }: EmergencyFormOptions): EmergencyForm {
  const notes = el('ul', { class: 'sub' });
  const reason = el('textarea', { id: 'emergency-reason', rows: 2, maxlength: longestReason, 'aria-required': 'true', autocomplete: 'off' });
  const phrase = el('code', {});
  const typed = el('input', { id: 'emergency-name', type: 'text', 'aria-required': 'true', autocomplete: 'off', autocapitalize: 'off', spellcheck: 'false' });
  const knows = el('input', { type: 'checkbox' });
  const withoutUndo = el('label', { class: 'person' }, knows, el('span', {}, 'I know that there will be no way back.'));
  const hint = el('div', { class: 'ask-hint', role: 'status', 'aria-live': 'polite' });
  const back = createButton({ label: 'Back', kind: 'secondary', onPress: () => close() });
  const commit = createButton({ label: 'Commit Without Confirmation\u2026', kind: 'danger', onPress: () => press() });
  const parts = [
    el('h2', { class: 'emergency-title' }, 'Commit without the confirmation of others'),
    notes,
    el('label', { for: 'emergency-reason' }, 'Why it cannot wait'),
    reason,
    el('label', { for: 'emergency-name', class: 'emergency-name' }, 'Type ', phrase, ', the name of the connection'),
    typed,
    withoutUndo,
    el('div', { class: 'ask-actions' }, back.element, hint, commit.element),
  ];
  const element = el('section', { class: 'ask-form emergency', 'aria-label': 'Commit without the confirmation of others', hidden: true });
  const guarded = guardButton(commit, () => paint());
  let model: EmergencyModel | undefined;
  let isUndoKnown = false;
  let isEnabled = true;
  let working = '';

  const missing = (): string => {
    if (model === undefined) return '';
    if (model.problem !== undefined) return model.problem;
    const lacking = model.shortestReason - reason.value.trim().length;
    if (lacking > 0) return `Say why: everybody reads that. ${String(lacking)} ${lacking === 1 ? 'character' : 'characters'} more.`;
    const match = comparePhrase(model.phrase, typed.value);
    if (match === 'different') return explainDifference(model.phrase, typed.value);
    if (match !== 'match') return 'Type the name of the connection.';
    return isUndoKnown || knows.checked ? '' : 'Say that you know that there is no way back.';
  };
  const paint = (): void => {
    const lacks = missing();
    const isComplete = isEnabled && !element.hidden && model !== undefined && lacks === '';
    guarded.paint(isComplete);
    back.setEnabled(isEnabled);
    for (const field of [reason, typed, knows]) field.toggleAttribute('disabled', !isEnabled || model?.problem !== undefined);
    withoutUndo.hidden = isUndoKnown;
    setText(hint, isEnabled ? lacks : working);
  };
  const press = (): void => {
    if (!guarded.isReady()) return;
    onCommit({ reason: reason.value.trim(), typed: typed.value, withoutUndo: !isUndoKnown && knows.checked });
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
  typed.addEventListener('keydown', (event) => {
    if (event.key === 'Enter') event.preventDefault();
  });

  return {
    element,
    get isOpen() {
      return !element.hidden;
    },
    setModel(next) {
      if (JSON.stringify(next) === JSON.stringify(model)) return;
      model = next;
      reason.value = '';
      typed.value = '';
      knows.checked = false;
      if (next === undefined) hide();
      setVisibleText(phrase, next?.phrase ?? '');
      notes.replaceChildren(...(next?.notes ?? []).map((note) => el('li', {}, ...textNodes(note))));
      paint();
    },
    setUndo(exists) {
      isUndoKnown = exists;
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
