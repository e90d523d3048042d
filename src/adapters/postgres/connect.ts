/** Opens lines: connects, logs in, and turns whatever goes wrong into a failure a person can act on. */
import { userInfo } from 'node:os';
import pg from 'pg';
import type { Clock } from '../../app/ports.ts';
import type { Failure } from '../../core/errors.ts';
import type { Address } from '../address.ts';
import { connectStopped, connectTimedOut, passwordMissing } from '../networkFailure.ts';
import { sendCancelRequest } from './cancelRequest.ts';
import { connectFailure } from './connectFailure.ts';
import { Line } from './line.ts';
import { GuardedConnection } from './wire.ts';

export type ConnectOptions = {
  readonly address: Address;
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
  const parameters = new Map<string, string>();
  const connection = createConnection(address, parameters);
  const login = { asked: false };
  const client = createClient(options, connection, login);
  const cut = abandonOn(connection, { clock, signal, timeoutMs, address });
  try {
    await client.connect();
    const sendCancel = async () => sendCancelRequest(address, backendOf(client), clock);
    return { line: new Line(client, connection, { parameters, sendCancel, clock }) };
  } catch (thrown) {
    connection.stream.destroy();
    if (cut.failure) return { failure: cut.failure };
    if (login.asked && address.password === undefined) return { failure: passwordMissing(address) };
    return { failure: connectFailure(thrown, address) };
  } finally {
    cut.done();
  }
}

function createConnection({ tls }: Address, parameters: Map<string, string>): GuardedConnection {
  const connection = new GuardedConnection({ ssl: tls, keepAlive: true, keepAliveInitialDelayMillis: 10_000 });
  connection.on('parameterStatus', ({ parameterName, parameterValue }) => {
    parameters.set(parameterName, parameterValue);
  });
  return connection;
}

function createClient({ address, applicationName }: ConnectOptions, connection: GuardedConnection, login: { asked: boolean }): pg.Client {
  const { host, port, user, database, tls } = address;
  const client = new pg.Client({
    host,
    port,
    user,
    database,
    ssl: tls,
    sslnegotiation: 'postgres',
    application_name: applicationName,
    // A function, so that neither the environment nor a password file of this machine is asked instead.
    password: () => {
      login.asked = true;
      return address.password ?? '';
    },
    connection,
  } as pg.ClientConfig);
  // The environment must not set anything on the session either.
  const { connectionParameters } = client as unknown as { connectionParameters: { options?: string; replication?: string } };
  delete connectionParameters.options;
  delete connectionParameters.replication;
  // What goes wrong while connecting rejects `connect`; later the line listens for itself.
  client.on('error', () => undefined);
  return client;
}

type Abandon = { readonly clock: Clock; readonly signal: AbortSignal; readonly timeoutMs: number; readonly address: Address };

/** Ends an attempt to connect when it takes too long or nobody waits for it any more. */
function abandonOn(connection: GuardedConnection, { clock, signal, timeoutMs, address }: Abandon): { failure?: Failure; done(): void } {
  const cut: { failure?: Failure; done(): void } = {
    done() {
      stopClock();
      signal.removeEventListener('abort', abort);
    },
  };
  const giveUp = (failure: Failure) => {
    cut.failure ??= failure;
    connection.stream.destroy(new Error(failure.message));
  };
  const abort = () => giveUp(connectStopped(address));
  const stopClock = clock.after(timeoutMs, () => giveUp(connectTimedOut(address, timeoutMs)));
  signal.addEventListener('abort', abort, { once: true });
  return cut;
}

function backendOf(client: pg.Client): { readonly processId: number; readonly secretKey: number } {
  const { processID, secretKey } = client as unknown as { processID: number; secretKey: number };
  return { processId: processID, secretKey };
}

/** `countersign <what> <os user>`: what administrators see in pg_stat_activity. */
export function applicationName(what: string): string {
  return `countersign ${what} ${userInfo().username}`;
}
