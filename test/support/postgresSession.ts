/** Sessions of the product on a test database. */
import type { Session } from '../../src/app/ports.ts';
import { openPostgresSession } from '../../src/adapters/postgres/session.ts';
import type { ConnectionId, ConnectionProfile } from '../../src/core/profile/connection.ts';
import { systemClock } from './clock.ts';

type Where = { readonly host: string; readonly port: number; readonly user: string; readonly password?: string; readonly database: string };

/** A profile that leads to a test database, without TLS unless told otherwise. */
export function testProfile({ host, port, user, database }: Where, facts: Partial<ConnectionProfile> = {}): ConnectionProfile {
  return {
    id: 'personal:test' as ConnectionId,
    name: 'test',
    source: 'personal',
    dialect: 'postgresql',
    environment: 'production',
    protected: true,
    host,
    port,
    user,
    database,
    tls: { mode: 'disable' },
    ...facts,
  };
}

/** A session that must open. `user` without a password is a role that needs none. */
export async function openTestSession(where: Where, changed: Partial<Where> = {}): Promise<Session> {
  const { password, ...there } = { ...where, ...changed };
  const start = await openPostgresSession({
    profile: testProfile(there),
    ...(password === undefined ? {} : { password }),
    applicationName: 'countersign session test',
    clock: systemClock,
    signal: new AbortController().signal,
  });
  if (start.kind === 'failed') throw new Error(start.failure.message);
  return start.session;
}
