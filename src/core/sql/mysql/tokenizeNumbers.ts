/** Numbers, and the words that look like numbers. */

import { tokenKind } from './tokens.ts';
import { isDigit, isWordPart, push } from './lexer.ts';
import type { Lexer } from './lexer.ts';
import { readWord } from './readWord.ts';

/**
 * Reads a number, or the identifier that begins like one.
 *
 * `1v` and `0x41G` are identifiers; `1.into` is the number `1.` and the keyword INTO; `1e5into` is `1e5` and INTO.
 */
export function readNumber(lexer: Lexer): void {
  const { text, at } = lexer;
  let end = at;
  while (isDigit(text.charCodeAt(end))) end++;
  if (end === at + 1 && text.charCodeAt(at) === 0x30) {
    const prefixed = endOfPrefixed(text, end);
    if (prefixed !== -1) return isWordPart(text.charCodeAt(prefixed)) ? readWord(lexer) : push(lexer, tokenKind.number, prefixed, '');
  }
  if (text.charCodeAt(end) === 0x2e) {
    end++;
    while (isDigit(text.charCodeAt(end))) end++;
    return push(lexer, tokenKind.number, endOfExponent(text, end), '');
  }
  if (!isWordPart(text.charCodeAt(end))) return push(lexer, tokenKind.number, end, '');
  const exponent = endOfExponent(text, end);
  return exponent === end ? readWord(lexer) : push(lexer, tokenKind.number, exponent, '');
}

/** End of the digits behind `0x` or `0b`, or -1 when there are none. Only the lower-case prefix makes a literal. */
function endOfPrefixed(text: string, at: number): number {
  const prefix = text.charCodeAt(at);
  const isDigitOf = prefix === 0x78 ? isHexDigit : prefix === 0x62 ? isBinaryDigit : undefined;
  if (isDigitOf === undefined) return -1;
  let end = at + 1;
  while (isDigitOf(text.charCodeAt(end))) end++;
  return end === at + 1 ? -1 : end;
}

function isHexDigit(unit: number): boolean {
  return isDigit(unit) || ((unit | 0x20) >= 0x61 && (unit | 0x20) <= 0x66);
}
function isBinaryDigit(unit: number): boolean {
  return unit === 0x30 || unit === 0x31;
}

/** End of an exponent that begins at `at`, or `at` when there is none. */
function endOfExponent(text: string, at: number): number {
  if ((text.charCodeAt(at) | 0x20) !== 0x65) return at;
  const sign = text.charCodeAt(at + 1);
  let end = sign === 0x2b || sign === 0x2d ? at + 2 : at + 1;
  if (!isDigit(text.charCodeAt(end))) return at;
  while (isDigit(text.charCodeAt(end))) end++;
  return end;
}
