/**
 * Asks the server to stop what a backend runs: on the line beside it, or on a connection of its own, where nothing answers
 * and the server just hangs up.
 */
import type { Clock } from '../../app/ports.ts';
import type { Address } from '../address.ts';
import type { Line } from './line.ts';
import type { Backend } from './setUp.ts';
import { GuardedConnection } from './wire.ts';

/** What the server handed out for cancelling. */
export type CancelKey = { readonly processId: number; readonly secretKey: number };

/** One round trip, without a new connection. False when that line is not free or reaches another server. */
export async function cancelBeside(line: Line | undefined, { processId, since }: Backend): Promise<boolean> {
  if (!line || line.isLost || line.isBusy) return false;
  // Behind a proxy the two lines can end at different servers, where the number belongs to somebody else.
  const text = `SELECT pg_catalog.pg_cancel_backend(a.pid) FROM pg_catalog.pg_stat_activity AS a
    WHERE a.pid OPERATOR(pg_catalog.=) $1::pg_catalog.int4 AND a.backend_start OPERATOR(pg_catalog.=) $2::pg_catalog.timestamptz`;
  const end = await line.run([{ text, values: [processId, since] }], { deadlineMs: 2000 });
  return end.kind === 'complete' && end.results[0]?.rows[0]?.[0] === 't';
}

/** Resolves when the server has taken the request, with false when it could not be reached in time. */
export function sendCancelRequest(address: Address, key: CancelKey, clock: Clock, timeoutMs = 5000): Promise<boolean> {
  const connection = new GuardedConnection({ ssl: address.tls });
  return new Promise((resolve) => {
    let sent = false;
    const send = () => {
      sent = true;
      connection.cancel(key.processId, key.secretKey);
    };
    const finish = (taken: boolean) => {
      stopClock();
      connection.stream.destroy();
      resolve(taken);
    };
    const stopClock = clock.after(timeoutMs, () => finish(false));
    connection.on('connect', () => {
      if (address.tls === false) send();
      else connection.requestSsl();
    });
    connection.on('sslconnect', send);
    // After the request the server closes; some systems report that as a reset.
    connection.on('error', () => finish(sent));
    connection.on('end', () => finish(sent));
    connectTo(connection, address);
  });
}

function connectTo(connection: GuardedConnection, { host, port }: Address): void {
  // A host that is a folder means the socket file in it.
  if (host.startsWith('/')) connection.connect(`${host}/.s.PGSQL.${String(port)}`);
  else connection.connect(port, host);
}
