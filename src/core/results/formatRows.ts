/** Some rows as one text, for the clipboard. */
import type { Row } from '../effect/preview.ts';
import { createRowWriter, type RowFacts, type RowFormat } from './rowWriter.ts';

export type RowsToFormat = RowFacts & { readonly rows: readonly Row[] };

export function formatRows(format: RowFormat, input: RowsToFormat): string {
  const { rows, columns, headers } = input;
  // Who copies one cell wants its text.
  if ((format === 'tsv' || format === 'csv') && rows.length === 1 && columns.length === 1 && !headers) return rows[0]?.[0] ?? '';
  const writer = createRowWriter(format, input);
  return writer.begin() + writer.rows(rows) + writer.end();
}
