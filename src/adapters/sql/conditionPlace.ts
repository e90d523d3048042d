/**
 * Where the WHERE of an UPDATE or DELETE is. PostgreSQL's own grammar does not say where a clause ends, pgsql-ast-parser
 * keeps the place of every node. For marks in the editor only, where a wrong answer does no harm.
 */
import type { Statement } from 'pgsql-ast-parser';
import { blankComments } from '../../core/sql/postgres/comments.ts';
import { outerWords } from '../../core/sql/postgres/outerWords.ts';
import { utf8Length } from '../../core/sql/bytes.ts';
import { loadOtherParser } from './otherParser.ts';

/** Half-open, UTF-16. */
export type TextPlace = { readonly start: number; readonly end: number };

/** It takes a tenth of a second for this many. */
const maxBytes = 4 * 1024;

/** @param text a single statement; `undefined` when it has no WHERE, or is not understood */
export async function placeOfCondition(text: string): Promise<TextPlace | undefined> {
  const at = utf8Length(text) > maxBytes ? undefined : await startOfCondition(blankComments(text));
  if (at === undefined) return undefined;
  const words = outerWords(text);
  const where = words.findLast(({ word, end }) => word === 'where' && end <= at);
  const next = words.find(({ word, start }) => word === 'returning' && start > at);
  const last = next ? words[words.indexOf(next) - 1] : words.at(-1);
  return where && last && last.end > where.start ? { start: where.start, end: last.end } : undefined;
}

async function startOfCondition(text: string): Promise<number | undefined> {
  const parse = await loadOtherParser();
  try {
    const [statement, ...more] = parse(text, { locationTracking: true });
    const inner: Statement | undefined = statement?.type === 'with' ? statement.in : statement;
    const change = inner?.type === 'update' || inner?.type === 'delete' ? inner : undefined;
    return more.length > 0 ? undefined : change?.where?._location?.start;
  } catch {
    // It does not understand the text.
    return undefined;
  }
}
