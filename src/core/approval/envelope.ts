/** DSSE envelopes: bytes are signed, together with what they are. Nothing is parsed before its signature was checked. */
import { b64u, concat, parseB64u, textOf, utf8 } from './bytes.ts';
import type { Bytes } from './bytes.ts';
import { b64uOf, b64uText, closed, listOf, text } from './guards.ts';
import type { Guarded } from './guards.ts';
import { isPlain } from './strictJson.ts';

const type = <const Kind extends string>(kind: Kind) => `application/vnd.countersign.${kind}.v1+json` as const;

/** What can be signed. The type is part of what is signed, so no signature of one kind passes for another. */
export const payloadTypes = {
  request: type('confirm-request'),
  decision: type('confirm-decision'),
  /** A requester commits without the confirmation of others, in an emergency. */
  emergency: type('confirm-emergency'),
  enrolment: type('confirm-enrolment'),
  invitation: type('confirm-invitation'),
  team: type('team'),
  /** A requester files a request with a server. */
  post: type('confirm-post'),
  /** A requester claims or closes a request. */
  act: type('confirm-act'),
  /** A member proves to a server who is asking. */
  login: type('confirm-login'),
  /** A server confirms a claim. */
  receipt: type('confirm-receipt'),
} as const;
export type PayloadType = (typeof payloadTypes)[keyof typeof payloadTypes];

export const maxSignatures = 16;

const isSignature = closed({ keyid: b64uOf(32), sig: text(8192) }, { authenticatorData: b64uText(1024), clientDataJSON: b64uText(4096) });
export const isEnvelope = closed({ payloadType: text(128), payload: text(1_500_000), signatures: listOf(isSignature, 64) });

/** `sig` is base64url, except of SSH, where it is the armoured text. The last two belong to passkeys. */
export type Signature = Guarded<typeof isSignature>;
export type Envelope = Guarded<typeof isEnvelope>;

/** DSSE's pre-authentication encoding: the bytes that are really signed. */
export function pae(payloadType: string, body: Bytes): Bytes {
  const kind = utf8(payloadType);
  return concat(utf8(`DSSEv1 ${String(kind.length)} `), kind, utf8(` ${String(body.length)} `), body);
}

export type OpenedEnvelope =
  | { readonly kind: 'opened'; readonly body: Bytes; readonly signed: Bytes; readonly signatures: readonly Signature[] }
  | { readonly kind: 'refused'; readonly code: 'envelope-malformed' | 'payload-type' | 'too-many-signatures' };

/** The bytes in an envelope and the bytes its signatures are over. The body is not parsed here. */
export function openEnvelope(envelope: unknown, expected: PayloadType): OpenedEnvelope {
  if (!isEnvelope(envelope) || !isPlain(envelope)) return { kind: 'refused', code: 'envelope-malformed' };
  if (envelope.payloadType !== expected) return { kind: 'refused', code: 'payload-type' };
  const body = parseB64u(envelope.payload);
  if (body === undefined) return { kind: 'refused', code: 'envelope-malformed' };
  if (envelope.signatures.length > maxSignatures) return { kind: 'refused', code: 'too-many-signatures' };
  return { kind: 'opened', body, signed: pae(envelope.payloadType, body), signatures: envelope.signatures };
}

/** Makes the signature of one key over the bytes it is given. */
export interface Signer {
  readonly keyid: string;
  sign(signed: Bytes): Promise<Signature>;
}

/** Seals a body: it is written once, and these bytes are what is signed, sent, kept and compared. */
export async function signBody(payloadType: PayloadType, body: Bytes, signers: readonly Signer[]): Promise<Envelope> {
  const signed = pae(payloadType, body);
  const signatures: Signature[] = [];
  for (const signer of signers) signatures.push(await signer.sign(signed));
  return { payloadType, payload: b64u(body), signatures };
}

/** The bytes of a value, as they are signed. */
export function bodyBytes(body: object): Bytes {
  return utf8(JSON.stringify(body));
}

/** An envelope from its text; it may have been laid out for people. */
export function parseEnvelopeText(bytes: Bytes): Envelope | undefined {
  const json = textOf(bytes);
  if (json === undefined || json.length > 3_000_000) return undefined;
  try {
    const value: unknown = JSON.parse(json);
    return isEnvelope(value) && isPlain(value) ? value : undefined;
  } catch {
    // Not JSON.
    return undefined;
  }
}
