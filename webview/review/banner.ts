/** Where the change is, and how long it stays open. */
import type { Environment } from '../../src/core/profile/connection.ts';
import type { ReviewEnd, ReviewModel } from '../../src/protocol/review.ts';
import { el, setAttributes, setText, svg } from '../lib/dom.ts';
import { formatCountdown } from '../lib/format.ts';
import { textNodes } from '../lib/textView.ts';

export type Banner = {
  readonly element: HTMLElement;
  show(model: ReviewModel): void;
  /** @param left - milliseconds until the server rolls back */
  tick(left: number, holdMs: number): void;
  /** The countdown no longer matters. */
  settle(text: string, kind: ReviewEnd['kind'] | 'committing' | 'awaiting'): void;
};

const words: Readonly<Record<Environment, string>> = { production: 'PRODUCTION', staging: 'STAGING', development: 'DEVELOPMENT' };

/** Length of the ring's line, so that a part of it can be drawn as a dash. */
const ringLength = 2 * Math.PI * 6;

export function createBanner(): Banner {
  const word = el('b', {});
  const where = el('span', { class: 'where' });
  const arc = svg('circle', { class: 'ring-arc', cx: 8, cy: 8, r: 6 });
  const ring = svg('svg', { class: 'ring', viewBox: '0 0 16 16', width: 16, height: 16, 'aria-hidden': 'true' }, svg('circle', { class: 'ring-track', cx: 8, cy: 8, r: 6 }), arc);
  const text = el('span', { class: 'count-text' });
  const count = el('span', { class: 'count', role: 'timer', 'aria-live': 'off' }, ring, text);
  const element = el('header', { class: 'banner', hidden: true }, word, where, count);

  return {
    element,
    show: (model) => {
      element.hidden = false;
      element.className = `banner env-${model.environment}`;
      setText(word, words[model.environment]);
      where.replaceChildren(...textNodes(model.connection), ' \u00b7 ', ...textNodes(model.where));
      ring.toggleAttribute('hidden', model.basis !== undefined);
      count.className = 'count';
      if (model.basis !== undefined) setText(text, model.basis === 'not-run' ? 'nothing ran yet' : 'nothing is open');
    },
    tick: (left, holdMs) => {
      const part = holdMs > 0 ? Math.max(0, Math.min(1, left / holdMs)) : 0;
      setAttributes(arc, { 'stroke-dasharray': `${(ringLength * part).toFixed(2)} ${ringLength.toFixed(2)}` });
      count.classList.toggle('soon', left <= 30_000);
      setText(text, left > 0 ? `rolls back in ${formatCountdown(left)}` : 'time is up, the server rolls back');
    },
    settle: (outcome, kind) => {
      ring.setAttribute('hidden', '');
      count.className = `count settled ${kind}`;
      setText(text, outcome);
    },
  };
}
