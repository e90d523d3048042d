/** The few ASN.1 structures that keys and signatures come in. Only the shortest spelling (DER) is read. */
import { concat } from './bytes.ts';
import type { Bytes } from './bytes.ts';

const sequenceTag = 0x30;
const integerTag = 0x02;

const bytesOf = (hex: string): Bytes => new Uint8Array((hex.match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16)));

/** SubjectPublicKeyInfo up to the key itself. */
export const spkiPrefixes = {
  /** An uncompressed point of 65 bytes follows. */
  p256: bytesOf('3059301306072a8648ce3d020106082a8648ce3d030107034200'),
  /** 32 bytes follow. */
  ed25519: bytesOf('302a300506032b6570032100'),
} as const;
const rsaAlgorithm = bytesOf('300d06092a864886f70d0101010500');

/** SPKI of an RSA key from its numbers, each big-endian without a leading zero byte. */
export function rsaSpki(modulus: Bytes, exponent: Bytes): Bytes {
  const numbers = element(sequenceTag, concat(positive(modulus), positive(exponent)));
  return element(sequenceTag, concat(rsaAlgorithm, element(0x03, concat(new Uint8Array([0]), numbers))));
}

/** r and s of an ECDSA signature over P-256, 32 bytes each; `undefined` for anything else than DER of two positive integers. */
export function rawEcdsa(der: Bytes): Bytes | undefined {
  if (der[0] !== sequenceTag || der[1] !== der.length - 2) return undefined;
  const r = integerAt(der, 2);
  const s = r && integerAt(der, r.end);
  return r && s?.end === der.length ? concat(r.bytes, s.bytes) : undefined;
}

/** DER of an ECDSA signature over P-256 from r and s, 32 bytes each. */
export function derEcdsa(raw: Bytes): Bytes {
  const number = (bytes: Bytes): Bytes => positive(bytes.slice(Math.max(0, Math.min(bytes.length - 1, bytes.findIndex((byte) => byte !== 0)))));
  return element(sequenceTag, concat(number(raw.slice(0, 32)), number(raw.slice(32))));
}

/** A number of an SSH signature or of DER, big-endian and signed, as 32 bytes; `undefined` when it is not positive, padded or too long. */
export function fixed32(number: Bytes): Bytes | undefined {
  const first = number[0];
  if (first === undefined || first >= 0x80) return undefined;
  const isPadded = first === 0 && number.length > 1;
  if (isPadded && (number[1] ?? 0) < 0x80) return undefined;
  const digits = isPadded ? number.subarray(1) : number;
  return digits.length <= 32 ? concat(new Uint8Array(32 - digits.length), digits) : undefined;
}

function integerAt(der: Bytes, at: number): { readonly bytes: Bytes; readonly end: number } | undefined {
  const length = der[at + 1];
  if (der[at] !== integerTag || length === undefined || length > 33) return undefined;
  const end = at + 2 + length;
  const bytes = end <= der.length ? fixed32(der.subarray(at + 2, end)) : undefined;
  return bytes && { bytes, end };
}

function positive(number: Bytes): Bytes {
  return element(integerTag, (number[0] ?? 0) >= 0x80 ? concat(new Uint8Array([0]), number) : number);
}

function element(tag: number, content: Bytes): Bytes {
  const size = content.length;
  const length = size < 0x80 ? [size] : size < 0x100 ? [0x81, size] : [0x82, size >> 8, size & 0xff];
  return concat(new Uint8Array([tag, ...length]), content);
}
