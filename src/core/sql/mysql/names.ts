/** Reads the names of tables and other objects. */

import { isName, nameText, tokenKind } from './tokens.ts';
import type { Tokens } from './tokens.ts';

export type ObjectName = { readonly schema?: string; readonly name: string; readonly first: number; readonly last: number };

/** Reads `name` or `schema.name` at `at`; undefined when there is none. */
export function readObjectName(tokens: Tokens, at: number, last: number): ObjectName | undefined {
  if (at >= last) return undefined;
  // `.t` is the table t of the current database.
  if (tokens.word[at] === '.' && at + 1 < last && isName(tokens, at + 1)) return { name: nameText(tokens, at + 1), first: at, last: at + 2 };
  if (!isName(tokens, at)) return undefined;
  if (tokens.word[at + 1] === '.' && at + 2 < last && isName(tokens, at + 2)) {
    return { schema: nameText(tokens, at), name: nameText(tokens, at + 2), first: at, last: at + 3 };
  }
  return { name: nameText(tokens, at), first: at, last: at + 1 };
}

/** Skips `user@host`, `CURRENT_USER()` and quoted forms; index behind it. */
export function skipAccount(tokens: Tokens, at: number): number {
  let next = at + 1;
  if (tokens.kind[next] === tokenKind.userVariable) return next + 1;
  if (tokens.word[next] === '(' && tokens.word[next + 1] === ')') next += 2;
  return next;
}
