/** What has to be known of a touched table to make its way back. Values are texts as the server prints them under fixed settings. */
import type { RowChange, TableRef } from '../effect/preview.ts';

export type UndoColumn = {
  readonly name: string;
  /** As a cast reads it, e.g. `numeric(10,2)`, `public.mood`. */
  readonly type: string;
  /** The server computes it: it can be neither inserted nor updated. */
  readonly isGenerated: boolean;
  /** GENERATED ALWAYS AS IDENTITY: can be inserted by overriding, but not updated. */
  readonly isIdentityAlways: boolean;
};

/** A rule that rows of the table differ in these columns. */
export type UniqueRule = {
  /** Positions in `columns`. */
  readonly columns: readonly number[];
  /** False for expressions and conditions: then only the server can tell which rows collide. */
  readonly isExact: boolean;
  readonly isDeferrable: boolean;
};

export type UndoTable = {
  readonly table: TableRef;
  readonly isPartitioned: boolean;
  readonly columns: readonly UndoColumn[];
  /** Positions of the columns that identify a row; empty when nothing does. */
  readonly key: readonly number[];
  readonly uniques: readonly UniqueRule[];
  /** Deleting a row here does something to rows elsewhere, or is forbidden by them, even when an equal row comes back at once. */
  readonly isReferenced: boolean;
  /** All of them: a way back for some rows is none. */
  readonly changes: readonly RowChange[];
};
