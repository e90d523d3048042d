/** What a connection gets where it does not say otherwise. */
import type { Dialect } from '../sql/verdict.ts';
import type { Environment, TlsMode } from './connection.ts';
import { isLocalHost } from './fields.ts';

export function defaultPort(dialect: Dialect): number {
  return dialect === 'postgresql' ? 5432 : 3306;
}

/**
 * How the line is secured when the profile does not say.
 *
 * - Production: `verify-full`, so that nobody can stand in between.
 * - Other servers on this machine: `disable`; the line does not leave it, and local servers seldom have a certificate.
 * - Everything else: `require`; encrypted, but the certificate is not checked, since test servers often sign their own.
 *
 * A Unix socket (`host` is a folder) knows no TLS in any environment.
 */
export function defaultTlsMode(environment: Environment, host: string): TlsMode {
  if (host.startsWith('/')) return 'disable';
  if (environment === 'production') return 'verify-full';
  return isLocalHost(host) ? 'disable' : 'require';
}
