/** Block comments: plain ones, optimizer hints, and those whose content the server executes. */

import { tokenKind } from './tokens.ts';
import { fail, isDigit, push } from './lexer.ts';
import type { Lexer } from './lexer.ts';

/** Reads the comment that begins at the lexer's place. Plain comments do not nest. */
export function readComment(lexer: Lexer): void {
  const { text, at, tokens } = lexer;
  const third = text.charCodeAt(at + 2);
  if (third === 0x21) return readExecutable(lexer, at + 3);
  if (third === 0x4d && text.charCodeAt(at + 3) === 0x21) {
    // Only MariaDB executes these.
    if (tokens.mode.dialect === 'mariadb') return readExecutable(lexer, at + 4);
    tokens.skippedExecutables.push({ start: at, end: closePlain(lexer) });
    return;
  }
  const end = closePlain(lexer);
  if (third === 0x2b) tokens.hints.push({ start: at, end });
}

/** Moves behind the comment and says where that is. */
function closePlain(lexer: Lexer): number {
  const close = lexer.text.indexOf('*/', lexer.at + 2);
  if (close === -1) {
    fail(lexer, lexer.at, 'A comment is not closed');
    return lexer.text.length;
  }
  lexer.at = close + 2;
  return lexer.at;
}

function readExecutable(lexer: Lexer, digits: number): void {
  const { text, at, tokens } = lexer;
  let end = digits;
  while (end < digits + 6 && isDigit(text.charCodeAt(end))) end++;
  // Fewer than five digits are no version: they belong to the content.
  const version = end - digits >= 5 ? Number(text.slice(digits, end)) : 0;
  if (!lexer.inExecutable && runs(tokens.mode.dialect, version)) {
    lexer.inExecutable = true;
    push(lexer, tokenKind.executable, version === 0 ? digits : end, '');
    return;
  }
  skipNested(lexer);
  tokens.skippedExecutables.push({ start: at, end: lexer.at });
}

/** Whether current servers run the content. It only helps to find boundaries: the verdict is `unknown` either way. */
function runs(dialect: string, version: number): boolean {
  return dialect === 'mysql' ? version < 99_900 : version < 50_700 || (version >= 100_000 && version < 130_000);
}

/** Inside a comment that is skipped, one further level of comments is skipped with it. */
function skipNested(lexer: Lexer): void {
  const { text } = lexer;
  let depth = 1;
  for (let at = lexer.at + 2; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit === 0x2a && text.charCodeAt(at + 1) === 0x2f) {
      at++;
      if (--depth === 0) {
        lexer.at = at + 1;
        return;
      }
    } else if (unit === 0x2f && text.charCodeAt(at + 1) === 0x2a && depth === 1) {
      depth++;
      at++;
    }
  }
  fail(lexer, lexer.at, 'A comment is not closed');
}
