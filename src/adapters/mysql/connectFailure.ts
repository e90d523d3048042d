/** What went wrong while connecting, in words: what happened, and what to do. No statement was ever sent by then. */
import type { Failure, FailureCode } from '../../core/errors.ts';
import type { Address } from '../address.ts';

type Said = { readonly code: FailureCode; readonly message: string };
type Thrown = { readonly message?: string; readonly code?: string | number; readonly errno?: number; readonly sqlState?: string; readonly errors?: readonly Thrown[] };

/** Code of the error with which a login is given up rather than trusting a key. */
export const keyRefused = 'COUNTERSIGN_KEY_REFUSED';

/** @param thrown - whatever the driver reported: the server's error, a system error, or a certificate error */
export function connectFailure(thrown: unknown, address: Address): Failure {
  const error = firstCause(thrown as Thrown);
  const { message = '', errno, sqlState } = error;
  const code = causeCode(error);
  const said = byNumber(errno, message, address) ?? bySystemCode(code, address) ?? byCertificate(code, message, address) ?? byDriver(code, message, address);
  return {
    ...(said ?? { code: 'connection', message: `Not connected to ${place(address)}: ${message}` }),
    // 28000 says no more than that the login was refused, and elsewhere means that no password helps.
    ...(sqlState === undefined || sqlState === '' || sqlState === '28000' ? {} : { sqlState }),
  };
}

export function connectTimedOut(address: Address, timeoutMs: number): Failure {
  return connection(`Not connected: ${place(address)} did not answer within ${String(Math.round(timeoutMs / 1000))} s. Check the host, the port and whether a firewall or VPN is in the way.`);
}

export function connectStopped(address: Address): Failure {
  return connection(`Not connected to ${place(address)}: connecting was stopped.`);
}

function byNumber(errno: number | undefined, message: string, address: Address): Said | undefined {
  const { user, database, password } = address;
  switch (errno) {
    case 1045:
      return password === undefined
        ? credentials(`Not connected: ${place(address)} asks for the password of ${user}, and none is stored for this connection. Enter it and connect again.`)
        : credentials(`Not connected: ${place(address)} refused the password of ${user}, or does not let ${user} in from this machine. Enter the current one and connect again.`);
    case 1044:
      return credentials(`Not connected: ${user} may not use the database ${database}. Ask its administrator for a privilege on it.`);
    case 1049:
      return connection(`Not connected: there is no database ${database} on ${place(address)}. Check the name, including upper and lower case.`);
    case 1040:
    case 1203:
      return connection(`Not connected: ${place(address)} has no free connection (${message}). Close some, or try again later.`);
    case 1129:
    case 1130:
      return connection(`Not connected: ${place(address)} lets nobody in from this machine (${message}). Ask its administrator.`);
    case 1053:
      return connection(`Not connected: ${place(address)} is shutting down. Try again in a moment.`);
    case 1820:
    case 1862:
      return credentials(`Not connected: the password of ${user} has expired. Set a new one with the server's own client, then enter it here.`);
    case 3118:
    case 4151:
      return credentials(`Not connected: the account ${user} is locked. Ask the administrator of ${place(address)}.`);
    case 3159:
      return connection(`Not connected: ${place(address)} only lets encrypted connections in. Set the TLS mode of this connection to “require” or stricter.`);
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
    case 'PROTOCOL_CONNECTION_LOST':
      return connection(`Not connected: ${place(address)} hung up. Check that a MySQL or MariaDB server listens there, and not something else.`);
    case 'ENOENT':
      return connection(`Not connected: there is no socket file ${address.host}. Check that the server runs.`);
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

function byDriver(code: string, message: string, address: Address): Said | undefined {
  switch (code) {
    case 'HANDSHAKE_NO_SSL_SUPPORT':
      return connection(`Not connected: ${place(address)} does not offer TLS, and this connection demands it. Turn TLS on at the server; the mode “disable” sends everything readable.`);
    case keyRefused:
    case 'MYSQL_CLEAR_PASSWORD_NOT_ENABLED':
      return credentials(`Not connected: ${place(address)} asks for the password of ${address.user} in a way that only TLS keeps secret, so it was not sent. Set the TLS mode of this connection to “require” or stricter.`);
    case 'AUTH_SWITCH_PLUGIN_ERROR':
      return credentials(`Not connected: ${place(address)} wants ${address.user} to log in in a way that is not supported here (${message}). Use an account with the server's usual way to log in by password.`);
    default:
      return undefined;
  }
}

/** The driver puts its own code over the one that says more. */
function causeCode({ code = '', message = '' }: Thrown): string {
  if (code === 'AUTH_SWITCH_PLUGIN_ERROR' && /key nobody can check/.test(message)) return keyRefused;
  if (code !== 'HANDSHAKE_SSL_ERROR') return String(code);
  return certificateCodes.find(({ says }) => says.test(message))?.code ?? 'ERR_SSL_HANDSHAKE';
}

const certificateCodes = [
  { says: /altnames|does not match certificate/i, code: 'ERR_TLS_CERT_ALTNAME_INVALID' },
  { says: /expired/i, code: 'CERT_HAS_EXPIRED' },
  { says: /not yet valid/i, code: 'CERT_NOT_YET_VALID' },
  { says: /self.signed|unable to (?:verify|get)|untrusted/i, code: 'CERT_UNTRUSTED' },
] as const;

/** Node tries all addresses of a name and reports them together. */
function firstCause(thrown: Thrown): Thrown {
  const [first] = thrown.errors ?? [];
  return first ?? thrown;
}

function place({ host, port }: Address): string {
  return host.startsWith('/') ? host : `${host.includes(':') ? `[${host}]` : host}:${String(port)}`;
}

function connection(message: string): Said {
  return { code: 'connection', message };
}

function credentials(message: string): Said {
  return { code: 'credentials', message };
}
