/** WHERE clauses of statements that change or remove rows. */

import { findClause, findWord } from './clauses.ts';
import { judgeCondition } from './condition.ts';
import { notUnderstood, raise } from './draft.ts';
import type { Draft, Place } from './draft.ts';
import { scanTokens } from './scan.ts';
import { readsTables } from './targets.ts';

const endsOfWhere = new Set(['ORDER', 'LIMIT', 'RETURNING']);

/**
 * Judges `[WHERE …] [ORDER BY …] [LIMIT …] [RETURNING …]` at `at`, and raises the draft when no row is left out.
 *
 * @param verb - what happens to the rows: `removes`, `changes`
 * @param tables - names and aliases of the tables it happens to
 */
export function judgeWhere(draft: Draft, at: number, verb: string, tables: readonly string[]): void {
  const { tokens, last } = draft;
  const end = findClause(tokens, at, last, endsOfWhere);
  if (tokens.word[at] !== 'WHERE' || at >= last) {
    if (end > at) return notUnderstood(draft, 'The server does not accept what follows the tables', at);
    raise(draft, 'destructive', { code: 'no-where', message: `Without WHERE it ${verb} every row of ${tables.join(', ')}` }, { first: draft.first, last: draft.first + 1 });
  } else if (at + 1 >= end) return notUnderstood(draft, 'WHERE needs a condition', at);
  else {
    readsTables(draft, scanTokens(draft, at + 1, end, 'expressions').tables);
    raiseForCondition(draft, { first: at, last: end }, verb, tables);
  }
  noteUnorderedLimit(draft, end);
  scanRest(draft, end);
}

/** Which rows a LIMIT takes is anybody's guess without an order. */
function noteUnorderedLimit(draft: Draft, from: number): void {
  const { tokens, last } = draft;
  const limit = findWord(tokens, from, last, 'LIMIT');
  if (limit === last || findWord(tokens, from, limit, 'ORDER') < limit) return;
  raise(draft, 'write', { code: 'unordered-limit', message: 'Nobody knows which rows LIMIT picks without ORDER BY' }, { first: limit, last });
}

function raiseForCondition(draft: Draft, place: Place, verb: string, tables: readonly string[]): void {
  const { verdict, end: stopped } = judgeCondition(draft.tokens, place.first + 1, place.last, tables.map((table) => table.toLowerCase()));
  if (verdict === 'not-understood') raise(draft, 'unknown', { code: 'condition-not-understood', message: 'Nobody here understands the WHERE clause, so it may leave no row out' }, place);
  else if (stopped !== place.last) notUnderstood(draft, 'The server does not accept what follows the condition', stopped);
  else if (verdict === 'every-row') raise(draft, 'destructive', { code: 'always-true-where', message: `The WHERE clause is true for every row, so it ${verb} all of them` }, place);
  else if (verdict === 'no-column') raise(draft, 'destructive', { code: 'where-without-column', message: `The WHERE clause looks at no column: it ${verb} either every row or none` }, place);
  else if (verdict === 'never') draft.reasons.push({ code: 'never-true-where', message: 'The WHERE clause is true for no row: nothing happens', ...place });
}

function scanRest(draft: Draft, at: number): void {
  const { tokens, last } = draft;
  const returning = findWord(tokens, at, last, 'RETURNING');
  if (returning > at) scanTokens(draft, at, returning, 'expressions');
  if (returning < last) {
    draft.returnsRows = true;
    if (draft.context.dialect === 'mysql') notUnderstood(draft, 'MySQL does not know RETURNING', returning);
    else scanTokens(draft, returning + 1, last, 'expressions');
  }
}
