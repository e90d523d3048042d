/** Where the tokenizer stands, and what its readers share. */

import { growTokens } from './tokens.ts';
import type { Tokens } from './tokens.ts';

const wordPart = 1;
const space = 2;
const digit = 4;
const control = 8;

/** What an ASCII character can be; everything above it is part of a word. */
const traits = new Uint8Array(128);
for (let unit = 0; unit < 128; unit++) {
  const isDigit = unit >= 0x30 && unit <= 0x39;
  const isLetter = (unit | 0x20) >= 0x61 && (unit | 0x20) <= 0x7a;
  if (isDigit || isLetter || unit === 0x24 || unit === 0x5f) traits[unit] = wordPart | (isDigit ? digit : 0);
  else if (unit === 0x20 || (unit >= 0x09 && unit <= 0x0d)) traits[unit] = space | (unit < 0x20 ? control : 0);
  else if (unit < 0x20 || unit === 0x7f) traits[unit] = control;
}

export function isWordPart(unit: number): boolean {
  return unit >= 128 || ((traits[unit] as number) & wordPart) !== 0;
}
export function isDigit(unit: number): boolean {
  return unit >= 0x30 && unit <= 0x39;
}

export function isSpace(unit: number): boolean {
  return unit < 128 && ((traits[unit] as number) & space) !== 0;
}
export function isControl(unit: number): boolean {
  return unit < 128 && ((traits[unit] as number) & control) !== 0;
}

/** Where the tokenizer stands. Shared with the readers of comments and numbers. */
export type Lexer = {
  readonly tokens: Tokens;
  readonly text: string;
  at: number;
  /** Inside a comment whose content is executed. */
  inExecutable: boolean;
  /** What ends a statement for the client; `;` is the server's own and always ends one. */
  delimiter: string;
  /** Next occurrence of a delimiter other than `;`, or Infinity. */
  nextDelimiter: number;
  /** Next backslash at or behind the last string looked into; Infinity when there is none. */
  nextBackslash: number;
};

/** Adds the token from the lexer's place to `end`, and moves there. */
export function push(lexer: Lexer, kind: number, end: number, word: string): void {
  const { tokens, at } = lexer;
  const { count } = tokens;
  if (count === tokens.kind.length) growTokens(tokens);
  tokens.kind[count] = kind;
  tokens.start[count] = at;
  tokens.end[count] = end;
  tokens.word.push(word);
  tokens.count = count + 1;
  lexer.at = end;
}

export function fail(lexer: Lexer, offset: number, message: string): void {
  lexer.tokens.failure = { message, offset };
}

/** Directly behind a dot every word is an identifier, `into` too. */
export function isAfterDot(lexer: Lexer): boolean {
  const { tokens, at } = lexer;
  const last = tokens.count - 1;
  return last >= 0 && tokens.word[last] === '.' && tokens.end[last] === at;
}
