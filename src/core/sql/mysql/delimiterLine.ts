/** `DELIMITER x`: a command of the client program, never sent to a server. */

import { isSpace } from './lexer.ts';
import type { Lexer } from './lexer.ts';

/**
 * Obeys a DELIMITER line if the word at `start`..`end` begins one.
 *
 * @returns false when the word stands inside a statement or a line, where it is an ordinary word
 */
export function readDelimiterLine(lexer: Lexer, start: number, end: number): boolean {
  const { text, tokens } = lexer;
  if (!isAtStatementStart(lexer) || !isFirstOnLine(text, start)) return false;
  const newline = text.indexOf('\n', end);
  const lineEnd = newline === -1 ? text.length : newline;
  const argument = text.slice(end, lineEnd).trim().split(/\s/, 1)[0] ?? '';
  if (argument === '' || argument.includes('\\')) return false;
  lexer.delimiter = argument;
  lexer.at = lineEnd;
  const next = argument === ';' ? -1 : text.indexOf(argument, lineEnd);
  lexer.nextDelimiter = next === -1 ? Infinity : next;
  tokens.cuts.push({ token: tokens.count, start, end: lineEnd, isCommand: true });
  return true;
}

function isFirstOnLine(text: string, start: number): boolean {
  let at = start - 1;
  while (at >= 0 && text.charCodeAt(at) !== 0x0a && isSpace(text.charCodeAt(at))) at--;
  return at < 0 || text.charCodeAt(at) === 0x0a;
}

function isAtStatementStart({ tokens }: Lexer): boolean {
  const last = tokens.count - 1;
  return last < 0 || tokens.word[last] === ';' || tokens.cuts.at(-1)?.token === tokens.count;
}
