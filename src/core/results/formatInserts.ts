/** Rows as INSERT statements that store the very same values again. */
import type { Row } from '../effect/preview.ts';
import type { Dialect } from '../sql/verdict.ts';
import type { RowsToFormat } from './formatRows.ts';
import { isBooleanType, isByteType, isNumberType } from './valueTypes.ts';

const rowsPerStatement = 100;

export function formatInserts({ columns, rows, table, dialect }: RowsToFormat): string {
  const target = [table?.schema, table?.table ?? 'table_name'].filter((part) => part !== undefined).map((part) => quoteName(part, dialect)).join('.');
  const names = columns.map(({ name }) => quoteName(name, dialect)).join(', ');
  const tuple = (row: Row): string => `  (${columns.map(({ type }, index) => literal(row[index] ?? null, type, dialect)).join(', ')})`;
  const statements: string[] = [];
  for (let start = 0; start < rows.length; start += rowsPerStatement) {
    const tuples = rows.slice(start, start + rowsPerStatement).map(tuple);
    statements.push(`INSERT INTO ${target} (${names}) VALUES\n${tuples.join(',\n')};`);
  }
  return statements.join('\n');
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
