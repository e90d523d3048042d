/** JSON with one spelling for every value, so that two programs cannot read two things from the same bytes. */
import { textOf } from './bytes.ts';
import type { Bytes } from './bytes.ts';

export const maxBodyBytes = 1024 * 1024;
const maxDepth = 8;

/** A parsed value in a box, because `undefined` means refused and `null` is a value. */
export type Parsed = { readonly value: unknown };

/**
 * Parses what `JSON.stringify` would have written, byte for byte; all else is `undefined`: white space, a byte order mark, repeated
 * keys, numbers that are not exact, other escapes. Also refused: more than 1 MiB, more than 8 levels, `__proto__`, half characters,
 * and numbers that are not safe integers.
 */
export function strictParse(bytes: Bytes): Parsed | undefined {
  if (bytes.length > maxBodyBytes) return undefined;
  const text = textOf(bytes);
  if (text === undefined || depthOf(text) > maxDepth) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return JSON.stringify(value) === text && isPlain(value) ? { value } : undefined;
  } catch {
    // Not JSON.
    return undefined;
  }
}

/** How deep brackets are nested outside strings. Counted before parsing, so that no parser has to recurse into a trap. */
export function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (let i = 0; i < text.length; i += 1) {
    const letter = text.charAt(i);
    if (letter === '"') i = endOfString(text, i);
    else if (letter === '{' || letter === '[') deepest = Math.max(deepest, (depth += 1));
    else if (letter === '}' || letter === ']') depth -= 1;
  }
  return deepest;
}

/** Index of the closing quote of the string that opens at `start`, or the end of the text. */
export function endOfString(text: string, start: number): number {
  let i = start + 1;
  while (i < text.length && text.charAt(i) !== '"') i += text.charAt(i) === '\\' ? 2 : 1;
  return i;
}

/** No key that reaches into prototypes, no half characters, no number that a double cannot hold exactly. */
export function isPlain(value: unknown): boolean {
  if (typeof value === 'string') return value.isWellFormed();
  if (typeof value === 'number') return Number.isSafeInteger(value) && !Object.is(value, -0);
  if (typeof value !== 'object' || value === null) return true;
  if (Array.isArray(value)) return value.every(isPlain);
  return Object.entries(value).every(([key, member]) => key !== '__proto__' && key.isWellFormed() && isPlain(member));
}
