/** What went wrong while connecting, in words: what happened, and what to do. No statement was ever sent by then. */
import type { Failure } from '../../core/errors.ts';
import type { Address } from '../address.ts';
import { connection, credentials, firstCause, hungUp, networkFailure, noTls, passwordMissing, place, type Said } from '../networkFailure.ts';

type Thrown = { readonly message?: string; readonly code?: string | number; readonly errno?: number; readonly sqlState?: string; readonly errors?: readonly Thrown[] };

const system = 'MySQL or MariaDB';

/** Code of the error with which a login is given up rather than trusting a key. */
export const keyRefused = 'COUNTERSIGN_KEY_REFUSED';

/** @param thrown - whatever the driver reported: the server's error, a system error, or a certificate error */
export function connectFailure(thrown: unknown, address: Address): Failure {
  const error = firstCause(thrown as Thrown);
  const { message = '', errno, sqlState } = error;
  const code = causeCode(error);
  const said = byNumber(errno, message, address) ?? byDriver(code, message, address) ?? networkFailure({ code, message }, address, system);
  return {
    ...(said ?? { code: 'connection', message: `Not connected to ${place(address)}: ${message}` }),
    // 28000 says no more than that the login was refused, and elsewhere means that no password helps.
    ...(sqlState === undefined || sqlState === '' || sqlState === '28000' ? {} : { sqlState }),
  };
}

function byNumber(errno: number | undefined, message: string, address: Address): Said | undefined {
  const { user, database, password } = address;
  switch (errno) {
    case 1045:
      return password === undefined
        ? passwordMissing(address)
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

function byDriver(code: string, message: string, address: Address): Said | undefined {
  switch (code) {
    case 'HANDSHAKE_NO_SSL_SUPPORT':
      return noTls(address);
    case 'PROTOCOL_CONNECTION_LOST':
      return hungUp(address, system);
    case 'ENOENT':
      return connection(`Not connected: there is no socket file ${address.host}. Check that the server runs.`);
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
