/** Fixes that add a clause: which rows, how many, checked when. */
import { find, hasReason, holds, insertion, type Fix, type FixContext } from './fix.ts';
import type { OuterWord } from '../words.ts';

export function addWhere({ statement, words }: FixContext): Fix | undefined {
  const isPlain = statement.kind === 'update' || statement.kind === 'delete';
  if (!isPlain || !hasReason(statement, 'no-where') || holds(words, 'where')) return undefined;
  return {
    code: 'add-where',
    title: 'Add a WHERE that names the rows',
    risk: 'no-where',
    edit: insertion(endBefore(words, ['returning', 'order', 'limit']), `${separator(statement.text)}WHERE id = 0`),
    blanks: ['id', '0'],
  };
}

/** Where many rows are not wanted anyway; Countersign stops the server at its own limit in any case. */
export function addLimit({ statement, words }: FixContext): Fix | undefined {
  const readsTable = statement.class === 'read' && statement.kind === 'select' && statement.targets.length > 0;
  if (!readsTable || holds(words, 'limit', 'fetch', 'into')) return undefined;
  const edit = insertion(endBefore(words, ['offset', 'for', 'lock', 'procedure']), `${separator(statement.text)}LIMIT 100`);
  return { code: 'add-limit', title: 'Add LIMIT 100', edit, blanks: ['100'] };
}

export function addNotValid({ statement, dialect, words }: FixContext): Fix | undefined {
  const addsCheck = statement.kind === 'alter-table' && hasReason(statement, 'full-scan') && holds(words, 'add') && holds(words, 'check', 'foreign');
  if (dialect !== 'postgresql' || !addsCheck || holds(words, ',', 'valid')) return undefined;
  return { code: 'not-valid', title: 'Add it as NOT VALID, to be validated later without blocking writers', risk: 'full-scan', edit: insertion(statement.text.length, ' NOT VALID') };
}

/** The server then refuses what would make others wait. */
export function addOnline({ statement, dialect, words }: FixContext): Fix | undefined {
  if (dialect === 'postgresql' || holds(words, 'algorithm') || !hasReason(statement, 'table-rewrite', 'full-scan', 'index-build', 'index-blocks-writers')) return undefined;
  const clause = statement.kind === 'alter-table' ? ', ALGORITHM=INPLACE, LOCK=NONE' : statement.kind === 'create-index' ? ' ALGORITHM=INPLACE LOCK=NONE' : undefined;
  const risk = ['table-rewrite', 'full-scan', 'index-build', 'index-blocks-writers'].find((code) => hasReason(statement, code));
  if (clause === undefined || risk === undefined) return undefined;
  return { code: 'online', title: 'Refuse to make others wait (ALGORITHM=INPLACE, LOCK=NONE)', risk, edit: insertion(statement.text.length, clause) };
}

/** The end of what stands before the first of the clauses, or of everything. */
function endBefore(words: readonly OuterWord[], clauses: readonly string[]): number {
  const clause = find(words, ...clauses);
  const before = clause ? words[words.indexOf(clause) - 1] : words.at(-1);
  return before?.end ?? 0;
}

/** In a statement of several lines each clause has its own. */
function separator(text: string): string {
  return text.includes('\n') ? '\n' : ' ';
}
