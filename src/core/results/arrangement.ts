/** Rows that are here in another order, or some of them: nothing is asked of the server. Of masked columns the masks are compared. */
import type { Column } from '../effect/preview.ts';
import type { RowStore } from './rowStore.ts';
import { isNumberType } from './valueTypes.ts';

export type Arrangement = {
  readonly sort?: { readonly column: number; readonly direction: 'up' | 'down' };
  /** Only rows with this value in the column; `null` is SQL NULL. */
  readonly only?: { readonly column: number; readonly value: string | null };
};

/** More would keep everything else waiting; the server does it better. */
export const mostArranged = 200_000;

/** Row numbers of `rows` in their new order. NULL comes last in both directions, and equal rows stay in the order in which they came. */
export function arrangeRows(rows: Pick<RowStore, 'rowCount' | 'cell'>, columns: readonly Column[], { sort, only }: Arrangement): Uint32Array {
  const all = Array.from({ length: Math.min(rows.rowCount, mostArranged) }, (_, row) => row);
  const kept = only ? all.filter((row) => rows.cell(row, only.column) === only.value) : all;
  if (!sort) return Uint32Array.from(kept);
  const isNumber = isNumberType(columns[sort.column]?.type ?? '');
  const keyed = kept.map((row) => ({ row, value: rows.cell(row, sort.column) ?? null }));
  const sign = sort.direction === 'up' ? 1 : -1;
  keyed.sort((a, b) => {
    if (a.value === null || b.value === null) return Number(a.value === null) - Number(b.value === null);
    return sign * (isNumber ? compareNumbers(a.value, b.value) : collator.compare(a.value, b.value));
  });
  return Uint32Array.from(keyed, ({ row }) => row);
}

/** The same on every machine. */
const collator = new Intl.Collator('en');

/** Exact, also where the digits are more than a number holds; what is no number comes after those. */
function compareNumbers(a: string, b: string): number {
  const [x, y] = [Number(a), Number(b)];
  if (Number.isNaN(x) || Number.isNaN(y)) return Number(Number.isNaN(x)) - Number(Number.isNaN(y));
  return x === y && a !== b ? compareDigits(a, b) : Math.sign(x - y) || 0;
}

const decimal = /^(?<sign>[+-]?)0*(?<whole>\d*)(?:\.(?<part>\d*?)0*)?$/u;

/** Of numbers whose nearest floating-point numbers are the same. */
function compareDigits(a: string, b: string): number {
  const [x, y] = [decimal.exec(a)?.groups, decimal.exec(b)?.groups];
  if (!x || !y) return 0;
  const sign = x['sign'] === '-' ? -1 : 1;
  const whole = (x['whole'] ?? '').length - (y['whole'] ?? '').length;
  if (whole !== 0) return sign * whole;
  const [left, right] = [`${x['whole'] ?? ''}.${x['part'] ?? ''}`, `${y['whole'] ?? ''}.${y['part'] ?? ''}`];
  return sign * (left === right ? 0 : left < right ? -1 : 1);
}
