/**
 * What was checked in a statement holds only for a known state of the session: how the server reads quotes and bytes, who
 * we are, and where names are looked up. Checked before anything is sent, and again by the server in front of it.
 */
import type { Failure } from '../../core/errors.ts';
import type { Step } from './batch.ts';
import type { Line } from './line.ts';

/** Session state that must not change behind our back. */
export type Guards = { readonly user: string; readonly searchPath: string };

/** What the server reports by itself, and the only value under which it reads a text as we do. */
const reported: ReadonlyMap<string, string> = new Map([
  ['client_encoding', 'UTF8'],
  ['standard_conforming_strings', 'on'],
]);

/** Why nothing may be sent now, or `undefined`. */
export function refuseByGuards(line: Line, texts: readonly string[]): Failure | undefined {
  for (const [name, wanted] of reported) {
    const value = line.parameters.get(name);
    if (value !== wanted) return guardBroken(name, wanted, value ?? 'unknown');
  }
  return texts.some((text) => text.includes('\0') || /\p{Surrogate}/u.test(text)) ? unsendable : undefined;
}

/**
 * A select item that fails with 22012 when the session is not as it was, so that the server skips what follows. Names are
 * qualified because a changed search path could lead them elsewhere.
 *
 * @param first - number of the first of its parameters
 */
export function guardItem(first: number): string {
  const setting = (name: string) => `pg_catalog.current_setting('${name}')`;
  const equals = (left: string, index: number) => `${left} OPERATOR(pg_catalog.=) $${String(first + index)}::pg_catalog.text`;
  const conditions = [
    equals('current_user::pg_catalog.text', 0),
    equals(setting('search_path'), 1),
    `${setting('client_encoding')} OPERATOR(pg_catalog.=) 'UTF8'::pg_catalog.text`,
    `${setting('standard_conforming_strings')} OPERATOR(pg_catalog.=) 'on'::pg_catalog.text`,
  ];
  return `1 OPERATOR(pg_catalog./) (CASE WHEN ${conditions.join(' AND ')} THEN 1 ELSE 0 END)`;
}

/** Values of the parameters of `guardItem`. */
export function guardValues({ user, searchPath }: Guards): readonly string[] {
  return [user, searchPath];
}

/** SQLSTATE of a guard that does not hold. */
export const guardState = '22012';

export const readGuards: Step = {
  text: "SELECT current_user::pg_catalog.text, pg_catalog.current_setting('search_path')",
};

/** What `readGuards` returned. */
export function parseGuards(row: readonly (string | null)[] | undefined): Guards {
  return { user: row?.[0] ?? '', searchPath: row?.[1] ?? '' };
}

/** Says which guard differs from what the session began with. */
export function describeBroken(before: Guards, now: Guards): Failure {
  if (before.user !== now.user) return guardBroken('role', before.user, now.user);
  if (before.searchPath !== now.searchPath) return guardBroken('search_path', before.searchPath, now.searchPath);
  return guardBroken('client_encoding or standard_conforming_strings', 'UTF8 and on', 'something else');
}

function guardBroken(name: string, before: string, now: string): Failure {
  return {
    code: 'connection',
    message: `Not run: the session's ${name} is no longer ${before} but ${now}, so the statement could mean something else than what was checked. The session was closed and nothing changed; run again on a new one.`,
  };
}

const unsendable: Failure = {
  code: 'sql',
  message: 'Not run: the text holds a NUL or half of a character, which PostgreSQL cannot read. Nothing was sent; remove it and run again.',
};
