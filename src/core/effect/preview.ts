/** What a write did inside its open transaction: measured, not predicted. */
import type { EpochMs } from '../brand.ts';

/** A table, unquoted. */
export type TableRef = { readonly schema: string; readonly table: string };

/**
 * How sure a count is. `exact`: counted by the server, nothing is missing. `listed`: exact for the tables listed, and the
 * server says that further rows changed elsewhere. `predicted`: computed without running the statement, or not provable.
 */
export type Exactness = 'exact' | 'listed' | 'predicted';

/** What reached a table, coarsely; `why` of the effect says it in words. `mixed`: more than one of these. */
export type Cause = 'statement' | 'cascade' | 'trigger' | 'mixed' | 'unknown';

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
  /** Absent: `unknown`. */
  readonly cause?: Cause;
  /** Absent: `exact`. */
  readonly exactness?: Exactness;
  /** Rows the table had before, as well as that is known; lets the share of the table be told. */
  readonly tableRows?: number;
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
  /** Distinct rows that differ between before and after, however many are listed in `changes`; absent when it is not known. */
  readonly totals?: { readonly inserted: number; readonly updated: number; readonly deleted: number };
  /** Set when rows are missing from `changes`, with the reason in words (row cap, no SELECT right, hidden by row security …). */
  readonly incomplete?: string;
};

/** A statement as it ran in the preview. */
export type RanStatement = {
  readonly text: string;
  readonly commandTag: string;
  readonly rows: number;
  /** Its own share of the effects; absent when there is one statement or the shares are not known. */
  readonly effects?: readonly TableEffect[];
  /** Rows it returned, as many as were asked for; absent when there are none. */
  readonly returned?: readonly Row[];
};

/** An object of the catalogue that a definition statement made, removed or changed. */
export type CatalogChange = {
  readonly kind: 'added' | 'dropped' | 'changed';
  /** As the manual calls it: `table`, `column`, `index`, `view`, `constraint`, `trigger`, `function`, `policy`, `role` … */
  readonly object: string;
  /** Qualified, unquoted, e.g. `public.orders.total`. */
  readonly name: string;
  /** What changed, in words: `type integer → bigint`. */
  readonly detail?: string;
  /** True when no statement names it: it went with something else. */
  readonly cascaded?: boolean;
};

/** A lock the transaction holds until its end. */
export type HeldLock = {
  readonly table: TableRef;
  /** As the server calls it, e.g. `AccessExclusiveLock`. */
  readonly mode: string;
  readonly blocks: 'nothing' | 'definitions' | 'writes' | 'reads and writes';
};

/** What a definition statement costs and changes beyond rows. */
export type DefinitionEffect = {
  readonly changes: readonly CatalogChange[];
  /** Tables whose storage was written anew. */
  readonly rewritten: readonly TableRef[];
  /** Tables and how many of their rows were read in full. */
  readonly scanned: readonly { readonly table: TableRef; readonly rows: number }[];
  /** True when it was run on an empty copy of the table, because the real one is too big to be held. */
  readonly onCopy?: boolean;
};

/** Somebody whom the locks of an open change keep waiting. */
export type Waiter = {
  /** What the other client calls itself; empty when it does not say. */
  readonly application: string;
  readonly user: string;
  readonly waitingMs: number;
};

export type Preview = {
  readonly statements: readonly RanStatement[];
  /** Sorted by schema and table; empty when no row was touched. */
  readonly effects: readonly TableEffect[];
  /** What a rollback would not undo, in words. */
  readonly permanent: readonly string[];
  /** Rows that changed in tables not listed, as the server counts them: written by triggers. */
  readonly unlisted?: number;
  /** What definitions changed; absent when nothing but rows was touched. */
  readonly definition?: DefinitionEffect;
  /** Locks that others may wait for, strongest first. */
  readonly locks?: readonly HeldLock[];
  /** Of tables in which the server computes columns: those that can be written. */
  readonly computed?: readonly { readonly table: TableRef; readonly writable: readonly string[] }[];
  /** Notices and warnings the server raised. */
  readonly notices: readonly string[];
  /** The server's transaction id; absent when the transaction wrote nothing. */
  readonly transactionId?: string;
  /** When the transaction began and when it will be rolled back, by this machine's clock. */
  readonly openedAt: EpochMs;
  readonly expiresAt: EpochMs;
};
