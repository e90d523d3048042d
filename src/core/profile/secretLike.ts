/** Finds secrets where none may be: in settings and shared files. */
import type { ValuePath } from './problem.ts';

const secretKey =
  /^(pgpass(word)?|pass(word|wd|code|phrase)?|pwd|pw|secret|client[-_]?secret|token|access[-_]?token|auth|api[-_]?key|credentials?|private[-_]?key)$/iu;

/** `scheme://user:password@host`. */
const urlWithPassword = /[a-z][a-z0-9+.-]*:\/\/[^\s/@:]*:[^\s/@]+@/iu;

/** `host=db password=…`, also in the query of a URL. */
const assignedPassword = /(^|[\s;&?])(password|passwd|pwd)\s*=\s*\S/iu;

/**
 * Where a value holds, or has a place for, a secret. An empty one counts too: the next person would fill it in.
 *
 * @param value - anything that came out of JSON; nested deeper than 20 levels is not looked at
 * @returns the path of each secret, outermost first, never its text
 */
export function findSecrets(value: unknown, path: ValuePath = []): readonly ValuePath[] {
  if (path.length > 20) return [];
  if (typeof value === 'string') return urlWithPassword.test(value) || assignedPassword.test(value) ? [path] : [];
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return value.flatMap((entry: unknown, index) => findSecrets(entry, [...path, index]));
  return Object.entries(value).flatMap(([key, entry]: [string, unknown]) =>
    secretKey.test(key) ? [[...path, key]] : findSecrets(entry, [...path, key]),
  );
}

/** Said wherever a secret stands in settings or a shared file. */
export const secretMessage =
  'No password or other secret may stand here, so this connection is not loaded. Remove it: Countersign asks for the password and keeps it in a secret store. If this text was ever shared, change the password on the server too.';
