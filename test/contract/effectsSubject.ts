/** What a server brings so that the contract of effects can be run for it, and what a case of the contract says. */
import type { Session } from '../../src/app/ports.ts';
import type { Cause } from '../../src/core/effect/preview.ts';
import type { Dialect } from '../../src/core/sql/verdict.ts';

/** A row as the server prints it. */
export type DumpedRow = readonly (string | null)[];

/** A table as anybody but the session under test sees it; partitions are part of their parent. */
export type DumpedTable = {
  readonly columns: readonly string[];
  /** Positions in `columns` of the primary key; empty when there is none. */
  readonly key: readonly number[];
  readonly rows: readonly DumpedRow[];
};

/** Every table of the database, by its name without a schema. */
export type Dump = ReadonlyMap<string, DumpedTable>;

/** A database of one case, made by its schema. */
export type EffectsDatabase = {
  /** A session as the administrator, or as the role the schema calls `:role`. */
  readonly open: (asRole: boolean) => Promise<Session>;
  /** Reads all there is on a connection of its own. */
  readonly dump: () => Promise<Dump>;
  readonly close: () => Promise<void>;
};

export type EffectsSubject = {
  readonly name: string;
  readonly dialect: Dialect;
  /** `:role` in the texts stands for the name of a role that nobody else uses; the case's schema makes and `close` drops it. */
  readonly setUp: (schema: readonly string[]) => Promise<EffectsDatabase>;
  /** Cases this version of the server cannot meet, and why. */
  readonly exceptions?: Readonly<Record<string, string>>;
};

/** The same for all, or by dialect; MariaDB's is MySQL's when it is not given. */
export type PerDialect<Value> = Value | { readonly postgresql: Value; readonly mysql?: Value; readonly mariadb?: Value };

export type EffectsCase = {
  readonly name: string;
  /** Statements that make and fill the tables, run one by one by the administrator. */
  readonly schema: PerDialect<readonly string[]>;
  /** The change: statements as a person writes them, run together. */
  readonly change: PerDialect<readonly string[]>;
  /** What must be said to have reached a table. A server that cannot tell may say `unknown`. */
  readonly causes?: Readonly<Record<string, Cause>>;
  /** Columns by which a row stays the same row although its key changes: rows that move between partitions. */
  readonly identity?: Readonly<Record<string, readonly string[]>>;
  /** Run as the role `:role` instead of the administrator. */
  readonly asRole?: true;
  /** Tables whose rows cannot all be shown, and how that is said. Their listed rows must be right, and their counts. */
  readonly incomplete?: Readonly<Record<string, RegExp>>;
  /** Those of them whose totals cannot be known either. */
  readonly uncounted?: readonly string[];
  /** What a rollback does not undo must be said so. */
  readonly permanent?: RegExp;
  /** Why two runs of it differ; without it their fingerprints must be equal. */
  readonly unstable?: string;
  /** Nobody else can read the tables while the change is open. */
  readonly exclusive?: true;
  /** Rows listed for each table. Default 1000. */
  readonly maxRows?: number;
  /** Dialects that have no such thing, and why. */
  readonly skip?: Readonly<Partial<Record<Dialect, string>>>;
};

/** A change that must not open, and how that is said. */
export type RefusedCase = Pick<EffectsCase, 'name' | 'schema' | 'change' | 'skip'> & { readonly says: RegExp };

/** The value of a dialect; `undefined` when there is none. */
export function forDialect(value: PerDialect<readonly string[]>, dialect: Dialect): readonly string[] | undefined {
  if (isForAll(value)) return value;
  return dialect === 'mariadb' ? (value.mariadb ?? value.mysql) : value[dialect];
}

function isForAll(value: PerDialect<readonly string[]>): value is readonly string[] {
  return Array.isArray(value);
}
