/** Rows as INSERT statements that store the very same values again, and as what stands behind IN. */
import type { Row } from '../effect/preview.ts';
import type { Dialect } from '../sql/verdict.ts';
import type { RowFacts, RowShape } from './rowWriter.ts';
import { isBooleanType, isByteType, isNumberType } from './valueTypes.ts';

const rowsPerStatement = 100;

export function insertShape({ columns, table, dialect }: RowFacts): RowShape {
  const target = [table?.schema, table?.table ?? 'table_name'].filter((part) => part !== undefined).map((part) => quoteName(part, dialect)).join('.');
  const names = columns.map(({ name }) => quoteName(name, dialect)).join(', ');
  const insert = `INSERT INTO ${target} (${names}) VALUES\n`;
  return {
    head: '',
    before: (row) => (row % rowsPerStatement > 0 ? ',\n' : row === 0 ? insert : `;\n${insert}`),
    row: (row) => `  (${columns.map(({ type }, index) => literal(row[index] ?? null, type, dialect)).join(', ')})`,
    tail: (rows) => (rows === 0 ? '' : ';'),
  };
}

/** Each value once. NULL is left out: nothing is ever IN a list because of it. */
export function inListShape({ columns, dialect }: RowFacts): RowShape {
  const seen = new Set<string>();
  const text = (row: Row): string => {
    const values = columns.map(({ type }, index) => literal(row[index] ?? null, type, dialect)).join(', ');
    return columns.length === 1 ? values : `(${values})`;
  };
  return {
    head: '(',
    before: (row) => (row === 0 ? '' : ', '),
    row(row) {
      if (columns.some((_, index) => (row[index] ?? null) === null)) return undefined;
      const value = text(row);
      if (seen.has(value)) return undefined;
      seen.add(value);
      return value;
    },
    // An empty list is no SQL; this one holds nothing either.
    tail: (rows) => (rows === 0 ? 'NULL)' : ')'),
  };
}

/** Always quoted, so that no name is taken for a keyword or folded to lower case. */
function quoteName(name: string, dialect: Dialect): string {
  return dialect === 'postgresql' ? `"${name.replaceAll('"', '""')}"` : `\`${name.replaceAll('`', '``')}\``;
}

const plainNumber = /^-?\d+(?:\.\d+)?$/u;
const bytes = /^0x(?:[\dA-F]{2})*$/u;

function literal(value: string | null, type: string, dialect: Dialect): string {
  if (value === null) return 'NULL';
  if (isNumberType(type) && plainNumber.test(value)) return value;
  if (isBooleanType(type) && (value === 't' || value === 'f')) return value === 't' ? 'true' : 'false';
  if (dialect !== 'postgresql' && isByteType(type) && bytes.test(value)) return value === '0x' ? "''" : value;
  const doubled = value.replaceAll("'", "''");
  if (!value.includes('\\')) return `'${doubled}'`;
  // What a backslash means depends on a setting of the server, except in this form.
  const escaped = doubled.replaceAll('\\', '\\\\');
  return dialect === 'postgresql' ? `E'${escaped}'` : `'${escaped}'`;
}
