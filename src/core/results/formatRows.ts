/** Rows as text for the clipboard. Every value leaves exactly as the server printed it, and NULL stays different from ''. */
import type { Column, Row } from '../effect/preview.ts';
import type { Dialect } from '../sql/verdict.ts';
import { unreachable } from '../unreachable.ts';
import { formatInserts } from './formatInserts.ts';
import { isBooleanType, isJsonType, isNumberType } from './valueTypes.ts';

export type RowsToFormat = {
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
  /** Column names first, where the format has room for them. JSON and INSERT always name the columns. */
  readonly headers: boolean;
  /** For INSERT: where the rows came from, unquoted; a placeholder when it is not known. */
  readonly table?: { readonly schema?: string; readonly table: string };
  readonly dialect: Dialect;
};

export type RowFormat = 'tsv' | 'csv' | 'json' | 'markdown' | 'insert';

export function formatRows(format: RowFormat, input: RowsToFormat): string {
  switch (format) {
    case 'tsv':
      return formatDelimited(input, '\t', '\n');
    case 'csv':
      return formatDelimited(input, ',', '\r\n');
    case 'json':
      return formatJson(input);
    case 'markdown':
      return formatMarkdown(input);
    case 'insert':
      return formatInserts(input);
    default:
      return unreachable(format);
  }
}

/**
 * RFC 4180 with a choice of delimiter, as spreadsheets read it. NULL is nothing at all and the empty string is `""`, as in
 * PostgreSQL's own CSV. A single value is left as it is: who copies one cell wants its text.
 */
function formatDelimited({ columns, rows, headers }: RowsToFormat, delimiter: ',' | '\t', lineEnd: string): string {
  if (rows.length === 1 && columns.length === 1 && !headers) return rows[0]?.[0] ?? '';
  const special = delimiter === ',' ? /[",\r\n]/u : /["\t\r\n]/u;
  const field = (value: string | null): string => {
    if (value === null) return '';
    return value === '' || special.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
  };
  const lines = headers ? [columns.map(({ name }) => name), ...rows] : rows;
  return lines.map((line) => line.map(field).join(delimiter)).join(lineEnd);
}

function formatJson({ columns, rows }: RowsToFormat): string {
  const names = distinctNames(columns).map((name) => JSON.stringify(name));
  const objects = rows.map((row) => {
    const members = columns.map(({ type }, index) => `${names[index] ?? '""'}: ${jsonValue(row[index] ?? null, type)}`);
    return `  { ${members.join(', ')} }`;
  });
  return `[\n${objects.join(',\n')}\n]`;
}

/** A number only where every reader gets the same number back; else the exact digits as a string. */
function jsonValue(value: string | null, type: string): string {
  if (value === null) return 'null';
  if (isBooleanType(type) && (value === 't' || value === 'f')) return value === 't' ? 'true' : 'false';
  if (isNumberType(type) && String(Number(value)) === value && Number.isFinite(Number(value))) return value;
  if (isJsonType(type) && isJson(value)) return value;
  return JSON.stringify(value);
}

function isJson(value: string): boolean {
  try {
    JSON.parse(value);
    return true;
  } catch {
    // Not JSON after all: it is quoted like any other text.
    return false;
  }
}

/** Two columns may have one name, members of an object may not. */
function distinctNames(columns: readonly Column[]): readonly string[] {
  const used = new Set<string>();
  return columns.map(({ name }) => {
    let distinct = name;
    for (let count = 2; used.has(distinct); count++) distinct = `${name}_${String(count)}`;
    used.add(distinct);
    return distinct;
  });
}

function formatMarkdown({ columns, rows }: RowsToFormat): string {
  const cell = (value: string | null): string => (value === null ? 'NULL' : value.replaceAll('\\', '\\\\').replaceAll('|', '\\|').replaceAll(/\r\n|\r|\n/gu, '<br>'));
  const line = (values: readonly (string | null)[]): string => `| ${values.map(cell).join(' | ')} |`;
  const rule = `| ${columns.map(({ type }) => (isNumberType(type) ? '---:' : '---')).join(' | ')} |`;
  return [line(columns.map(({ name }) => name)), rule, ...rows.map(line)].join('\n');
}
