/** Assertions of passkeys. The challenge is the hash of what is approved, so the device signs exactly that. */
import { b64u, concat, equalBytes, parseB64u, textOf, utf8 } from './bytes.ts';
import type { Bytes } from './bytes.ts';
import type { Crypto, SignatureAlgorithm } from './crypto.ts';
import { rawEcdsa } from './der.ts';
import type { Signature } from './envelope.ts';
import { isObject } from './guards.ts';
import type { DecisionRefusal } from './refusal.ts';
import type { SignatureCheck } from './signatureCheck.ts';
import { invalid, valid } from './signatureCheck.ts';

export type WebauthnKey = {
  readonly alg: 'webauthn-es256' | 'webauthn-rs256' | 'webauthn-eddsa';
  /** SPKI. */
  readonly pub: Bytes;
  readonly rpId: string;
  /** Exact origins; `http://localhost:*` stands for every port of one's own machine. */
  readonly origins: readonly string[];
};

const algorithms: Readonly<Record<WebauthnKey['alg'], SignatureAlgorithm>> = { 'webauthn-es256': 'p256', 'webauthn-rs256': 'rsa-sha256', 'webauthn-eddsa': 'ed25519' };
const flagBits = { userPresent: 0x01, userVerified: 0x04, backupEligible: 0x08, backedUp: 0x10, extensions: 0x80 } as const;
const headBytes = 37;
const localOrigin = /^http:\/\/localhost(:\d{1,5})?$/;

/** The challenge a passkey is given for what is to be signed. */
export async function webauthnChallenge(crypto: Crypto, signed: Bytes): Promise<Bytes> {
  return await crypto.sha256(signed);
}

export async function verifyWebauthn(crypto: Crypto, key: WebauthnKey, signature: Signature, signed: Bytes): Promise<SignatureCheck> {
  const authenticatorData = parseB64u(signature.authenticatorData ?? '');
  const clientDataBytes = parseB64u(signature.clientDataJSON ?? '');
  const raw = rawSignature(key, parseB64u(signature.sig));
  const clientData = clientDataBytes && parseClientData(clientDataBytes);
  if (!authenticatorData || !clientDataBytes || !clientData || !raw) return invalid('signature-invalid');
  const problem = clientProblem(clientData, key, b64u(await webauthnChallenge(crypto, signed))) ?? (await deviceProblem(crypto, authenticatorData, key));
  if (problem !== undefined) return invalid(problem);
  const message = concat(authenticatorData, await crypto.sha256(clientDataBytes));
  if (!(await crypto.verify(algorithms[key.alg], key.pub, raw, message))) return invalid('signature-invalid');
  if (!has(authenticatorData, flagBits.userVerified)) return valid('touch');
  return valid(localOrigin.test(String(clientData['origin'])) ? 'uv-local' : 'uv');
}

function rawSignature(key: WebauthnKey, signature: Bytes | undefined): Bytes | undefined {
  return signature && key.alg === 'webauthn-es256' ? rawEcdsa(signature) : signature;
}

/** Browsers add members of their own: only those that matter are looked at. */
function parseClientData(bytes: Bytes): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(textOf(bytes) ?? '');
    return isObject(value) ? value : undefined;
  } catch {
    // Not JSON.
    return undefined;
  }
}

function clientProblem(data: Readonly<Record<string, unknown>>, key: WebauthnKey, challenge: string): DecisionRefusal | undefined {
  if (data['type'] !== 'webauthn.get') return 'webauthn-type';
  if (data['challenge'] !== challenge) return 'webauthn-challenge';
  if (!isAllowedOrigin(data['origin'], key.origins)) return 'webauthn-origin';
  // In a frame the person sees another page than the one that asks.
  return data['crossOrigin'] === true || Object.hasOwn(data, 'topOrigin') ? 'webauthn-embedded' : undefined;
}

function isAllowedOrigin(origin: unknown, allowed: readonly string[]): boolean {
  if (typeof origin !== 'string') return false;
  return allowed.includes(origin) || (localOrigin.test(origin) && allowed.includes('http://localhost:*'));
}

async function deviceProblem(crypto: Crypto, data: Bytes, key: WebauthnKey): Promise<DecisionRefusal | undefined> {
  if (data.length < headBytes) return 'signature-invalid';
  if (!equalBytes(data.slice(0, 32), await crypto.sha256(utf8(key.rpId)))) return 'webauthn-rp';
  if (!has(data, flagBits.userPresent)) return 'user-not-present';
  if (has(data, flagBits.backedUp) && !has(data, flagBits.backupEligible)) return 'webauthn-flags';
  return data.length > headBytes && !has(data, flagBits.extensions) ? 'webauthn-flags' : undefined;
}

function has(authenticatorData: Bytes, bit: number): boolean {
  return ((authenticatorData[32] ?? 0) & bit) !== 0;
}
