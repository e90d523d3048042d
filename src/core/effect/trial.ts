/** What a definition did to an empty copy of its table, told of the table itself. */
import { diffCatalog, type CatalogRow, type FormerRow } from './catalog.ts';
import type { DefinitionEffect, TableRef } from './preview.ts';

/** A table with its empty copy. */
export type CopiedTable = {
  readonly table: TableRef;
  /** As well as the server knows. */
  readonly rows: number;
  readonly isRewritten: boolean;
  readonly isScanned: boolean;
};

export type Trial = {
  /** Schema that holds the copies, under the names of their tables. */
  readonly schema: string;
  /** Schema of the table that the definition is about: what it makes is made there. */
  readonly home: string;
  readonly copies: readonly CopiedTable[];
  /** The catalogue's rows of the copies before and behind the definition. */
  readonly before: readonly CatalogRow[];
  readonly after: readonly CatalogRow[];
  readonly text: string;
};

export function effectOfTrial(trial: Trial): DefinitionEffect {
  const { copies, text } = trial;
  const sides = [trial.before, trial.after].map((rows) => new Map(rows.map((row) => [keyOf(row), row])));
  const isTold = (row: CatalogRow): boolean => row.object === 'table' || sides.some((side) => !isSame(side.get(keyOf(row)), row));
  const before = trial.before.filter(isTold).map((row): FormerRow => ({ ...toOriginal(row, trial), ended: sides[1]?.has(keyOf(row)) !== true }));
  const after = trial.after.filter(isTold).map((row) => toOriginal(row, trial));
  return {
    changes: diffCatalog(before, after, [text]),
    rewritten: copies.filter(({ isRewritten }) => isRewritten).map(({ table }) => table),
    scanned: copies.filter(({ isScanned, rows }) => isScanned && rows > 0).map(({ table, rows }) => ({ table, rows })),
    onCopy: true,
  };
}

/** On a table that is not a copy, what stays as it was is not looked at. */
function isSame(a: CatalogRow | undefined, b: CatalogRow): boolean {
  return a !== undefined && JSON.stringify(a) === JSON.stringify(b);
}

function keyOf({ id, part }: CatalogRow): string {
  return `${id} ${part ?? ''}`;
}

function toOriginal(row: CatalogRow, trial: Trial): CatalogRow {
  const facts = Object.entries(row.facts).map(([label, value]) => [label, value === null ? null : rename(value, trial, quoted)]);
  return { ...row, name: rename(row.name, trial, (name) => name), facts: Object.fromEntries(facts) as CatalogRow['facts'] };
}

/** The copies' own names first: they may come from several schemas. */
function rename(text: string, { schema, home, copies }: Trial, write: (name: string) => string): string {
  if (!text.includes(schema)) return text;
  const own = copies.reduce((renamed, { table }) => replaceName(renamed, `${schema}.${write(table.table)}`, `${write(table.schema)}.${write(table.table)}`), text);
  return own.replaceAll(schema, write(home));
}

/** The name, and not one that only begins with it. */
function replaceName(text: string, from: string, to: string): string {
  const escaped = from.replaceAll(/[\\^$.*+?()[\]{}|/-]/gu, String.raw`\$&`);
  return text.replaceAll(new RegExp(`${escaped}(?![\\p{L}\\p{N}_$])`, 'gu'), () => to);
}

function quoted(name: string): string {
  return /^[a-z_][a-z0-9_$]*$/u.test(name) ? name : `"${name.replaceAll('"', '""')}"`;
}
