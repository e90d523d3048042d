/**
 * Where the columns of a result come from. What these servers say of a column is only a hint: for a derived table it names the alias,
 * for a union its first part. It counts where the text is one flat SELECT, and the catalogue has the table and its column.
 */
import { isFlatSelect } from '../../core/masking/flatSelect.ts';
import { unknownLineage, type ColumnOrigin, type Lineage, type TableColumn } from '../../core/masking/lineage.ts';
import type { ClassifiedStatement } from '../../core/sql/verdict.ts';
import { ask, textLiteral } from './change/asking.ts';
import { shortDeadlineMs, type Context } from './context.ts';
import type { Field } from './field.ts';
import type { Line } from './line.ts';

type Found = TableColumn & { readonly isView: boolean };
type Name = { readonly schema: string; readonly table: string };

/** Never rejects: what cannot be learned is unknown. */
export async function traceColumns(context: Context, statement: ClassifiedStatement, fields: readonly Field[]): Promise<Lineage> {
  const { server, guards } = context;
  const here = guards.get('database') ?? server.database;
  const targets = statement.targets.map(({ schema = here, table }) => ({ schema, table }));
  const line = await context.metadata().catch(() => undefined);
  const found = line && (await readColumns(line, targets).catch(() => undefined));
  if (!found) return unknownLineage(fields.length);
  const isFlat = server.dialect !== 'postgresql' && isFlatSelect(statement.text, server.dialect);
  const isUnknown = found.some(({ isView }) => isView) || targets.some((target) => !found.some(({ table }) => isSame(table, target)));
  return {
    origins: fields.map((field) => (isFlat ? originOf(field, found) : undefined)),
    sources: isUnknown ? 'unknown' : found.map(({ table, column }) => ({ table, column })),
  };
}

/** Columns of the tables that the text names; names of other case may be the same, so they count too. */
async function readColumns(line: Line, targets: readonly Name[]): Promise<readonly Found[]> {
  if (targets.length === 0) return [];
  const these = targets.map(({ schema, table }) => `(c.TABLE_SCHEMA = ${textLiteral(schema)} AND c.TABLE_NAME = ${textLiteral(table)})`).join(' OR ');
  const text = `SELECT c.TABLE_SCHEMA, c.TABLE_NAME, c.COLUMN_NAME, c.COLUMN_TYPE, t.TABLE_TYPE FROM information_schema.COLUMNS AS c
    JOIN information_schema.TABLES AS t ON t.TABLE_SCHEMA = c.TABLE_SCHEMA AND t.TABLE_NAME = c.TABLE_NAME WHERE ${these}`;
  const { rows } = await ask(line, text, { deadlineMs: shortDeadlineMs });
  return rows.map(([schema, table, column, type, kind]) => ({
    table: { schema: schema ?? '', table: table ?? '' },
    column: { name: column ?? '', type: type ?? '' },
    isView: kind !== 'BASE TABLE' && kind !== 'SYSTEM VERSIONED',
  }));
}

function originOf({ schema, table, column }: Field, found: readonly Found[]): ColumnOrigin | undefined {
  if (table === '' || column === '') return undefined;
  const names = found.filter((each) => isSame(each.table, { schema, table }) && each.column.name.toLowerCase() === column.toLowerCase());
  if (names.length === 0) return undefined;
  return { kind: names.some(({ isView }) => isView) ? 'view' : 'stored', names: names.map((name) => ({ table: name.table, column: name.column })) };
}

/** Which case counts depends on the server's file system: two tables that differ in it only are taken for one, and the stricter mask holds. */
function isSame(a: Name, b: Name): boolean {
  return a.schema.toLowerCase() === b.schema.toLowerCase() && a.table.toLowerCase() === b.table.toLowerCase();
}
