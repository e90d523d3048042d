/** What a SQL text will do, as far as it can be known before it runs. One shape for every dialect. */

export type Dialect = 'postgresql' | 'mysql' | 'mariadb';

/** Ascending severity; the class of a script is the maximum of its statements. `unknown` is treated as the worst. */
export const statementClasses = [
  'read',
  'session',
  'txn',
  'write',
  'ddl',
  'admin',
  'privilege',
  'destructive',
  'unknown',
] as const;
export type StatementClass = (typeof statementClasses)[number];

/** Facts about a statement that the class alone does not tell. */
export const statementTags = [
  'audit',
  'backup',
  'bulk_export',
  'secret',
  'server_file',
  'server_program',
  'client_file',
  'lock',
  'txn_escape',
  'implicit_commit',
  'no_txn',
  'guard',
  'ro_slip',
  'needs_server',
] as const;
export type StatementTag = (typeof statementTags)[number];

/** Half-open range in UTF-8 bytes of the whole text. */
export type ByteSpan = { readonly start: number; readonly end: number };

/** Why a statement got its class, in words a person understands, and the place it points at. */
export type Reason = { readonly code: string; readonly message: string; readonly span?: ByteSpan };

/** A table the statement names. `schema` is absent when the text leaves it to the search path. */
export type Target = {
  readonly schema?: string;
  readonly table: string;
  readonly access: 'read' | 'write';
  readonly columns?: readonly string[];
};

export type ClassifiedStatement = {
  /** First byte of the statement, without leading white space and comments. UTF-8 offset in the whole text. */
  readonly start: number;
  /** One past the last byte, without the terminating semicolon. */
  readonly end: number;
  /** The very characters between `start` and `end`: what was classified is what is sent. */
  readonly text: string;
  /** Kebab-case verb: `select`, `update`, `create-table`, `drop-table`, `set` … `unparsed` when nothing fits. */
  readonly kind: string;
  readonly class: StatementClass;
  readonly tags: readonly StatementTag[];
  readonly targets: readonly Target[];
  readonly reasons: readonly Reason[];
  /** True when running it and rolling back shows its effect. */
  readonly canPreview: boolean;
  /** False for what the server refuses inside a transaction (VACUUM, CREATE DATABASE …). */
  readonly canRunInTransaction: boolean;
  /** True when the server commits by itself before or after it (MySQL and MariaDB DDL). */
  readonly implicitCommit: boolean;
  readonly returnsRows: boolean;
  /** Names whose meaning only the server's catalogue can settle. Absent when there are none. */
  readonly calls?: Calls;
};

/**
 * Names without a schema that a statement uses: the search path decides what they mean, and a function or operator of the
 * same name outside of the server's own schema may be the one that runs.
 */
export type Calls = {
  readonly functions: readonly string[];
  /** What stands behind a dot: a function of one row when there is no such column. */
  readonly fields: readonly string[];
  readonly operators: readonly string[];
  /** Types that are not built in and are converted to. Qualified names keep their dots. */
  readonly types: readonly string[];
  /** The class it would have if these types and operators, and what looks like columns behind `(…).`, ran no code of users; absent when they do not decide it. */
  readonly settledClass?: StatementClass;
};

export type ScriptVerdict = {
  readonly dialect: Dialect;
  /** Maximum class of the statements; `unknown` when the text could not be split or parsed. An empty text is a `read`. */
  readonly class: StatementClass;
  readonly statements: readonly ClassifiedStatement[];
  /** Why the text could not be split or parsed. `offset` is a UTF-8 byte offset where the parser gave up, when it says so. */
  readonly error?: { readonly message: string; readonly offset?: number };
};

/** The worse of two classes. */
export function worseClass(a: StatementClass, b: StatementClass): StatementClass {
  return statementClasses.indexOf(a) < statementClasses.indexOf(b) ? b : a;
}

/** The class of a script: the worst of its parts, `read` when there are none. */
export function worstClass(classes: Iterable<StatementClass>): StatementClass {
  let worst: StatementClass = 'read';
  for (const candidate of classes) worst = worseClass(worst, candidate);
  return worst;
}
