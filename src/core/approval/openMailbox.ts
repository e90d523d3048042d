/** From what a link or a text holds to a request proven to be its requester's, or an invitation proven to be a member's; the same wherever it is opened. */
import type { Crypto } from './crypto.ts';
import { sixWords } from './digest.ts';
import { parseInvitation } from './enrolment.ts';
import type { InvitationBody } from './enrolment.ts';
import { openEnvelope, payloadTypes } from './envelope.ts';
import type { Envelope } from './envelope.ts';
import type { RequestRefusal } from './refusal.ts';
import { memberOf } from './team.ts';
import type { Member, Team } from './team.ts';
import { acceptTeam } from './teamChain.ts';
import type { SignedTeam } from './teamChain.ts';
import { signerOf, verifyRequest } from './verifyRequest.ts';
import type { CheckedRequest } from './verifyRequest.ts';

type Believed = { readonly team: Team; /** To compare with what one's own editor shows. */ readonly teamWords: readonly string[] };

export type Mailbox =
  | ({ readonly kind: 'request'; readonly checked: Extract<CheckedRequest, { kind: 'genuine' }> } & Believed)
  | ({ readonly kind: 'invitation'; readonly invitation: InvitationBody; readonly inviter: Member } & Believed)
  /** What is inside belongs to another link. */
  | { readonly kind: 'sealed' }
  | { readonly kind: 'refused'; readonly code: RequestRefusal };

export type MailboxContent = {
  /** Of the link; absent when it came as a text. */
  readonly id?: string;
  readonly envelope: Envelope | undefined;
  /** As it came along. A reviewer with a team file of their own compares its words. */
  readonly team: SignedTeam;
  /** Epoch milliseconds; the server's clock where there is one. */
  readonly now: number;
};

export async function openMailbox(crypto: Crypto, { id, envelope, team: signed, now }: MailboxContent): Promise<Mailbox> {
  const state = await acceptTeam(crypto, undefined, [signed]);
  if (state.kind === 'refused') return state;
  const { team } = state;
  const believed: Believed = { team, teamWords: await sixWords(crypto, 'team', team.digest) };
  if (envelope?.payloadType === payloadTypes.invitation) return await openInvitation(crypto, id, envelope, believed);
  const checked = await verifyRequest(crypto, envelope, state, now);
  if (checked.kind === 'refused') return checked;
  // A server could serve the box of another of the requester's links only with that link's key; the id is checked all the same.
  return id === undefined || checked.request.id === id ? { kind: 'request', ...believed, checked } : { kind: 'sealed' };
}

async function openInvitation(crypto: Crypto, id: string | undefined, envelope: Envelope, believed: Believed): Promise<Mailbox> {
  const { team } = believed;
  const opened = openEnvelope(envelope, payloadTypes.invitation);
  const signer = opened.kind === 'opened' ? await signerOf(crypto, team, opened) : undefined;
  const invitation = opened.kind === 'opened' ? parseInvitation(opened.body) : undefined;
  const inviter = signer === undefined ? undefined : memberOf(team, signer);
  if (invitation === undefined || inviter === undefined || invitation.inviter !== inviter.id || (id !== undefined && invitation.id !== id)) return { kind: 'refused', code: 'request-unsigned' };
  return invitation.teamDigest === team.digest ? { kind: 'invitation', ...believed, invitation, inviter } : { kind: 'refused', code: 'team-changed' };
}
