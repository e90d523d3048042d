/** Opens lines: connects, logs in, and turns whatever goes wrong into a failure a person can act on. */
import mysql from 'mysql2';
import type { Clock } from '../../app/ports.ts';
import type { Failure } from '../../core/errors.ts';
import { isLocalHost } from '../../core/profile/fields.ts';
import type { Address } from '../address.ts';
import { connectStopped, connectTimedOut } from '../networkFailure.ts';
import { connectFailure, keyRefused } from './connectFailure.ts';
import { Line } from './line.ts';
import { guardRows, secureWith, type WireConnection } from './wire.ts';

export type ConnectOptions = {
  readonly address: Address;
  /** What administrators see in the connection's attributes. */
  readonly applicationName: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** 10 s when absent. */
  readonly timeoutMs?: number;
};

export type LineStart = { readonly line: Line } | { readonly failure: Failure };

/** Never rejects. */
export async function openLine(options: ConnectOptions): Promise<LineStart> {
  const { address, clock, signal, timeoutMs = 10_000 } = options;
  if (signal.aborted) return { failure: connectStopped(address) };
  const connection = createConnection(options);
  const rowGuard = guardRows(connection);
  if (address.tls !== false) secureWith(connection, address.tls, address.host);
  return await new Promise((resolve) => {
    const settle = () => {
      stopClock();
      signal.removeEventListener('abort', abort);
      connection.removeAllListeners('connect');
      connection.removeAllListeners('error');
    };
    const giveUp = (failure: Failure) => {
      settle();
      // Whatever else goes wrong with what was given up is nobody's concern.
      connection.on('error', () => undefined);
      connection.stream.destroy();
      resolve({ failure });
    };
    const abort = () => giveUp(connectStopped(address));
    const stopClock = clock.after(timeoutMs, () => giveUp(connectTimedOut(address, timeoutMs)));
    signal.addEventListener('abort', abort, { once: true });
    connection.on('error', (error) => giveUp(connectFailure(error, address)));
    connection.on('connect', () => {
      settle();
      resolve({ line: new Line(connection, { rowGuard, clock }) });
    });
  });
}

function createConnection({ address, applicationName }: ConnectOptions): WireConnection {
  const { host, port, user, password, database, tls } = address;
  const isSocket = host.startsWith('/');
  const options: mysql.ConnectionOptions = {
    ...(isSocket ? { socketPath: host } : { host, port, enableKeepAlive: true, keepAliveInitialDelay: 10_000 }),
    user,
    database,
    ...(password === undefined ? {} : { password }),
    // What this holds is given to TLS by ourselves.
    ...(tls === false ? {} : { ssl: {} }),
    charset: 'utf8mb4',
    connectAttributes: { program_name: applicationName },
    connectTimeout: 0,
    multipleStatements: false,
    // No file of this machine is ever sent; names are read as they are checked; results come as the text protocol has them.
    flags: ['-LOCAL_FILES', '-IGNORE_SPACE', '-ODBC', '-SESSION_TRACK', '-CLIENT_QUERY_ATTRIBUTES'],
    ...(tls === false && !isLocalHost(host) ? { authPlugins: withoutKeys } : {}),
  };
  return mysql.createConnection(options) as unknown as WireConnection;
}

type AuthPlugin = NonNullable<mysql.ConnectionOptions['authPlugins']>[string];

/**
 * Without TLS these ways to log in encrypt the password with a key that the other end sends, and that may be anybody:
 * such a key is not taken. A login the server remembers goes on, because it needs no key.
 */
const withoutKeys: Record<string, AuthPlugin> = {
  caching_sha2_password: mysql.authPlugins.caching_sha2_password({ onServerPublicKey: refuseKey }),
  sha256_password: () => refuseKey,
};

function refuseKey(): never {
  throw Object.assign(new Error('The password would have to be encrypted with a key nobody can check.'), { code: keyRefused });
}
