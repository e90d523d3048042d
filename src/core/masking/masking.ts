/**
 * What a reviewer may see of rows. Prepared once for a request, from the rows as they are; effect and fingerprint are made of the
 * values themselves and know nothing of it.
 */
import type { Bytes } from '../approval/bytes.ts';
import type { Crypto } from '../approval/crypto.ts';
import type { CatalogChange, Column, Row, RowChange, TableImages, TableRef } from '../effect/preview.ts';
import { createCopyReplacer, shortestCopy } from './copies.ts';
import { pseudonymsOf } from './pseudonyms.ts';
import { strategyOf, type MaskingPolicy } from './rules.ts';
import { hidden, maskValue, type Strategy, type ValueMask } from './strategy.ts';

export type MaskedTable = {
  readonly changes: readonly RowChange[];
  /** Positions of the columns of which not everything is told, in ascending order. */
  readonly masked: readonly number[];
};

export type Masking = {
  /** These rows of a table, with what is told of their values. */
  table(table: TableImages, changes: readonly RowChange[]): MaskedTable;
  /** A text that the server may have put values into. */
  text(text: string): string;
  /** What is told of a change of the catalogue: literals in the definition of a masked column are values of it. */
  definition(change: CatalogChange): CatalogChange;
};

/** A literal as servers quote it in a message, which may be of a row that is not among the images; no apostrophe in a word. */
const quoted = /(?<![\p{L}\p{N}])'(?:[^']|'')*'(?![\p{L}\p{N}])/gu;
/** Rows of each table that get pseudonyms; further ones are hidden wherever a pseudonym would stand. */
const mostRows = 200;

/** @param key - 32 random bytes, for this request only */
export async function prepareMasking(crypto: Pick<Crypto, 'hmac'>, key: Bytes, policy: MaskingPolicy, images: readonly TableImages[]): Promise<Masking> {
  const decide: Deciding = (table, column) => strategyOf(policy, table, column);
  const pseudonyms = await pseudonymsOf(crypto, key, new Set(images.flatMap((table) => maskedValues(table, planOf(table, decide), mostRows))));
  return createMasking(images, decide, (value) => pseudonyms.get(value) ?? hidden);
}

/** How a column of a table is shown. */
export type Deciding = (table: TableRef, column: Column) => Strategy;

/** @param standIn - the name of a value, where it has one */
export function createMasking(images: readonly TableImages[], decide: Deciding, standIn: (value: string) => string): Masking {
  const plans = new Map(images.map((table) => [table, planOf(table, decide)]));
  const values = new Set(images.flatMap((table) => maskedValues(table, plans.get(table) ?? [], Number.POSITIVE_INFINITY)));
  const replaceCopies = createCopyReplacer(values, standIn);
  return {
    table: (table, changes) => maskTable(plans.get(table) ?? planOf(table, decide), changes, { standIn, replaceCopies }),
    text: (text) => replaceCopies(values.size === 0 ? text : text.replaceAll(quoted, `'${hidden}'`)),
    definition: (change) => maskDefinition(change, decide),
  };
}

type Plan = readonly ValueMask[];

function planOf({ table, columns, key }: TableImages, decide: Deciding): Plan {
  return columns.map((column, position) => ({ strategy: decide(table, column), isKey: key.includes(position) }));
}

function maskedValues({ changes }: TableImages, plan: Plan, most: number): readonly string[] {
  const positions = plan.flatMap(({ strategy }, position) => (strategy === 'show' ? [] : [position]));
  if (positions.length === 0) return [];
  return changes.slice(0, most).flatMap((change) => rowsOf(change).flatMap((row) => positions.flatMap((position) => row[position] ?? [])));
}

function rowsOf(change: RowChange): readonly Row[] {
  return [...('before' in change ? [change.before] : []), ...('after' in change ? [change.after] : [])];
}

type Replacing = { readonly standIn: (value: string) => string; readonly replaceCopies: (text: string) => string };

function maskTable(plan: Plan, changes: readonly RowChange[], { standIn, replaceCopies }: Replacing): MaskedTable {
  const masked = new Set(plan.flatMap(({ strategy }, position) => (strategy === 'show' ? [] : [position])));
  const cell = (value: string | null, position: number): string | null => {
    if (value === null) return null;
    const mask = plan[position];
    if (mask && mask.strategy !== 'show') return maskValue(value, mask, standIn(value));
    const told = value.length < shortestCopy ? value : replaceCopies(value);
    if (!isBeginning(told, value)) masked.add(position);
    return told;
  };
  const told = changes.map((change) => maskChange(change, cell));
  return { changes: told, masked: [...masked].toSorted((a, b) => a - b) };
}

/** Nothing was replaced, whether it is cut or not. */
function isBeginning(told: string, value: string): boolean {
  return told === value || (told.endsWith('…') && value.startsWith(told.slice(0, -1)));
}

function maskChange(change: RowChange, cell: (value: string | null, position: number) => string | null): RowChange {
  switch (change.kind) {
    case 'inserted':
      return { kind: 'inserted', after: change.after.map(cell) };
    case 'deleted':
      return { kind: 'deleted', before: change.before.map(cell) };
    case 'updated': {
      const before = change.before.map(cell);
      const after = change.after.map(cell).map((value, position) => (isUnseen(change, { before, value, position }) ? `${value ?? ''} (changed)` : value));
      return { kind: 'updated', before, after };
    }
  }
}

/** Another value that would look like the one before. */
function isUnseen({ before, after }: Extract<RowChange, { kind: 'updated' }>, told: { readonly before: Row; readonly value: string | null; readonly position: number }): boolean {
  return before[told.position] !== after[told.position] && told.before[told.position] === told.value;
}

const literal = /'(?:[^']|'')*'/gu;

/** `schema.table.column` of a column; defaults are told with their quotes. */
export function maskDefinition(change: CatalogChange, decide: Deciding): CatalogChange {
  const { object, name, detail } = change;
  const [schema = '', table = '', ...rest] = name.split('.');
  if (object !== 'column' || detail === undefined || decide({ schema, table }, { name: rest.join('.'), type: 'text' }) === 'show') return change;
  return { ...change, detail: detail.replaceAll(literal, `'${hidden}'`) };
}
