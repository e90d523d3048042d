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

/** Puts spaces in the place of all comments, so that every other character stays where it is. */
export function blankComments(text: string): string {
  let blank = '';
  for (let index = 0; index < text.length; ) {
    const next = skipTrivia(text, index);
    blank += text.slice(index, next).replaceAll(/[^\n]/g, ' ');
    const end = next < text.length ? endOfToken(text, next) : next;
    blank += text.slice(next, end);
    index = end;
  }
  return blank;
}
