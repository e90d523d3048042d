/** Identifiers and keywords without quotes. */

import { readDelimiterLine } from './delimiterLine.ts';
import { keywordAt, nextHash } from './keywordTable.ts';
import { isAfterDot, isWordPart, push } from './lexer.ts';
import type { Lexer } from './lexer.ts';
import { tokenKind } from './tokens.ts';

/** Reads the word at the lexer's place, or obeys it when it is the client's DELIMITER command. */
export function readWord(lexer: Lexer): void {
  const { text, at, tokens } = lexer;
  const stop = Math.min(text.length, lexer.nextDelimiter);
  let end = at;
  let hash = 0;
  for (; end < stop; end++) {
    const unit = text.charCodeAt(end);
    if (!isWordPart(unit)) {
      const isSwallowed = end > at && (unit === 0x60 || unit === 0x5c) && text.charCodeAt(end - 1) >= 128;
      if (isSwallowed) tokens.swallowable = true;
      if (!isSwallowed || !tokens.mode.swallowingCharset) break;
    }
    hash = nextHash(hash, unit);
  }
  const word = isQualified(lexer, end) ? '' : keywordAt(text, at, end, hash);
  if (word === 'DELIMITER' && readDelimiterLine(lexer, at, end)) return;
  push(lexer, tokenKind.word, end, word);
}

/** Directly before or behind a dot even a reserved word is an identifier. */
function isQualified(lexer: Lexer, end: number): boolean {
  const { text } = lexer;
  return (text.charCodeAt(end) === 0x2e && isWordPart(text.charCodeAt(end + 1))) || isAfterDot(lexer);
}
