/** From a connection URL to a profile. */
import { environments, tlsModes } from '../../core/profile/connection.ts';
import type { ConnectionProfile, Environment, TlsMode } from '../../core/profile/connection.ts';
import { connectionId, parseConnection } from '../../core/profile/parseConnection.ts';
import { defaultPort, defaultTlsMode } from '../../core/profile/defaults.ts';
import { isLocalHost, normaliseHost } from '../../core/profile/fields.ts';
import type { Dialect } from '../../core/sql/verdict.ts';
import { UsageError } from '../usage.ts';

export type UrlTarget = { readonly profile: ConnectionProfile; /** The one in the URL. */ readonly password?: string };

const schemes: Readonly<Record<string, Dialect>> = { 'postgres:': 'postgresql', 'postgresql:': 'postgresql', 'mysql:': 'mysql', 'mariadb:': 'mariadb' };

/** How libpq and the MySQL clients call what we call a TLS mode. Weaker wishes than “require” have no equal here. */
const tlsWords: Readonly<Record<string, TlsMode>> = {
  disable: 'disable', disabled: 'disable', require: 'require', required: 'require',
  'verify-ca': 'verify-ca', verify_ca: 'verify-ca', 'verify-full': 'verify-full', verify_identity: 'verify-full',
};

/**
 * The target a URL names: `postgresql://user:password@host:port/database?sslmode=verify-full&sslrootcert=/ca.pem`, and the same
 * with `mysql:` and `mariadb:` (`ssl-mode`, `ssl-ca`). What is unclear about the target is a UsageError; the message never
 * holds the URL, which may hold a password.
 */
export function readUrl(text: string, environment: Environment, osUser: string): UrlTarget {
  const url = parseUrl(text);
  const dialect = schemes[url.protocol];
  if (dialect === undefined) throw new UsageError(`--url begins with postgresql://, mysql:// or mariadb://, not with “${url.protocol}//”.`);
  const { host, mode, ca } = readParameters(url, environment);
  const user = decode(url.username) || osUser;
  const database = decode(url.pathname.slice(1)) || user;
  const name = `${user}@${host}/${database}`.slice(0, 64);
  const { profile, problems } = parseConnection(
    { name, environment, dialect, host, port: url.port === '' ? defaultPort(dialect) : Number(url.port), user, database, tls: { mode, ...(ca === undefined ? {} : { ca }) } },
    [],
    { source: 'personal', resolveFile: (file) => file },
  );
  if (!profile) throw new UsageError(`--url cannot be used: ${problems.filter(({ severity }) => severity === 'error').map(({ message }) => message).join(' ')}`);
  const password = decode(url.password);
  return {
    // Whoever writes the URL of an account that may write means to: every change is shown and asked about all the same.
    profile: { ...profile, id: connectionId('personal', name), protected: true, access: 'preview' },
    ...(password === '' ? {} : { password }),
  };
}

/** @throws UsageError when the word is none of the three */
export function readEnvironment(word: string | undefined): Environment {
  const found = environments.find((candidate) => candidate === (word ?? 'production'));
  if (found === undefined) throw new UsageError(`--environment is one of ${environments.join(', ')}, not "${word ?? ''}".`);
  return found;
}

function parseUrl(text: string): URL {
  try {
    return new URL(text);
  } catch {
    throw new UsageError('--url is not a URL. It looks like postgresql://user@host:5432/database.');
  }
}

type Parameters = { readonly host: string; readonly mode: TlsMode; readonly ca: string | undefined };

function readParameters(url: URL, environment: Environment): Parameters {
  const known = new Set(['host', 'sslmode', 'ssl-mode', 'sslrootcert', 'ssl-ca', 'application_name', 'connect_timeout']);
  const stray = [...url.searchParams.keys()].filter((key) => !known.has(key));
  if (stray.length > 0) throw new UsageError(`--url holds “${stray.join('”, “')}”, which is not understood; nothing was sent.`);
  const host = url.searchParams.get('host') ?? (normaliseHost(decode(url.hostname)) || 'localhost');
  const word = (url.searchParams.get('sslmode') ?? url.searchParams.get('ssl-mode'))?.toLowerCase();
  const ca = url.searchParams.get('sslrootcert') ?? url.searchParams.get('ssl-ca') ?? undefined;
  return { host, mode: word === undefined ? defaultMode(environment, host) : readTls(word), ca };
}

/** A line that does not leave this machine needs no certificate; a profile in the settings may still ask for one. */
function defaultMode(environment: Environment, host: string): TlsMode {
  return isLocalHost(host) ? 'disable' : defaultTlsMode(environment, host);
}

function readTls(word: string): TlsMode {
  const mode = tlsWords[word];
  if (mode === undefined) throw new UsageError(`--url asks for TLS as “${word}”; say one of ${tlsModes.join(', ')}.`);
  return mode;
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new UsageError('--url holds a “%” that encodes nothing; write %25 for a percent sign.');
  }
}
