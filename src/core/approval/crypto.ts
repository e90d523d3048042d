/**
 * What cryptography has to do here, and no more: SHA-2, HMAC, AES-GCM, P-256, and checking signatures. One implementation over WebCrypto,
 * so that the extension, a web page, the server and the command line run the same code. The platform's object comes in as an argument.
 */
import type { Bytes } from './bytes.ts';
import { hkdf } from './hkdf.ts';

/** `p256`: the signature is r and s, 32 bytes each. `rsa-*`: PKCS #1 v1.5. */
export type SignatureAlgorithm = 'p256' | 'ed25519' | 'rsa-sha256' | 'rsa-sha512';

/** A private key that stays where it is; `publicKey` is SPKI. */
export type PrivateKey = { readonly publicKey: Bytes; readonly handle: object };

export interface Crypto {
  sha256(data: Bytes): Promise<Bytes>;
  sha512(data: Bytes): Promise<Bytes>;
  hmac(key: Bytes, data: Bytes): Promise<Bytes>;
  /** HKDF-SHA256 of RFC 5869, 32 bytes. */
  derive(secret: Bytes, salt: Bytes, info: Bytes): Promise<Bytes>;
  /** Cryptographically strong. */
  random(length: number): Bytes;
  /** False for a bad signature and for a key that is none. Never rejects. */
  verify(algorithm: SignatureAlgorithm, spki: Bytes, signature: Bytes, data: Bytes): Promise<boolean>;
  /** ECDSA over P-256 with SHA-256: r and s. */
  sign(key: PrivateKey, data: Bytes): Promise<Bytes>;
  /** AES-256-GCM; the tag stands at the end. */
  encrypt(key: Bytes, iv: Bytes, plain: Bytes, aad: Bytes): Promise<Bytes>;
  /** `undefined` when key, iv, bytes or aad are not those of `encrypt`. */
  decrypt(key: Bytes, iv: Bytes, sealed: Bytes, aad: Bytes): Promise<Bytes | undefined>;
  /** A new P-256 key pair. `sign`: ECDSA. `agree`: ECDH. */
  generate(use: 'sign' | 'agree', extractable: boolean): Promise<PrivateKey>;
  /** P-256 from PKCS #8. */
  importKey(use: 'sign' | 'agree', pkcs8: Bytes, publicKey: Bytes): Promise<PrivateKey>;
  /** PKCS #8. Rejects for a key that was not made extractable. */
  exportKey(key: PrivateKey): Promise<Bytes>;
  /** The x coordinate both sides share; `undefined` when the other key is no point of the curve. */
  agree(key: PrivateKey, spki: Bytes): Promise<Bytes | undefined>;
}

/** The part of the platform's `crypto` that is used. Keys are opaque. */
export interface WebCrypto {
  getRandomValues(bytes: Bytes): unknown;
  readonly subtle: {
    digest(algorithm: string, data: Bytes): Promise<ArrayBuffer>;
    importKey(format: 'raw' | 'spki' | 'pkcs8', data: Bytes, algorithm: Algorithm, extractable: boolean, usages: KeyUse[]): Promise<object>;
    exportKey(format: 'spki' | 'pkcs8', key: object): Promise<ArrayBuffer>;
    generateKey(algorithm: CurveAlgorithm, extractable: boolean, usages: KeyUse[]): Promise<{ readonly publicKey: object; readonly privateKey: object }>;
    verify(algorithm: Algorithm, key: object, signature: Bytes, data: Bytes): Promise<boolean>;
    sign(algorithm: Algorithm, key: object, data: Bytes): Promise<ArrayBuffer>;
    encrypt(algorithm: GcmAlgorithm, key: object, data: Bytes): Promise<ArrayBuffer>;
    decrypt(algorithm: GcmAlgorithm, key: object, data: Bytes): Promise<ArrayBuffer>;
    deriveBits(algorithm: { name: string; public: object }, key: object, length: number): Promise<ArrayBuffer>;
  };
}
type KeyUse = 'sign' | 'verify' | 'encrypt' | 'decrypt' | 'deriveBits';
type Algorithm = { name: string; hash?: string; namedCurve?: string };
type CurveAlgorithm = { name: string; namedCurve: string };
type GcmAlgorithm = { name: string; iv: Bytes; additionalData: Bytes };

const schemes: Readonly<Record<SignatureAlgorithm, Algorithm>> = {
  p256: { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' },
  ed25519: { name: 'Ed25519' },
  'rsa-sha256': { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
  'rsa-sha512': { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-512' },
};
const hmacScheme: Algorithm = { name: 'HMAC', hash: 'SHA-256' };
const gcmScheme: Algorithm = { name: 'AES-GCM' };
const curves = { sign: { name: 'ECDSA', namedCurve: 'P-256' }, agree: { name: 'ECDH', namedCurve: 'P-256' } } as const;
const keyUses = { sign: 'sign', agree: 'deriveBits' } as const;

/** @param platform - `globalThis.crypto` of a browser (secure context), of Node or of the extension host */
export function createCrypto(platform: WebCrypto): Crypto {
  const { subtle } = platform;
  const importWith = async (format: 'raw' | 'spki' | 'pkcs8', bytes: Bytes, algorithm: Algorithm, use: KeyUse[]): Promise<object> => await subtle.importKey(format, bytes, algorithm, false, use);
  const hmac = async (key: Bytes, data: Bytes): Promise<Bytes> =>
    bytesOf(await subtle.sign(hmacScheme, await importWith('raw', key, hmacScheme, ['sign']), data));
  return {
    sha256: async (data) => bytesOf(await subtle.digest('SHA-256', data)),
    sha512: async (data) => bytesOf(await subtle.digest('SHA-512', data)),
    hmac,
    derive: async (secret, salt, info) => await hkdf(hmac, { secret, salt, info }),
    random(length) {
      const bytes = new Uint8Array(length);
      platform.getRandomValues(bytes);
      return bytes;
    },
    async verify(algorithm, spki, signature, data) {
      const scheme = schemes[algorithm];
      const answer = async (): Promise<boolean> => await subtle.verify(scheme, await importWith('spki', spki, scheme, ['verify']), signature, data);
      // A key that cannot be imported has signed nothing.
      return await answer().catch(() => false);
    },
    sign: async (key, data) => bytesOf(await subtle.sign(schemes.p256, key.handle, data)),
    async encrypt(key, iv, plain, aad) {
      const imported = await importWith('raw', key, gcmScheme, ['encrypt']);
      return bytesOf(await subtle.encrypt({ name: 'AES-GCM', iv, additionalData: aad }, imported, plain));
    },
    async decrypt(key, iv, sealed, aad) {
      const imported = await importWith('raw', key, gcmScheme, ['decrypt']);
      // WebCrypto says only that it did not fit, on purpose.
      return await subtle.decrypt({ name: 'AES-GCM', iv, additionalData: aad }, imported, sealed).then(bytesOf, () => undefined);
    },
    async generate(use, extractable) {
      const pair = await subtle.generateKey(curves[use], extractable, [keyUses[use]]);
      return { handle: pair.privateKey, publicKey: bytesOf(await subtle.exportKey('spki', pair.publicKey)) };
    },
    importKey: async (use, pkcs8, publicKey) => ({ publicKey, handle: await subtle.importKey('pkcs8', pkcs8, curves[use], false, [keyUses[use]]) }),
    exportKey: async (key) => bytesOf(await subtle.exportKey('pkcs8', key.handle)),
    async agree(key, spki) {
      const shared = async (): Promise<ArrayBuffer> => await subtle.deriveBits({ name: 'ECDH', public: await importWith('spki', spki, curves.agree, []) }, key.handle, 256);
      // The point is not on the curve: nobody can be agreed with.
      return await shared().then(bytesOf, () => undefined);
    },
  };
}

function bytesOf(buffer: ArrayBuffer): Bytes {
  return new Uint8Array(buffer);
}
