/** MySQL's and MariaDB's lexical rules, as the servers apply them and not as manuals summarise them. */

import { createTokens, tokenKind } from './tokens.ts';
import type { LexicalMode, Tokens } from './tokens.ts';
import { readComment } from './tokenizeComments.ts';
import { fail, isAfterDot, isControl, isDigit, isSpace, isWordPart, push } from './lexer.ts';
import type { Lexer } from './lexer.ts';
import { readWord } from './readWord.ts';
import { readNumber } from './tokenizeNumbers.ts';

/**
 * Cuts a text into tokens. Linear in the length of the text.
 *
 * Stops at the first thing no server accepts (an unterminated string or comment) and says so in `failure`.
 */
export function tokenize(text: string, mode: LexicalMode): Tokens {
  const tokens = createTokens(text, mode);
  const lexer: Lexer = { tokens, text, at: 0, inExecutable: false, delimiter: ';', nextDelimiter: Infinity, nextBackslash: -1 };
  while (lexer.at < text.length && tokens.failure === undefined) readNext(lexer);
  if (tokens.failure === undefined && lexer.inExecutable) fail(lexer, text.length, 'A comment that the server executes is not closed');
  return tokens;
}

function readNext(lexer: Lexer): void {
  const { text, at } = lexer;
  if (at >= lexer.nextDelimiter) {
    // A delimiter inside a string or comment is none.
    if (at > lexer.nextDelimiter) findDelimiter(lexer);
    if (at === lexer.nextDelimiter) return cutAtDelimiter(lexer);
  }
  const unit = text.charCodeAt(at);
  if (isSpace(unit)) lexer.at = at + 1;
  else if (!isWordPart(unit)) readSign(lexer, unit);
  else if (isDigit(unit) && !isAfterDot(lexer)) readNumber(lexer);
  else if (unit === 0x24) readDollar(lexer);
  else readWord(lexer);
}

/** Reads what begins with a character that is no part of a word. */
function readSign(lexer: Lexer, unit: number): void {
  const { text, at } = lexer;
  switch (unit) {
    case 0x27: // '
      return readText(lexer, unit);
    case 0x22: // "
      return lexer.tokens.mode.ansiQuotes ? readQuoted(lexer, unit, at, tokenKind.quoted) : readText(lexer, unit);
    case 0x60: // `
      return readQuoted(lexer, unit, at, tokenKind.quoted);
    case 0x40: // @
      return readVariable(lexer);
    case 0x23: // #
      return skipLine(lexer);
    case 0x2d: // -
      if (startsDashComment(text, at)) return skipLine(lexer);
      break;
    case 0x2f: // /
      if (text.charCodeAt(at + 1) === 0x2a) return readComment(lexer);
      break;
    case 0x2a: // *
      if (lexer.inExecutable && text.charCodeAt(at + 1) === 0x2f) {
        lexer.inExecutable = false;
        return push(lexer, tokenKind.executable, at + 2, '');
      }
      break;
    case 0x2e: // .
      if (isDigit(text.charCodeAt(at + 1)) && !isAfterWord(lexer)) return readNumber(lexer);
      break;
    case 0x5c: // \N is NULL on MariaDB
      if (lexer.tokens.mode.dialect === 'mariadb' && text.charCodeAt(at + 1) === 0x4e) return push(lexer, tokenKind.number, at + 2, 'NULL');
      return push(lexer, tokenKind.illegal, at + 1, '');
    default:
  }
  if (isControl(unit)) return push(lexer, tokenKind.illegal, at + 1, '');
  const operator = operatorAt(text, at);
  push(lexer, tokenKind.operator, at + operator.length, operator);
}

/** `--` starts a comment before white space, a control character or the end; `--1` is arithmetic. */
function startsDashComment(text: string, at: number): boolean {
  if (text.charCodeAt(at + 1) !== 0x2d) return false;
  const next = text.charCodeAt(at + 2);
  return Number.isNaN(next) || isSpace(next) || isControl(next);
}

/** Both kinds of line comment end at a line feed only; a lone carriage return does not end them. */
function skipLine(lexer: Lexer): void {
  const end = lexer.text.indexOf('\n', lexer.at);
  lexer.at = end === -1 ? lexer.text.length : end + 1;
}

/** `t.5x` names a column of t, while behind a quoted name or a space `.5` is a number. */
function isAfterWord(lexer: Lexer): boolean {
  const { tokens, at } = lexer;
  const last = tokens.count - 1;
  return last >= 0 && tokens.end[last] === at && tokens.kind[last] === tokenKind.word;
}

/** `$tag$ … $tag$` is one literal for MySQL 9; for older servers and MariaDB `$` is a letter. */
function readDollar(lexer: Lexer): void {
  const { text, at } = lexer;
  if (lexer.tokens.mode.dialect !== 'mysql' || isAfterDot(lexer)) return readWord(lexer);
  let tagEnd = at + 1;
  while (tagEnd < text.length && text.charCodeAt(tagEnd) !== 0x24 && isWordPart(text.charCodeAt(tagEnd))) tagEnd++;
  if (text.charCodeAt(tagEnd) !== 0x24) return readWord(lexer);
  const tag = text.slice(at, tagEnd + 1);
  const close = text.indexOf(tag, tagEnd + 1);
  if (close === -1) return fail(lexer, at, `The text quoted with ${tag} is not closed`);
  push(lexer, tokenKind.dollarText, close + tag.length, '');
}

function readText(lexer: Lexer, quote: number): void {
  const end = closingQuote(lexer, quote, lexer.at);
  if (end === -1) fail(lexer, lexer.at, 'A string is not closed');
  else push(lexer, tokenKind.text, end, '');
}

/** Offset behind the quote that closes the string opened at `open`, or -1. */
function closingQuote(lexer: Lexer, quote: number, open: number): number {
  const { text } = lexer;
  const sign = quote === 0x27 ? "'" : '"';
  for (let at = open + 1; ; ) {
    const next = text.indexOf(sign, at);
    if (next === -1) return -1;
    if (lexer.nextBackslash < at) {
      const backslash = text.indexOf('\\', at);
      lexer.nextBackslash = backslash === -1 ? Infinity : backslash;
    }
    if (lexer.nextBackslash < next) return closingQuoteBehindEscape(lexer, quote, lexer.nextBackslash);
    if (text.charCodeAt(next + 1) !== quote) return next + 1;
    at = next + 2;
  }
}

/** The same from the first backslash on, character by character. */
function closingQuoteBehindEscape(lexer: Lexer, quote: number, from: number): number {
  const { text, tokens } = lexer;
  const { mode } = tokens;
  tokens.backslashInText = true;
  if (quote === 0x22) tokens.backslashInDoubleQuotes = true;
  for (let at = from; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit === quote) {
      if (text.charCodeAt(at + 1) !== quote) return at + 1;
      at++;
    } else if (unit === 0x5c) {
      const behindWide = text.charCodeAt(at - 1) >= 128;
      if (behindWide) tokens.swallowable = true;
      if (!mode.noBackslashEscapes && !(mode.swallowingCharset && behindWide)) at++;
    }
  }
  return -1;
}

/** Quoted identifier: a doubled quote stands for itself, a backslash means nothing. */
function readQuoted(lexer: Lexer, quote: number, open: number, kind: number): void {
  const { text, tokens } = lexer;
  for (let at = open + 1; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit >= 128 && text.charCodeAt(at + 1) === 0x60) tokens.swallowable = true;
    if (unit !== quote) continue;
    if (tokens.mode.swallowingCharset && quote === 0x60 && text.charCodeAt(at - 1) >= 128) continue;
    if (text.charCodeAt(at + 1) === quote) at++;
    else return push(lexer, kind, at + 1, '');
  }
  fail(lexer, lexer.at, 'A quoted name is not closed');
}

function readVariable(lexer: Lexer): void {
  const { text, at } = lexer;
  const next = text.charCodeAt(at + 1);
  if (next === 0x40) return push(lexer, tokenKind.systemVariable, at + 2, '@@');
  if (next === 0x60) return readQuoted(lexer, next, at + 1, tokenKind.userVariable);
  if (next === 0x27 || next === 0x22) {
    const end = closingQuote(lexer, next, at + 1);
    return end === -1 ? fail(lexer, at, 'A string is not closed') : push(lexer, tokenKind.userVariable, end, '');
  }
  let end = at + 1;
  while (end < text.length && (isWordPart(text.charCodeAt(end)) || text.charCodeAt(end) === 0x2e)) end++;
  push(lexer, tokenKind.userVariable, Math.min(end, lexer.nextDelimiter), '');
}

const longOperators = ['<=>', '->>', ':=', '<=', '>=', '<>', '!=', '&&', '||', '<<', '>>', '->'];
const operatorStarts = new Set(longOperators.map((operator) => operator.charCodeAt(0)));
const shortOperators = Array.from({ length: 128 }, (_, unit) => String.fromCharCode(unit));

function operatorAt(text: string, at: number): string {
  const unit = text.charCodeAt(at);
  if (operatorStarts.has(unit)) {
    for (const operator of longOperators) if (text.startsWith(operator, at)) return operator;
  }
  return shortOperators[unit] as string;
}

function cutAtDelimiter(lexer: Lexer): void {
  const { at, delimiter, tokens } = lexer;
  tokens.cuts.push({ token: tokens.count, start: at, end: at + delimiter.length, isCommand: false });
  lexer.at = at + delimiter.length;
  findDelimiter(lexer);
}

function findDelimiter(lexer: Lexer): void {
  const next = lexer.text.indexOf(lexer.delimiter, lexer.at);
  lexer.nextDelimiter = next === -1 ? Infinity : next;
}
