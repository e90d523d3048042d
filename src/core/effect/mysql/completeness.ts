/** Whether all that a change wrote is known: what was found out, held against the server's own count of rows it wrote. */
import type { RowCounts } from '../counters.ts';
import { totalOf } from '../counters.ts';
import type { Exactness } from '../preview.ts';

/** Row operations on one table, and how many more the server may have counted for the same rows. */
export type Operations = RowCounts & {
  /** A changed primary key counts as two operations, and a replaced row as one or two. */
  readonly extra: number;
};

export type Completeness = {
  readonly exactness: Exactness;
  /** Rows written that nobody could find, for `listed`. */
  readonly unlisted?: number;
  /** Why it cannot be said for sure, in words. */
  readonly reason?: string;
};

export type Evidence = {
  readonly operations: readonly Operations[];
  /** Rows the server wrote in this transaction; absent when it does not tell us. */
  readonly written?: number;
  /** Why the server does not tell. */
  readonly untold?: string;
  /** Why the rows that were found may not be the rows that were written. */
  readonly doubts: readonly string[];
};

/** Judges a whole change: its counts are as sure as the weakest link. */
export function judgeCompleteness({ operations, written, untold, doubts }: Evidence): Completeness {
  const { least, most } = rangeOf(operations);
  if (doubts.length > 0) return withRest({ exactness: 'predicted', reason: doubts.join(' ') }, written, most);
  if (written === undefined) return { exactness: 'predicted', ...(untold === undefined ? {} : { reason: untold }) };
  if (written < least) return { exactness: 'predicted', reason: `The server wrote ${String(written)} rows, fewer than the ${String(least)} that were found: the counts may be too high.` };
  return written > most ? withRest({ exactness: 'listed' }, written, most) : { exactness: 'exact' };
}

/** How many rows the server may have written for these operations. */
export function rangeOf(operations: readonly Operations[]): { readonly least: number; readonly most: number } {
  const least = operations.reduce((sum, each) => sum + totalOf(each), 0);
  return { least, most: operations.reduce((sum, { extra }) => sum + extra, least) };
}

function withRest(verdict: Completeness, written: number | undefined, most: number): Completeness {
  return written === undefined || written <= most ? verdict : { ...verdict, unlisted: written - most };
}
