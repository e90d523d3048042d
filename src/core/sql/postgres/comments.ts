/** A text without its comments. */
import { endOfToken, skipTrivia } from './lexer.ts';

/** Puts one space in the place of every run of white space and comments. */
export function withoutComments(text: string): string {
  const tokens: string[] = [];
  for (let index = skipTrivia(text, 0); index < text.length; ) {
    const end = endOfToken(text, index);
    const next = skipTrivia(text, end);
    tokens.push(text.slice(index, end), next > end && next < text.length ? ' ' : '');
    index = next;
  }
  return tokens.join('');
}
