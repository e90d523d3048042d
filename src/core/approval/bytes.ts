/** Bytes and their one spelling in text. Pure: nothing of the platform but its text coders. */

/** Bytes that own their memory, which is what WebCrypto asks for. */
export type Bytes = Uint8Array<ArrayBuffer>;

const encoder = new TextEncoder();

/** UTF-8. */
export function utf8(text: string): Bytes {
  return encoder.encode(text);
}

/** The text, or `undefined` when the bytes are not well-formed UTF-8. A byte order mark stays in the text. */
export function textOf(bytes: Bytes): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

export function concat(...parts: readonly Bytes[]): Bytes {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const part of parts) {
    all.set(part, offset);
    offset += part.length;
  }
  return all;
}

/** For public values: digests, ids, keys. It stops at the first difference. */
export function equalBytes(a: Bytes, b: Bytes): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}

const urlAlphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const standardAlphabet = `${urlAlphabet.slice(0, 62)}+/`;
const values = (alphabet: string): ReadonlyMap<string, number> => new Map([...alphabet].map((letter, value) => [letter, value]));
const urlValues = values(urlAlphabet);
const standardValues = values(standardAlphabet);

/** base64url without padding. */
export function b64u(bytes: Bytes): string {
  return encode(bytes, urlAlphabet);
}

/** The bytes, or `undefined` for anything that `b64u` would not have written: every value has one spelling. */
export function parseB64u(text: string): Bytes | undefined {
  return decode(text, urlValues);
}

/** base64 with padding, as SSH and PEM write it. */
export function b64(bytes: Bytes): string {
  const text = encode(bytes, standardAlphabet);
  return text.padEnd(Math.ceil(text.length / 4) * 4, '=');
}

/** The bytes, or `undefined` for anything that `b64` would not have written. */
export function parseB64(text: string): Bytes | undefined {
  const bytes = decode(text.replace(/={0,2}$/, ''), standardValues);
  return bytes !== undefined && b64(bytes) === text ? bytes : undefined;
}

function encode(bytes: Bytes, alphabet: string): string {
  const pieces: string[] = [];
  for (let i = 0; i < bytes.length; i += 3) {
    const left = bytes.length - i;
    const group = ((bytes[i] ?? 0) << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    const letter = (shift: number): string => alphabet.charAt((group >> shift) & 63);
    pieces.push(letter(18) + letter(12) + (left > 1 ? letter(6) : '') + (left > 2 ? letter(0) : ''));
  }
  return pieces.join('');
}

function decode(text: string, lookup: ReadonlyMap<string, number>): Bytes | undefined {
  if (text.length % 4 === 1) return undefined;
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4));
  let bits = 0;
  let held = 0;
  let written = 0;
  for (let i = 0; i < text.length; i += 1) {
    const value = lookup.get(text.charAt(i));
    if (value === undefined) return undefined;
    held = ((held << 6) | value) & 0xfff;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes[written] = (held >> bits) & 0xff;
    written += 1;
  }
  // Bits left over must be zero, or two texts would stand for the same bytes.
  return (held & ((1 << bits) - 1)) === 0 ? bytes : undefined;
}
