/** Rules of the single fields of a connection. Files, settings and dialogs ask the same questions here. */

/** Says in words why a value cannot be used; `undefined` when it can. */
export type FieldRule = (value: unknown) => string | undefined;

const longestName = 64;
const longestIdentifier = 128;
const longestHost = 255;

/** Control, format (also right-to-left marks), line and paragraph separators: they make one name look like another. */
const hiddenCharacters = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

export const nameProblem: FieldRule = (value) => {
  if (typeof value !== 'string' || value.trim() === '') return 'Give the connection a name.';
  if (value !== value.trim()) return 'The name must not begin or end with a space.';
  if (value.length > longestName) return `The name is longer than ${String(longestName)} characters.`;
  if (hiddenCharacters.test(value)) return 'The name holds an invisible character; use visible ones only.';
  return drawnProblem(value, 'name');
};

/** The editor draws `$(name)` as an icon and `[text](command:…)` as a link that runs a command: a name could pass for more than it is. */
function drawnProblem(value: string, what: string): string | undefined {
  const drawn = ['$(', ']('].find((sign) => value.includes(sign));
  return drawn === undefined ? undefined : `The ${what} must not contain “${drawn}”.`;
}

const hostName = /^[\p{L}\p{N}_]([\p{L}\p{N}_-]*[\p{L}\p{N}_])?(\.[\p{L}\p{N}_]([\p{L}\p{N}_-]*[\p{L}\p{N}_])?)*\.?$/u;
const ipv6 = /^(\[[0-9a-f:.]+(%[\w.-]+)?\]|[0-9a-f:.]*:[0-9a-f:.]*(%[\w.-]+)?)$/iu;

export const hostProblem: FieldRule = (value) => {
  if (typeof value !== 'string' || value.trim() === '') return 'Enter the host name or address of the server.';
  if (value.length > longestHost) return `The host is longer than ${String(longestHost)} characters.`;
  if (hiddenCharacters.test(value) || /\s/u.test(value)) return 'The host must not contain spaces or invisible characters.';
  if (value.includes('://')) return 'Enter the host only, not a URL. Port, user and database are fields of their own.';
  if (value.startsWith('/') || hostName.test(value) || ipv6.test(value)) return undefined;
  return 'This is not a host name, an IP address or the path of a Unix socket.';
};

export const portProblem: FieldRule = (value) =>
  typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 65_535
    ? undefined
    : 'The port must be a whole number from 1 to 65535.';

export const userProblem: FieldRule = (value) => identifierProblem(value, 'user name');
export const databaseProblem: FieldRule = (value) => identifierProblem(value, 'database');

function identifierProblem(value: unknown, what: string): string | undefined {
  if (typeof value !== 'string' || value.trim() === '') return `Enter the ${what}.`;
  if (value.length > longestIdentifier) return `The ${what} is longer than ${String(longestIdentifier)} characters.`;
  return hiddenCharacters.test(value) ? `The ${what} holds an invisible character.` : drawnProblem(value, what);
}

/** `[::1]` and `::1` are one address; the line needs it without brackets. */
export function normaliseHost(host: string): string {
  return host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host;
}

/** For comparing: host names do not care about case or the dot of the root. */
export function sameHost(a: string, b: string): boolean {
  return comparableHost(a) === comparableHost(b);
}

function comparableHost(host: string): string {
  const plain = normaliseHost(host);
  return plain.startsWith('/') ? plain : plain.toLowerCase().replace(/\.$/u, '');
}

const loopback = /^(localhost|127(\.\d{1,3}){3}|::1|0:0:0:0:0:0:0:1)$/u;

/** True when the line does not leave this machine: a loopback address or a Unix socket. */
export function isLocalHost(host: string): boolean {
  return host.startsWith('/') || loopback.test(comparableHost(host));
}
