/** Yes or no: who says it, with which key, and only after everything was seen. */
import { decisionOn } from '../../src/core/approval/decision.ts';
import type { DecisionBody } from '../../src/core/approval/decision.ts';
import { bodyBytes, payloadTypes, signBody } from '../../src/core/approval/envelope.ts';
import { el, show } from '../lib/dom.ts';
import type { Opened } from './open.ts';
import type { Candidate } from './signers.ts';

export type DecideOptions = {
  readonly opened: Extract<Opened, { kind: 'request' }>;
  readonly candidates: readonly Candidate[];
  /** The decision was sent, or is there as a text to send. */
  onSent(decision: DecisionBody, text: string | undefined): void;
  onEnrol(): void;
};

export type DecideBar = { readonly element: HTMLElement; /** Everything was on the screen. */ seenAll(): void; /** Nothing can be decided any more. */ end(): void };

const rememberedAs = 'countersign.reviewer';

export function createDecideBar({ opened, candidates, onSent, onEnrol }: DecideOptions): DecideBar {
  const who = el('select', { 'aria-label': 'You are' }, el('option', { value: '' }, 'You are\u2026'), ...candidates.map(({ name, kind }, index) => el('option', { value: String(index) }, `${name}${kind === 'software' ? ' (browser key)' : ''}`)));
  const comment = el('input', { type: 'text', maxlength: 2000, placeholder: 'Comment (optional)', 'aria-label': 'Comment' });
  const reject = el('button', { type: 'button', class: 'secondary' }, 'Reject');
  const approve = el('button', { type: 'button', class: 'primary' }, 'Approve with Passkey\u2026');
  const join = el('button', { type: 'button', class: 'primary' }, 'Join the Team to Answer');
  const hint = el('div', { class: 'hint', role: 'status' });
  let isBusy = false;
  let isSeen = false;
  let isOver = false;

  const chosen = (): Candidate | undefined => (who.value === '' ? undefined : candidates[Number(who.value)]);
  const paint = (): void => {
    const candidate = chosen();
    approve.textContent = candidate?.kind === 'software' ? 'Approve with Browser Key' : 'Approve with Passkey\u2026';
    reject.toggleAttribute('disabled', candidate === undefined || isBusy);
    approve.toggleAttribute('disabled', candidate === undefined || isBusy || !isSeen);
    say(candidate === undefined ? '' : isSeen ? '' : 'Scroll to the end to approve.');
  };
  const say = (text: string, isWarning = false): void => {
    hint.textContent = text;
    hint.classList.toggle('warn', isWarning);
  };
  const decide = async (decision: DecisionBody['decision']): Promise<void> => {
    const candidate = chosen();
    if (candidate === undefined || isBusy || isOver) return;
    isBusy = true;
    paint();
    try {
      const body = decisionOn(opened.checked, { decision, reviewer: candidate.id, comment: comment.value, view: 'web', now: Date.now() + opened.skewMs });
      const envelope = await signBody(payloadTypes.decision, bodyBytes(body), [candidate.signer]);
      const { text } = await opened.channel.deliver('decision', envelope);
      localStorage.setItem(rememberedAs, candidate.id);
      onSent(body, text);
    } catch (error) {
      isBusy = false;
      paint();
      say(problemText(error), true);
    }
  };

  who.addEventListener('change', paint);
  reject.addEventListener('click', () => void decide('reject'));
  approve.addEventListener('click', () => void decide('approve'));
  join.addEventListener('click', onEnrol);
  const remembered = candidates.findIndex(({ id }) => id === localStorage.getItem(rememberedAs));
  if (remembered >= 0) who.value = String(remembered);
  for (const control of [who, comment, reject, approve]) show(control, candidates.length > 0);
  show(join, candidates.length === 0);
  paint();

  const element = el('footer', {}, el('div', { class: 'wrap' }, hint, el('div', { class: 'controls' }, who, comment, el('span', { class: 'space' }), reject, approve, join)));
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
