/** Words before a parenthesis that belong to the grammar: no server takes them for a call there. */

import { upperAscii } from './asciiCase.ts';
import type { Draft } from './draft.ts';
import { reservedInBoth } from './keywords.data.ts';
import { canBeName } from './reserved.ts';
import { isName, nameText, tokenKind } from './tokens.ts';
import type { Tokens } from './tokens.ts';

export type CallPlace = {
  /** A table is expected: JSON_TABLE is a function of the server there only. */
  readonly isTablePlace: boolean;
  /** COLUMNS is part of the grammar there, behind a path. */
  readonly insideJsonTable: boolean;
};

/** Whether the word at `at`, written without quotes and in upper case `name`, is part of the grammar. */
export function isGrammar(draft: Draft, at: number, name: string, { isTablePlace, insideJsonTable }: CallPlace): boolean {
  const before = at > draft.first ? (draft.tokens.word[at - 1] as string) : '';
  if (grammarWords.has(name) || grammarBehind.get(name)?.has(before) === true) return true;
  switch (name) {
    case 'LATERAL':
      return isTablePlace;
    case 'AGAINST':
      return isBehindMatch(draft, at);
    case 'COLUMNS':
      return insideJsonTable && draft.tokens.kind[at - 1] === tokenKind.text;
    case 'ROLLUP': case 'CUBE': case 'SETS':
      return draft.context.dialect === 'mysql' && groupings.get(name) === before && isBehindGroup(draft.tokens, at);
    case 'BIT': case 'ENUM': case 'FIXED': case 'TEXT':
      return insideJsonTable && isName(draft.tokens, at - 1);
    case 'DATETIME':
      return (insideJsonTable && isName(draft.tokens, at - 1)) || (castBehind.has(before) && castBehind.get(before) === enclosingName(draft, at));
    default:
      return false;
  }
}

/** Reserved everywhere, so never the name of a stored function. */
const grammarWords: ReadonlySet<string> = new Set(reservedInBoth);

/** Part of the grammar only directly behind one of these words. */
const grammarBehind: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ['OF', new Set(['MEMBER'])],
  ['ANY', new Set(['=', '<', '>', '<=', '>=', '<>', '!=', '<=>'])],
  ['SOME', new Set(['=', '<', '>', '<=', '>=', '<>', '!=', '<=>'])],
  ['AGAINST', new Set([')'])],
  ['SQL_NO_CACHE', new Set(['SELECT'])],
  ['SQL_CACHE', new Set(['SELECT'])],
  ['SQL_BUFFER_RESULT', new Set(['SELECT'])],
  ['MINUS', new Set([')'])],
  ['SYSTEM', new Set(['TABLESAMPLE'])],
  ['BERNOULLI', new Set(['TABLESAMPLE'])],
]);

/** MySQL's other ways to write WITH ROLLUP. CUBE and GROUPING are reserved there; no version takes ROLLUP for a function. */
const groupings: ReadonlyMap<string, string> = new Map([['ROLLUP', 'BY'], ['CUBE', 'BY'], ['SETS', 'GROUPING']]);

/** `MATCH a, t.b AGAINST (`: the columns may stand without parentheses. */
function isBehindMatch({ tokens, first }: Draft, at: number): boolean {
  let before = at - 1;
  while (before > first && (canBeName(tokens, before) || tokens.word[before] === ',' || tokens.word[before] === '.')) before--;
  return tokens.word[before] === 'MATCH' && before < at - 1;
}

/** What stands before a type, and the name before the parenthesis around: `CAST(x AS DATETIME(3))`. */
const castBehind: ReadonlyMap<string, string> = new Map([['AS', 'CAST'], [',', 'CONVERT'], ['RETURNING', 'JSON_VALUE']]);

/** Nobody writes a longer value to be converted, and looking further would make a long list of types slow. */
const maxValueTokens = 1000;

function enclosingName({ tokens, first }: Draft, at: number): string | undefined {
  let depth = 0;
  for (let before = at - 1; before > Math.max(first, at - maxValueTokens); before--) {
    if (tokens.word[before] === ')') depth++;
    else if (tokens.word[before] === '(' && depth-- === 0) return upperAscii(nameText(tokens, before - 1));
  }
  return undefined;
}

/** `GROUP BY ROLLUP (`, `GROUP BY GROUPING SETS (`. */
function isBehindGroup({ word }: Tokens, at: number): boolean {
  return word[at - (word[at - 1] === 'BY' ? 2 : 3)] === 'GROUP';
}
