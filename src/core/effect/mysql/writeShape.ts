/**
 * What a statement writes, read from its own text: which rows it takes, as a query that takes the same ones, or which table it
 * adds to. The query is cut out of the text and never put together anew, so that it means what the statement means.
 */
import { findClause, findWord, skipWords } from '../../sql/mysql/clauses.ts';
import { createDraft } from '../../sql/mysql/draft.ts';
import { readObjectName } from '../../sql/mysql/names.ts';
import { scanTokens } from '../../sql/mysql/scan.ts';
import type { TableRef as NamedTable } from '../../sql/mysql/scanner.ts';
import { tokenize } from '../../sql/mysql/tokenize.ts';
import { nameText, tokenKind, tokenText, type LexicalMode, type Tokens } from '../../sql/mysql/tokens.ts';
import { behindParentheses, behindWithClause } from '../../sql/mysql/withClause.ts';

/** A table of the statement's own FROM list. */
export type ShapeTable = {
  readonly schema?: string;
  readonly table: string;
  /** Alias, or the name where there is none; unquoted. */
  readonly called: string;
  /** The same as it stands in the text, to put before a column. */
  readonly qualifier: string;
};

/** A column that an UPDATE assigns to. */
export type AssignedColumn = { readonly qualifier?: string; readonly column: string };

/** UPDATE and DELETE: `${head} SELECT … FROM ${from} ${tail}` takes the rows they take. */
export type RowsShape = {
  readonly kind: 'rows';
  readonly operation: 'update' | 'delete';
  /** The WITH clause, or empty. */
  readonly head: string;
  readonly from: string;
  /** WHERE, ORDER BY and LIMIT. */
  readonly tail: string;
  /** DELETE: the tables it removes from. UPDATE: every table it names, since a column without a table may belong to any. */
  readonly tables: readonly ShapeTable[];
  /** Empty for DELETE. */
  readonly assigned: readonly AssignedColumn[];
  /** False when LIMIT takes rows in an order that nobody stated. */
  readonly isOrdered: boolean;
  /** More than one table in FROM: a row may be taken twice. */
  readonly isJoin: boolean;
};

/** INSERT and REPLACE. */
export type AddingShape = {
  readonly kind: 'adds';
  readonly table: Omit<ShapeTable, 'qualifier' | 'called'>;
  /** `upsert`: rows whose key exists are updated; `replace`: they are removed first. */
  readonly mode: 'insert' | 'upsert' | 'replace';
  /** Rows that cannot be added are left out. */
  readonly ignores: boolean;
};

export type WriteShape =
  | RowsShape
  | AddingShape
  /** What it writes is not told by its text. */
  | { readonly kind: 'opaque' };

const opaque: WriteShape = { kind: 'opaque' };
const rowModifiers = new Set(['LOW_PRIORITY', 'QUICK', 'IGNORE']);
const addModifiers = new Set(['LOW_PRIORITY', 'DELAYED', 'HIGH_PRIORITY', 'IGNORE']);
const endsOfTables = new Set(['WHERE', 'ORDER', 'LIMIT', 'RETURNING']);
const endsOfFrom = new Set([...endsOfTables, 'USING']);

/** @param text - one statement, as it is sent */
export function writeShapeOf(text: string, mode: LexicalMode): WriteShape {
  const tokens = tokenize(text, mode);
  if (tokens.failure !== undefined || tokens.count === 0 || tokens.skippedExecutables.length > 0 || hasStrangeToken(tokens)) return opaque;
  const verb = tokens.word[0] === 'WITH' ? behindWithClause(tokens, 0, tokens.count) : 0;
  if (verb === undefined || verb >= tokens.count) return opaque;
  switch (tokens.word[verb] as string) {
    case 'UPDATE':
      return shapeOfUpdate(tokens, verb);
    case 'DELETE':
      return shapeOfDelete(tokens, verb);
    case 'INSERT':
    case 'REPLACE':
      return verb === 0 ? shapeOfAdding(tokens) : opaque;
    default:
      return opaque;
  }
}

/** Code that only some servers run, and assignments that running the query first would make twice. */
function hasStrangeToken({ kind, word, count }: Tokens): boolean {
  for (let at = 0; at < count; at++) {
    if (kind[at] === tokenKind.executable || kind[at] === tokenKind.illegal || word[at] === ':=') return true;
  }
  return false;
}

function shapeOfUpdate(tokens: Tokens, verb: number): WriteShape {
  const first = skipWords(tokens, verb + 1, tokens.count, rowModifiers);
  const set = findWord(tokens, first, tokens.count, 'SET');
  // MariaDB's FOR PORTION OF cuts rows in pieces.
  if (set >= tokens.count || findWord(tokens, first, set, 'FOR') < set) return opaque;
  const tail = findClause(tokens, set, tokens.count, endsOfTables);
  const tables = tablesOf(tokens, first, set);
  const assigned = assignedColumns(tokens, set + 1, tail);
  if (tables.length === 0 || assigned === undefined) return opaque;
  return rowsShape(tokens, { operation: 'update', verb, from: slice(tokens, first, set), tail, tables, named: tables, assigned });
}

function shapeOfDelete(tokens: Tokens, verb: number): WriteShape {
  const { count, word } = tokens;
  const first = skipWords(tokens, verb + 1, count, rowModifiers);
  if (word[first] === 'HISTORY') return opaque;
  if (word[first] !== 'FROM') return shapeOfListedDelete(tokens, verb, first, findWord(tokens, first, count, 'FROM'));
  const end = findClause(tokens, first + 1, count, endsOfFrom);
  if (word[end] === 'USING' && end < count) return shapeOfListedDelete(tokens, verb, first + 1, end);
  const tables = tablesOf(tokens, first + 1, end);
  if (tables.length !== 1 || findWord(tokens, first, end, 'FOR') < end) return opaque;
  return rowsShape(tokens, { operation: 'delete', verb, from: slice(tokens, first + 1, end), tail: end, tables, named: tables, assigned: [] });
}

/** `DELETE a, b FROM …` and `DELETE FROM a, b USING …`. */
function shapeOfListedDelete(tokens: Tokens, verb: number, listStart: number, listEnd: number): WriteShape {
  if (listEnd >= tokens.count) return opaque;
  const tail = findClause(tokens, listEnd + 1, tokens.count, endsOfTables);
  const named = tablesOf(tokens, listEnd + 1, tail);
  const listed: ShapeTable[] = [];
  for (let at = listStart; at < listEnd; at++) {
    const name = readObjectName(tokens, at, listEnd);
    const found = name === undefined ? undefined : named.find((table) => isSame(table, name.name, name.schema));
    if (name === undefined || found === undefined) return opaque;
    listed.push(found);
    at = tokens.word[name.last] === '.' ? name.last + 2 : name.last;
  }
  if (listed.length === 0) return opaque;
  return rowsShape(tokens, { operation: 'delete', verb, from: slice(tokens, listEnd + 1, tail), tail, tables: listed, named, assigned: [] });
}

type Parts = Pick<RowsShape, 'operation' | 'from' | 'tables' | 'assigned'> & { readonly verb: number; readonly tail: number; readonly named: readonly ShapeTable[] };

function rowsShape(tokens: Tokens, { operation, verb, from, tail, tables, named, assigned }: Parts): RowsShape {
  const draft = createDraft(tokens, 0, verb, { dialect: tokens.mode.dialect, schema: undefined });
  const { ctes } = scanTokens(draft, 0, verb, 'query');
  const returning = findWord(tokens, tail, tokens.count, 'RETURNING');
  const limit = findWord(tokens, tail, returning, 'LIMIT');
  return {
    kind: 'rows',
    operation,
    head: slice(tokens, 0, verb),
    from,
    tail: slice(tokens, tail, returning),
    tables: tables.filter(({ schema, table }) => schema !== undefined || !ctes.has(table.toLowerCase())),
    assigned,
    isOrdered: limit === returning || findWord(tokens, tail, limit, 'ORDER') < limit,
    isJoin: named.length > 1 || findWord(tokens, verb, tail, 'JOIN') < tail,
  };
}

function shapeOfAdding(tokens: Tokens): WriteShape {
  const { count, word } = tokens;
  const behind = skipWords(tokens, 1, count, addModifiers);
  const name = readObjectName(tokens, word[behind] === 'INTO' ? behind + 1 : behind, count);
  if (name === undefined) return opaque;
  const table = { ...(name.schema === undefined ? {} : { schema: name.schema }), table: name.name };
  const isUpsert = hasDuplicateClause(tokens, name.last);
  return { kind: 'adds', table, mode: word[0] === 'REPLACE' ? 'replace' : isUpsert ? 'upsert' : 'insert', ignores: word.slice(1, behind).includes('IGNORE') };
}

function hasDuplicateClause(tokens: Tokens, from: number): boolean {
  for (let at = findWord(tokens, from, tokens.count, 'ON'); at < tokens.count; at = findWord(tokens, at + 1, tokens.count, 'ON')) {
    if (tokens.word[at + 1] === 'DUPLICATE' && tokens.word[at + 2] === 'KEY') return true;
  }
  return false;
}

/** Every table of a FROM list; derived tables and common table expressions are none, and nobody can write to them. */
function tablesOf(tokens: Tokens, from: number, to: number): readonly ShapeTable[] {
  const draft = createDraft(tokens, from, to, { dialect: tokens.mode.dialect, schema: undefined });
  const { tables } = scanTokens(draft, from, to, 'tables');
  return tables.filter(({ first }) => isOutside(tokens, from, first)).map((table) => toShapeTable(tokens, table));
}

/** False inside of a derived table, where a name is only read. */
function isOutside(tokens: Tokens, from: number, at: number): boolean {
  const open: number[] = [];
  for (let index = from; index < at; index++) {
    if (tokens.word[index] === '(') open.push(index);
    else if (tokens.word[index] === ')') open.pop();
  }
  return open.every((index) => !['SELECT', 'WITH', 'VALUES', 'TABLE'].includes(tokens.word[index + 1] as string));
}

function toShapeTable(tokens: Tokens, { schema, table, alias, first, last }: NamedTable): ShapeTable {
  const aliasAt = tokens.word[last] === 'AS' ? last + 1 : last;
  const written = alias === undefined ? slice(tokens, first, last) : tokenText(tokens, aliasAt);
  return { ...(schema === undefined ? {} : { schema }), table, called: alias ?? table, qualifier: written.startsWith('.') ? written.slice(1) : written };
}

/** By the rules of names that hold everywhere: case of tables may matter, that of aliases may not; a wrong match fails later. */
function isSame(table: ShapeTable, name: string, schema: string | undefined): boolean {
  return table.called.toLowerCase() === name.toLowerCase() && (schema === undefined || table.schema === undefined || table.schema === schema);
}

function assignedColumns(tokens: Tokens, from: number, to: number): readonly AssignedColumn[] | undefined {
  const columns: AssignedColumn[] = [];
  for (let at = from; at < to; at++) {
    const parts = [nameText(tokens, at)];
    let next = at + 1;
    while (tokens.word[next] === '.' && next + 1 < to) {
      parts.push(nameText(tokens, next + 1));
      next += 2;
    }
    if (tokens.word[next] !== '=') return undefined;
    const qualifier = parts.at(-2);
    columns.push({ ...(qualifier === undefined ? {} : { qualifier }), column: parts.at(-1) as string });
    at = findWord(tokens, next, to, ',');
  }
  return columns.length === 0 ? undefined : columns;
}

/** The text from one token up to another, comments between them included. */
function slice({ text, start, end }: Tokens, from: number, to: number): string {
  return to <= from ? '' : text.slice(start[from], end[to - 1]);
}

/** Where the query part of `INSERT … SELECT` begins, as text; undefined when rows are written out. */
export function addedQueryOf(text: string, mode: LexicalMode): string | undefined {
  const tokens = tokenize(text, mode);
  const name = readObjectName(tokens, skipWords(tokens, 1, tokens.count, new Set([...addModifiers, 'INTO'])), tokens.count);
  if (tokens.failure !== undefined || name === undefined) return undefined;
  let at = name.last;
  if (tokens.word[at] === 'PARTITION') at = behindParentheses(tokens, at + 1, tokens.count);
  if (tokens.word[at] === '(' && !['SELECT', 'WITH', 'TABLE', '('].includes(tokens.word[at + 1] as string)) at = behindParentheses(tokens, at, tokens.count);
  if (!['SELECT', 'WITH', 'TABLE', '('].includes(tokens.word[at] as string)) return undefined;
  const end = duplicateOrReturning(tokens, at);
  return slice(tokens, at, end);
}

function duplicateOrReturning(tokens: Tokens, from: number): number {
  const returning = findWord(tokens, from, tokens.count, 'RETURNING');
  for (let at = findWord(tokens, from, returning, 'ON'); at < returning; at = findWord(tokens, at + 1, returning, 'ON')) {
    if (tokens.word[at + 1] === 'DUPLICATE') return at;
  }
  return returning;
}
