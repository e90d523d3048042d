/** Opens a link or a text as somebody who was asked: what is in it, and where the answer goes. For programs that are no web page. */
import { blobText, parseBlob } from '../../core/approval/blob.ts';
import { parseB64u, utf8 } from '../../core/approval/bytes.ts';
import type { Crypto } from '../../core/approval/crypto.ts';
import { isEnvelope, parseEnvelopeText } from '../../core/approval/envelope.ts';
import type { Envelope } from '../../core/approval/envelope.ts';
import { openMailbox } from '../../core/approval/openMailbox.ts';
import type { Mailbox } from '../../core/approval/openMailbox.ts';
import { linkKeys, openBox, parseLink, sealBox } from '../../core/approval/seal.ts';
import type { Link } from '../../core/approval/seal.ts';
import { createDeflater } from '../../core/approval/streams.ts';
import type { RequestEvent, RequestState, SeenBody } from '../../protocol/confirmation.ts';
import type { Answer } from './httpCall.ts';
import { connectRelay } from './httpRelay.ts';
import type { Waiting } from './httpRelay.ts';

/** Where answers go. */
export interface AnswerChannel {
  /** Sealed and sent to the server; `text`: there is none, and this is to be carried back by hand. Sending again does no harm. */
  deliver(kind: 'decision' | 'enrolment' | 'seen', content: Envelope | SeenBody): Promise<Answer<{ readonly text?: string }>>;
  /** What happens to it from now on. Absent where there is no server. */
  follow?(waiting: Waiting): AsyncGenerator<RequestEvent, void, undefined>;
}

export type OpenedLink =
  | (Extract<Mailbox, { kind: 'request' | 'invitation' }> & { readonly channel: AnswerChannel; /** The server's clock, less this machine's. */ readonly skewMs: number })
  | Extract<Mailbox, { kind: 'sealed' | 'refused' }>
  | { readonly kind: 'over'; readonly state: Exclude<RequestState, 'open'> }
  /** Neither a link nor a text with a request. */
  | { readonly kind: 'not-understood' }
  | { readonly kind: 'no-answer'; readonly message: string };

/** @param text - a link, or what was pasted from a chat; @param now - epoch milliseconds. Never rejects for what came from outside. */
export async function openLinkOrText(crypto: Crypto, text: string, now: () => number): Promise<OpenedLink> {
  const link = parseLink(text.trim());
  return link ? await openLink(crypto, link, now) : await openBlob(crypto, text, now);
}

async function openLink(crypto: Crypto, { server, id, secret }: Link, now: () => number): Promise<OpenedLink> {
  const relay = connectRelay(crypto, server);
  const { key, readToken } = await linkKeys(crypto, id, secret);
  const access = { id, readToken };
  const view = await relay.view(access);
  if (view.kind !== 'ok') return { kind: 'no-answer', message: view.message };
  if (view.value.state !== 'open') return { kind: 'over', state: view.value.state };
  const box = view.value.box === null ? undefined : parseB64u(view.value.box);
  const plain = box && (await openBox(crypto, key, { kind: 'request', id }, box));
  if (plain === undefined || view.value.id !== id) return { kind: 'sealed' };
  const team = await relay.teamOf(access);
  if (team.kind !== 'ok') return { kind: 'no-answer', message: team.message };
  const mailbox = await openMailbox(crypto, { id, envelope: parseEnvelopeText(plain), team: team.value, now: view.value.now });
  if (mailbox.kind === 'sealed' || mailbox.kind === 'refused') return mailbox;
  const channel: AnswerChannel = {
    async deliver(kind, content) {
      const answer = await relay.post(access, kind, await sealBox(crypto, key, { kind, id }, utf8(JSON.stringify(content))));
      return answer.kind === 'ok' ? { kind: 'ok', value: {} } : answer;
    },
    follow: (waiting) => relay.follow(access, view.value.seq, waiting),
  };
  return { ...mailbox, channel, skewMs: view.value.now - now() };
}

async function openBlob(crypto: Crypto, text: string, now: () => number): Promise<OpenedLink> {
  const deflater = createDeflater(globalThis);
  const content = await parseBlob(deflater, text);
  if (content?.team === undefined) return { kind: 'not-understood' };
  const team = { file: parseB64u(content.team.file) ?? new Uint8Array(0), signatures: content.team.signatures };
  const mailbox = await openMailbox(crypto, { envelope: content.envelope, team, now: now() });
  if (mailbox.kind === 'sealed' || mailbox.kind === 'refused') return mailbox;
  const channel: AnswerChannel = {
    // A sighting goes nowhere.
    deliver: async (_, content) => ({ kind: 'ok', value: isEnvelope(content) ? { text: await blobText(deflater, { envelope: content }) } : {} }),
  };
  return { ...mailbox, channel, skewMs: 0 };
}
