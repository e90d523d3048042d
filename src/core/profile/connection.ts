/** A database connection as people describe it. Never holds a secret. */
import type { Brand } from '../brand.ts';
import type { Dialect } from '../sql/verdict.ts';

export const environments = ['development', 'staging', 'production'] as const;
export type Environment = (typeof environments)[number];

/** How the line is secured. `verify-full` checks the certificate chain and the host name. */
export const tlsModes = ['verify-full', 'verify-ca', 'require', 'disable'] as const;
export type TlsMode = (typeof tlsModes)[number];

/** What may happen on a protected connection without elevation. Ascending permission: blocked < readOnly < preview. */
export const accessLevels = ['blocked', 'readOnly', 'preview'] as const;
export type Access = (typeof accessLevels)[number];

/** `personal:<name>` or `team:<name>`. */
export type ConnectionId = Brand<string, 'ConnectionId'>;

export type ConnectionProfile = {
  readonly id: ConnectionId;
  readonly name: string;
  /** Personal profiles live in the person's own settings; team profiles come from a file in the repo. */
  readonly source: 'personal' | 'team';
  readonly dialect: Dialect;
  readonly environment: Environment;
  /** Writes go through a preview. Always true for production. */
  readonly protected: boolean;
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly database: string;
  /** `caFile`: absolute path of a PEM file with the accepted authorities; the system's when absent. */
  readonly tls: { readonly mode: TlsMode; readonly caFile?: string };
  /** The profile's own wish; the effective access is the strictest of all wishes. */
  readonly access?: Access;
};

/** The stricter of two access levels. */
export function stricterAccess(a: Access, b: Access): Access {
  return accessLevels.indexOf(a) < accessLevels.indexOf(b) ? a : b;
}

/** `app_rw@db-1:5432/shop`: where a connection leads, as shown in every banner. */
export function describeTarget(profile: Pick<ConnectionProfile, 'user' | 'host' | 'port' | 'database'>): string {
  const host = profile.host.includes(':') ? `[${profile.host}]` : profile.host;
  return `${profile.user}@${host}:${String(profile.port)}/${profile.database}`;
}
