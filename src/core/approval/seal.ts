/** What a server keeps without being able to read it, and the secret in the link that opens it. */
import { b64u, concat, equalBytes, parseB64u, utf8 } from './bytes.ts';
import type { Bytes } from './bytes.ts';
import type { Crypto, PrivateKey } from './crypto.ts';
import { spkiPrefixes } from './der.ts';

const secretBytes = 32;
const ivBytes = 12;
const pointBytes = 65;

/** Everything the 32 bytes of a link stand for. `readToken` shows a server that somebody has the link; it does not open anything. */
export type LinkKeys = { readonly key: Bytes; readonly readToken: Bytes };

export async function linkKeys(crypto: Crypto, id: string, secret: Bytes): Promise<LinkKeys> {
  const part = async (name: string): Promise<Bytes> => await crypto.derive(secret, utf8(id), utf8(`countersign/v1/${name}`));
  return { key: await part('enc'), readToken: await part('read-token') };
}

/** What a server is told of the read token: enough to recognise it. */
export async function readHash(crypto: Crypto, readToken: Bytes): Promise<string> {
  return b64u(await crypto.sha256(readToken));
}

/** What is in a sealed message; part of the seal, so that one cannot be served in place of another. */
export type SealedKind = 'request' | 'decision' | 'seen' | 'enrolment';

/** Of a request the context is its id alone, as the protocol has it. */
function contextOf(kind: SealedKind, id: string): Bytes {
  return utf8(kind === 'request' ? `countersign/v1/${id}` : `countersign/v1/${kind}/${id}`);
}

/** iv, then AES-256-GCM. */
export async function sealBox(crypto: Crypto, key: Bytes, at: { readonly kind: SealedKind; readonly id: string }, plain: Bytes): Promise<Bytes> {
  const iv = crypto.random(ivBytes);
  return concat(iv, await crypto.encrypt(key, iv, plain, contextOf(at.kind, at.id)));
}

/** `undefined` for another key, another id, another kind, or a changed bit. */
export async function openBox(crypto: Crypto, key: Bytes, at: { readonly kind: SealedKind; readonly id: string }, box: Bytes): Promise<Bytes | undefined> {
  return await crypto.decrypt(key, box.slice(0, ivBytes), box.slice(ivBytes), contextOf(at.kind, at.id));
}

/** Seals the secret of a link to one member: their editor finds the request without the link. 81 bytes more than the secret. */
export async function sealToMember(crypto: Crypto, enc: Bytes, id: string, secret: Bytes): Promise<Bytes | undefined> {
  const own = await crypto.generate('agree', false);
  const shared = await crypto.agree(own, enc);
  if (shared === undefined) return undefined;
  const point = own.publicKey.slice(spkiPrefixes.p256.length);
  const key = await memberKey(crypto, { shared, point, enc }, id);
  // The key is used once, so the iv may be fixed.
  return concat(point, await crypto.encrypt(key, new Uint8Array(ivBytes), secret, utf8(id)));
}

export async function openFromSender(crypto: Crypto, own: PrivateKey, id: string, sealed: Bytes): Promise<Bytes | undefined> {
  const point = sealed.slice(0, pointBytes);
  if (sealed.length < pointBytes || point[0] !== 4) return undefined;
  const shared = await crypto.agree(own, concat(spkiPrefixes.p256, point));
  if (shared === undefined) return undefined;
  const key = await memberKey(crypto, { shared, point, enc: own.publicKey }, id);
  return await crypto.decrypt(key, new Uint8Array(ivBytes), sealed.slice(pointBytes), utf8(id));
}

async function memberKey(crypto: Crypto, { shared, point, enc }: { readonly shared: Bytes; readonly point: Bytes; readonly enc: Bytes }, id: string): Promise<Bytes> {
  return await crypto.derive(shared, utf8(id), concat(utf8('countersign/v1/inbox'), point, enc));
}

export type Link = { /** Where the server is, without a slash at the end. */ readonly server: string; readonly id: string; readonly secret: Bytes };

/** Everything after `#` stays in the browser and the editor. */
export function linkText({ server, id, secret }: Link): string {
  return `${server}/r/${id}#1.${b64u(secret)}`;
}

/** The link, or `undefined`. A link of a later version is refused, not guessed at. */
export function parseLink(text: string): Link | undefined {
  const [, server, id, fragment] = /^(https?:\/\/[^\s#?]+)\/r\/(r_[\w-]{16})#(\S+)$/.exec(text.trim()) ?? [];
  const secret = parseFragment(fragment ?? '');
  return server !== undefined && id !== undefined && secret !== undefined ? { server, id, secret } : undefined;
}

/** The secret in what stands after `#`. */
export function parseFragment(fragment: string): Bytes | undefined {
  const secret = fragment.startsWith('1.') ? parseB64u(fragment.slice(2)) : undefined;
  return secret?.length === secretBytes ? secret : undefined;
}

export function newRequestId(crypto: Crypto): string {
  return `r_${b64u(crypto.random(12))}`;
}

export function newSecret(crypto: Crypto): Bytes {
  return crypto.random(secretBytes);
}

/** Whether a token is the one a server was told of. Compares hashes, so the time it takes says nothing. */
export async function isReadToken(crypto: Crypto, token: string, hash: string): Promise<boolean> {
  const bytes = parseB64u(token);
  return bytes?.length === 32 && equalBytes(await crypto.sha256(bytes), parseB64u(hash) ?? new Uint8Array(0));
}
