/** Finds the end of stored-program bodies and compound statements, in which `;` does not end the statement. */

import { endOfBlocks } from './blocks.ts';
import { tokenKind } from './tokens.ts';
import type { Tokens } from './tokens.ts';
import { behindParentheses } from './withClause.ts';

/** Words that begin a compound statement. BEGIN alone begins a transaction. */
const blockStarts = new Set(['BEGIN', 'IF', 'CASE', 'LOOP', 'WHILE', 'REPEAT', 'FOR', 'DECLARE']);

/** Words between a routine's parameters and its body. */
const characteristics = new Set([
  'COMMENT', 'LANGUAGE', 'SQL', 'NOT', 'DETERMINISTIC', 'CONTAINS', 'NO', 'READS', 'MODIFIES', 'DATA', 'SECURITY', 'DEFINER', 'INVOKER', '',
]);

/**
 * Token index behind the part of the statement in which `;` belongs to a body; `first` itself when it has none.
 *
 * @returns undefined when a block is still open at `limit`
 */
export function endOfBody(tokens: Tokens, first: number, limit: number): number | undefined {
  const body = startOfBody(tokens, first, limit);
  if (body === undefined) return first;
  return body === 'rest' ? limit : endOfBlocks(tokens, body, limit);
}

/** Where a body begins, or undefined when the statement has none. A package has no outer block: it takes the rest of the text. */
function startOfBody(tokens: Tokens, start: number, limit: number): number | 'rest' | undefined {
  const { word } = tokens;
  let first = start;
  while (tokens.kind[first] === tokenKind.executable && first < limit) first++;
  const verb = word[first] as string;
  if (verb === 'CREATE' || verb === 'ALTER') return bodyOfDefinition(tokens, first, limit);
  if (tokens.mode.dialect !== 'mariadb') return undefined;
  if (verb === 'BEGIN') return word[first + 1] === 'NOT' ? first : undefined;
  if (blockStarts.has(verb)) return first;
  return word[first + 1] === ':' ? first : undefined;
}

function bodyOfDefinition(tokens: Tokens, first: number, limit: number): number | 'rest' | undefined {
  const { word } = tokens;
  let at = first + 1;
  // Behind CREATE come at most OR REPLACE, DEFINER = name @ host, AGGREGATE; a name there never equals one of the kinds.
  const headerEnd = Math.min(limit, first + 24);
  for (; at < headerEnd; at++) {
    switch (word[at]) {
      case 'PROCEDURE':
        return bodyOfRoutine(tokens, at + 1, limit, false);
      case 'FUNCTION':
        return bodyOfRoutine(tokens, at + 1, limit, true);
      case 'TRIGGER':
        return bodyOfTrigger(tokens, at + 1, limit);
      case 'EVENT':
        return bodyOfEvent(tokens, at + 1, limit);
      case 'PACKAGE':
        return 'rest';
      case 'TABLE': case 'VIEW': case 'INDEX': case 'USER': case 'ROLE': case 'DATABASE': case 'SCHEMA': case ';':
        return undefined;
      default:
    }
  }
  return undefined;
}

function bodyOfRoutine(tokens: Tokens, from: number, limit: number, isFunction: boolean): number | undefined {
  const { word } = tokens;
  let at = from;
  while (at < limit && word[at] !== '(' && word[at] !== ';' && word[at] !== 'AS' && word[at] !== 'IS') at++;
  if (word[at] === '(') at = behindParentheses(tokens, at, limit);
  for (; at < limit; at++) {
    const here = word[at] as string;
    if (here === ';') return undefined;
    if (here === 'AS' || here === 'IS') return tokens.kind[at + 1] === tokenKind.word ? declarationsEnd(tokens, at + 1, limit) : undefined;
    if (here === 'RETURN' || blockStarts.has(here)) return at;
    if (word[at + 1] === ':' && here === '') return at;
    if (!isFunction && !characteristics.has(here) && tokens.kind[at] === tokenKind.word) return at;
  }
  return undefined;
}

/** In Oracle mode declarations, each with its `;`, stand between AS and BEGIN. */
function declarationsEnd(tokens: Tokens, from: number, limit: number): number {
  let at = from;
  while (at < limit && tokens.word[at] !== 'BEGIN') at++;
  return at;
}

function bodyOfTrigger(tokens: Tokens, from: number, limit: number): number | undefined {
  const { word } = tokens;
  for (let at = from; at + 2 < limit && word[at] !== ';'; at++) {
    if (word[at] !== 'FOR' || word[at + 1] !== 'EACH' || word[at + 2] !== 'ROW') continue;
    const order = word[at + 3];
    return order === 'FOLLOWS' || order === 'PRECEDES' ? at + 5 : at + 3;
  }
  return undefined;
}

function bodyOfEvent(tokens: Tokens, from: number, limit: number): number | undefined {
  for (let at = from; at < limit && tokens.word[at] !== ';'; at++) if (tokens.word[at] === 'DO') return at + 1;
  return undefined;
}
