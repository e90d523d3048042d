/** The words that make the clauses of a statement. */
import type { OuterWord } from '../words.ts';
import { endOfToken, skipTrivia } from './lexer.ts';

/** Words outside of parentheses, in lower case; other tokens by their first character. */
export function outerWords(text: string): readonly OuterWord[] {
  const words: OuterWord[] = [];
  let depth = 0;
  for (let start = skipTrivia(text, 0); start < text.length; ) {
    const end = endOfToken(text, start);
    const unit = text.charAt(start);
    if (unit === ')' || unit === ']') depth--;
    if (depth === 0) words.push({ word: /^[a-z_]/iu.test(unit) ? text.slice(start, end).toLowerCase() : unit, start, end });
    if (unit === '(' || unit === '[') depth++;
    start = skipTrivia(text, end);
  }
  return words;
}
