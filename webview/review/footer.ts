/** The decision. Roll Back is the safe way and has the focus; Commit has to be earned and no key belongs to it. */
import type { ReviewModel } from '../../src/protocol/review.ts';
import { createButton, createTextField } from '../lib/controls.ts';
import { el, setText } from '../lib/dom.ts';
import { setVisibleText } from '../lib/textView.ts';
import { createAskForm } from './askPeer.ts';
import type { Asked } from './askPeer.ts';
import { createEmergencyForm } from './emergency.ts';
import type { Emergency } from './emergency.ts';
import { comparePhrase, createPressGuard, explainDifference, pressGuardMs } from './confirm.ts';
import type { ReviewState } from './state.ts';
import { canRollBack } from './state.ts';

export type Footer = {
  readonly element: HTMLElement;
  /** Another change: what was typed is gone. */
  reset(model: ReviewModel): void;
  /** @param isExpired - the countdown reached zero */
  show(state: ReviewState, isExpired: boolean): void;
  focusRollBack(): void;
  /** Whether there will be a way back. */
  setUndo(exists: boolean): void;
  /** Back from a form to the decision. False when none was open. */
  leaveForm(): boolean;
};

export type FooterOptions = { onCommit(typed: string): void; onRollBack(): void; onAskPeer(asked: Asked): void; onEmergency(emergency: Emergency): void; onSetUpTeam(): void };

export function createFooter(options: FooterOptions): Footer {
  const rollBack = createButton({ label: 'Roll Back', kind: 'secondary', onPress: () => options.onRollBack() });
  const commit = createButton({ label: 'Commit', kind: 'danger', onPress: (event) => pressCommit(event) });
  // Nothing is earned before there is a change to show.
  commit.setEnabled(false);
  const form = createAskForm({ onAsk: (asked) => options.onAskPeer(asked), onClose: () => leaveForm() });
  const askPeer = createButton({ label: 'Ask a Peer to Confirm\u2026', kind: 'primary', onPress: () => enterForm() });
  const emergencyForm = createEmergencyForm({ onCommit: (emergency) => options.onEmergency(emergency), onClose: () => leaveEmergency() });
  const openEmergency = createButton({ label: 'Emergency: Commit Without Confirmation\u2026', kind: 'quiet', onPress: () => enterEmergency() });
  const emergency = el('div', { class: 'alone sub emergency-way', hidden: true }, openEmergency.element);
  const terms = el('span', { class: 'terms' });
  const setUpTeam = createButton({ label: 'Set Up a Team', kind: 'quiet', onPress: () => options.onSetUpTeam() });
  const aloneText = el('span', {});
  const alone = el('div', { class: 'alone sub', hidden: true }, aloneText, setUpTeam.element);
  const phrase = el('code', {});
  const askFor = el('span', {});
  const ask = el('span', { class: 'ask' }, askFor, phrase);
  const slot = el('span', { class: 'field' });
  const hint = el('div', { class: 'hint', role: 'status', 'aria-live': 'polite' });
  const outcome = el('span', { class: 'outcome sub' });
  const controls = el('div', { class: 'controls' }, rollBack.element, outcome, el('span', { class: 'space' }), terms, ask, slot, commit.element, askPeer.element);
  const element = el('footer', { hidden: true }, el('div', { class: 'wrap' }, form.element, emergencyForm.element, hint, alone, controls, emergency));
  /** From the moment Commit is earned until it can be pressed, and from then until a key can press it. */
  const guard = createPressGuard(() => performance.now());
  const keyGuard = createPressGuard(() => performance.now());

  let words = wordsFor(undefined);
  let field = createField();
  let wanted: string | undefined;
  let needsPeer = false;
  let state: ReviewState = { phase: 'loading' };
  let isExpired = false;
  let tooEarly = false;
  let waking: number | undefined;
  let shownHint = '';

  function createField() {
    const next = createTextField({ label: 'Text to type before Commit', onInput: () => paint() });
    // Enter in the field does nothing at all: not a commit, not a move of the focus.
    next.element.addEventListener('keydown', (event) => {
      if (event.key === 'Enter') event.preventDefault();
    });
    return next;
  }

  const isEarned = () => wanted === undefined || comparePhrase(wanted, field.value()) === 'match';
  const isShown = () => state.phase === 'open' && state.tables !== undefined && !isExpired;
  const isReady = () => isShown() && !needsPeer && isEarned();
  const mayAsk = () => isShown() && state.peer !== undefined && state.peer.problem === undefined;
  const enterForm = () => {
    if (!mayAsk()) return;
    form.open();
    paint();
  };
  const leaveForm = () => {
    paint();
    askPeer.focus();
  };
  const enterEmergency = () => {
    if (!isShown() || state.peer?.emergency === undefined) return;
    emergencyForm.open();
    paint();
  };
  const leaveEmergency = () => {
    paint();
    rollBack.focus();
  };

  const pressCommit = (event: Event) => {
    if (!isReady() || guard.isTooEarly()) return;
    // A click that no pointer made came from a key, or from a tool that stands in for one.
    tooEarly = event instanceof MouseEvent && event.detail === 0 && keyGuard.isTooEarly();
    if (tooEarly) return paint();
    options.onCommit(wanted === undefined ? '' : field.value());
  };
  // A key that is held down presses again and again, and may have been pressed for something else.
  commit.element.addEventListener('keydown', (event) => {
    if ((event.key === 'Enter' || event.key === ' ') && event.repeat) event.preventDefault();
  });
  document.addEventListener('visibilitychange', () => {
    guard.restart();
    paint();
  });

  const hintText = (): string => {
    if (state.phase !== 'open') return '';
    if (isExpired) return 'Time is up. The server rolls back; nothing is changed.';
    if (tooEarly) return `That was very quick, so nothing happened. Press ${words.consent} again if you mean it.`;
    if (wanted !== undefined && comparePhrase(wanted, field.value()) === 'different') return explainDifference(wanted, field.value());
    if (state.refused !== undefined) return state.refused;
    if (needsPeer && state.tables !== undefined) return state.peer === undefined ? 'Looking up who may confirm it\u2026' : (state.peer.problem ?? '');
    return state.tables === undefined ? `${needsPeer ? 'Asking' : 'Commit'} waits until the changed rows are shown.` : '';
  };
  const paintHint = () => {
    const text = hintText();
    if (text === shownHint) return;
    shownHint = text;
    setVisibleText(hint, text);
    hint.classList.toggle('warn', text !== '');
  };
  /** Comes back when the guard is over, so that the button looks pressable exactly when it is. */
  const wakeLater = () => {
    waking ??= window.setTimeout(() => {
      waking = undefined;
      paint();
    }, pressGuardMs);
  };
  const paintEmergency = (isOver: boolean) => {
    const wish = isOver ? undefined : state.peer?.emergency;
    emergencyForm.setModel(wish);
    emergencyForm.setEnabled(isShown(), state.phase === 'ask-sent' ? outcomeText(state, words) : '');
    emergency.hidden = wish === undefined || form.isOpen || emergencyForm.isOpen || state.phase !== 'open';
    openEmergency.setEnabled(isShown());
  };
  const paintPeer = (isOver: boolean) => {
    if (isOver || state.peer === undefined) form.setPeer(undefined);
    else form.setPeer(state.peer);
    form.setEnabled(mayAsk(), state.phase === 'ask-sent' ? outcomeText(state, words) : '');
    askPeer.element.hidden = !needsPeer || isOver;
    askPeer.setEnabled(mayAsk());
    terms.hidden = !needsPeer || isOver || state.phase !== 'open';
    setVisibleText(terms, state.peer?.problem === undefined ? (state.peer?.terms ?? '') : '');
    paintEmergency(isOver);
    const isForm = form.isOpen || emergencyForm.isOpen;
    controls.hidden = isForm;
    hint.hidden = isForm && state.refused === undefined;
    alone.hidden = state.alone === undefined || isOver;
    setText(aloneText, state.alone?.text ?? '');
  };
  const paint = () => {
    const ready = isReady();
    guard.setAlive(ready);
    const enabled = ready && !guard.isTooEarly();
    if (ready && !enabled) wakeLater();
    keyGuard.setAlive(enabled);
    if (!enabled) tooEarly = false;
    commit.setEnabled(enabled);
    rollBack.setEnabled(canRollBack(state));
    field.setEnabled(state.phase === 'open' && !isExpired);
    const isOver = state.phase === 'ended' || state.phase === 'awaiting';
    ask.hidden = wanted === undefined || needsPeer || isOver;
    slot.hidden = wanted === undefined || needsPeer || isOver;
    commit.element.hidden = needsPeer || isOver;
    rollBack.element.hidden = isOver;
    setText(outcome, outcomeText(state, words));
    outcome.classList.toggle('working', !isOver && state.phase !== 'open' && state.phase !== 'loading');
    paintPeer(isOver);
    paintHint();
  };

  return {
    element,
    reset: (model) => {
      wanted = model.phrase;
      needsPeer = model.needsPeer === true;
      form.setPeer(undefined);
      emergencyForm.setModel(undefined);
      emergencyForm.setUndo(false);
      words = wordsFor(model.basis);
      rollBack.setLabel(words.decline);
      commit.setLabel(words.consent);
      setText(askFor, words.ask);
      phrase.replaceChildren();
      if (wanted !== undefined) setVisibleText(phrase, wanted);
      // A new field: nothing of an earlier change can be in it, not even in its undo history.
      field = createField();
      slot.replaceChildren(field.element);
      tooEarly = false;
      guard.setAlive(false);
      keyGuard.setAlive(false);
      element.hidden = false;
    },
    show: (next, expired) => {
      if (next.refused !== state.refused && next.refused !== undefined) tooEarly = false;
      state = next;
      isExpired = expired;
      paint();
    },
    focusRollBack: () => rollBack.focus(),
    setUndo: (exists) => emergencyForm.setUndo(exists),
    leaveForm: () => {
      const wasOpen = form.isOpen || emergencyForm.isOpen;
      form.close();
      emergencyForm.close();
      return wasOpen;
    },
  };
}

type Words = { readonly decline: string; readonly consent: string; readonly ask: string; readonly working: string; readonly leaving: string };

/** What the buttons do depends on whether something is open, and whether there is anything to take back. */
function wordsFor(basis: ReviewModel['basis']): Words {
  switch (basis) {
    case 'not-run':
      return { decline: 'Do Not Run', consent: 'Run', ask: 'To run it, type\u00a0', working: 'Running\u2026', leaving: 'Leaving it\u2026' };
    case 'rehearsed':
      return { decline: 'Do Not Commit', consent: 'Commit', ask: 'To commit, type\u00a0', working: 'Running again, then committing\u2026', leaving: 'Leaving it\u2026' };
    case undefined:
      return { decline: 'Roll Back', consent: 'Commit', ask: 'To commit, type\u00a0', working: 'Committing\u2026', leaving: 'Rolling back\u2026' };
  }
}

function outcomeText(state: ReviewState, words: Words): string {
  switch (state.phase) {
    case 'commit-sent':
      return 'Asking for the commit\u2026';
    case 'committing':
      return words.working;
    case 'rollback-sent':
      return words.leaving;
    case 'ask-sent':
      return 'Signing and filing the request\u2026';
    case 'awaiting':
      return 'Nothing is open on the database. You can close this panel: the request goes on, and you find it under Confirmations.';
    case 'ended':
      return 'This review is over. You can close it.';
    default:
      return '';
  }
}
