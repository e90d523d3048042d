/** The answers given so far while a connection is added or edited. */
import type { ConnectionProfile, Environment } from '../../../core/profile/connection.ts';
import { connectionId } from '../../../core/profile/parseConnection.ts';
import { defaultPort, defaultTlsMode } from '../../../core/profile/defaults.ts';
import { normaliseHost } from '../../../core/profile/fields.ts';
import type { Dialect } from '../../../core/sql/verdict.ts';

export type ConnectionDraft = {
  readonly environment: Environment;
  readonly dialect: Dialect;
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly database: string;
  readonly tls: ConnectionProfile['tls'] | undefined;
  readonly name: string;
  readonly password: string;
  /** The person was asked whether this is production after all, and said no to this very look. */
  readonly notProduction?: string;
  /** The connection being edited or copied; its own name is not taken. */
  readonly original?: ConnectionProfile;
  /** What the last attempt to log in ended with. */
  readonly refused?: string;
  /** What to do with the password once the connection is saved. */
  readonly keep?: 'store' | 'this-window' | 'nowhere';
};

export const emptyDraft: ConnectionDraft = {
  environment: 'development',
  dialect: 'postgresql',
  host: '',
  port: defaultPort('postgresql'),
  user: '',
  database: '',
  tls: undefined,
  name: '',
  password: '',
};

export function draftOf(profile: ConnectionProfile): ConnectionDraft {
  const { environment, dialect, host, port, user, database, tls, name } = profile;
  return { environment, dialect, host, port, user, database, tls, name, password: '', original: profile };
}

/** The profile the answers make up; complete once every question was answered. */
export function profileOfDraft(draft: ConnectionDraft): ConnectionProfile {
  const { environment, dialect, name, port, user, database, original } = draft;
  const host = normaliseHost(draft.host.trim());
  const access = original?.access;
  return {
    id: connectionId('personal', name),
    name,
    source: 'personal',
    dialect,
    environment,
    protected: environment === 'production' || original?.protected === true,
    host,
    port,
    user,
    database,
    tls: draft.tls ?? { mode: defaultTlsMode(environment, host) },
    ...(access === undefined ? {} : { access }),
  };
}

const nameSuffix: Readonly<Record<Environment, string>> = { development: 'dev', staging: 'staging', production: 'prod' };

/** `shop-prod`, or `shop-prod-2` when that is taken. */
export function suggestName({ database, environment }: ConnectionDraft, isTaken: (name: string) => boolean): string {
  const base = `${database}-${nameSuffix[environment]}`;
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? base : `${base}-${String(number)}`;
    if (!isTaken(name)) return name;
  }
}
