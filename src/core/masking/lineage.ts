/** Where the values of a result come from, as far as the server and the text prove it. */
import type { Column, TableRef } from '../effect/preview.ts';

export type TableColumn = { readonly table: TableRef; readonly column: Column };

/** `stored`: the very value of a column of a table. `view`: of a column of a view, which may hold anything. */
export type ColumnOrigin = {
  readonly kind: 'stored' | 'view';
  /** The column by every name it has: its own, and those of the tables that its table is a part of. */
  readonly names: readonly TableColumn[];
};

export type Lineage = {
  /** For each column of the result; `undefined` where it is computed, or where nothing proves what it is. */
  readonly origins: readonly (ColumnOrigin | undefined)[];
  /** All columns of all tables that a computed value can be made of; `unknown` when that could not be learned. */
  readonly sources: readonly TableColumn[] | 'unknown';
};

/** Nothing is proven: whatever may be hidden is. */
export function unknownLineage(columns: number): Lineage {
  return { origins: Array.from({ length: columns }, () => undefined), sources: 'unknown' };
}
