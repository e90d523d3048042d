/** One request on the page: everything there is to see, the two answers, and what becomes of it meanwhile. The same in a browser and in the editor. */
import type { RequestEvent } from '../../src/protocol/confirmation.ts';
import { el } from '../lib/dom.ts';
import { formatCountdown } from '../lib/format.ts';
import { card, pageElement, showBanner } from './chrome.ts';
import { createDecideBar } from './decide.ts';
import type { DecideOptions } from './decide.ts';
import { messageFor } from './messages.ts';
import { requestView } from './requestView.ts';
import type { Shown } from './requestView.ts';
import { textToSend } from './textToSend.ts';

export type RequestPage = Pick<DecideOptions, 'answerers' | 'remembered' | 'why' | 'elsewhere' | 'send'> & {
  readonly shown: Shown;
  /** The server's clock. */
  now(): number;
  /** Between the request and its end. */
  readonly below?: HTMLElement;
  /** Calls back for what happens to the request. */
  follow(onEvent: (event: Pick<RequestEvent, 'kind'>) => void): void;
  /** A person is there. */
  onFirstSign(): void;
  copy(text: string): Promise<void>;
};

/** As they call themselves. */
const engines: Readonly<Record<Shown['request']['target']['engine'], string>> = { postgresql: 'PostgreSQL', mysql: 'MySQL', mariadb: 'MariaDB' };

export function showRequest({ shown, now, below, follow, onFirstSign, copy, ...deciding }: RequestPage): { /** Nobody can decide here after all. */ endDeciding(): void } {
  const { request, requester } = shown;
  const status = el('div', { class: 'outcome', role: 'status' });
  const end = el('div', { class: 'end' });
  const suffix = request.emergency !== undefined ? '-emergency' : request.afterwards !== undefined ? '-afterwards' : '';
  let isDecided = false;
  let isOver = false;
  const bar = createDecideBar({
    ...deciding,
    isEmergency: request.emergency !== undefined,
    onSent({ decision }, text) {
      isDecided = true;
      bar.end();
      const message = messageFor(`${text === undefined ? 'sent' : 'text'}-${decision}${suffix}`, requester.name);
      status.replaceChildren(card(message), ...(text === undefined ? [] : [textToSend(text, copy)]));
      status.scrollIntoView({ block: 'center' });
    },
  });
  const { target, facts } = request;
  showBanner(facts.environment, `${target.profile} \u00b7 ${target.host}/${target.database} \u00b7 ${engines[target.engine]}`, () => (isDecided || isOver ? '' : now() < request.expires ? `expires in ${formatCountdown(request.expires - now())}` : 'expired'));
  pageElement().replaceChildren(status, requestView(shown, now()), below ?? '', end);
  for (const former of document.querySelectorAll('body > footer')) former.remove();
  document.body.append(bar.element);
  document.title = `${requester.name}: ${suffix === '' ? 'confirm' : suffix === '-emergency' ? 'commit without confirmation' : 'review'} a change to ${facts.environment}`;

  // What is signed must have been on the screen, to its end.
  new IntersectionObserver((entries) => entries.some(({ isIntersecting }) => isIntersecting) && bar.seenAll()).observe(end);
  follow(({ kind }) => {
    if (kind !== 'claimed' && kind !== 'closed' && kind !== 'expired') return;
    isOver = true;
    bar.end();
    status.replaceChildren(card(messageFor(`${kind}${isDecided ? '-after' : ''}${suffix}`, requester.name)));
  });
  watchFirstSign(onFirstSign);
  return { endDeciding: () => bar.end() };
}

/** A person is there: programs that only look at pages do not touch them. */
function watchFirstSign(callback: () => void): void {
  const abort = new AbortController();
  for (const kind of ['pointerdown', 'keydown', 'wheel', 'touchstart']) {
    addEventListener(kind, () => {
      abort.abort();
      callback();
    }, { signal: abort.signal, passive: true });
  }
}
