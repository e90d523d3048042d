/** From a link to a request that is proven to be its requester's, or a reason why not. */
import { parseB64u, utf8 } from '../../src/core/approval/bytes.ts';
import type { Bytes } from '../../src/core/approval/bytes.ts';
import type { Crypto } from '../../src/core/approval/crypto.ts';
import { parseEnvelopeText } from '../../src/core/approval/envelope.ts';
import type { Envelope } from '../../src/core/approval/envelope.ts';
import { openMailbox } from '../../src/core/approval/openMailbox.ts';
import type { Mailbox } from '../../src/core/approval/openMailbox.ts';
import { linkKeys, openBox, sealBox } from '../../src/core/approval/seal.ts';
import type { SealedKind } from '../../src/core/approval/seal.ts';
import type { RequestEvent, RequestState, SeenBody } from '../../src/protocol/confirmation.ts';
import { boxOf, connectRelay } from './relay.ts';

/** Where answers go. */
export interface Channel {
  /**
   * Sent to a server, sealed with the key of the link; or given back as a text for a chat, when there is no server.
   * Rejects when nobody can say whether it arrived; sending again does no harm.
   */
  deliver(kind: Exclude<SealedKind, 'request'>, content: Envelope | SeenBody): Promise<{ readonly text?: string }>;
  /** Calls back for what happens to the request; never without a server. */
  follow(seq: number, onEvent: (event: RequestEvent) => void): void;
}

/** `skewMs`: the server's clock, less this machine's. */
type Reached = { readonly channel: Channel; readonly seq: number; readonly skewMs: number };

export type Opened =
  | (Extract<Mailbox, { kind: 'request' | 'invitation' }> & Reached)
  | { readonly kind: 'over'; readonly state: Exclude<RequestState, 'open'> }
  /** Opened with another key, or changed on the way. */
  | Extract<Mailbox, { kind: 'sealed' | 'refused' }>;

/** @throws RelayProblem when the server does not answer, or says no */
export async function openLink(crypto: Crypto, id: string, secret: Bytes): Promise<Opened> {
  const { key, readToken } = await linkKeys(crypto, id, secret);
  const relay = connectRelay(id, readToken);
  const view = await relay.view();
  if (view.state !== 'open') return { kind: 'over', state: view.state };
  const box = boxOf(view);
  const plain = box && (await openBox(crypto, key, { kind: 'request', id }, box));
  if (plain === undefined || view.id !== id) return { kind: 'sealed' };
  const { file, signatures } = await relay.team();
  const mailbox = await openMailbox(crypto, { id, envelope: parseEnvelopeText(plain), team: { file: parseB64u(file) ?? new Uint8Array(0), signatures }, now: view.now });
  if (mailbox.kind === 'sealed' || mailbox.kind === 'refused') return mailbox;
  const channel: Channel = {
    async deliver(kind, content) {
      await relay.post(kind, await sealBox(crypto, key, { kind, id }, utf8(JSON.stringify(content))));
      return {};
    },
    follow: (seq, onEvent) => relay.follow(seq, onEvent),
  };
  return { ...mailbox, channel, seq: view.seq, skewMs: view.now - Date.now() };
}
