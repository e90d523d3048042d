/** Rows of a table, asked for by key. */
import { isOneOf, keyLiteral, quoteName, selectKey } from '../../../core/effect/mysql/keyText.ts';
import type { WalkKey, WalkRow } from '../../../core/effect/mysql/foreignKeyWalk.ts';
import type { Row } from '../../../core/effect/preview.ts';
import type { TableColumn, TableFacts, TableId } from './catalog.ts';

/** The columns of a table that are read to know a row again and to follow its foreign keys. */
export type HandleColumns = readonly TableColumn[];

/** Its key, and whatever foreign keys from and to it use. */
export function handleColumns({ id, key, columns }: TableFacts, foreignKeys: readonly WalkKey[]): HandleColumns {
  const names = new Set(key);
  for (const { child, childColumns, parent, parentColumns } of foreignKeys) {
    if (parent === id) for (const column of parentColumns) names.add(column);
    if (child === id) for (const column of childColumns) names.add(column);
  }
  return columns.filter(({ name }) => names.has(name));
}

/** @param qualifier - what stands before the columns, as SQL */
export function selectHandle(columns: HandleColumns, qualifier: string): readonly string[] {
  return columns.map(({ name, kind }) => selectKey(`${qualifier}.${quoteName(name)}`, kind));
}

/**
 * A row from what `selectHandle` read; `undefined` for the missing side of an outer join.
 *
 * @param number - tells rows of a table without a key apart
 */
export function toWalkRow({ key }: TableFacts, columns: HandleColumns, values: Row, number: number): WalkRow | undefined {
  const literals = new Map<string, string | null>();
  columns.forEach(({ name, kind }, index) => {
    const value = values[index] ?? null;
    literals.set(name, value === null ? null : (keyLiteral(value, kind) ?? null));
  });
  const own = key.length === 0 ? [`#${String(number)}`] : key.map((name) => literals.get(name) ?? null);
  return own.includes(null) ? undefined : { id: JSON.stringify(own), values: literals };
}

/** The key of a row as literals, from its identity. */
export function keyOfId(id: string): readonly string[] {
  return JSON.parse(id) as readonly string[];
}

export function qualifiedName({ ref }: TableFacts): string {
  return `${quoteName(ref.schema)}.${quoteName(ref.table)}`;
}

/**
 * For a question about many keys: right after many rows were written the servers' statistics may tell them that reading the whole
 * table is cheaper, for every portion of the keys anew.
 *
 * @returns nothing where no index begins with the columns
 */
export function byIndex({ indexes }: TableFacts, columns: readonly string[]): string {
  const index = [...indexes].find(([, parts]) => columns.every((column) => parts.slice(0, columns.length).includes(column)))?.[0];
  return index === undefined ? '' : ` FORCE INDEX (${quoteName(index)})`;
}

/** Rows per question: long lists of keys make the server plan for long. */
export const portion = 500;

/** Rows of these keys, all columns as the server prints them, with their key in front. */
export function selectByKeys(facts: TableFacts, keys: readonly (readonly string[])[], behind = ''): string {
  return `SELECT ${[...keySelects(facts), ...valueSelects(facts)].join(', ')} FROM ${qualifiedName(facts)}${byIndex(facts, facts.key)} WHERE ${isOneOf(facts.key.map(quoteName), keys)}${behind}`;
}

/** The identity of a row that `selectByKeys` or `selectAll` read. */
export function idOf(facts: TableFacts, row: Row): string {
  const kinds = new Map(facts.columns.map(({ name, kind }) => [name, kind]));
  return JSON.stringify(facts.key.map((name, index) => keyLiteral(row[index] ?? '', kinds.get(name) ?? 'none') ?? ''));
}

/** The values of a row that `selectByKeys` or `selectAll` read. */
export function valuesOf(facts: TableFacts, row: Row): Row {
  return row.slice(facts.key.length);
}

/** Every row of a table. */
export function selectAll(facts: TableFacts, where = ''): string {
  return `SELECT ${[...keySelects(facts), ...valueSelects(facts)].join(', ')} FROM ${qualifiedName(facts)}${where}`;
}

function keySelects({ key, columns }: TableFacts): readonly string[] {
  return key.map((name) => selectKey(quoteName(name), columns.find((column) => column.name === name)?.kind ?? 'none'));
}

/** Named one by one: `*` leaves out invisible columns. */
function valueSelects({ columns }: TableFacts): readonly string[] {
  return columns.map(({ name }) => quoteName(name));
}

/** In portions of a size that a server plans quickly. */
export function inPortions<Item>(items: readonly Item[], size = portion): readonly (readonly Item[])[] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) => items.slice(index * size, (index + 1) * size));
}

/** A value that differs whenever a row differs: for comparing without moving rows. */
export function selectDigest({ columns }: TableFacts, qualifier: string): string {
  const parts = columns.map(({ name }) => `IFNULL(HEX(CAST(${qualifier}.${quoteName(name)} AS BINARY)), '-')`);
  return `SHA2(CONCAT_WS(',', ${parts.join(', ')}), 256)`;
}

/** Rows by table that were found under a change. */
export type RowsByTable = ReadonlyMap<TableId, readonly WalkRow[]>;
