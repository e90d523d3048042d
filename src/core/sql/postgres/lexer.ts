/**
 * PostgreSQL's lexical rules, as far as they decide where a token ends: white space, comments, strings, quoted names,
 * dollar quotes. Assumes `standard_conforming_strings=on`. All positions are UTF-16 indices.
 *
 * @see PostgreSQL manual, "Lexical Structure"
 */

const whiteSpace = 1;
const letter = 2;
const digit = 3;
const operator = 4;

/** Kind of each ASCII character; everything above is part of a word. */
const kinds = classifyCharacters();

function classifyCharacters(): Uint8Array {
  const table = new Uint8Array(128);
  const mark = (characters: string, kind: number) => {
    for (const character of characters) table[character.charCodeAt(0)] = kind;
  };
  mark(' \t\n\r\f\v', whiteSpace);
  mark('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_', letter);
  mark('0123456789', digit);
  mark('~!@#^&|`?+-*/%<>=', operator);
  return table;
}

const newline = 10;
const carriageReturn = 13;
const quotationMark = 34;
const dollar = 36;
const apostrophe = 39;
const asterisk = 42;
const minus = 45;
const slash = 47;
const backslash = 92;

function kindAt(text: string, index: number): number {
  const unit = text.charCodeAt(index);
  // Not a number at the end of the text: no kind.
  return unit >= 128 ? letter : (kinds[unit] ?? 0);
}

/** The next index that is neither white space nor comment. An unterminated comment reaches to the end. */
export function skipTrivia(text: string, from: number): number {
  let index = from;
  for (;;) {
    while (kindAt(text, index) === whiteSpace) index++;
    const unit = text.charCodeAt(index);
    if (unit === minus && text.charCodeAt(index + 1) === minus) index = endOfLine(text, index + 2);
    else if (unit === slash && text.charCodeAt(index + 1) === asterisk) index = endOfBlockComment(text, index);
    else return index;
  }
}

/** A line comment ends before `\n` or `\r`. */
function endOfLine(text: string, from: number): number {
  let index = from;
  while (index < text.length) {
    const unit = text.charCodeAt(index);
    if (unit === newline || unit === carriageReturn) break;
    index++;
  }
  return index;
}

/** Block comments nest. */
function endOfBlockComment(text: string, from: number): number {
  let depth = 1;
  let index = from + 2;
  while (index < text.length) {
    const unit = text.charCodeAt(index);
    const next = text.charCodeAt(index + 1);
    if (unit === asterisk && next === slash) {
      depth--;
      index += 2;
      if (depth === 0) return index;
    } else if (unit === slash && next === asterisk) {
      depth++;
      index += 2;
    } else index++;
  }
  return text.length;
}

/** One past the token that begins at `from`; `from` is neither white space nor the begin of a comment. */
export function endOfToken(text: string, from: number): number {
  const unit = text.charCodeAt(from);
  if (unit === apostrophe) return endOfQuoted(text, from, apostrophe);
  if (unit === quotationMark) return endOfQuoted(text, from, quotationMark);
  if (unit === dollar) return endOfDollar(text, from);
  switch (kindAt(text, from)) {
    case letter:
      return endOfWord(text, from);
    case digit:
      return endOfNumber(text, from);
    case operator:
      return endOfOperator(text, from);
    default:
      return from + 1;
  }
}

/** A name or keyword, or a string behind its prefix: `E'…'`, `U&'…'`, `U&"…"`, `B'…'`, `X'…'`, `N'…'`. */
function endOfWord(text: string, from: number): number {
  let index = from + 1;
  for (;;) {
    const unit = text.charCodeAt(index);
    const kind = unit >= 128 ? letter : (kinds[unit] ?? 0);
    if (kind !== letter && kind !== digit && unit !== dollar) break;
    index++;
  }
  if (index !== from + 1) return index;
  const next = text.charCodeAt(index);
  switch (text.charAt(from)) {
    case 'E':
    case 'e':
      return next === apostrophe ? endOfEscapeString(text, index) : index;
    case 'B':
    case 'b':
    case 'X':
    case 'x':
    case 'N':
    case 'n':
      return next === apostrophe ? endOfQuoted(text, index, apostrophe) : index;
    case 'U':
    case 'u':
      return endOfUnicodeQuoted(text, index);
    default:
      return index;
  }
}

function endOfUnicodeQuoted(text: string, ampersandIndex: number): number {
  if (text.charAt(ampersandIndex) !== '&') return ampersandIndex;
  const quote = text.charCodeAt(ampersandIndex + 1);
  return quote === apostrophe || quote === quotationMark ? endOfQuoted(text, ampersandIndex + 1, quote) : ampersandIndex;
}

/** A doubled quote stays inside. */
function endOfQuoted(text: string, from: number, quote: number): number {
  const mark = quote === apostrophe ? "'" : '"';
  let index = from + 1;
  for (;;) {
    index = text.indexOf(mark, index);
    if (index < 0) return text.length;
    if (text.charCodeAt(index + 1) !== quote) return index + 1;
    index += 2;
  }
}

/** What may stand between two pieces of one string: white space with a line break in it, line comments allowed. */
const continuation = /(?:[ \t\f\v]|--[^\n\r]*)*[\n\r](?:[ \t\n\r\f\v]+|--[^\n\r]*[\n\r])*'/uy;

/** Backslash escapes, also in the pieces that follow on later lines. */
function endOfEscapeString(text: string, from: number): number {
  let index = from + 1;
  while (index < text.length) {
    const unit = text.charCodeAt(index);
    if (unit === backslash) index += 2;
    else if (unit !== apostrophe) index++;
    else if (text.charCodeAt(index + 1) === apostrophe) index += 2;
    else {
      continuation.lastIndex = index + 1;
      if (!continuation.test(text)) return index + 1;
      index = continuation.lastIndex;
    }
  }
  return text.length;
}

const dollarTag = /\$(?:[A-Za-z_\u0080-\uffff][A-Za-z0-9_\u0080-\uffff]*)?\$/y;
const parameter = /\$\d+/y;

/** `$tag$…$tag$`, a parameter like `$1`, or a lone dollar sign. */
function endOfDollar(text: string, from: number): number {
  dollarTag.lastIndex = from;
  const tag = dollarTag.exec(text)?.[0];
  if (tag !== undefined) {
    const end = text.indexOf(tag, from + tag.length);
    return end < 0 ? text.length : end + tag.length;
  }
  parameter.lastIndex = from;
  return parameter.test(text) ? parameter.lastIndex : from + 1;
}

function endOfNumber(text: string, from: number): number {
  let index = from + 1;
  for (;;) {
    const kind = kindAt(text, index);
    if (kind !== digit && kind !== letter) return index;
    index++;
  }
}

/** An operator ends where a comment begins. */
function endOfOperator(text: string, from: number): number {
  let index = from + 1;
  while (kindAt(text, index) === operator) {
    const unit = text.charCodeAt(index);
    const next = text.charCodeAt(index + 1);
    if ((unit === minus && next === minus) || (unit === slash && next === asterisk)) break;
    index++;
  }
  return index;
}
