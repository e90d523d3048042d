/** What a write did inside its open transaction: measured, not predicted. */
import type { EpochMs } from '../brand.ts';

/** A table, unquoted. */
export type TableRef = { readonly schema: string; readonly table: string };

/** Row operations the server counted on one table, cascades and triggers included. Attempts, so a row changed twice counts twice. */
export type TableEffect = {
  readonly table: TableRef;
  readonly inserted: number;
  readonly updated: number;
  readonly deleted: number;
  /** True when TRUNCATE emptied the table or DROP removed it; `deleted` is then the row count taken beforehand. */
  readonly emptied?: boolean;
  /** `statement` when the statement names the table as its target, otherwise what reached it, e.g. `cascade from customers`. */
  readonly why: string;
};

/** One row as the server prints it; `null` is SQL NULL. Same order as `columns`. */
export type Row = readonly (string | null)[];

export type RowChange =
  | { readonly kind: 'inserted'; readonly after: Row }
  | { readonly kind: 'deleted'; readonly before: Row }
  | { readonly kind: 'updated'; readonly before: Row; readonly after: Row };

export type Column = { readonly name: string; /** As the server prints it, e.g. `numeric(10,2)`. */ readonly type: string };

/** Rows of one table before and after. */
export type TableImages = {
  readonly table: TableRef;
  readonly columns: readonly Column[];
  /** Positions in `columns` of the primary key; empty when the table has none. */
  readonly key: readonly number[];
  readonly changes: readonly RowChange[];
  /** Set when rows are missing from `changes`, with the reason in words (row cap, no SELECT right, hidden by row security …). */
  readonly incomplete?: string;
};

/** A statement as it ran in the preview. */
export type RanStatement = { readonly text: string; readonly commandTag: string; readonly rows: number };

export type Preview = {
  readonly statements: readonly RanStatement[];
  /** Sorted by schema and table; empty when no row was touched. */
  readonly effects: readonly TableEffect[];
  /** What a rollback would not undo, in words. */
  readonly permanent: readonly string[];
  /** Notices and warnings the server raised. */
  readonly notices: readonly string[];
  /** The server's transaction id; absent when the transaction wrote nothing. */
  readonly transactionId?: string;
  /** When the transaction began and when it will be rolled back, by this machine's clock. */
  readonly openedAt: EpochMs;
  readonly expiresAt: EpochMs;
};
