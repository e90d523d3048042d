/** From a link to a request that is proven to be its requester's, or a reason why not. */
import { parseB64u, utf8 } from '../../src/core/approval/bytes.ts';
import type { Bytes } from '../../src/core/approval/bytes.ts';
import type { Crypto } from '../../src/core/approval/crypto.ts';
import { sixWords } from '../../src/core/approval/digest.ts';
import { openEnvelope, parseEnvelopeText, payloadTypes } from '../../src/core/approval/envelope.ts';
import type { Envelope } from '../../src/core/approval/envelope.ts';
import { parseInvitation } from '../../src/core/approval/enrolment.ts';
import type { InvitationBody } from '../../src/core/approval/enrolment.ts';
import type { RequestRefusal } from '../../src/core/approval/refusal.ts';
import { linkKeys, openBox, sealBox } from '../../src/core/approval/seal.ts';
import type { SealedKind } from '../../src/core/approval/seal.ts';
import { memberOf } from '../../src/core/approval/team.ts';
import type { Member, Team } from '../../src/core/approval/team.ts';
import { acceptTeam } from '../../src/core/approval/teamChain.ts';
import { signerOf, verifyRequest } from '../../src/core/approval/verifyRequest.ts';
import type { CheckedRequest } from '../../src/core/approval/verifyRequest.ts';
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

export type Opened =
  | {
      readonly kind: 'request';
      readonly channel: Channel;
      readonly team: Team;
      /** To compare with what one's own editor shows. */
      readonly teamWords: readonly string[];
      readonly checked: Extract<CheckedRequest, { kind: 'genuine' }>;
      readonly seq: number;
      /** The server's clock, less this machine's. */
      readonly skewMs: number;
    }
  | { readonly kind: 'invitation'; readonly channel: Channel; readonly team: Team; readonly teamWords: readonly string[]; readonly invitation: InvitationBody; readonly inviter: Member; readonly seq: number }
  | { readonly kind: 'over'; readonly state: Exclude<RequestState, 'open'> }
  /** Opened with another key, or changed on the way. */
  | { readonly kind: 'sealed' }
  | { readonly kind: 'refused'; readonly code: RequestRefusal };

/** @throws RelayProblem when the server does not answer, or says no */
export async function openLink(crypto: Crypto, id: string, secret: Bytes): Promise<Opened> {
  const { key, readToken } = await linkKeys(crypto, id, secret);
  const relay = connectRelay(id, readToken);
  const view = await relay.view();
  if (view.state !== 'open') return { kind: 'over', state: view.state };
  const box = boxOf(view);
  const plain = box && (await openBox(crypto, key, { kind: 'request', id }, box));
  if (plain === undefined || view.id !== id) return { kind: 'sealed' };
  const message = await relay.team();
  const state = await acceptTeam(crypto, undefined, [{ file: parseB64u(message.file) ?? new Uint8Array(0), signatures: message.signatures }]);
  if (state.kind === 'refused') return state;
  const { team } = state;
  const channel: Channel = {
    async deliver(kind, content) {
      await relay.post(kind, await sealBox(crypto, key, { kind, id }, utf8(JSON.stringify(content))));
      return {};
    },
    follow: (seq, onEvent) => relay.follow(seq, onEvent),
  };
  const common = { channel, team, teamWords: await sixWords(crypto, 'team', team.digest), seq: view.seq };
  const envelope = parseEnvelopeText(plain);
  if (envelope?.payloadType === payloadTypes.invitation) return await openInvitation(crypto, id, envelope, common);
  const checked = await verifyRequest(crypto, envelope, state, view.now);
  if (checked.kind === 'refused') return checked;
  // A server could serve the box of another of the requester's links only with that link's key; the id is checked all the same.
  return checked.request.id === id ? { kind: 'request', ...common, checked, skewMs: view.now - Date.now() } : { kind: 'sealed' };
}

type Common = Pick<Extract<Opened, { kind: 'invitation' }>, 'channel' | 'team' | 'teamWords' | 'seq'>;

async function openInvitation(crypto: Crypto, id: string, envelope: unknown, common: Common): Promise<Opened> {
  const opened = openEnvelope(envelope, payloadTypes.invitation);
  const signer = opened.kind === 'opened' ? await signerOf(crypto, common.team, opened) : undefined;
  const invitation = opened.kind === 'opened' ? parseInvitation(opened.body) : undefined;
  const inviter = signer === undefined ? undefined : memberOf(common.team, signer);
  if (invitation === undefined || inviter === undefined || invitation.inviter !== inviter.id || invitation.id !== id) return { kind: 'refused', code: 'request-unsigned' };
  return invitation.teamDigest === common.team.digest ? { kind: 'invitation', ...common, invitation, inviter } : { kind: 'refused', code: 'team-changed' };
}
