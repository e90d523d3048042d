/** ALTER TABLE: some of its actions lose data. */

import { findWord } from './clauses.ts';
import { disguise, isDisguised } from './disguise.ts';
import { raise } from './draft.ts';
import type { Draft, Finding } from './draft.ts';
import type { ObjectName } from './names.ts';
import { toTable, writesTable } from './targets.ts';
import { tokenText } from './tokens.ts';

/** Judges the actions behind `ALTER TABLE name`. */
export function classifyAlterTable(draft: Draft, name: ObjectName): void {
  const { tokens, last } = draft;
  writesTable(draft, toTable(name));
  for (let at = name.last; at < last; at++) {
    const end = findWord(tokens, at, last, ',');
    const loss = judgeLoss(draft, at, end);
    if (loss !== undefined) raise(draft, 'destructive', loss, { first: at, last: end });
    const cost = isPromisedCheap(draft, name.last) ? undefined : judgeCost(draft, at, end);
    if (cost !== undefined) raise(draft, 'ddl', cost, { first: at, last: end });
    at = end;
  }
}

/** With `LOCK=NONE` or `ALGORITHM=INSTANT` the server refuses rather than make others wait. */
function isPromisedCheap({ tokens, last }: Draft, from: number): boolean {
  for (let at = from; at < last; at++) {
    const value = tokens.word[at + 1] === '=' ? at + 2 : at + 1;
    if (tokens.word[at] === 'LOCK' && tokenText(tokens, value).toUpperCase() === 'NONE') return true;
    if (tokens.word[at] === 'ALGORITHM' && tokenText(tokens, value).toUpperCase() === 'INSTANT') return true;
  }
  return false;
}

const rewrites: Finding = { code: 'table-rewrite', message: 'Writes the whole table anew, while writers wait in most cases' };
const checks: Finding = { code: 'full-scan', message: 'Checks every row, while writers wait' };
const builds: Finding = { code: 'index-build', message: 'Builds an index over all rows' };

/** What the server may have to do with all rows. */
function judgeCost({ tokens }: Draft, at: number, end: number): Finding | undefined {
  const word = tokens.word[at] as string;
  const next = tokens.word[at + 1] as string;
  if (word === 'ADD') {
    if (next === 'PRIMARY' || findWord(tokens, at, end, 'PRIMARY') < end) return rewrites;
    if (next === 'FULLTEXT' || next === 'SPATIAL') return { code: 'index-blocks-writers', message: 'Builds an index while writers wait' };
    if (next === 'FOREIGN' || next === 'CHECK' || (next === 'CONSTRAINT' && findWord(tokens, at, end, 'UNIQUE') === end)) return checks;
    return next === 'INDEX' || next === 'KEY' || next === 'UNIQUE' || next === 'CONSTRAINT' ? builds : undefined;
  }
  const isRewriting = ['MODIFY', 'CHANGE', 'ENGINE', 'ORDER', 'FORCE', 'ROW_FORMAT', 'KEY_BLOCK_SIZE'].includes(word) || (word === 'CONVERT' && next === 'TO') || (word === 'DROP' && next === 'PRIMARY');
  return isRewriting ? rewrites : undefined;
}

/** What is gone afterwards. */
function judgeLoss(draft: Draft, at: number, end: number): Finding | undefined {
  const { tokens } = draft;
  const word = tokens.word[at];
  const next = tokens.word[at + 1] as string;
  if (word === 'DROP') return { code: dropsColumn(next) ? 'drop-column' : 'drops-part', message: `Drops ${describePart(next)}; what was in it is gone` };
  if (word === 'TRUNCATE') return { code: 'empties-partition', message: 'Removes all rows of a partition' };
  if (word === 'DISCARD') return { code: 'discards-tablespace', message: "It removes the table's data file." };
  if (word === 'EXCHANGE') return { code: 'exchanges-partition', message: 'Swaps the rows of a partition with those of another table' };
  if (word === 'CONVERT' && (next === 'TABLE' || next === 'PARTITION')) return { code: 'exchanges-partition', message: 'Turns a table into a partition or the other way round' };
  // Options need no comma between them.
  for (let option = at; option < end; option++) {
    if (tokens.word[option] !== 'ENGINE') continue;
    const engine = tokenText(tokens, tokens.word[option + 1] === '=' ? option + 2 : option + 1).replaceAll(/['"`]/g, '').toUpperCase();
    if (isDisguised(engine)) raise(draft, 'unknown', disguise(engine), { first: option, last: end });
    if (engine === 'BLACKHOLE') return { code: 'loses-rows', message: 'The engine BLACKHOLE keeps no rows: all of them are lost' };
  }
  return undefined;
}

function dropsColumn(next: string): boolean {
  return !['PARTITION', 'INDEX', 'KEY', 'PRIMARY', 'FOREIGN', 'CONSTRAINT', 'CHECK', 'SYSTEM', 'PERIOD'].includes(next);
}

function describePart(next: string): string {
  switch (next) {
    case 'PARTITION':
      return 'a partition with its rows';
    case 'INDEX': case 'KEY':
      return 'an index';
    case 'PRIMARY':
      return 'the primary key';
    case 'FOREIGN': case 'CONSTRAINT': case 'CHECK':
      return 'a constraint';
    case 'SYSTEM':
      return 'the history of all rows';
    default:
      return 'a column with its values';
  }
}
