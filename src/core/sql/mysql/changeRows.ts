/** UPDATE and DELETE. */

import { findClause, findWord, skipWords } from './clauses.ts';
import { notUnderstood, only, raise } from './draft.ts';
import type { Draft } from './draft.ts';
import { readObjectName } from './names.ts';
import { canBeName } from './reserved.ts';
import { scanTokens } from './scan.ts';
import type { TableRef } from './scanner.ts';
import { readsTables, toTable, writesTable } from './targets.ts';
import { nameText } from './tokens.ts';
import { judgeWhere } from './whereClause.ts';

/** What ends a list of tables or assignments. */
const endsOfTables = new Set(['WHERE', 'ORDER', 'LIMIT', 'RETURNING']);
const endsOfFrom = new Set([...endsOfTables, 'USING']);

const modifiers = new Set(['LOW_PRIORITY', 'QUICK', 'IGNORE']);

/** UPDATE whose verb stands at `verb`. */
export function classifyUpdate(draft: Draft, verb: number): void {
  const { tokens, last } = draft;
  draft.kind = 'update';
  draft.canPreview = true;
  raise(draft, 'write', { code: 'changes-rows', message: 'Changes rows' }, only(verb));
  const first = skipWords(tokens, verb + 1, last, modifiers);
  const set = findWord(tokens, first, last, 'SET');
  const { tables } = scanTables(draft, first, set);
  if (tables.length === 0 || set + 2 >= last) return notUnderstood(draft, 'UPDATE needs a table and SET with an assignment', verb);
  const end = findClause(tokens, set, last, endsOfTables);
  readsTables(draft, scanTokens(draft, set + 1, end, 'expressions').tables);
  const changed = noteAssignments(draft, tables, set + 1, end);
  judgeWhere(draft, end, 'changes', changed.map(({ table }) => table));
}

/** Tables, and MariaDB's `FOR PORTION OF period FROM value TO value` behind one. */
function scanTables(draft: Draft, from: number, to: number): { readonly tables: readonly TableRef[] } {
  const { tokens } = draft;
  const portion = findWord(tokens, from, to, 'FOR');
  if (portion === to || tokens.word[portion + 1] !== 'PORTION') return scanTokens(draft, from, to, 'tables');
  const start = findWord(tokens, portion, to, 'FROM');
  const end = findWord(tokens, start, to, 'TO');
  if (end === to) notUnderstood(draft, 'FOR PORTION OF needs FROM and TO', portion);
  scanTokens(draft, start + 1, end, 'expressions');
  scanTokens(draft, end + 1, to, 'expressions');
  return scanTokens(draft, from, portion, 'tables');
}

/** Notes which tables the assignments change; a column without a table may belong to any of them. */
function noteAssignments(draft: Draft, tables: readonly TableRef[], from: number, to: number): readonly TableRef[] {
  const { tokens } = draft;
  const columns = new Map<TableRef, string[]>(tables.map((table) => [table, []]));
  for (let at = from; at < to; at++) {
    const name = readColumn(draft, at, to);
    if (name === undefined || (tokens.word[name.last] !== '=' && tokens.word[name.last] !== ':=')) {
      notUnderstood(draft, 'SET needs assignments of the form column = value', at);
      return tables;
    }
    const named = name.qualifier === undefined ? tables : tables.filter((table) => isCalled(table, name.qualifier as string));
    // The server minds neither case nor accents: a name that fits no table may be any of them.
    const owners = named.length === 0 ? tables : named;
    for (const owner of owners) columns.get(owner)?.push(name.column);
    at = findWord(tokens, at, to, ',');
  }
  const changed = tables.filter((table) => (columns.get(table) as string[]).length > 0);
  for (const table of changed) writesTable(draft, table, columns.get(table));
  readsTables(draft, tables.filter((table) => !changed.includes(table)));
  return changed.length === 0 ? tables : changed;
}

function readColumn(draft: Draft, at: number, to: number): { readonly qualifier: string | undefined; readonly column: string; readonly last: number } | undefined {
  const { tokens } = draft;
  if (!canBeName(tokens, at)) return undefined;
  const parts = [nameText(tokens, at)];
  let last = at + 1;
  while (tokens.word[last] === '.' && last + 1 < to) {
    parts.push(nameText(tokens, last + 1));
    last += 2;
  }
  return { qualifier: parts.at(-2), column: parts.at(-1) as string, last };
}

function isCalled(table: TableRef, name: string): boolean {
  return (table.alias ?? table.table).toLowerCase() === name.toLowerCase();
}

/** DELETE whose verb stands at `verb`. */
export function classifyDelete(draft: Draft, verb: number): void {
  const { tokens, last } = draft;
  draft.kind = 'delete';
  draft.canPreview = true;
  raise(draft, 'write', { code: 'removes-rows', message: 'Removes rows' }, only(verb));
  const first = skipWords(tokens, verb + 1, last, modifiers);
  if (tokens.word[first] === 'HISTORY') return deleteHistory(draft, first);
  if (tokens.word[first] !== 'FROM') return deleteListed(draft, first, findWord(tokens, first, last, 'FROM'));
  const end = findClause(tokens, first + 1, last, endsOfFrom);
  // DELETE FROM a, b USING … removes from the listed tables only.
  if (tokens.word[end] === 'USING' && end < last) return deleteListed(draft, first + 1, end);
  const { tables } = scanTables(draft, first + 1, end);
  if (tables.length !== 1) return notUnderstood(draft, 'DELETE FROM needs exactly one table, or USING', first);
  const table = tables[0] as TableRef;
  writesTable(draft, table);
  judgeWhere(draft, end, 'removes', [table.table]);
}

/** `DELETE a, b FROM …`: `listEnd` is the FROM or USING behind the list. */
function deleteListed(draft: Draft, listStart: number, listEnd: number): void {
  const { tokens, last } = draft;
  const end = findClause(tokens, listEnd + 1, last, endsOfTables);
  const { tables } = scanTokens(draft, Math.min(listEnd + 1, last), end, 'tables');
  const listed = readList(draft, listStart, listEnd);
  const removed = listed.every((name) => tables.some((table) => isCalled(table, name.table))) ? listed.map((name) => tables.find((table) => isCalled(table, name.table)) ?? name) : [...listed, ...tables];
  if (removed.length === 0 || tables.length === 0) return notUnderstood(draft, 'DELETE needs FROM and a table', listStart);
  for (const table of removed) writesTable(draft, table);
  readsTables(draft, tables.filter((table) => !removed.includes(table)));
  judgeWhere(draft, end, 'removes', removed.map(({ table }) => table));
}

/** `a, db.b.*, c`: what a multi-table DELETE removes from. */
function readList(draft: Draft, from: number, to: number): TableRef[] {
  const { tokens } = draft;
  const list: TableRef[] = [];
  for (let at = from; at < to; at++) {
    const name = readObjectName(tokens, at, to);
    if (name === undefined) return [];
    list.push(toTable(name));
    at = tokens.word[name.last] === '.' && tokens.word[name.last + 1] === '*' ? name.last + 2 : name.last;
    if (at < to && tokens.word[at] !== ',') return [];
  }
  return list;
}

function deleteHistory(draft: Draft, at: number): void {
  const { tokens, last, context } = draft;
  const name = readObjectName(tokens, at + 2, last);
  if (context.dialect === 'mysql' || tokens.word[at + 1] !== 'FROM' || name === undefined) return notUnderstood(draft, 'DELETE HISTORY needs FROM and a table, and a MariaDB server', at);
  draft.kind = 'delete-history';
  draft.canPreview = false;
  writesTable(draft, toTable(name));
  raise(draft, 'destructive', { code: 'removes-history', message: 'Removes old row versions; nothing keeps them elsewhere' }, only(at));
}
