/** A text that reads what a statement would touch, in the place of that statement. Pure. */
import type { PreviewQuery } from '../../../core/sql/postgres/previewQuery.ts';
import type { FrozenText } from './freeze.ts';

/** How many rows, then the first of them. An error points at the statement, wherever in the queries it is. */
export function touchedRowsText({ parts }: FrozenText, { count, sample }: PreviewQuery): FrozenText {
  const [statement] = parts;
  const text = `${count};\n${sample}`;
  return { text, parts: statement ? [{ ...statement, length: Math.min(statement.length, text.length) }] : [] };
}
