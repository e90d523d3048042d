/** The files a result can be saved as. Pure. */
import type { RowFacts, RowFormat } from '../../../core/results/rowWriter.ts';

export type FileFormat = {
  readonly label: string;
  /** What it means for the values; said before it is chosen. */
  readonly detail: string;
  /** As it is recorded. */
  readonly name: string;
  readonly extension: string;
  readonly format: RowFormat;
  readonly facts: Pick<RowFacts, 'delimiter' | 'guardsFormulas'>;
  /** Spreadsheets know by it that the text is UTF-8. */
  readonly startsWithMark?: true;
  readonly lineEnd: '\n' | '\r\n';
};

const exact = 'Every value exactly as the server printed it. NULL is nothing, the empty text is "".';
const guarded = 'For Excel and the like: what they would run as a formula gets a \u2019 in front, so such values are no longer exact.';

export const fileFormats: readonly FileFormat[] = [
  { label: 'CSV, with commas', detail: exact, name: 'csv', extension: 'csv', format: 'csv', facts: { delimiter: ',' }, lineEnd: '\r\n' },
  { label: 'CSV, with semicolons', detail: exact, name: 'csv', extension: 'csv', format: 'csv', facts: { delimiter: ';' }, lineEnd: '\r\n' },
  { label: 'CSV for spreadsheets, with commas', detail: guarded, name: 'csv for spreadsheets', extension: 'csv', format: 'csv', facts: { delimiter: ',', guardsFormulas: true }, startsWithMark: true, lineEnd: '\r\n' },
  { label: 'CSV for spreadsheets, with semicolons', detail: guarded, name: 'csv for spreadsheets', extension: 'csv', format: 'csv', facts: { delimiter: ';', guardsFormulas: true }, startsWithMark: true, lineEnd: '\r\n' },
  { label: 'TSV', detail: exact, name: 'tsv', extension: 'tsv', format: 'tsv', facts: {}, lineEnd: '\n' },
  { label: 'JSON', detail: 'One list of objects. Numbers that JavaScript would round are texts with all their digits.', name: 'json', extension: 'json', format: 'json', facts: {}, lineEnd: '\n' },
  { label: 'JSON Lines', detail: 'One object for each line, for programs that read as they go.', name: 'json lines', extension: 'jsonl', format: 'jsonl', facts: {}, lineEnd: '\n' },
  { label: 'SQL INSERT', detail: 'Statements that store the very same values again.', name: 'insert', extension: 'sql', format: 'insert', facts: {}, lineEnd: '\n' },
  { label: 'Markdown', detail: 'A table for a ticket or a chat.', name: 'markdown', extension: 'md', format: 'markdown', facts: {}, lineEnd: '\n' },
];
