/** HKDF-SHA256 (RFC 5869) from HMAC alone: some builds of BoringSSL come without it. */
import { concat } from './bytes.ts';
import type { Bytes } from './bytes.ts';

type Hmac = (key: Bytes, data: Bytes) => Promise<Bytes>;

/** The first block, 32 bytes, or as many as asked for. */
export async function hkdf(hmac: Hmac, input: { readonly secret: Bytes; readonly salt: Bytes; readonly info: Bytes }, length = 32): Promise<Bytes> {
  // An HMAC key is padded with zeros, so no salt and 32 zeros are the same; WebCrypto refuses an empty key.
  const pseudorandom = await hmac(input.salt.length === 0 ? new Uint8Array(32) : input.salt, input.secret);
  let block: Bytes = new Uint8Array(0);
  let all: Bytes = new Uint8Array(0);
  for (let counter = 1; all.length < length; counter += 1) {
    block = await hmac(pseudorandom, concat(block, input.info, new Uint8Array([counter])));
    all = concat(all, block);
  }
  return all.slice(0, length);
}
