/** Public keys as the team file keeps them, and their names. */
import { b64u, concat, parseB64u, utf8 } from './bytes.ts';
import type { Bytes } from './bytes.ts';
import type { Crypto } from './crypto.ts';
import type { Signature } from './envelope.ts';
import { b64uText, closed, listOf, name, pattern } from './guards.ts';
import type { Guarded } from './guards.ts';
import { isoTime } from './isoTime.ts';
import type { SignatureCheck } from './signatureCheck.ts';
import { invalid, valid } from './signatureCheck.ts';
import { isSafeEd25519Spki, parseSshKey } from './sshKey.ts';
import { verifySshsig } from './sshsig.ts';
import { verifyWebauthn } from './webauthn.ts';
import type { WebauthnKey } from './webauthn.ts';

/**
 * `alg` may be one this version does not know: such a key is kept and never counts. `pub` is SPKI, of SSH keys the wire format.
 * `rpId`, `origins` and `credentialId` belong to passkeys.
 */
export const isKeyRecord = closed(
  { alg: pattern(/^[a-z0-9-]{1,32}$/), pub: b64uText(4096), added: isoTime, label: name(80) },
  { revoked: isoTime, rpId: name(253), origins: listOf(name(300), 8, 1), credentialId: b64uText(1400) },
);
export type KeyRecord = Guarded<typeof isKeyRecord>;

export type KeyAlgorithm = 'es256' | 'sshsig' | WebauthnKey['alg'];

/** A key that can be checked against. */
export type UsableKey = { readonly alg: 'es256' | 'sshsig'; readonly pub: Bytes } | WebauthnKey;

/** `weak`: no key at all, or one with which forging is easy. `unknown`: an algorithm of a later version. */
export function readKey(record: KeyRecord): UsableKey | 'weak' | 'unknown' {
  const pub = parseB64u(record.pub);
  if (pub === undefined) return 'weak';
  switch (record.alg) {
    case 'es256':
      return { alg: record.alg, pub };
    case 'sshsig':
      return parseSshKey(pub) === undefined ? 'weak' : { alg: record.alg, pub };
    case 'webauthn-es256': case 'webauthn-rs256': case 'webauthn-eddsa':
      return record.alg === 'webauthn-eddsa' && !isSafeEd25519Spki(pub) ? 'weak' : passkey(record, record.alg, pub);
    default:
      return 'unknown';
  }
}

function passkey({ rpId, origins }: KeyRecord, alg: WebauthnKey['alg'], pub: Bytes): WebauthnKey | 'weak' {
  return rpId === undefined || origins === undefined ? 'weak' : { alg, pub, rpId, origins };
}

/** Names a key by what it is; who holds it is the team file's business. */
export async function keyidOf(crypto: Crypto, alg: string, pub: Bytes): Promise<string> {
  return b64u(await crypto.sha256(concat(utf8(`${alg}\n`), pub)));
}

/** @param signed - the bytes of DSSE's encoding */
export async function verifySignature(crypto: Crypto, key: UsableKey, signature: Signature, signed: Bytes): Promise<SignatureCheck> {
  switch (key.alg) {
    case 'es256':
      return await verifyEs256(crypto, key.pub, signature, signed);
    case 'sshsig':
      return hasPasskeyParts(signature) ? invalid('signature-invalid') : await verifySshsig(crypto, key.pub, signature.sig, signed);
    case 'webauthn-es256': case 'webauthn-rs256': case 'webauthn-eddsa':
      return await verifyWebauthn(crypto, key, signature, signed);
  }
}

async function verifyEs256(crypto: Crypto, pub: Bytes, signature: Signature, signed: Bytes): Promise<SignatureCheck> {
  const raw = parseB64u(signature.sig);
  const fits = raw?.length === 64 && !hasPasskeyParts(signature) && (await crypto.verify('p256', pub, raw, signed));
  return fits ? valid('software') : invalid('signature-invalid');
}

function hasPasskeyParts({ authenticatorData, clientDataJSON }: Signature): boolean {
  return authenticatorData !== undefined || clientDataJSON !== undefined;
}
