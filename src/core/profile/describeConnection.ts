/** A profile → the object that stands for it in settings and files. */
import type { ConnectionProfile } from './connection.ts';

/** `parseConnection` reads the same profile from it. Leaves out what is implied anyway. */
export function describeConnection(profile: ConnectionProfile): Readonly<Record<string, unknown>> {
  const { name, environment, dialect, host, port, user, database, tls, access } = profile;
  const isImplied = environment === 'production' || access !== undefined;
  return {
    name,
    environment,
    ...(dialect === 'postgresql' ? {} : { dialect }),
    host,
    port,
    user,
    database,
    tls: { mode: tls.mode, ...(tls.caFile === undefined ? {} : { ca: tls.caFile }) },
    ...(access === undefined ? {} : { access }),
    ...(profile.protected && !isImplied ? { protected: true } : {}),
  };
}
