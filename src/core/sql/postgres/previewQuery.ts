/**
 * Rewrites INSERT, UPDATE and DELETE into a SELECT of the rows they are about, by cutting the text at its clauses. The cut
 * is only believed when PostgreSQL's parser finds the very same clauses in both texts, and the new one is a read.
 */
import { isAlike } from './expressions.ts';
import type { OuterWord as Word } from '../words.ts';
import { outerWords } from './outerWords.ts';
import { has, inline, isRecord, many, one, unwrap, type PgNode, type TypedNode } from './tree.ts';

/** Queries that can run instead of the statement. */
export type PreviewQuery = {
  /** One row with one number: how many rows the statement is about. */
  readonly count: string;
  /** The first of these rows as they are now; for INSERT, as they would come. */
  readonly sample: string;
};

/** Rows of a sample. */
const sampleRows = 100;

/** @param text a single statement; `undefined` when it has another shape */
export function draftPreview(text: string): PreviewQuery | undefined {
  const words = outerWords(text);
  const verb = words.findIndex(({ word }) => word === 'update' || word === 'delete' || word === 'insert');
  const first = words[0];
  if (verb < 0 || !first || (verb > 0 && first.word !== 'with')) return undefined;
  const clauses = words.slice(verb);
  const prefix = text.slice(first.start, clauses[0]?.start);
  return clauses[0]?.word === 'insert' ? draftInsert({ text, clauses, prefix }) : draftChange({ text, clauses, prefix });
}

type Draft = { readonly text: string; readonly clauses: readonly Word[]; readonly prefix: string };

function draftChange({ text, clauses, prefix }: Draft): PreviewQuery | undefined {
  const isDelete = clauses[0]?.word === 'delete';
  const set = isDelete ? undefined : find(clauses, 'set');
  const source = isDelete ? find(clauses, 'using') : find(clauses.slice(clauses.indexOf(set ?? { word: '', start: 0, end: 0 })), 'from');
  const where = find(clauses, 'where');
  const returning = find(clauses, 'returning');
  const afterVerb = clauses[isDelete ? 1 : 0]?.end;
  if (afterVerb === undefined || (!isDelete && !set)) return undefined;
  const cut = (from: Word | undefined, ...until: readonly (Word | undefined)[]) => from && text.slice(from.end, until.find((each) => each)?.start);
  const table = cut({ word: '', start: 0, end: afterVerb }, set, source, where, returning)?.trim();
  const others = cut(source, where, returning);
  const condition = cut(where, returning);
  if (table === undefined || table === '') return undefined;
  // A row that matches twice is changed once.
  const filter = others === undefined ? (condition === undefined ? '' : `\nWHERE ${condition}`) : `\nWHERE EXISTS (SELECT FROM ${others}${condition === undefined ? '' : `\nWHERE ${condition}`}\n)`;
  const query = (list: string, end: string) => `${prefix}SELECT ${list} FROM ${table}${filter}${end}`;
  const name = nameOf(table);
  return { count: query('count(*)', ''), sample: query(`${name}.*`, `\nLIMIT ${String(sampleRows)}`) };
}

/** The alias of a table, or its last name, as it is written. */
function nameOf(table: string): string {
  const words = outerWords(table).filter(({ word }) => word !== '*');
  const last = words.at(-1);
  return last ? table.slice(last.start, last.end) : '';
}

function draftInsert({ text, clauses, prefix }: Draft): PreviewQuery | undefined {
  const source = clauses.slice(2).find(({ word }) => ['select', 'values', 'table', 'with'].includes(word));
  const conflict = clauses.findIndex(({ word }, index) => word === 'on' && clauses[index + 1]?.word === 'conflict');
  const end = clauses[conflict] ?? find(clauses, 'returning');
  if (!source) return undefined;
  const query = (list: string, limit: string) => `${prefix}SELECT ${list} FROM (${text.slice(source.start, end?.start)}\n) AS incoming${limit}`;
  return { count: query('count(*)', ''), sample: query('*', `\nLIMIT ${String(sampleRows)}`) };
}

/** The first such word that begins a clause. */
function find(words: readonly Word[], word: string): Word | undefined {
  return words.find((each, index) => each.word === word && !(word === 'from' && words[index - 1]?.word === 'distinct') && words[index - 1]?.word !== '.');
}

/** Whether the parse of a drafted query reads exactly what the parse of the statement names. */
export function confirmsPreview(statement: unknown, query: unknown): boolean {
  const original = onlyStatement(statement);
  const select = onlyStatement(query);
  if (!original || select?.type !== 'SelectStmt') return false;
  const expected = expectedClauses(original);
  if (!expected) return false;
  const { targetList: _, limitCount: _count, limitOption: _option, op: _op, ...clauses } = select.node;
  return isAlike(clauses, expected);
}

function onlyStatement(tree: unknown): TypedNode | undefined {
  const [raw, ...more] = isRecord(tree) && Array.isArray(tree['stmts']) ? (tree['stmts'] as unknown[]) : [];
  return isRecord(raw) && more.length === 0 ? one(raw, 'stmt') : undefined;
}

function expectedClauses({ type, node }: TypedNode): PgNode | undefined {
  const withClause = inline(node, 'withClause');
  const around = withClause ? { withClause } : {};
  if (type === 'InsertStmt') return insertClauses(node, around);
  const sources = type === 'DeleteStmt' ? node['usingClause'] : type === 'UpdateStmt' ? node['fromClause'] : 'other';
  if (sources === 'other' || one(node, 'whereClause')?.type === 'CurrentOfExpr') return undefined;
  const where = has(node, 'whereClause') ? { whereClause: node['whereClause'] } : {};
  const from = { fromClause: [{ RangeVar: node['relation'] }] };
  if (sources === undefined) return { ...around, ...from, ...where };
  const subselect = { SelectStmt: { fromClause: sources, ...where, limitOption: 'LIMIT_OPTION_DEFAULT', op: 'SETOP_NONE' } };
  return { ...around, ...from, whereClause: { SubLink: { subLinkType: 'EXISTS_SUBLINK', subselect } } };
}

function insertClauses(node: PgNode, around: PgNode): PgNode | undefined {
  const source = unwrap(node['selectStmt']);
  if (source?.type !== 'SelectStmt' || many(source.node, 'valuesLists').some(hasDefault)) return undefined;
  return { ...around, fromClause: [{ RangeSubselect: { subquery: node['selectStmt'], alias: { aliasname: 'incoming' } } }] };
}

/** DEFAULT stands for a value only the table knows. */
function hasDefault(list: TypedNode): boolean {
  return many(list.node, 'items').some(({ type }) => type === 'SetToDefault');
}
