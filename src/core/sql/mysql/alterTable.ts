/** ALTER TABLE: some of its actions lose data. */

import { findWord } from './clauses.ts';
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
    const finding = judgeAction(draft, at, end);
    if (finding !== undefined) raise(draft, 'destructive', finding, { first: at, last: end });
    at = end;
  }
}

function judgeAction(draft: Draft, at: number, end: number): Finding | undefined {
  const { tokens } = draft;
  const word = tokens.word[at];
  const next = tokens.word[at + 1] as string;
  if (word === 'DROP') return { code: 'drops-part', message: `Drops ${describePart(next)}; what was in it is gone` };
  if (word === 'TRUNCATE') return { code: 'empties-partition', message: 'Removes all rows of a partition' };
  if (word === 'DISCARD') return { code: 'discards-tablespace', message: "It removes the table's data file." };
  if (word === 'EXCHANGE') return { code: 'exchanges-partition', message: 'Swaps the rows of a partition with those of another table' };
  if (word === 'CONVERT' && (next === 'TABLE' || next === 'PARTITION')) return { code: 'exchanges-partition', message: 'Turns a table into a partition or the other way round' };
  // Options need no comma between them.
  for (let option = at; option < end; option++) {
    if (tokens.word[option] !== 'ENGINE') continue;
    const engine = tokenText(tokens, tokens.word[option + 1] === '=' ? option + 2 : option + 1).replaceAll(/['"`]/g, '').toUpperCase();
    if (engine === 'BLACKHOLE') return { code: 'loses-rows', message: 'The engine BLACKHOLE keeps no rows: all of them are lost' };
  }
  return undefined;
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
