/** The parts of the statement that takes a change back on PostgreSQL. */
import type { Row } from '../../effect/preview.ts';
import type { UndoColumn, UndoTable } from '../undoTable.ts';

export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

export function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

export function tableName({ table }: UndoTable): string {
  return `${quoteName(table.schema)}.${quoteName(table.table)}`;
}

/** Children of other tables are tables of their own here; partitions are reached through their root. */
export function onlyTable(table: UndoTable): string {
  return table.isPartitioned ? tableName(table) : `ONLY ${tableName(table)}`;
}

/** One row of values for each row, as one text: a server and a parser read it faster than as many literals. */
export function valueRows(name: string, columns: readonly string[], rows: readonly Row[]): string {
  const list = columns.map((column, index) => `e.v ->> ${String(index)} AS ${column}`);
  const json = rows.map((row) => JSON.stringify(row)).join(',\n  ');
  return `${name} AS (SELECT ${['e.n', ...list].join(', ')} FROM pg_catalog.json_array_elements(${quoteText(`[${json}]`)}) WITH ORDINALITY AS e(v, n))`;
}

/** A text as a value of the column, whatever the session's settings. */
export function valueOf({ type }: UndoColumn, text: string): string {
  return type === 'xml' ? `XMLPARSE(CONTENT ${text})` : `${text}::${type}`;
}

/** The same text form on both sides, so that no setting of the session decides. */
export function holds(alias: string, column: UndoColumn, text: string): string {
  const stored = `${alias}.${quoteName(column.name)}`;
  const sameText = `${stored}::text IS NOT DISTINCT FROM ${asText(column, text)}`;
  // A session can shorten the text of these; their own comparison takes -0 for 0, so both are asked.
  return inexact.has(column.type) ? `${sameText} AND ${stored} IS NOT DISTINCT FROM ${valueOf(column, text)}` : sameText;
}

const inexact: ReadonlySet<string> = new Set(['real', 'double precision']);

export function asText(column: UndoColumn, text: string): string {
  return `(${valueOf(column, text)})::text`;
}

/** Columns that can be written, with their positions. */
export function writable({ columns }: UndoTable): readonly { readonly column: UndoColumn; readonly position: number }[] {
  return columns.flatMap((column, position) => (column.isGenerated ? [] : [{ column, position }]));
}

export function keyColumns({ key, columns }: UndoTable): readonly { readonly column: UndoColumn; readonly position: number }[] {
  return key.flatMap((position) => {
    const column = columns[position];
    return column ? [{ column, position }] : [];
  });
}

/** Joins a row of the table to its row of values by key. */
export function sameKey(table: UndoTable, alias: string, values: string): string {
  return keyColumns(table)
    .map(({ column }, index) => `${alias}.${quoteName(column.name)} = ${valueOf(column, `${values}.k${String(index + 1)}`)}`)
    .join(' AND ');
}

export function keyNames(table: UndoTable): readonly string[] {
  return table.key.map((_, index) => `k${String(index + 1)}`);
}

/** Makes what follows wait until these parts have run to their end. */
export function after(parts: readonly string[]): readonly string[] {
  return parts.map((part) => `(SELECT pg_catalog.count(*) FROM ${part}) >= 0`);
}

/** Rows that were not restored, for the person to look at. */
export function report(table: UndoTable, row: string, why: string, rest: string): string {
  const { schema, table: name } = table.table;
  return `SELECT ${quoteText(`${schema}.${name}`)} AS "table", ${row} AS "row", ${quoteText(why)} AS "not restored" FROM ${rest}`;
}
