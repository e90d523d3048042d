/** The page a reviewer opens from a link. It takes the key out of the address before anything else, and decides nothing by itself. */
import './confirm.css';
import type { Bytes } from '../../src/core/approval/bytes.ts';
import { createCrypto } from '../../src/core/approval/crypto.ts';
import { createDeflater } from '../../src/core/approval/streams.ts';
import { linkText, parseFragment } from '../../src/core/approval/seal.ts';
import { sixWords } from '../../src/core/approval/digest.ts';
import { decisionOn } from '../../src/core/approval/decision.ts';
import { bodyBytes, payloadTypes, signBody } from '../../src/core/approval/envelope.ts';
import type { SeenBody } from '../../src/protocol/confirmation.ts';
import { el } from '../lib/dom.ts';
import { pageElement, say, showBanner, startPage } from './chrome.ts';
import { createEnrolment } from './enrol.ts';
import { openLink } from './open.ts';
import { openText, pasteView } from './paste.ts';
import type { Opened } from './open.ts';
import { RelayProblem } from './relay.ts';
import { showRequest as showRequestPage } from './requestPage.ts';
import { whyNobodyHere } from './passkeySites.ts';
import { candidatesOf } from './signers.ts';
import { messageFor } from './messages.ts';
import { followTheme } from './theme.ts';

const [, id = ''] = /\/r\/(r_[\w-]{16})$/.exec(location.pathname) ?? [];
/** At `/r/paste` a text is opened instead of a link: from the address, or to be pasted. */
const pasted = location.pathname.endsWith('/r/paste') ? location.hash.slice(1) : undefined;
const secret = takeSecret();
const crypto = createCrypto(globalThis.crypto);
const rememberedAs = 'countersign.reviewer';

followTheme();
startPage();
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
  pageElement().replaceChildren(pasteView((given) => void open(given).catch(() => say(messageFor('broken', 'This page has a fault.')))));
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
      return pageElement().replaceChildren(createEnrolment(crypto, { channel, team, name: invitation.name ?? '', administrators: [opened.inviter.name] }));
    }
    case 'request':
      return await showRequest(opened);
  }
}

async function showRequest(opened: Extract<Opened, { kind: 'request' }>): Promise<void> {
  const { checked, team, teamWords, channel, skewMs, seq } = opened;
  const { request, requester, digest } = checked;
  const now = (): number => Date.now() + skewMs;
  const candidates = await candidatesOf(crypto, team, request);
  const isEmergency = request.emergency !== undefined;
  const joinToo = el('button', { type: 'button', class: 'quiet' }, 'You are not on the list? Join the team');
  const joining = el('div', {}, candidates.length === 0 || isEmergency ? undefined : joinToo);
  const enrol = (): void => {
    if (candidates.length === 0) shown.endDeciding();
    joining.replaceChildren(createEnrolment(crypto, { channel, team, name: '', administrators: adminsOf(opened) }));
    joining.scrollIntoView({ block: 'start' });
  };
  joinToo.addEventListener('click', enrol);
  const shown = showRequestPage({
    shown: { request, requester, words: await sixWords(crypto, 'request', digest), team: { name: team.body.team, version: team.body.version, words: teamWords }, place: 'browser' },
    now,
    below: joining,
    answerers: candidates.map(({ id: member, name, kind }) => ({ id: member, name, note: kind === 'software' ? 'browser key' : '', approveLabel: `${isEmergency ? 'Commit Without Confirmation' : 'Approve'} with ${kind === 'software' ? 'Browser Key' : 'Passkey\u2026'}` })),
    remembered: candidates.findIndex(({ id: member }) => member === localStorage.getItem(rememberedAs)),
    ...(candidates.length === 0 && isEmergency ? { why: 'No passkey of who asks belongs to this page. Nobody else can commit this.' } : {}),
    ...(candidates.length === 0 && !isEmergency ? { why: whyNobodyHere(team, request.requester, location.hostname), elsewhere: { label: 'Join the Team to Answer', onPress: enrol } } : {}),
    async send(index, { decision, comment }) {
      const candidate = candidates[index];
      if (candidate === undefined) return undefined;
      const body = decisionOn(checked, { decision, reviewer: candidate.id, comment, view: 'web', now: now() });
      const sent = await channel.deliver('decision', await signBody(isEmergency ? payloadTypes.emergency : payloadTypes.decision, bodyBytes(body), [candidate.signer]));
      localStorage.setItem(rememberedAs, candidate.id);
      return sent;
    },
    follow: (onEvent) => channel.follow(seq, onEvent),
    onFirstSign() {
      const body: SeenBody = { v: 1, reviewer: null, time: now() };
      // Only news: whoever asked sees it, and nothing depends on it.
      void channel.deliver('seen', body).catch(() => undefined);
    },
    copy: async (text) => await navigator.clipboard.writeText(text),
  });
}

function adminsOf({ team }: Extract<Opened, { kind: 'request' }>): readonly string[] {
  const { admins, members } = team.body;
  return members.filter(({ id: member }) => admins.keyids.some((keyid) => team.keys.get(keyid)?.member.id === member)).map(({ name }) => name);
}

function serverRoot(): string {
  return location.href.slice(0, location.href.indexOf('/r/'));
}
