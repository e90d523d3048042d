/**
 * The way back on MySQL and MariaDB: statements for portions of rows, because no server takes several tables in one and both
 * check foreign keys row by row. Which order of the parts works depends on the keys, so the caller tries them.
 */
import { quoteName } from '../../effect/mysql/keyText.ts';
import type { Row } from '../../effect/preview.ts';
import { maxScriptBytes } from '../../sql/bytes.ts';
import { changes, planRows, type RowWork, type Update } from '../rowWork.ts';
import type { UndoPart, UndoStep } from '../undo.ts';
import type { UndoTable } from '../undoTable.ts';
import { holdsLiteral } from './literals.ts';

export type MysqlUndoTable = {
  /** Values are literals; behind them, each row has its key as a JSON list of literals. */
  readonly rows: UndoTable;
  /** BEFORE UPDATE triggers would run for a row whose place is taken. */
  readonly firesOnUpdate: boolean;
  /** Position of the column and of the key column it references in the same table, if it does. */
  readonly selfReferences: readonly { readonly column: number; readonly parent: number }[];
};

/** `remove`, `restore`, `update`, in the order in which they run. */
export type PhaseOrder = readonly ('remove' | 'restore' | 'update')[];

export const phaseOrders: readonly PhaseOrder[] = [
  ['remove', 'restore', 'update'],
  ['restore', 'update', 'remove'],
  ['remove', 'update', 'restore'],
];

export type MysqlPlan = { readonly kind: 'steps'; readonly steps: readonly UndoStep[] } | { readonly kind: 'none'; readonly reason: string };

/** A statement longer than this is not read before it runs. */
const stepBytes = 128 * 1024;
const headBytes = 8 * 1024;

/** @param tables - parents before children, as far as that is possible */
export function planMysqlUndo(tables: readonly MysqlUndoTable[], order: PhaseOrder): MysqlPlan {
  const works: (RowWork & { readonly source: MysqlUndoTable })[] = [];
  for (const source of tables) {
    const planned = planRows(source.rows);
    if (planned.kind === 'none') return planned;
    works.push({ ...planned.work, source });
  }
  const phases = {
    remove: () => works.toReversed().flatMap(({ table, remove }) => removeSteps(table, remove)),
    restore: () => works.flatMap(({ source, restore }) => restoreSteps(source, restore)),
    update: () => works.flatMap(({ table, update }) => updateSteps(table, update)),
  };
  const steps = [...works.flatMap(reports), ...order.flatMap((phase) => phases[phase]())];
  const bytes = steps.reduce((sum, { sql }) => sum + sql.length + 2, 0);
  if (bytes > maxScriptBytes - headBytes) return { kind: 'none', reason: 'the rows are too large to be written back by a text of 2 MB.' };
  if (steps.some(({ sql }) => sql.length > 2 * stepBytes)) return { kind: 'none', reason: 'a row is too large to be written back by one statement.' };
  return { kind: 'steps', steps };
}

function removeSteps(table: UndoTable, rows: readonly Row[]): readonly UndoStep[] {
  return portions(rows.map((row) => ({ row, text: still(table, row, own(table)) }))).map((some) => ({
    sql: `DELETE FROM ${nameOf(table)} WHERE ${whichOf(table, some)}`,
    parts: [partOf(table, 'remove-inserted', some.length)],
  }));
}

function updateSteps(table: UndoTable, updates: readonly Update[]): readonly UndoStep[] {
  const groups = new Map<string, { readonly columns: readonly number[]; readonly updates: Update[] }>();
  for (const update of updates) {
    const columns = changes(table, update);
    const group = groups.get(columns.join()) ?? { columns, updates: [] };
    group.updates.push(update);
    groups.set(columns.join(), group);
  }
  return [...groups.values()].flatMap(({ columns, updates: some }) =>
    portions(some.map((update) => ({ row: update.after, update, text: `${still(table, update.after, columns)}${columns.map((column) => update.before[column] ?? '').join('')}` }))).map((group) => {
      const assignments = columns.map((position) => `${columnOf(table, position)} = CASE ${group.map(({ row, update }) => `WHEN ${isRow(table, row)} THEN ${update.before[position] ?? 'NULL'}`).join(' ')} END`);
      const conditions = group.map(({ row }) => ({ row, text: still(table, row, columns) }));
      return { sql: `UPDATE ${nameOf(table)} SET ${assignments.join(', ')} WHERE ${whichOf(table, conditions)}`, parts: [partOf(table, 'restore-updated', group.length)] };
    }),
  );
}

function restoreSteps({ rows: table, firesOnUpdate, selfReferences }: MysqlUndoTable, rows: readonly Row[]): readonly UndoStep[] {
  const columns = own(table);
  const ordered = parentsFirst(rows, selfReferences);
  const [key = 0] = table.key;
  // Changes nothing, so that a row whose place is taken is left alone without failing the others.
  const taken = firesOnUpdate ? '' : ` ON DUPLICATE KEY UPDATE ${columnOf(table, key)} = ${nameOf(table)}.${columnOf(table, key)}`;
  return portions(ordered.map((row) => ({ row, text: `(${columns.map((column) => row[column] ?? 'NULL').join(', ')})` }))).map((some) => ({
    sql: `INSERT INTO ${nameOf(table)} (${columns.map((column) => columnOf(table, column)).join(', ')}) VALUES\n  ${some.map(({ text }) => text).join(',\n  ')}${taken}`,
    parts: [partOf(table, 'restore-deleted', some.length)],
  }));
}

/** Queries that come first and return the rows that will be left alone. Rows that are gone are not there to be returned. */
function reports({ table, remove, update, restore }: RowWork): readonly UndoStep[] {
  const rebuilt = new Set(remove.map((row) => keyOf(table, row)));
  const changed = [
    ...remove.map((row) => ({ row, text: `(${isRow(table, row)} AND NOT (${holds(table, row, own(table))}))` })),
    ...update.map((each) => ({ row: each.after, text: `(${isRow(table, each.after)} AND NOT (${holds(table, each.after, changes(table, each))}))` })),
  ];
  const removed = groupBy(remove, (row) => foldedKey(table, row));
  const taken = restore.filter((row) => !rebuilt.has(keyOf(table, row))).map((row) => {
    // Where keys are compared without case, the row in its place may be the very one that goes.
    const going = (removed.get(foldedKey(table, row)) ?? []).map((other) => ` AND NOT (${holds(table, other, table.key)})`);
    return { row, text: `(${isRow(table, row)}${going.join('')})` };
  });
  const query = (why: string) => (some: readonly Placed[]): UndoStep => ({
    sql: `SELECT ${quoteText(`${table.table.schema}.${table.table.table}`)} AS ${quoteName('table')}, CONCAT('(', CONCAT_WS(',', ${table.key.map((position) => columnOf(table, position)).join(', ')}), ')') AS ${quoteName('row')}, ${quoteText(why)} AS ${quoteName('not restored')} FROM ${nameOf(table)} WHERE ${whichOf(table, some)}`,
    parts: [],
  });
  return [...portions(changed).map(query('changed since')), ...portions(taken).map(query('its place is taken'))];
}

/** What is alike for servers that compare without case, accents and trailing blanks is alike here too. */
function foldedKey({ key, columns }: UndoTable, row: Row): string {
  return JSON.stringify(key.map((position) => {
    const hex = /^x'([0-9A-F]*)'$/iu.exec(row[position] ?? '')?.[1];
    if (hex === undefined || /^(?:var)?binary|blob/iu.test(columns[position]?.type ?? '')) return row[position];
    const bytes = Uint8Array.from(hex.match(/../gu) ?? [], (pair) => Number.parseInt(pair, 16));
    return new TextDecoder().decode(bytes).normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase().trimEnd();
  }));
}

function groupBy(rows: readonly Row[], keyFor: (row: Row) => string): ReadonlyMap<string, readonly Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) groups.set(keyFor(row), [...(groups.get(keyFor(row)) ?? []), row]);
  return groups;
}

type Placed = { readonly row: Row; readonly text: string };

/** The list of keys lets the server go by its index; what follows decides. */
function whichOf(table: UndoTable, some: readonly Placed[]): string {
  const [only] = table.key;
  const list = table.key.length === 1 && only !== undefined ? `${columnOf(table, only)} IN (${some.map(({ row }) => keyParts(table, row)[0] ?? '').join(', ')}) AND ` : '';
  return `${list}(${some.map(({ text }) => text).join(' OR ')})`;
}

/** The row, as long as these columns hold what the change wrote. */
function still(table: UndoTable, row: Row, columns: readonly number[]): string {
  const guard = holds(table, row, columns);
  return `(${isRow(table, row)}${guard === '' ? '' : ` AND ${guard}`})`;
}

function holds(table: UndoTable, row: Row, columns: readonly number[]): string {
  return columns.map((position) => holdsLiteral(columnOf(table, position), table.columns[position]?.type ?? '', row[position] ?? null)).join(' AND ');
}

function isRow(table: UndoTable, row: Row): string {
  const parts = keyParts(table, row);
  return table.key.map((position, index) => `${columnOf(table, position)} = ${parts[index] ?? 'NULL'}`).join(' AND ');
}

function keyOf({ columns }: UndoTable, row: Row): string {
  return row[columns.length] ?? '[]';
}

function keyParts(table: UndoTable, row: Row): readonly string[] {
  return JSON.parse(keyOf(table, row)) as readonly string[];
}

/** Positions of the columns that can be written. */
function own({ columns }: UndoTable): readonly number[] {
  return columns.flatMap(({ isGenerated }, position) => (isGenerated ? [] : [position]));
}

function partOf({ table }: UndoTable, kind: UndoPart['kind'], rows: number): UndoPart {
  return { table, kind, rows };
}

/** As many rows as fit into a statement that is still read before it runs. */
function portions<Item extends { readonly text: string }>(items: readonly Item[]): readonly (readonly Item[])[] {
  const groups: Item[][] = [];
  let bytes = Infinity;
  for (const item of items) {
    // The key stands in a list too, and in a choice for each column.
    const size = item.text.length * 2 + 64;
    if (bytes + size > stepBytes) {
      groups.push([]);
      bytes = 0;
    }
    groups.at(-1)?.push(item);
    bytes += size;
  }
  return groups;
}

/** Rows that others of the same table reference come before those. In a circle, in any order: then the server refuses. */
function parentsFirst(rows: readonly Row[], references: MysqlUndoTable['selfReferences']): readonly Row[] {
  if (references.length === 0) return rows;
  const ordered: Row[] = [];
  let waiting = [...rows];
  while (waiting.length > 0) {
    const missing = (row: Row) => references.some(({ column, parent }) => row[column] !== row[parent] && waiting.some((other) => other[parent] === row[column] && row[column] !== null));
    const ready = waiting.filter((row) => !missing(row));
    if (ready.length === 0) return [...ordered, ...waiting];
    ordered.push(...ready);
    waiting = waiting.filter((row) => !ready.includes(row));
  }
  return ordered;
}

function columnOf({ columns }: UndoTable, position: number): string {
  return quoteName(columns[position]?.name ?? '');
}

function nameOf({ table }: UndoTable): string {
  return `${quoteName(table.schema)}.${quoteName(table.table)}`;
}

function quoteText(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
}
