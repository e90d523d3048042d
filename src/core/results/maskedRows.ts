/** Rows of a result as they may be seen: what is masked leaves only as its mask, whoever asks, until it is revealed. */
import type { Row } from '../effect/preview.ts';
import { maskValue, type Strategy } from '../masking/strategy.ts';
import type { RowStore } from './rowStore.ts';

export type MaskedRowsOptions = {
  /** For each column. */
  readonly strategies: readonly Strategy[];
  /** The same name for equal values, within this result. */
  readonly pseudonym: (value: string) => string;
};

export interface MaskedRows extends Pick<RowStore, 'rowCount' | 'units' | 'append' | 'window' | 'cell'> {
  /** Positions of the columns that are masked now, ascending. */
  readonly masked: readonly number[];
  /** Positions of the columns that were revealed. */
  readonly revealed: ReadonlySet<number>;
  /** From now on these are shown as they are. */
  reveal(columns: readonly number[]): void;
}

/** @param store - nobody else may read it */
export function createMaskedRows(store: RowStore, { strategies, pseudonym }: MaskedRowsOptions): MaskedRows {
  const revealed = new Set<number>();
  let masked = maskedOf(strategies, revealed);
  const mask = (value: string | null, column: number): string | null => {
    const strategy = strategies[column];
    if (value === null || strategy === undefined || revealed.has(column)) return value;
    return maskValue(value, { strategy, isKey: false }, strategy === 'pseudonym' ? pseudonym(value) : '');
  };
  const maskRow = (row: Row): (string | null)[] => row.map(mask);
  return {
    get rowCount() {
      return store.rowCount;
    },
    get units() {
      return store.units;
    },
    get masked() {
      return masked;
    },
    revealed,
    append: (rows) => store.append(rows),
    window(start, count) {
      const rows = store.window(start, count);
      return masked.length === 0 ? rows : rows.map(maskRow);
    },
    cell(row, column) {
      const value = store.cell(row, column);
      return value === undefined ? undefined : mask(value, column);
    },
    reveal(columns) {
      for (const column of columns) revealed.add(column);
      masked = maskedOf(strategies, revealed);
    },
  };
}

function maskedOf(strategies: readonly Strategy[], revealed: ReadonlySet<number>): readonly number[] {
  return strategies.flatMap((strategy, column) => (strategy === 'show' || revealed.has(column) ? [] : [column]));
}
