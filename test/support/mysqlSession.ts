/** Sessions of the product on a test database of MySQL or MariaDB. */
import type { Session } from '../../src/app/ports.ts';
import { openMysqlSession } from '../../src/adapters/mysql/session.ts';
import type { ConnectionId, ConnectionProfile } from '../../src/core/profile/connection.ts';
import { systemClock } from './clock.ts';
import type { MysqlDialect, MysqlUser } from './mysql.ts';

type Where = { readonly host: string; readonly port: number; readonly database: string };

/** A profile that leads to a test database, without TLS unless told otherwise. */
export function mysqlProfile(dialect: MysqlDialect, { host, port, database }: Where, user: string, facts: Partial<ConnectionProfile> = {}): ConnectionProfile {
  return {
    id: 'personal:test' as ConnectionId,
    name: 'test',
    source: 'personal',
    dialect,
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

/** A session that must open. */
export async function openMysqlTestSession(dialect: MysqlDialect, where: Where, { user, password }: MysqlUser): Promise<Session> {
  const start = await openMysqlSession({
    profile: mysqlProfile(dialect, where, user),
    password,
    applicationName: 'countersign session test',
    clock: systemClock,
    signal: new AbortController().signal,
  });
  if (start.kind === 'failed') throw new Error(start.failure.message);
  return start.session;
}
