/** What went wrong while connecting, in words: what happened, and what to do. No statement was ever sent by then. */
import type { Failure } from '../../core/errors.ts';
import type { Address } from '../address.ts';
import { connection, credentials, firstCause, hungUp, networkFailure, noTls, place, type Said } from '../networkFailure.ts';

type Thrown = { readonly message?: string; readonly code?: string; readonly detail?: string; readonly hint?: string; readonly errors?: readonly Thrown[] };

/** @param thrown - whatever `connect` rejected with: the server's error, a system error, or a certificate error */
export function connectFailure(thrown: unknown, address: Address): Failure {
  const error = firstCause(thrown as Thrown);
  const { code = '', message = '' } = error;
  const said = bySqlState(code, message, address) ?? noSocket(code, address) ?? networkFailure({ code, message }, address, 'PostgreSQL') ?? byMessage(message, address);
  return {
    ...(said ?? { code: 'connection', message: `Not connected to ${place(address)}: ${message}` }),
    ...(/^[0-9A-Z]{5}$/.test(code) ? { sqlState: code } : {}),
    ...(error.detail === undefined ? {} : { detail: error.detail }),
    ...(error.hint === undefined ? {} : { hint: error.hint }),
  };
}

function bySqlState(code: string, message: string, address: Address): Said | undefined {
  const { user, database } = address;
  switch (code) {
    case '28P01':
      return credentials(`Not connected: ${place(address)} refused the password of ${user}. Enter the current one and connect again.`);
    case '28000':
      return /pg_hba/.test(message)
        ? credentials(`Not connected: ${place(address)} has no rule in pg_hba.conf that lets ${user} in from this machine${address.tls === false ? ' without TLS' : ''}. Ask its administrator for one, or check the TLS mode.`)
        : credentials(`Not connected: ${place(address)} does not let ${user} log in (${message}). Check the user name of this connection.`);
    case '3D000':
      return connection(`Not connected: there is no database ${database} on ${place(address)}. Check the name, including upper and lower case.`);
    case '42501':
      return credentials(`Not connected: ${user} may not connect to the database ${database}. Ask its owner for the CONNECT privilege.`);
    case '53300':
      return connection(`Not connected: ${place(address)} has no free connection (${message}). Close some, or try again later.`);
    case '57P03':
      return connection(`Not connected: ${place(address)} is starting up or shutting down (${message}). Try again in a moment.`);
    default:
      return undefined;
  }
}

function noSocket(code: string, address: Address): Said | undefined {
  if (code !== 'ENOENT') return undefined;
  return connection(`Not connected: there is no socket file for port ${String(address.port)} in ${address.host}. Check that the server runs.`);
}

function byMessage(message: string, address: Address): Said | undefined {
  if (message.includes('does not support SSL')) return noTls(address);
  if (message.startsWith('SASL') || message.startsWith('SCRAM')) {
    return credentials(`Not connected: logging in to ${place(address)} as ${address.user} failed (${message}). Check the password; if it is right, this may not be the server you think it is.`);
  }
  return message.startsWith('Connection terminated') || message.includes('establishing an SSL connection') ? hungUp(address, 'PostgreSQL') : undefined;
}
