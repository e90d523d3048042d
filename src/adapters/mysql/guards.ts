/**
 * What was checked in a statement holds only for a known state of the session: how the server reads quotes and bytes, who
 * we are, and where names are looked up. The server is asked for it in the very transaction, before the statement is sent.
 */
import type { Failure } from '../../core/errors.ts';
import type { Dialect } from '../../core/sql/verdict.ts';

/** Session state that must not change behind our back, by the words a person knows it by. */
export type Guards = ReadonlyMap<string, string>;

/** What every session of ours has, and under what alone the server reads a text as we do and ends transactions as we expect. */
const fixed: ReadonlyMap<string, string> = new Map([
  ['character_set_client', 'utf8mb4'],
  ['character_set_connection', 'utf8mb4'],
  ['character_set_results', 'utf8mb4'],
  ['autocommit', '1'],
  ['completion_type', 'NO_CHAIN'],
  ['sql_auto_is_null', '0'],
]);

/** Modes that change how a text is read. The texts were checked without them. */
const lexicalModes: ReadonlySet<string> = new Set([
  'ANSI', 'ANSI_QUOTES', 'DB2', 'EMPTY_STRING_IS_NULL', 'HIGH_NOT_PRECEDENCE', 'IGNORE_SPACE', 'MAXDB', 'MSSQL', 'NO_BACKSLASH_ESCAPES',
  'ORACLE', 'PIPES_AS_CONCAT', 'POSTGRESQL',
]);

/** The modes of a session of ours: the server's own but for those. */
export function plainMode(sqlMode: string): string {
  return sqlMode.split(',').filter((mode) => !lexicalModes.has(mode)).join(',');
}

/** The modes among them that a server has, as a sentence for whoever relies on them; `undefined` when there are none. */
export function describeTakenModes(sqlMode: string): string | undefined {
  const taken = sqlMode.split(',').filter((mode) => lexicalModes.has(mode));
  if (taken.length === 0) return undefined;
  return `This server's sql_mode ${taken.join(', ')} is off in this session, so that every text is read in one known way: "…" is a text, names are quoted with backticks, and a backslash escapes.`;
}

function readOnlyVariable(dialect: Dialect): string {
  return dialect === 'mariadb' ? 'tx_read_only' : 'transaction_read_only';
}

/** Puts a new session into the state that is guarded. */
export function setGuards(dialect: Dialect, sqlMode: string): string {
  // The names of modes are words of the server: nothing in them could end the text.
  const mode = plainMode(sqlMode).replaceAll(/[^A-Z0-9_,]/gu, '');
  return `SET NAMES utf8mb4, SESSION sql_mode = '${mode}', SESSION autocommit = 1, SESSION completion_type = 0, SESSION sql_auto_is_null = 0, SESSION ${readOnlyVariable(dialect)} = 1`;
}

/** Asks for the state. */
export function readGuards(dialect: Dialect): string {
  const settings = [...fixed.keys(), readOnlyVariable(dialect), 'sql_mode'].map((name) => `@@SESSION.${name}`);
  return `SELECT ${settings.join(', ')}, CURRENT_USER(), CURRENT_ROLE(), DATABASE()`;
}

/** What `readGuards` returned. */
export function parseGuards(row: readonly (string | null)[] | undefined): Guards {
  const names = [...fixed.keys(), 'transaction_read_only', 'sql_mode', 'user', 'role', 'database'];
  return new Map(names.map((name, index) => [name, row?.[index] ?? 'none']));
}

/** @param isReadOnly - whether the session's transactions are to be read-only unless they say otherwise */
export function describeBroken(before: Guards, now: Guards, isReadOnly = true): Failure | undefined {
  const wanted = new Map([...before, ...fixed, ['transaction_read_only', isReadOnly ? '1' : '0'], ['sql_mode', plainMode(before.get('sql_mode') ?? '')]]);
  for (const [name, value] of wanted) {
    const found = now.get(name) ?? 'unknown';
    if (found.toLowerCase() !== value.toLowerCase()) return guardBroken(name, value, found);
  }
  return undefined;
}

function guardBroken(name: string, before: string, now: string): Failure {
  return {
    code: 'connection',
    message: `Not run: the session's ${name} is no longer ${quoted(before)} but ${quoted(now)}, so the statement could mean something else than what was checked. The session was closed and nothing changed; run again on a new one.`,
  };
}

function quoted(value: string): string {
  return value === '' ? 'empty' : value;
}

/** Why a text can never be sent, or `undefined`. */
export function refuseText(text: string): Failure | undefined {
  return text.includes('\0') || /\p{Surrogate}/u.test(text) ? unsendable : undefined;
}

const unsendable: Failure = {
  code: 'sql',
  message: 'Not run: the text holds a NUL or half of a character, which the server cannot read. Nothing was sent; remove it and run again.',
};
