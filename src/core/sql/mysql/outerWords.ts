/** The words that make the clauses of a statement, under the server's default sql_mode. */
import type { OuterWord } from '../words.ts';
import { tokenKind, tokenText, type MysqlDialect } from './tokens.ts';
import { tokenize } from './tokenize.ts';

/** Words outside of parentheses, in lower case; operators as they are; other tokens without text. */
export function outerWords(text: string, dialect: MysqlDialect): readonly OuterWord[] {
  const tokens = tokenize(text, { dialect, ansiQuotes: false, noBackslashEscapes: false, swallowingCharset: false });
  const words: OuterWord[] = [];
  let depth = 0;
  for (let index = 0; index < tokens.count; index++) {
    const kind = tokens.kind[index];
    const operator = kind === tokenKind.operator ? tokens.word[index] : '';
    if (operator === ')') depth--;
    const word = kind === tokenKind.word ? tokenText(tokens, index).toLowerCase() : (operator ?? '');
    if (depth === 0) words.push({ word, start: tokens.start[index] ?? 0, end: tokens.end[index] ?? 0 });
    if (operator === '(') depth++;
  }
  return words;
}
