/** Literals, and how MySQL turns them into numbers and truth. */

import { lowerAscii } from './asciiCase.ts';
import { tokenKind, tokenText } from './tokens.ts';
import type { Tokens } from './tokens.ts';

/** SQL NULL is null. */
export type Constant = number | string | null;

/** `value` is undefined for a literal whose value depends on what it is compared with: hexadecimal ones, dates, escapes. */
export type Literal = { readonly value: Constant | undefined; readonly end: number };

/** Reads the literal at `at`: numbers, strings with their prefixes, TRUE, FALSE, NULL. */
export function readConstant(tokens: Tokens, at: number, to: number): Literal | undefined {
  const word = tokens.word[at];
  switch (tokens.kind[at]) {
    case tokenKind.number:
      return { value: word === 'NULL' ? null : readNumber(tokenText(tokens, at)), end: at + 1 };
    case tokenKind.text:
      return readStrings(tokens, at, to);
    case tokenKind.word:
      if (word === 'NULL') return { value: null, end: at + 1 };
      if (word === 'TRUE') return { value: 1, end: at + 1 };
      if (word === 'FALSE') return { value: 0, end: at + 1 };
      if (isIntroducer(tokens, at, to)) return { value: undefined, end: at + (tokens.kind[at + 1] === tokenKind.number ? 2 : 3) };
      return at + 1 < to && tokens.kind[at + 1] === tokenKind.text && tokens.word[at + 1] === '' ? readPrefixed(tokens, at, to) : undefined;
    default:
      return undefined;
  }
}

/** `_latin1 x'ff'` and `_latin1 0xff`. */
function isIntroducer(tokens: Tokens, at: number, to: number): boolean {
  if (!tokenText(tokens, at).startsWith('_') || at + 1 >= to) return false;
  return tokens.kind[at + 1] === tokenKind.number || (tokens.kind[at + 1] === tokenKind.word && tokens.kind[at + 2] === tokenKind.text && /^[xb]$/i.test(tokenText(tokens, at + 1)));
}

/** Numbers that a double cannot hold exactly are left alone. */
function readNumber(text: string): number | undefined {
  const value = /^[\d.]/.test(text) && !/^0[xb]/.test(text) ? Number(text) : Number.NaN;
  return Math.abs(value) <= Number.MAX_SAFE_INTEGER ? value : undefined;
}

/** Adjacent strings are one. */
function readStrings(tokens: Tokens, at: number, to: number): Literal {
  let value: string | undefined = '';
  let end = at;
  for (; end < to && tokens.kind[end] === tokenKind.text; end++) {
    const literal = tokenText(tokens, end);
    value = value === undefined || literal.includes('\\') ? undefined : value + unquote(literal);
  }
  return { value, end };
}

/** `x'41'`, `b'01'`, `n'…'`, `_utf8mb4'…'`, `DATE '…'`. */
function readPrefixed(tokens: Tokens, at: number, to: number): Literal | undefined {
  const prefix = lowerAscii(tokenText(tokens, at));
  const { value, end } = readStrings(tokens, at + 1, to);
  if (prefix === 'n' || prefix.startsWith('_')) return { value, end };
  return ['x', 'b', 'date', 'time', 'timestamp'].includes(prefix) ? { value: undefined, end } : undefined;
}

function unquote(literal: string): string {
  const quote = literal.charAt(0);
  return literal.slice(1, -1).replaceAll(quote + quote, quote);
}

/** The number a constant is in numeric context: strings count as far as they begin with digits. */
export function toNumber(value: Exclude<Constant, null>): number {
  if (typeof value === 'number') return value;
  return Number(/^\s*[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?/i.exec(value)?.[0] ?? 0);
}

/** Truth of a constant; undefined for NULL. */
export function isTruthy(value: Constant): boolean | undefined {
  return value === null ? undefined : toNumber(value) !== 0;
}
