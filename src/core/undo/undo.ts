/** The way back from a committed change. */
import type { TableRef } from '../effect/preview.ts';
import type { Dialect } from '../sql/verdict.ts';

/** What a step does to the rows of one table. */
export type UndoPart = {
  readonly table: TableRef;
  readonly kind: 'remove-inserted' | 'restore-deleted' | 'restore-updated' | 'restore-object';
  /** Rows it must change to restore all it was made for; fewer means that somebody changed them since. */
  readonly rows: number;
};

/** One statement of the way back. It restores what it names only where the rows still hold what the change wrote. */
export type UndoStep = {
  /** A single statement, to be run like any other: previewed, consented to, recorded. Rows it returns are those it did not restore. */
  readonly sql: string;
  readonly parts: readonly UndoPart[];
};

export type UndoSteps = {
  readonly kind: 'steps';
  readonly dialect: Dialect;
  /** Settings the steps need in their transaction; empty when the steps mean the same under any. */
  readonly settings: Readonly<Record<string, string>>;
  /** In the order they have to run, all in one transaction. */
  readonly steps: readonly UndoStep[];
  /** What even a complete undo leaves different, in words: sequences, triggers that fire again … */
  readonly leaves: readonly string[];
};

export type Undo =
  | UndoSteps
  /** There is no way back; the reason completes “No undo, because …” and ends with a full stop. */
  | { readonly kind: 'none'; readonly reason: string };
