/** Tries a connection out: connects, learns who is there, leaves. */
import type { Actor } from '../../../core/audit/record.ts';
import { part } from '../../../adapters/onDemand.ts';
import { toFailure, type Failure } from '../../../core/errors.ts';
import type { ConnectionProfile } from '../../../core/profile/connection.ts';
import { dialectNames } from '../../../core/profile/dialectNames.ts';
import type { Dialect } from '../../../core/sql/verdict.ts';
import type { Clock, ServerIdentity } from '../../../app/ports.ts';

export type ConnectionTestEnd =
  | { readonly kind: 'ok'; readonly server: ServerIdentity }
  | { readonly kind: 'failed'; readonly failure: Failure }
  | { readonly kind: 'cancelled' };

/** Never rejects. */
export type ConnectionTester = (profile: ConnectionProfile, password: string | undefined, signal: AbortSignal) => Promise<ConnectionTestEnd>;

/** Loads the driver with the first test, not before. */
export function createConnectionTester({ clock, actor }: { readonly clock: Clock; readonly actor: Actor }): ConnectionTester {
  return async (profile, password, signal) => {
    const test = await testerFor(profile.dialect).catch((thrown: unknown) => toFailure(thrown));
    if (typeof test !== 'function') return { kind: 'failed', failure: test };
    const end = await test({ profile, ...(password === undefined ? {} : { password }), applicationName: `countersign test ${actor.osUser}`, clock, signal });
    return signal.aborted ? { kind: 'cancelled' } : end;
  };
}

async function testerFor(dialect: Dialect) {
  if (dialect === 'postgresql') return (await part(import('../../../adapters/postgres/session.ts'))).testPostgresConnection;
  return (await part(import('../../../adapters/mysql/session.ts'))).testMysqlConnection;
}

/** `PostgreSQL 18.4, database shop, as app_rw, encrypted`. */
export function describeServer({ dialect, version, database, user, encrypted }: ServerIdentity): string {
  return `${dialectNames[dialect]} ${version}, database ${database}, as ${user}, ${encrypted ? 'encrypted' : 'not encrypted'}`;
}

/** True when another password could help. */
export function isPasswordProblem({ code, sqlState }: Failure): boolean {
  return code === 'credentials' && (sqlState === undefined || sqlState === '28P01');
}
