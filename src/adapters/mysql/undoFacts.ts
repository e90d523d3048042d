/** What the way back has to know of the touched tables. */
import type { RowChange } from '../../core/effect/preview.ts';
import type { MysqlUndoTable } from '../../core/undo/mysql/planMysql.ts';
import type { UniqueRule } from '../../core/undo/undoTable.ts';
import { ask, textLiteral } from './change/asking.ts';
import { tableId, type TableFacts, type TableId } from './change/catalog.ts';
import type { Plan } from './change/plan.ts';
import type { Line } from './line.ts';
import type { TouchedRows } from './undoLiterals.ts';

type ForeignKeys = Plan['foreignKeys'];
export type Uniques = ReadonlyMap<TableId, readonly UniqueRule[]>;

/** Tables that others reference come before those, as far as they do not reference each other in a circle. */
export function parentsFirst(tables: readonly TableFacts[], foreignKeys: ForeignKeys): readonly TableFacts[] {
  const ordered: TableFacts[] = [];
  const visiting = new Set<TableId>();
  const visit = (facts: TableFacts): void => {
    if (visiting.has(facts.id)) return;
    visiting.add(facts.id);
    for (const { child, parent } of foreignKeys) {
      const other = child === facts.id ? tables.find(({ id }) => id === parent) : undefined;
      if (other) visit(other);
    }
    ordered.push(facts);
  };
  for (const facts of tables) visit(facts);
  return ordered;
}

/** Throws `Unanswered`. */
export async function readUniques(line: Line, tables: readonly TableFacts[]): Promise<Uniques> {
  const these = tables.map(({ ref }) => `(TABLE_SCHEMA = ${textLiteral(ref.schema)} AND TABLE_NAME = ${textLiteral(ref.table)})`).join(' OR ');
  const { rows } = await ask(line, `SELECT TABLE_SCHEMA, TABLE_NAME, INDEX_NAME, COLUMN_NAME, SUB_PART FROM information_schema.STATISTICS WHERE NON_UNIQUE = 0 AND (${these})`);
  const indexes = new Map<string, { readonly id: TableId; readonly columns: (string | null)[]; isWhole: boolean }>();
  for (const [schema, table, index, column, part] of rows) {
    const id = tableId({ schema: schema ?? '', table: table ?? '' });
    const found = indexes.get(`${id}${index ?? ''}`) ?? { id, columns: [], isWhole: true };
    found.columns.push(column ?? null);
    found.isWhole &&= part === null && column !== null;
    indexes.set(`${id}${index ?? ''}`, found);
  }
  return new Map(
    tables.map(({ id, columns }) => [
      id,
      [...indexes.values()]
        .filter((index) => index.id === id)
        .map((index) => ({ columns: index.columns.flatMap((name) => (name === null ? columns.map((_, position) => position) : columns.flatMap((column, position) => (column.name === name ? [position] : [])))), isExact: index.isWhole, isDeferrable: false })),
    ]),
  );
}

export function toUndoTable({ facts, kinds, before, after }: TouchedRows, { foreignKeys, known }: Plan, uniques: Uniques): MysqlUndoTable {
  const { id, ref, columns, key } = facts;
  const place = (name: string) => columns.findIndex((column) => column.name.toLowerCase() === name.toLowerCase());
  const keyed = (values: ReadonlyMap<string, readonly (string | null)[]>, row: string) => [...(values.get(row) ?? []), row];
  const changes = [...kinds].map(([row, kind]): RowChange => {
    switch (kind) {
      case 'inserted':
        return { kind, after: keyed(after, row) };
      case 'deleted':
        return { kind, before: keyed(before, row) };
      case 'updated':
        return { kind, before: keyed(before, row), after: keyed(after, row) };
    }
  });
  return {
    rows: {
      table: ref,
      isPartitioned: false,
      columns: columns.map(({ name, type, isGenerated }) => ({ name, type, isGenerated, isIdentityAlways: false })),
      key: key.map(place),
      uniques: uniques.get(id) ?? [],
      // Whatever the foreign key says: both servers check it row by row.
      isReferenced: foreignKeys.some(({ parent }) => parent === id),
      changes,
    },
    firesOnUpdate: known.some(({ table, event }) => table === id && event === 'update'),
    selfReferences: foreignKeys.flatMap(({ child, parent, childColumns, parentColumns }) =>
      child === id && parent === id && childColumns.length === 1 ? [{ column: place(childColumns[0] ?? ''), parent: place(parentColumns[0] ?? '') }] : [],
    ),
  };
}
