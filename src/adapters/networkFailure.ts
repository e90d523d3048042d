/** What goes wrong with any connection, whatever database is at its end: the network and the certificate, in words. */
import type { Failure, FailureCode } from '../core/errors.ts';
import type { Address } from './address.ts';

export type Said = { readonly code: FailureCode; readonly message: string };

type Thrown = { readonly message?: string; readonly errors?: readonly Thrown[] };

/** @param system - the database as people call it, e.g. `PostgreSQL` */
export function networkFailure({ code, message }: { readonly code: string; readonly message: string }, address: Address, system: string): Said | undefined {
  return bySystemCode(code, address, system) ?? byCertificate(code, message, address);
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

export function noTls(address: Address): Said {
  return connection(`Not connected: ${place(address)} does not offer TLS, and this connection demands it. Turn TLS on at the server; the mode "disable" sends everything readable.`);
}

export function hungUp(address: Address, system: string): Said {
  return connection(`Not connected: ${place(address)} hung up. Check that a ${system} server listens there, and not something else.`);
}

/** Node tries all addresses of a name and reports them together. */
export function firstCause<Error extends Thrown>(thrown: Error): Error {
  const [first] = thrown.errors ?? [];
  return (first as Error | undefined) ?? thrown;
}

export function place({ host, port }: Address): string {
  return host.startsWith('/') ? host : `${host.includes(':') ? `[${host}]` : host}:${String(port)}`;
}

export function connection(message: string): Said {
  return { code: 'connection', message };
}

export function credentials(message: string): Said {
  return { code: 'credentials', message };
}

function bySystemCode(code: string, address: Address, system: string): Said | undefined {
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
      return hungUp(address, system);
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
