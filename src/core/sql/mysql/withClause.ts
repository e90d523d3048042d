/** Common table expressions. */

import { isName, nameText } from './tokens.ts';
import type { Tokens } from './tokens.ts';

/** `name [(columns)] AS (`: `body` is the token of the parenthesis that opens the query. */
export type Cte = { readonly name: string; readonly body: number };

/** Reads the head of a common table expression at `at`; undefined when there is none. */
export function readCte(tokens: Tokens, at: number, to: number): Cte | undefined {
  if (at >= to || !isName(tokens, at)) return undefined;
  let next = at + 1;
  if (tokens.word[next] === '(') next = behindParentheses(tokens, next, to);
  if (tokens.word[next] !== 'AS' || tokens.word[next + 1] !== '(') return undefined;
  return { name: nameText(tokens, at), body: next + 1 };
}

/** Index behind the whole WITH clause that begins at `at`, or undefined when it is not one. */
export function behindWithClause(tokens: Tokens, at: number, to: number): number | undefined {
  let next = tokens.word[at + 1] === 'RECURSIVE' ? at + 2 : at + 1;
  for (;;) {
    const cte = readCte(tokens, next, to);
    if (cte === undefined) return undefined;
    const end = behindCycle(tokens, behindParentheses(tokens, cte.body, to), to);
    if (tokens.word[end] !== ',') return end;
    next = end + 1;
  }
}

/** MariaDB's `CYCLE column, … RESTRICT`. */
export function behindCycle(tokens: Tokens, at: number, to: number): number {
  if (tokens.word[at] !== 'CYCLE' || at >= to) return at;
  let end = at;
  while (end < to && tokens.word[end] !== 'RESTRICT') end++;
  return Math.min(end + 1, to);
}

/** Index behind the parenthesis that closes the one at `open`; `to` when it is not closed. */
export function behindParentheses(tokens: Tokens, open: number, to: number): number {
  let depth = 0;
  for (let at = open; at < to; at++) {
    if (tokens.word[at] === '(') depth++;
    else if (tokens.word[at] === ')' && --depth === 0) return at + 1;
  }
  return to;
}
