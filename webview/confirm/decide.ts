/** Yes or no: who says it, with which key, and only after everything was seen. What signing takes is the business of whoever sends it. */
import { el, show } from '../lib/dom.ts';

/** Somebody who can answer here, and what their button says. */
export type Answerer = { readonly id: string; readonly name: string; readonly note: string; readonly approveLabel: string };
export type Answer = { readonly decision: 'approve' | 'reject'; readonly comment: string };

export type DecideOptions = {
  readonly answerers: readonly Answerer[];
  /** Index of the one who answered here before. */
  readonly remembered?: number;
  /** Why nobody can answer here. */
  readonly why?: string;
  /** The only answer there is: whoever does not want it closes the page. */
  readonly isEmergency?: boolean;
  /** What to do when nobody can answer here, or in another way. */
  readonly elsewhere?: { readonly label: string; onPress(): void };
  /** Resolves when it was sent, or with the text to send; `undefined` when the person thought better of it. Rejects with the reason. */
  send(answerer: number, answer: Answer): Promise<{ readonly text?: string } | undefined>;
  onSent(answer: Answer, text: string | undefined): void;
};

export type DecideBar = { readonly element: HTMLElement; /** Everything was on the screen. */ seenAll(): void; /** Nothing can be decided any more. */ end(): void };

export function createDecideBar({ answerers, remembered, why = '', isEmergency = false, elsewhere, send, onSent }: DecideOptions): DecideBar {
  const who = el('select', { 'aria-label': 'You are' }, el('option', { value: '' }, 'You are\u2026'), ...answerers.map(({ name, note }, index) => el('option', { value: String(index) }, `${name}${note === '' ? '' : ` (${note})`}`)));
  const comment = el('input', { type: 'text', maxlength: 2000, placeholder: 'Comment (optional)', 'aria-label': 'Comment' });
  const reject = el('button', { type: 'button', class: 'secondary' }, 'Reject');
  const approve = el('button', { type: 'button', class: 'primary' }, 'Approve with Passkey\u2026');
  const other = el('button', { type: 'button', class: answerers.length === 0 ? 'primary' : 'secondary' }, elsewhere?.label ?? '');
  const hint = el('div', { class: 'hint', role: 'status' });
  let isBusy = false;
  let isSeen = false;
  let isOver = false;

  const chosen = (): number | undefined => (who.value === '' ? undefined : Number(who.value));
  const paint = (): void => {
    const answerer = answerers[chosen() ?? -1];
    if (answerer !== undefined) approve.textContent = answerer.approveLabel;
    reject.toggleAttribute('disabled', answerer === undefined || isBusy);
    approve.toggleAttribute('disabled', answerer === undefined || isBusy || !isSeen);
    const first = why === '' && answerers.length > 0 ? 'Choose who you are to answer.' : why;
    say(answerer === undefined ? first : isSeen ? '' : isEmergency ? 'Scroll to the end to sign.' : 'Scroll to the end to approve.');
  };
  const say = (text: string, isWarning = false): void => {
    hint.textContent = text;
    hint.classList.toggle('warn', isWarning);
  };
  const decide = async (decision: Answer['decision']): Promise<void> => {
    const answerer = chosen();
    if (answerer === undefined || isBusy || isOver) return;
    isBusy = true;
    paint();
    try {
      const answer = { decision, comment: comment.value };
      const sent = await send(answerer, answer);
      if (sent !== undefined) return onSent(answer, sent.text);
      isBusy = false;
      paint();
    } catch (error) {
      isBusy = false;
      paint();
      say(problemText(error), true);
    }
  };

  who.addEventListener('change', paint);
  reject.addEventListener('click', () => void decide('reject'));
  approve.addEventListener('click', () => void decide('approve'));
  other.addEventListener('click', () => elsewhere?.onPress());
  if (remembered !== undefined && answerers[remembered] !== undefined) who.value = String(remembered);
  for (const control of [who, comment, reject, approve]) show(control, answerers.length > 0);
  for (const control of [reject, comment]) if (isEmergency) show(control, false);
  show(other, elsewhere !== undefined);
  paint();

  const element = el('footer', {}, el('div', { class: 'wrap' }, hint, el('div', { class: 'controls' }, who, comment, el('span', { class: 'space' }), other, reject, approve)));
  return {
    element,
    seenAll() {
      isSeen = true;
      paint();
    },
    end() {
      isOver = true;
      element.remove();
    },
  };
}

/** What went wrong and what it means: nothing was sent unless it says so. */
export function problemText(error: unknown): string {
  if (error instanceof DOMException && (error.name === 'NotAllowedError' || error.name === 'AbortError')) return 'The device was not confirmed, so nothing was sent. Try again.';
  if (error instanceof DOMException && error.name === 'SecurityError') return 'The browser allows no passkeys at this address. Open the link over https or at localhost, or review it in VS Code.';
  const reason = error instanceof Error ? error.message : String(error);
  return `${reason} It is not certain that anything was sent; trying again does no harm.`;
}
