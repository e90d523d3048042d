/** The way back from a committed change. */
import type { TableRef } from '../effect/preview.ts';
import type { Dialect } from '../sql/verdict.ts';

/** One statement of the way back. It restores what it names only where the rows still hold what the change wrote. */
export type UndoStep = {
  /** A single statement, to be run like any other: previewed, consented to, recorded. */
  readonly sql: string;
  readonly table: TableRef;
  readonly kind: 'remove-inserted' | 'restore-deleted' | 'restore-updated' | 'restore-object';
  /** Rows it must change to restore all it was made for; fewer means that somebody changed them since. */
  readonly rows: number;
};

export type Undo =
  | {
      readonly kind: 'steps';
      readonly dialect: Dialect;
      /** Settings the steps need in their transaction, e.g. `datestyle` → `ISO, YMD`. */
      readonly settings: Readonly<Record<string, string>>;
      /** In the order they have to run, all in one transaction. */
      readonly steps: readonly UndoStep[];
      /** What even a complete undo leaves different, in words: sequences, triggers that fire again … */
      readonly leaves: readonly string[];
    }
  /** There is no way back, in words that end “No undo, because …”. */
  | { readonly kind: 'none'; readonly reason: string };
