/** Public keys of Ed25519 that must not be trusted: with one of small order, some signatures fit any message. */
import type { Bytes } from './bytes.ts';

/** y coordinates of the points whose order divides eight, little-endian hexadecimal, the sign bit cleared. */
const smallOrder: ReadonlySet<string> = new Set([
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000000',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
]);

/** True for 32 bytes that are the one spelling of a number below the field's prime and not of small order. */
export function isSafeEd25519(publicKey: Bytes): boolean {
  if (publicKey.length !== 32) return false;
  const y = Uint8Array.from(publicKey);
  y[31] = (y[31] ?? 0) & 0x7f;
  const isBelowPrime = !(y[31] === 0x7f && y.subarray(1, 31).every((byte) => byte === 0xff) && (y[0] ?? 0) >= 0xed);
  return isBelowPrime && !smallOrder.has([...y].map((byte) => byte.toString(16).padStart(2, '0')).join(''));
}
