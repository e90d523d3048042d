/** Where statements begin and end. */

import { endOfBody } from './compound.ts';
import type { ClientCut, Tokens } from './tokens.ts';

/** Tokens `first` up to but not including `last`. */
export type StatementRange = {
  readonly first: number;
  readonly last: number;
  /** False when a block of a stored program is still open at the end of the text. */
  readonly isComplete: boolean;
};

/**
 * Splits a script the way the server does: at every `;` that does not belong to the body of a stored program, and
 * where the client's own delimiter stands. Empty statements are left out.
 */
export function splitStatements(tokens: Tokens): readonly StatementRange[] {
  const statements: StatementRange[] = [];
  let cut = 0;
  for (let first = 0; first < tokens.count; ) {
    while (cut < tokens.cuts.length && (tokens.cuts[cut] as ClientCut).token <= first) cut++;
    const limit = tokens.cuts[cut]?.token ?? tokens.count;
    const body = endOfBody(tokens, first, limit);
    // A block that is never closed takes the rest of the text.
    const last = body === undefined ? limit : semicolonFrom(tokens, body, limit);
    if (last > first) statements.push({ first, last, isComplete: body !== undefined });
    first = last < limit ? last + 1 : limit;
  }
  return statements;
}

function semicolonFrom(tokens: Tokens, from: number, limit: number): number {
  let at = from;
  while (at < limit && tokens.word[at] !== ';') at++;
  return at;
}
