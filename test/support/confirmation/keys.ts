/** Keys of every kind, made by Node and used as their real owners would: the other side of `core/approval`. */
import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, sign as nodeSign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { b64u, concat, utf8 } from '../../../src/core/approval/bytes.ts';
import type { Bytes } from '../../../src/core/approval/bytes.ts';
import { createCrypto } from '../../../src/core/approval/crypto.ts';
import type { Signature, Signer } from '../../../src/core/approval/envelope.ts';
import { keyidOf } from '../../../src/core/approval/keyRecord.ts';
import type { KeyRecord } from '../../../src/core/approval/keyRecord.ts';
import { sshString } from '../../../src/core/approval/sshKey.ts';
import { armour } from '../../../src/core/approval/sshsig.ts';

export const crypto = createCrypto(globalThis.crypto);

/** A key of a person: what goes into the team file, and the hand that signs. */
export type OwnKey = { readonly record: KeyRecord; readonly keyid: string; readonly signer: Signer; /** PKCS #8, base64url. */ readonly secret: string };

const bytesOf = (buffer: Buffer): Bytes => Uint8Array.from(buffer);
const sha256 = (data: Uint8Array): Bytes => bytesOf(createHash('sha256').update(data).digest());
const added = '2026-01-01T00:00:00Z';

type KeyKind = 'p256' | 'ed25519' | 'rsa';

export function newPrivateKey(kind: KeyKind): KeyObject {
  if (kind === 'p256') return generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  return kind === 'rsa' ? generateKeyPairSync('rsa', { modulusLength: 3072 }).privateKey : generateKeyPairSync('ed25519').privateKey;
}

export function privateKeyOf(pkcs8: string): KeyObject {
  return createPrivateKey({ key: Buffer.from(pkcs8, 'base64url'), format: 'der', type: 'pkcs8' });
}

const spkiOf = (key: KeyObject): Bytes => bytesOf(createPublicKey(key).export({ format: 'der', type: 'spki' }));
const secretOf = (key: KeyObject): string => key.export({ format: 'der', type: 'pkcs8' }).toString('base64url');

async function own(record: KeyRecord, pub: Bytes, key: KeyObject, sign: (signed: Bytes) => Omit<Signature, 'keyid'>): Promise<OwnKey> {
  const keyid = await keyidOf(crypto, record.alg, pub);
  // oxlint-disable-next-line typescript/require-await -- Signer is a promise because real keys are slow.
  return { record, keyid, secret: secretOf(key), signer: { keyid, sign: async (signed) => ({ keyid, ...sign(signed) }) } };
}

/** A software key, as editor and browser keep them. */
export async function softwareKey(label = 'laptop', key = newPrivateKey('p256')): Promise<OwnKey> {
  const pub = spkiOf(key);
  const sign = (signed: Bytes): Omit<Signature, 'keyid'> => ({ sig: b64u(bytesOf(nodeSign('sha256', signed, { key, dsaEncoding: 'ieee-p1363' }))) });
  return await own({ alg: 'es256', pub: b64u(pub), added, label }, pub, key, sign);
}

/** What an authenticator and a browser answer; every part can be bent. */
export type PasskeyOptions = {
  readonly kind?: KeyKind;
  readonly key?: KeyObject;
  readonly rpId?: string;
  readonly origins?: readonly string[];
  readonly flags?: number;
  readonly type?: string;
  readonly origin?: string;
  readonly hashedRpId?: string;
  readonly challenge?: string;
  /** More members of clientDataJSON. */
  readonly more?: Readonly<Record<string, unknown>>;
};

export async function passkey(options: PasskeyOptions = {}): Promise<OwnKey> {
  const { kind = 'p256', rpId = 'confirm.example.com', origins = [`https://${rpId}`], flags = 0x05 } = options;
  const key = options.key ?? newPrivateKey(kind);
  const pub = spkiOf(key);
  const alg = ({ p256: 'webauthn-es256', rsa: 'webauthn-rs256', ed25519: 'webauthn-eddsa' } as const)[kind];
  const sign = (signed: Bytes): Omit<Signature, 'keyid'> => {
    const authenticatorData = concat(sha256(utf8(options.hashedRpId ?? rpId)), new Uint8Array([flags, 0, 0, 0, 1]));
    const challenge = options.challenge ?? b64u(sha256(signed));
    const client = utf8(JSON.stringify({ type: options.type ?? 'webauthn.get', challenge, origin: options.origin ?? origins[0], crossOrigin: false, ...options.more }));
    const sig = nodeSign(kind === 'ed25519' ? null : 'sha256', concat(authenticatorData, sha256(client)), key);
    return { sig: b64u(bytesOf(sig)), authenticatorData: b64u(authenticatorData), clientDataJSON: b64u(client) };
  };
  return await own({ alg, pub: b64u(pub), added, label: 'passkey', rpId, origins, credentialId: b64u(sha256(pub)) }, pub, key, sign);
}

export type SshOptions = { readonly kind?: KeyKind; readonly key?: KeyObject; /** Flags of a security key; absent for a key in a file. */ readonly flags?: number; readonly namespace?: string; readonly hash?: 'sha256' | 'sha512' };

/** SSH signatures put together by hand, for keys in hardware that no test machine has. */
export async function sshKey(options: SshOptions = {}): Promise<OwnKey> {
  const { kind = 'ed25519', namespace = 'confirm@countersign', hash = 'sha512' } = options;
  const key = options.key ?? newPrivateKey(kind);
  const type = sshType(kind, options.flags !== undefined);
  const pub = sshPublic(type, key, kind, options.flags !== undefined);
  const sign = (signed: Bytes): Omit<Signature, 'keyid'> => {
    const digest = bytesOf(createHash(hash).update(signed).digest());
    const message = concat(utf8('SSHSIG'), ...[utf8(namespace), new Uint8Array(0), utf8(hash), digest].map(sshString));
    const device = options.flags === undefined ? undefined : new Uint8Array([options.flags, 0, 0, 0, 7]);
    const inner = device === undefined ? message : concat(sha256(utf8('ssh:')), device, sha256(message));
    const name = kind === 'rsa' ? 'rsa-sha2-512' : type;
    const signature = concat(sshString(utf8(name)), sshString(rawSshSignature(kind, key, inner)), device ?? new Uint8Array(0));
    const blob = concat(utf8('SSHSIG'), new Uint8Array([0, 0, 0, 1]), ...[pub, utf8(namespace), new Uint8Array(0), utf8(hash), signature].map(sshString));
    return { sig: armour(blob) };
  };
  return await own({ alg: 'sshsig', pub: b64u(pub), added, label: 'ssh' }, pub, key, sign);
}

function sshType(kind: KeyKind, isHardware: boolean): string {
  if (kind === 'rsa') return 'ssh-rsa';
  const plain = kind === 'p256' ? 'ecdsa-sha2-nistp256' : 'ssh-ed25519';
  return isHardware ? `sk-${plain}@openssh.com` : plain;
}

function sshPublic(type: string, key: KeyObject, kind: KeyKind, isHardware: boolean): Bytes {
  const jwk = createPublicKey(key).export({ format: 'jwk' });
  const number = (text = ''): Bytes => bytesOf(Buffer.from(text, 'base64url'));
  const fields: Readonly<Record<KeyKind, () => Bytes>> = {
    ed25519: () => sshString(number(jwk.x)),
    p256: () => concat(sshString(utf8('nistp256')), sshString(concat(new Uint8Array([4]), number(jwk.x), number(jwk.y)))),
    rsa: () => concat(sshString(number(jwk.e)), sshString(concat(new Uint8Array([0]), number(jwk.n)))),
  };
  return concat(sshString(utf8(type)), fields[kind](), isHardware ? sshString(utf8('ssh:')) : new Uint8Array(0));
}

function rawSshSignature(kind: KeyKind, key: KeyObject, message: Bytes): Bytes {
  if (kind === 'ed25519') return bytesOf(nodeSign(null, message, key));
  if (kind === 'rsa') return bytesOf(nodeSign('sha512', message, key));
  const raw = bytesOf(nodeSign('sha256', message, { key, dsaEncoding: 'ieee-p1363' }));
  return concat(...[raw.slice(0, 32), raw.slice(32)].map((number) => sshString(signedNumber(number))));
}

/** The shortest big-endian spelling that is not negative. */
function signedNumber(number: Bytes): Bytes {
  const first = number.findIndex((byte) => byte !== 0);
  const digits = number.slice(first);
  return (digits[0] ?? 0) >= 0x80 ? concat(new Uint8Array([0]), digits) : digits;
}
