/** Digests that name a signed body: over its type and its bytes. */
import type { Brand } from '../brand.ts';
import { b64u, concat, utf8 } from './bytes.ts';
import type { Bytes } from './bytes.ts';
import type { Crypto } from './crypto.ts';
import { pae, payloadTypes } from './envelope.ts';
import type { PayloadType } from './envelope.ts';
import { words } from './words.ts';

/** base64url of SHA-256 over DSSE's encoding of a body. */
export type BodyDigest = Brand<string, 'BodyDigest'>;

export async function bodyDigest(crypto: Crypto, type: PayloadType, body: Bytes): Promise<BodyDigest> {
  return b64u(await crypto.sha256(pae(type, body))) as BodyDigest;
}

export async function requestDigest(crypto: Crypto, body: Bytes): Promise<BodyDigest> {
  return await bodyDigest(crypto, payloadTypes.request, body);
}

/** Of the exact bytes of `team.jsonc`. */
export async function teamDigest(crypto: Crypto, file: Bytes): Promise<BodyDigest> {
  return await bodyDigest(crypto, payloadTypes.team, file);
}

const wordCount = 6;
const bitsPerWord = 11;

/**
 * Six words to compare by voice: 66 bits of a digest. The purpose is mixed in, so that the words of a team file are never those of a key.
 * Who wants other bytes with the same words has to try 2^66 of them.
 */
export async function sixWords(crypto: Crypto, purpose: 'key' | 'team' | 'request', digest: string): Promise<readonly string[]> {
  const hash = await crypto.sha256(concat(utf8(`countersign/v1/words/${purpose}\n`), utf8(digest)));
  const bits = [...hash].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return Array.from({ length: wordCount }, (_, index) => words[Number.parseInt(bits.slice(index * bitsPerWord, (index + 1) * bitsPerWord), 2)] ?? '');
}
