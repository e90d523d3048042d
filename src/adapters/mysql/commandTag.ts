/** What ran and how many rows it touched, in a few characters. The server has no such answer of its own. */
import type { ClassifiedStatement } from '../../core/sql/verdict.ts';
import type { QueryResult } from './command.ts';

/** e.g. `SELECT 12`, `DELETE 3`, `CREATE TABLE`. */
export function commandTag({ kind }: ClassifiedStatement, results: readonly QueryResult[], rows: number): string {
  const verb = kind.toUpperCase().replaceAll('-', ' ');
  const [first] = results;
  if (!first) return verb;
  if (first.fields.length > 0) return `${verb} ${String(rows)}`;
  return countsRows.has(kind) ? `${verb} ${String(first.affectedRows)}` : verb;
}

const countsRows: ReadonlySet<string> = new Set(['insert', 'update', 'delete', 'replace', 'load-data']);
