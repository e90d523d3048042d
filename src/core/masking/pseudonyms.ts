/** Names that stand for values within one request: equal values have equal names, and only who has the request's key can make them. */
import { utf8 } from '../approval/bytes.ts';
import type { Bytes } from '../approval/bytes.ts';
import type { Crypto } from '../approval/crypto.ts';

/** Without letters and digits that look alike. */
const letters = 'abcdefghijkmnpqrstuvwxyz23456789';
/** 50 bits: two of a thousand values get the same name once in two billion requests, and a change between them is marked all the same. */
const length = 10;

/** @param key - random, for one request, and then forgotten: names of two requests cannot be compared, and nobody can try values out */
export async function pseudonymsOf(crypto: Pick<Crypto, 'hmac'>, key: Bytes, values: ReadonlySet<string>): Promise<ReadonlyMap<string, string>> {
  const entries = [...values].map(async (value) => [value, nameOf(await crypto.hmac(key, utf8(value)))] as const);
  return new Map(await Promise.all(entries));
}

function nameOf(digest: Bytes): string {
  return `#${[...digest.slice(0, length)].map((byte) => letters.charAt(byte & 31)).join('')}`;
}
