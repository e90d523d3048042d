/** Rows for a reviewer to look at: as many as a request can hold, and in words what is left out. */
import { groupDigits } from '../effect/describe.ts';
import type { Row, RowChange, TableImages } from '../effect/preview.ts';
import type { MaskedTable, Masking } from '../masking/masking.ts';
import { utf8 } from './bytes.ts';
import { cut, plainName } from './effectOf.ts';
import type { RequestBody } from './request.ts';

export type RequestRows = RequestBody['preview']['tables'];

const mostTables = 200;
const mostColumns = 1600;
/** Tried in this order until the rows fit: rows of each table, units of each value. */
const sizes = [[200, 4096], [100, 2048], [50, 1024], [20, 512], [5, 256], [1, 128], [0, 0]] as const;

const mostRows = Math.max(...sizes.map(([rows]) => rows));

/** What may be told of the rows, however many of them find room. Masked first and cut then: a part of a value is still a part of it. */
export function tellRows(images: readonly TableImages[], masking: Pick<Masking, 'table' | 'text'>): readonly ToldTable[] {
  const shown = images.slice(0, mostTables).filter(({ columns }) => columns.length <= mostColumns);
  return shown.map((table) => {
    const { changes, incomplete } = table;
    return { ...table, ...masking.table(table, changes.slice(0, mostRows)), found: changes.length, ...(incomplete === undefined ? {} : { incomplete: masking.text(incomplete) }) };
  });
}

/** @param bytes - what the rows may take, written as JSON */
export function previewRows(told: readonly ToldTable[], bytes: number): RequestRows {
  for (const [rows, units] of sizes) {
    const tables = told.map((table) => tableOf(table, rows, units));
    if (utf8(JSON.stringify(tables)).length <= bytes) return tables;
  }
  return [];
}

export type ToldTable = TableImages & MaskedTable & { /** Rows that are known here, shown or not. */ readonly found: number };

function tableOf({ table, columns, key, changes, masked, found, totals, incomplete }: ToldTable, rows: number, units: number): RequestRows[number] {
  const kept = changes.slice(0, rows);
  const isCut = kept.some((change) => valuesOf(change).some((value) => value !== null && value.length > units));
  const all = totals ? totals.inserted + totals.updated + totals.deleted : found;
  const left = [
    ...(kept.length < all && kept.length < found ? [`Only ${groupDigits(kept.length)} of ${groupDigits(all)} rows are shown.`] : []),
    ...(isCut ? ['Long values are cut, and end in “…”.'] : []),
    ...(incomplete === undefined ? [] : [incomplete]),
  ];
  return {
    name: plainName(`${table.schema}.${table.table}`, 300),
    columns: columns.map(({ name, type }) => ({ name: cut(name, 128), type: cut(type, 128) })),
    key: key.slice(0, 64),
    masked,
    changes: kept.map((change) => shorten(change, units)),
    ...(left.length === 0 ? {} : { incomplete: cut(left.join(' '), 500) }),
  };
}

function valuesOf(change: RowChange): Row {
  return [...('before' in change ? change.before : []), ...('after' in change ? change.after : [])];
}

function shorten(change: RowChange, units: number): RequestRows[number]['changes'][number] {
  const short = (row: Row): Row => row.map((value) => (value === null ? null : cut(value, units)));
  switch (change.kind) {
    case 'inserted':
      return { kind: 'inserted', after: short(change.after) };
    case 'deleted':
      return { kind: 'deleted', before: short(change.before) };
    case 'updated':
      return { kind: 'updated', before: short(change.before), after: short(change.after) };
  }
}
