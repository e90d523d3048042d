/** How a person joins: an administrator invites, the person proves to hold a new key, the administrator compares six words. */
import { parseB64u } from './bytes.ts';
import type { Bytes } from './bytes.ts';
import type { Crypto } from './crypto.ts';
import { sixWords } from './digest.ts';
import { openEnvelope, payloadTypes } from './envelope.ts';
import { b64uOf, b64uText, closed, name, nullable, oneOf, time } from './guards.ts';
import type { Guarded } from './guards.ts';
import { isKeyRecord, keyidOf, readKey, verifySignature } from './keyRecord.ts';
import { isMemberId } from './request.ts';
import { strictParse } from './strictJson.ts';
import { isTeamName } from './team.ts';

/** Signed by the new key itself. `member` is a proposal; the administrator decides what gets into the team file. */
export const isEnrolmentBody = closed(
  { v: oneOf(1), team: isTeamName, member: closed({ id: isMemberId, name: name(80) }, { github: name(64) }), key: isKeyRecord, time, nonce: b64uOf(32) },
  { enc: b64uText(200) },
);
export type EnrolmentBody = Guarded<typeof isEnrolmentBody>;

/** What lies in a mailbox that invites somebody: signed by a member, so that a server cannot invite. */
export const isInvitationBody = closed({
  v: oneOf(1),
  id: b64uText(64),
  team: isTeamName,
  teamDigest: b64uOf(32),
  inviter: isMemberId,
  created: time,
  expires: time,
  /** Whom the invitation is for, if it was said. */
  name: nullable(name(80)),
});
export type InvitationBody = Guarded<typeof isInvitationBody>;

export type CheckedEnrolment =
  | { readonly kind: 'genuine'; readonly body: EnrolmentBody; readonly keyid: string; readonly words: readonly string[] }
  | { readonly kind: 'refused'; readonly code: 'envelope-malformed' | 'body-malformed' | 'key-weak' | 'signature-invalid' };

/** The statement, when its own key signed it, with the words to compare by voice. Who the person is only that comparison tells. */
export async function verifyEnrolment(crypto: Crypto, envelope: unknown): Promise<CheckedEnrolment> {
  const opened = openEnvelope(envelope, payloadTypes.enrolment);
  if (opened.kind === 'refused') return { kind: 'refused', code: 'envelope-malformed' };
  const body = parseEnrolment(opened.body);
  const pub = body && parseB64u(body.key.pub);
  if (body === undefined || pub === undefined) return { kind: 'refused', code: 'body-malformed' };
  const key = readKey(body.key);
  if (key === 'weak' || key === 'unknown') return { kind: 'refused', code: 'key-weak' };
  const keyid = await keyidOf(crypto, body.key.alg, pub);
  const [signature] = opened.signatures;
  const isOwn = opened.signatures.length === 1 && signature?.keyid === keyid && (await verifySignature(crypto, key, signature, opened.signed)).kind === 'valid';
  if (!isOwn) return { kind: 'refused', code: 'signature-invalid' };
  return { kind: 'genuine', body, keyid, words: await enrolmentWords(crypto, keyid, body.enc) };
}

/** The words cover everything of the person's that a server could exchange on its way. */
export async function enrolmentWords(crypto: Crypto, keyid: string, enc: string | undefined): Promise<readonly string[]> {
  return await sixWords(crypto, 'key', enc === undefined ? keyid : `${keyid}\n${enc}`);
}

export function parseEnrolment(body: Bytes): EnrolmentBody | undefined {
  const parsed = strictParse(body);
  return parsed !== undefined && isEnrolmentBody(parsed.value) ? parsed.value : undefined;
}

export function parseInvitation(body: Bytes): InvitationBody | undefined {
  const parsed = strictParse(body);
  return parsed !== undefined && isInvitationBody(parsed.value) ? parsed.value : undefined;
}

/** A proposal made of a name; the administrator may choose another. Empty when the name has no letter or digit to take. */
export function proposeMemberId(name: string): string {
  const plain = name.normalize('NFKD').replaceAll(/\p{M}+/gu, '').toLowerCase().replaceAll(/[^a-z0-9]+/g, '.').replaceAll(/^\.+|\.+$/g, '');
  return plain.slice(0, 64);
}
