/** The page a reviewer opens from a link. It takes the key out of the address before anything else, and decides nothing by itself. */
import './confirm.css';
import type { Bytes } from '../../src/core/approval/bytes.ts';
import { createCrypto } from '../../src/core/approval/crypto.ts';
import { createDeflater } from '../../src/core/approval/streams.ts';
import { linkText, parseFragment } from '../../src/core/approval/seal.ts';
import { sixWords } from '../../src/core/approval/digest.ts';
import type { RequestEvent, SeenBody } from '../../src/protocol/confirmation.ts';
import { el, setText } from '../lib/dom.ts';
import { formatCountdown } from '../lib/format.ts';
import { textNodes } from '../lib/textView.ts';
import { createDecideBar } from './decide.ts';
import { createEnrolment } from './enrol.ts';
import { openLink } from './open.ts';
import { openText, pasteView } from './paste.ts';
import type { Opened } from './open.ts';
import { RelayProblem } from './relay.ts';
import { requestView } from './requestView.ts';
import { candidatesOf } from './signers.ts';
import { messageFor } from './messages.ts';
import type { Message } from './messages.ts';
import { textToSend } from './textToSend.ts';
import { followTheme } from './theme.ts';

const [, id = ''] = /\/r\/(r_[\w-]{16})$/.exec(location.pathname) ?? [];
/** At `/r/paste` a text is opened instead of a link: from the address, or to be pasted. */
const pasted = location.pathname.endsWith('/r/paste') ? location.hash.slice(1) : undefined;
const secret = takeSecret();
const crypto = createCrypto(globalThis.crypto);
const page = document.querySelector('#page') ?? document.body;
const banner = el('header', { class: 'banner', hidden: true });

followTheme();
document.body.prepend(banner);
start().catch(() => say(messageFor('broken', 'This page has a fault.')));

/** Out of the address bar and the history, and kept for a reload of this tab. */
function takeSecret(): Bytes | undefined {
  const fragment = location.hash.slice(1);
  history.replaceState(null, '', location.pathname);
  const kept = fragment === '' ? sessionStorage.getItem(id) : fragment;
  const found = parseFragment(kept ?? '');
  if (found !== undefined && fragment !== '') sessionStorage.setItem(id, fragment);
  return found;
}

async function start(): Promise<void> {
  page.className = 'wrap';
  if (pasted !== undefined) return await startFromText(pasted);
  if (id === '' || secret === undefined) return say(messageFor('no-key'));
  if (!globalThis.isSecureContext) return say(messageFor('not-secure'), linkText({ server: serverRoot(), id, secret }));
  say(messageFor('opening'));
  try {
    await showOpened(await openLink(crypto, id, secret));
  } catch (error) {
    if (!(error instanceof RelayProblem)) throw error;
    say(messageFor(error.code, error.message));
  }
}

/** No server in between: the request came as a text, and the answer leaves as one. */
async function startFromText(text: string): Promise<void> {
  if (!globalThis.isSecureContext) return say(messageFor('not-secure'), text);
  const open = async (given: string): Promise<void> => await showOpened(await openText(crypto, createDeflater(globalThis), given, Date.now()));
  if (text !== '') return await open(text);
  page.replaceChildren(pasteView((given) => void open(given).catch(() => say(messageFor('broken', 'This page has a fault.')))));
}

async function showOpened(opened: Awaited<ReturnType<typeof openText>>): Promise<void> {
  switch (opened.kind) {
    case 'over':
      return say(messageFor(opened.state));
    case 'sealed':
      return say(messageFor('sealed'));
    case 'refused':
      return say(messageFor(opened.code));
    case 'invitation': {
      const { channel, team, invitation } = opened;
      showBanner('development', `Invitation to ${team.body.team}`, () => '');
      return page.replaceChildren(createEnrolment(crypto, { channel, team, name: invitation.name ?? '', administrators: [opened.inviter.name] }));
    }
    case 'request':
      return await showRequest(opened);
  }
}

async function showRequest(opened: Extract<Opened, { kind: 'request' }>): Promise<void> {
  const { checked, team, teamWords, channel, skewMs, seq } = opened;
  const { request, requester, digest } = checked;
  const now = (): number => Date.now() + skewMs;
  const shown = { request, requester, words: await sixWords(crypto, 'request', digest), team: { name: team.body.team, version: team.body.version, words: teamWords } };
  const candidates = await candidatesOf(crypto, team, request.requester);
  const status = el('div', { class: 'outcome', role: 'status' });
  const end = el('div', { class: 'end' });
  const joinToo = el('button', { type: 'button', class: 'quiet' }, 'You are not on the list? Join the team');
  const joining = el('div', {}, candidates.length === 0 ? undefined : joinToo);
  let isDecided = false;

  const bar = createDecideBar({
    opened,
    candidates,
    onSent({ decision }, text) {
      isDecided = true;
      bar.end();
      const message = messageFor(text === undefined ? `sent-${decision}` : `text-${decision}`, requester.name);
      status.replaceChildren(card(message), ...(text === undefined ? [] : [textToSend(text)]));
      status.scrollIntoView({ block: 'center' });
    },
    onEnrol: () => enrol(),
  });
  const enrol = (): void => {
    if (candidates.length === 0) bar.end();
    joining.replaceChildren(createEnrolment(crypto, { channel, team, name: '', administrators: adminsOf(opened) }));
    joining.scrollIntoView({ block: 'start' });
  };
  joinToo.addEventListener('click', enrol);
  const { target, facts } = request;
  showBanner(facts.environment, `${target.profile} \u00b7 ${target.host}/${target.database} \u00b7 ${target.engine}`, () => (isDecided ? '' : now() < request.expires ? `expires in ${formatCountdown(request.expires - now())}` : 'expired'));
  page.replaceChildren(status, requestView(shown, now()), joining, end);
  document.body.append(bar.element);
  document.title = `${requester.name}: confirm a change to ${facts.environment}`;

  // What is signed must have been on the screen, to its end.
  new IntersectionObserver((entries) => entries.some(({ isIntersecting }) => isIntersecting) && bar.seenAll()).observe(end);
  const onEvent = ({ kind }: RequestEvent): void => {
    if (kind !== 'claimed' && kind !== 'closed' && kind !== 'expired') return;
    bar.end();
    status.replaceChildren(card(messageFor(isDecided ? `${kind}-after` : kind, requester.name)));
  };
  channel.follow(seq, onEvent);
  onFirstSign(() => {
    const body: SeenBody = { v: 1, reviewer: null, time: now() };
    // Only news: whoever asked sees it, and nothing depends on it.
    void channel.deliver('seen', body).catch(() => undefined);
  });
}

/** A person is there: programs that only look at pages do not touch them. */
function onFirstSign(callback: () => void): void {
  const abort = new AbortController();
  for (const kind of ['pointerdown', 'keydown', 'wheel', 'touchstart']) {
    addEventListener(kind, () => {
      abort.abort();
      callback();
    }, { signal: abort.signal, passive: true });
  }
}

function adminsOf({ team }: Extract<Opened, { kind: 'request' }>): readonly string[] {
  const { admins, members } = team.body;
  return members.filter(({ id: member }) => admins.keyids.some((keyid) => team.keys.get(keyid)?.member.id === member)).map(({ name }) => name);
}

const words = { production: 'PRODUCTION', staging: 'STAGING', development: 'DEVELOPMENT' } as const;

function showBanner(environment: keyof typeof words, where: string, count: () => string): void {
  const left = el('span', { class: 'count' });
  banner.replaceChildren(el('b', {}, where.startsWith('Invitation') ? 'COUNTERSIGN' : words[environment]), el('span', { class: 'where' }, ...textNodes(where)), left);
  banner.className = `banner env-${environment}`;
  banner.hidden = false;
  const tick = (): void => setText(left, count());
  tick();
  setInterval(tick, 1000);
}

function say(message: Message, link?: string): void {
  page.replaceChildren(card(message), ...(link === undefined ? [] : [el('textarea', { readonly: true, rows: 3, class: 'link', 'aria-label': 'Link' }, link)]));
}

function card({ tone, title, text }: Message): HTMLElement {
  return el('div', { class: `outcome-card ${tone}` }, el('div', {}, el('h2', {}, title), el('p', {}, ...textNodes(text))));
}

function serverRoot(): string {
  return location.href.slice(0, location.href.indexOf('/r/'));
}
