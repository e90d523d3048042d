/** What every state of the page has: the banner, the place for the rest, and cards that say something. */
import { el, setText } from '../lib/dom.ts';
import { textNodes } from '../lib/textView.ts';
import type { Message } from './messages.ts';

const banner = el('header', { class: 'banner', hidden: true });
let ticking: ReturnType<typeof setInterval> | undefined;

/** Puts the page together; in a browser its place is there from the beginning. */
export function startPage(): void {
  const page = document.querySelector('#page') ?? el('main', { id: 'page' });
  page.className = 'wrap';
  if (!page.isConnected) document.body.prepend(page);
  document.body.prepend(banner);
}

export function pageElement(): Element {
  return document.querySelector('#page') ?? document.body;
}

const words = { production: 'PRODUCTION', staging: 'STAGING', development: 'DEVELOPMENT' } as const;

/** @param count - what stands at its end, asked for every second */
export function showBanner(environment: keyof typeof words, where: string, count: () => string): void {
  const left = el('span', { class: 'count' });
  banner.replaceChildren(el('b', {}, where.startsWith('Invitation') ? 'COUNTERSIGN' : words[environment]), el('span', { class: 'where' }, ...textNodes(where)), left);
  banner.className = `banner env-${environment}`;
  banner.hidden = false;
  const tick = (): void => setText(left, count());
  tick();
  clearInterval(ticking);
  ticking = setInterval(tick, 1000);
}

export function say(message: Message, link?: string): void {
  pageElement().replaceChildren(card(message), ...(link === undefined ? [] : [el('textarea', { readonly: true, rows: 3, class: 'link', 'aria-label': 'Link' }, link)]));
}

export function card({ tone, title, text }: Message): HTMLElement {
  return el('div', { class: `outcome-card ${tone}` }, el('div', {}, el('h2', {}, title), el('p', {}, ...textNodes(text))));
}
