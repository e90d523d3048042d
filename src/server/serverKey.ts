/** The server's own secrets: a key that signs receipts, and one that makes its challenges and sessions its own. Shared by all instances. */
import { b64u, parseB64u, utf8 } from '../core/approval/bytes.ts';
import type { Bytes } from '../core/approval/bytes.ts';
import type { Crypto } from '../core/approval/crypto.ts';
import type { Signer } from '../core/approval/envelope.ts';
import { keyidOf } from '../core/approval/keyRecord.ts';
import type { Store } from './store/store.ts';

export type ServerKey = { readonly keyid: string; /** SPKI. */ readonly pub: Bytes; readonly signer: Signer; /** ECDSA over the very bytes: r and s. What is signed so must never begin like DSSE's encoding. */ readonly signRaw: (bytes: Bytes) => Promise<Bytes>; /** For HMAC. */ readonly secret: Bytes };

/** Reads the secrets, or makes them when there are none. Of two instances that start at once, the first one's count. */
export async function loadServerKey(crypto: Crypto, store: Store): Promise<ServerKey> {
  const made = await crypto.generate('sign', true);
  const fresh = { 'receipt-key': b64u(await crypto.exportKey(made)), 'receipt-public': b64u(made.publicKey), mac: b64u(crypto.random(32)) };
  const kept = await store.transaction(async (transaction) => {
    for (const [name, value] of Object.entries(fresh)) await transaction.query('INSERT INTO secrets (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING', [name, value]);
    return new Map((await transaction.query('SELECT name, value FROM secrets')).map(({ name, value }) => [String(name), String(value)]));
  });
  const bytes = (name: keyof typeof fresh): Bytes => parseB64u(kept.get(name) ?? '') ?? new Uint8Array(0);
  const pub = bytes('receipt-public');
  const key = await crypto.importKey('sign', bytes('receipt-key'), pub);
  const keyid = await keyidOf(crypto, 'es256', pub);
  const signRaw = async (signed: Bytes): Promise<Bytes> => await crypto.sign(key, signed);
  return { keyid, pub, secret: bytes('mac'), signRaw, signer: { keyid, sign: async (signed) => ({ keyid, sig: b64u(await signRaw(signed)) }) } };
}

/** Texts that only this server can have made, each kind for one purpose and for a while. */
export interface Tokens {
  make(purpose: 'challenge' | 'session', content: object, expires: number): Promise<string>;
  /** What `make` was given, or `undefined` when it is another's, for something else, or too old. */
  read(purpose: 'challenge' | 'session', token: string): Promise<Readonly<Record<string, unknown>> | undefined>;
}

export function createTokens(crypto: Crypto, secret: Bytes, now: () => number): Tokens {
  return {
    async make(purpose, content, expires) {
      const body = b64u(utf8(JSON.stringify({ ...content, purpose, expires })));
      return `${body}.${b64u(await crypto.hmac(secret, utf8(body)))}`;
    },
    async read(purpose, token) {
      const [body = '', mac = ''] = token.split('.');
      const given = parseB64u(mac);
      const expected = await crypto.hmac(secret, utf8(body));
      if (given?.length !== expected.length || !isEqualInConstantTime(given, expected)) return undefined;
      const content = JSON.parse(new TextDecoder().decode(parseB64u(body))) as Readonly<Record<string, unknown>>;
      return content['purpose'] === purpose && Number(content['expires']) > now() ? content : undefined;
    },
  };
}

function isEqualInConstantTime(a: Bytes, b: Bytes): boolean {
  return a.reduce((difference, byte, index) => difference | (byte ^ (b[index] ?? 0)), 0) === 0;
}
