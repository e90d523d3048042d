/** What went wrong while connecting, in words: what happened, and what to do. No statement was ever sent by then. */
import type { Failure, FailureCode } from '../../core/errors.ts';
import type { Address } from '../address.ts';

type Said = { readonly code: FailureCode; readonly message: string };
type Thrown = { readonly message?: string; readonly code?: string; readonly detail?: string; readonly hint?: string; readonly errors?: readonly Thrown[] };

/** @param thrown - whatever `connect` rejected with: the server's error, a system error, or a certificate error */
export function connectFailure(thrown: unknown, address: Address): Failure {
  const error = firstCause(thrown as Thrown);
  const { code = '', message = '' } = error;
  const said = bySqlState(code, message, address) ?? bySystemCode(code, address) ?? byCertificate(code, message, address) ?? byMessage(message, address);
  return {
    ...(said ?? { code: 'connection', message: `Not connected to ${place(address)}: ${message}` }),
    ...(/^[0-9A-Z]{5}$/.test(code) ? { sqlState: code } : {}),
    ...(error.detail === undefined ? {} : { detail: error.detail }),
    ...(error.hint === undefined ? {} : { hint: error.hint }),
  };
}

export function connectTimedOut(address: Address, timeoutMs: number): Failure {
  return connection(`Not connected: ${place(address)} did not answer within ${String(Math.round(timeoutMs / 1000))} s. Check the host, the port and whether a firewall or VPN is in the way.`);
}

export function connectStopped(address: Address): Failure {
  return connection(`Not connected to ${place(address)}: connecting was stopped.`);
}

export function passwordMissing(address: Address): Failure {
  return credentials(`Not connected: ${place(address)} asks for the password of ${address.user}, and none is stored for this connection. Enter it and connect again.`);
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

function bySystemCode(code: string, address: Address): Said | undefined {
  switch (code) {
    case 'ECONNREFUSED':
      return connection(`Not connected: nothing listens at ${place(address)}. Check that the server runs and that host and port are right.`);
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return connection(`Not connected: the name ${address.host} cannot be resolved. Check it, and whether this machine is on the right network or VPN.`);
    case 'ETIMEDOUT':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return connection(`Not connected: ${place(address)} cannot be reached. Check the network, the VPN and the firewall.`);
    case 'ECONNRESET':
    case 'EPIPE':
      return connection(hungUp(address));
    case 'ENOENT':
      return connection(`Not connected: there is no socket file for port ${String(address.port)} in ${address.host}. Check that the server runs.`);
    default:
      return undefined;
  }
}

function byCertificate(code: string, message: string, address: Address): Said | undefined {
  switch (code) {
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return connection(`Not connected: the certificate of ${place(address)} is for another name. Connect by the name in the certificate; if it is the right server, only verify-ca leaves the name unchecked.`);
    case 'CERT_HAS_EXPIRED':
      return connection(`Not connected: the certificate of ${place(address)} has expired. Its administrator has to renew it.`);
    case 'CERT_NOT_YET_VALID':
      return connection(`Not connected: the certificate of ${place(address)} is not valid yet. Check the clock of this machine.`);
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'UNABLE_TO_GET_ISSUER_CERT':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
    case 'CERT_SIGNATURE_FAILURE':
    case 'CERT_UNTRUSTED':
      return connection(`Not connected: the certificate of ${place(address)} is not signed by an authority that is trusted here. Name the right authority in caFile of the connection's TLS settings.`);
    default:
      return /^(?:ERR_SSL_|ERR_TLS_|ERR_OSSL_|EPROTO)/.test(code)
        ? connection(`Not connected: no secure line to ${place(address)} could be agreed on (${message}). Check that TLS settings on both sides fit, and the caFile if one is set.`)
        : undefined;
  }
}

function byMessage(message: string, address: Address): Said | undefined {
  if (message.includes('does not support SSL')) {
    return connection(`Not connected: ${place(address)} does not offer TLS, and this connection demands it. Turn TLS on at the server; the mode "disable" sends everything readable.`);
  }
  if (message.startsWith('SASL') || message.startsWith('SCRAM')) {
    return credentials(`Not connected: logging in to ${place(address)} as ${address.user} failed (${message}). Check the password; if it is right, this may not be the server you think it is.`);
  }
  return message.startsWith('Connection terminated') || message.includes('establishing an SSL connection') ? connection(hungUp(address)) : undefined;
}

function hungUp(address: Address): string {
  return `Not connected: ${place(address)} hung up. Check that a PostgreSQL server listens there, and not something else.`;
}

/** Node tries all addresses of a name and reports them together. */
function firstCause(thrown: Thrown): Thrown {
  const [first] = thrown.errors ?? [];
  return first ?? thrown;
}

function place({ host, port }: Address): string {
  return `${host.includes(':') ? `[${host}]` : host}:${String(port)}`;
}

function connection(message: string): Said {
  return { code: 'connection', message };
}

function credentials(message: string): Said {
  return { code: 'credentials', message };
}
