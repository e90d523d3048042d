/** Finds clauses by their first word, outside of parentheses. */

import type { Tokens } from './tokens.ts';

/** First token at depth 0 between `from` and `to` whose word is one of `words`; `to` when there is none. */
export function findClause(tokens: Tokens, from: number, to: number, words: ReadonlySet<string>): number {
  let depth = 0;
  for (let at = from; at < to; at++) {
    const word = tokens.word[at] as string;
    if (word === '(') depth++;
    else if (word === ')') depth--;
    else if (depth === 0 && word !== '' && words.has(word)) return at;
  }
  return to;
}

/** The same for a single word. */
export function findWord(tokens: Tokens, from: number, to: number, wanted: string): number {
  let depth = 0;
  for (let at = from; at < to; at++) {
    const word = tokens.word[at] as string;
    if (word === '(') depth++;
    else if (word === ')') depth--;
    else if (depth === 0 && word === wanted) return at;
  }
  return to;
}

/** Index behind those of `words` that stand at `at` one after another, in any order. */
export function skipWords(tokens: Tokens, at: number, to: number, words: ReadonlySet<string>): number {
  let next = at;
  while (next < to && words.has(tokens.word[next] as string)) next++;
  return next;
}

/** Index behind `IF EXISTS` or `IF NOT EXISTS`, or `at`. */
export function skipIfExists(tokens: Tokens, at: number): number {
  if (tokens.word[at] !== 'IF') return at;
  if (tokens.word[at + 1] === 'EXISTS') return at + 2;
  return tokens.word[at + 1] === 'NOT' && tokens.word[at + 2] === 'EXISTS' ? at + 3 : at;
}
