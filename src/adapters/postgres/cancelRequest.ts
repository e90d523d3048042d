/** Asks the server, on a connection of its own, to stop what a backend runs. Nothing answers: the server just hangs up. */
import type { Clock } from '../../app/ports.ts';
import type { Address } from './address.ts';
import { GuardedConnection } from './wire.ts';

export type Backend = { readonly processId: number; readonly secretKey: number };

/** Resolves when the server has taken the request, with false when it could not be reached in time. */
export function sendCancelRequest(address: Address, backend: Backend, clock: Clock, timeoutMs = 5000): Promise<boolean> {
  const connection = new GuardedConnection({ ssl: address.tls });
  return new Promise((resolve) => {
    let sent = false;
    const send = () => {
      sent = true;
      connection.cancel(backend.processId, backend.secretKey);
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
