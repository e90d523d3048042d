/** Ties a stored password to the very place it was meant for, so that no file can send it anywhere else. */
import type { ConnectionProfile, TlsMode } from './connection.ts';
import { tlsModes } from './connection.ts';
import { sameHost } from './fields.ts';
import { isObject } from './reader.ts';
import type { Dialect } from '../sql/verdict.ts';

/** Where a password may be sent, and how the line must be secured then. */
export type PasswordBinding = {
  readonly dialect: Dialect;
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly database: string;
  readonly tls: TlsMode;
  readonly caFile?: string;
};

export type BoundPassword = { readonly binding: PasswordBinding; readonly password: string };

export type PasswordLookup =
  | { readonly kind: 'found'; readonly password: string }
  /** Passwords are stored under this profile, none of them for this target. `changes`: against the closest one, in words. */
  | { readonly kind: 'changed'; readonly changes: readonly string[] }
  | { readonly kind: 'none' };

export function bindingOf(profile: ConnectionProfile): PasswordBinding {
  const { dialect, host, port, user, database, tls } = profile;
  return { dialect, host, port, user, database, tls: tls.mode, ...(tls.caFile === undefined ? {} : { caFile: tls.caFile }) };
}

/** Finds the password for exactly this target among those stored for the profile. */
export function lookUpPassword(stored: readonly BoundPassword[], target: PasswordBinding): PasswordLookup {
  const compared = stored.map((entry) => ({ entry, changes: describeChanges(entry.binding, target) }));
  const match = compared.find(({ changes }) => changes.length === 0);
  if (match) return { kind: 'found', password: match.entry.password };
  const [closest] = compared.toSorted((a, b) => a.changes.length - b.changes.length);
  return closest ? { kind: 'changed', changes: closest.changes } : { kind: 'none' };
}

/**
 * What would be different if a password stored for `stored` went to `target`: `['host: db-1 → db-9']`. Empty: nothing.
 * A line that is secured better than before is no difference.
 */
export function describeChanges(stored: PasswordBinding, target: PasswordBinding): readonly string[] {
  return [
    change('database system', stored.dialect, target.dialect),
    sameHost(stored.host, target.host) ? [] : change('host', stored.host, target.host),
    change('port', String(stored.port), String(target.port)),
    change('user', stored.user, target.user),
    change('database', stored.database, target.database),
    tlsModes.indexOf(target.tls) > tlsModes.indexOf(stored.tls) ? change('TLS', stored.tls, target.tls) : [],
    checksCertificate(target.tls) ? change('certificate file', stored.caFile ?? 'of the system', target.caFile ?? 'of the system') : [],
  ].flat();
}

function change(what: string, from: string, to: string): readonly string[] {
  return from === to ? [] : [`${what}: ${from} → ${to}`];
}

function checksCertificate(mode: TlsMode): boolean {
  return mode === 'verify-full' || mode === 'verify-ca';
}

/** Stores of operating systems hold little: Windows takes 1280 characters for one entry. */
const maxLength = 1200;
const format = 1;

/**
 * The stored passwords of one profile as a text, with `added` in front and in place of one for the same target.
 * The oldest are dropped when the text would become too long for any of the stores.
 */
export function serialisePasswords(stored: readonly BoundPassword[], added: BoundPassword): string {
  const others = stored.filter(({ binding }) => describeChanges(binding, added.binding).length > 0 || describeChanges(added.binding, binding).length > 0);
  for (let count = others.length; count > 0; count -= 1) {
    const text = JSON.stringify({ v: format, entries: [added, ...others.slice(0, count)] });
    if (text.length <= maxLength) return text;
  }
  return JSON.stringify({ v: format, entries: [added] });
}

/** What `serialisePasswords` wrote. A text that is damaged or of another format holds nothing we may use: `undefined`. */
export function parsePasswords(text: string): readonly BoundPassword[] | undefined {
  const value = parseJson(text);
  if (!isObject(value) || value['v'] !== format || !Array.isArray(value['entries'])) return undefined;
  const entries: readonly unknown[] = value['entries'];
  return entries.every(isBoundPassword) ? entries : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // Not ours, or cut off: the caller treats it as "nothing usable".
    return undefined;
  }
}

function isBoundPassword(value: unknown): value is BoundPassword {
  if (!isObject(value) || typeof value['password'] !== 'string') return false;
  const binding = value['binding'];
  if (!isObject(binding)) return false;
  const { dialect, host, port, user, database, tls, caFile } = binding;
  const texts = [dialect, host, user, database, tls].every((entry) => typeof entry === 'string');
  return texts && typeof port === 'number' && tlsModes.some((mode) => mode === tls) && (caFile === undefined || typeof caFile === 'string');
}
