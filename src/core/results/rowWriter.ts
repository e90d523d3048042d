/**
 * Rows as text, a batch at a time: for the clipboard and for files that hold more than fits into memory. Every value leaves exactly
 * as the server printed it, and NULL stays different from ''.
 */
import type { Column, Row } from '../effect/preview.ts';
import type { Dialect } from '../sql/verdict.ts';
import { unreachable } from '../unreachable.ts';
import { delimitedShape, type Delimiter } from './delimited.ts';
import { inListShape, insertShape } from './formatInserts.ts';
import { jsonLinesShape, jsonShape } from './formatJson.ts';
import { markdownShape } from './formatMarkdown.ts';

export type RowFormat = 'tsv' | 'csv' | 'json' | 'jsonl' | 'markdown' | 'insert' | 'in-list';

export type RowFacts = {
  readonly columns: readonly Column[];
  /** Column names first, where the format has room for them. JSON and INSERT always name the columns. */
  readonly headers: boolean;
  /** For INSERT: where the rows came from, unquoted; a placeholder when it is not known. */
  readonly table?: { readonly schema?: string; readonly table: string };
  readonly dialect: Dialect;
  /** Of CSV; a comma when absent. */
  readonly delimiter?: Delimiter;
  /** A `'` before values of CSV and TSV that a spreadsheet would run as a formula: they are no longer exactly what the server printed. */
  readonly guardsFormulas?: boolean;
};

/** What stands around and between rows. */
export type RowShape = {
  readonly head: string;
  /** What stands before the row of this number, from 0. */
  before(row: number): string;
  /** `undefined`: the row is left out. */
  row(row: Row): string | undefined;
  /** @param rows - how many were written */
  tail(rows: number): string;
};

export interface RowWriter {
  begin(): string;
  rows(rows: readonly Row[]): string;
  /** No line end behind the last line. */
  end(): string;
}

/** One writer for one text; its calls come in order. */
export function createRowWriter(format: RowFormat, facts: RowFacts): RowWriter {
  const shape = shapeOf(format, facts);
  let written = 0;
  return {
    begin: () => shape.head,
    rows(rows) {
      const parts: string[] = [];
      for (const values of rows) {
        const text = shape.row(values);
        if (text === undefined) continue;
        parts.push(shape.before(written), text);
        written += 1;
      }
      return parts.join('');
    },
    end: () => shape.tail(written),
  };
}

function shapeOf(format: RowFormat, facts: RowFacts): RowShape {
  switch (format) {
    case 'tsv':
      return delimitedShape(facts, '\t', '\n');
    case 'csv':
      return delimitedShape(facts, facts.delimiter ?? ',', '\r\n');
    case 'json':
      return jsonShape(facts);
    case 'jsonl':
      return jsonLinesShape(facts);
    case 'markdown':
      return markdownShape(facts);
    case 'insert':
      return insertShape(facts);
    case 'in-list':
      return inListShape(facts);
    default:
      return unreachable(format);
  }
}
