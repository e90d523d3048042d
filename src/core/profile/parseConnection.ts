/** One connection as somebody wrote it down → a profile, or the reasons why not. */
import { accessLevels, environments, tlsModes } from './connection.ts';
import type { ConnectionId, ConnectionProfile, Environment, TlsMode } from './connection.ts';
import { defaultPort, defaultTlsMode } from './defaults.ts';
import { databaseProblem, hostProblem, isLocalHost, nameProblem, normaliseHost, portProblem, userProblem } from './fields.ts';
import { problemError } from './problem.ts';
import type { ProfileProblem, ValuePath } from './problem.ts';
import { createReader, isObject } from './reader.ts';
import type { Reader } from './reader.ts';
import type { Dialect } from '../sql/verdict.ts';

export type ConnectionOrigin = {
  readonly source: ConnectionProfile['source'];
  /** Absolute path of the file a description names; `undefined` when it must not or cannot be used. */
  readonly resolveFile: (text: string) => string | undefined;
};

export type ParsedConnection = {
  /** Absent when there is at least one error. */
  readonly profile?: ConnectionProfile;
  readonly problems: readonly ProfileProblem[];
};

const knownKeys = ['name', 'environment', 'host', 'port', 'user', 'database', 'dialect', 'tls', 'access', 'protected'];
const dialects: readonly Dialect[] = ['postgresql', 'mysql', 'mariadb'];

/** The id a connection has as long as nothing else carries the same name. */
export function connectionId(source: ConnectionProfile['source'], name: string): ConnectionId {
  return `${source}:${name}` as ConnectionId;
}

/** Checks one entry of `countersign.connections` or of the team file. Pure; `path` is where the entry stands. */
export function parseConnection(value: unknown, path: ValuePath, origin: ConnectionOrigin): ParsedConnection {
  if (!isObject(value)) return { problems: [problemError(path, 'A connection is an object with name, environment, host, user and database.')] };
  const reader = createReader(value, path);
  reader.refuseSecrets();
  const draft = readDraft(reader);
  const protection = readProtection(reader, draft.environment);
  const tls = readTls(reader, draft, origin);
  reader.warnUnknown(knownKeys);
  if (reader.hasErrors() || !isComplete(draft) || !tls) return { problems: reader.problems };
  return {
    profile: { ...draft, id: connectionId(origin.source, draft.name), source: origin.source, ...protection, tls },
    problems: reader.problems,
  };
}

type Draft = {
  readonly name: string | undefined;
  readonly environment: Environment | undefined;
  readonly dialect: Dialect | undefined;
  readonly host: string | undefined;
  readonly port: number | undefined;
  readonly user: string | undefined;
  readonly database: string | undefined;
};
type CompleteDraft = { readonly [Key in keyof Draft]: NonNullable<Draft[Key]> };

function isComplete(draft: Draft): draft is CompleteDraft {
  return Object.values(draft).every((value) => value !== undefined);
}

function readDraft(reader: Reader): Draft {
  const dialect = reader.oneOf('dialect', dialects, 'postgresql');
  const host = reader.text('host', hostProblem);
  return {
    name: reader.text('name', nameProblem),
    environment: reader.oneOf('environment', environments),
    dialect,
    host: host === undefined ? undefined : normaliseHost(host),
    port: reader.has('port') ? reader.number('port', portProblem) : defaultPort(dialect ?? 'postgresql'),
    user: reader.text('user', userProblem),
    database: reader.text('database', databaseProblem),
  };
}

/** Whoever asks for restricted access asks for protection: without it the wish would mean nothing. */
function readProtection(reader: Reader, environment: Environment | undefined): Pick<ConnectionProfile, 'protected' | 'access'> {
  const wish = reader.has('protected') ? reader.boolean('protected') : undefined;
  const access = reader.has('access') ? reader.oneOf('access', accessLevels) : undefined;
  if (wish === false && environment === 'production') {
    reader.fail('protected', 'Production is always protected. Remove this line, or say that it is another environment.');
  } else if (wish === false && access !== undefined) {
    reader.fail('protected', '“access” only means something on a protected connection. Remove one of the two.');
  }
  return { protected: environment === 'production' || wish === true || access !== undefined, ...(access === undefined ? {} : { access }) };
}

function readTls(reader: Reader, draft: Draft, origin: ConnectionOrigin): ConnectionProfile['tls'] | undefined {
  const fallback = defaultTlsMode(draft.environment ?? 'production', draft.host ?? '');
  if (!reader.has('tls')) return { mode: fallback };
  const tls = reader.object('tls', 'TLS is described as { "mode": "verify-full" }, with "ca" beside it for a certificate file of your own.');
  if (!tls) return undefined;
  const mode = tls.oneOf('mode', tlsModes, fallback);
  if (mode !== undefined) warnWeakTls(tls, draft, mode);
  const caFile = tls.has('ca') ? readCa(tls, mode, origin) : undefined;
  tls.warnUnknown(['mode', 'ca']);
  return mode === undefined ? undefined : { mode, ...(caFile === undefined ? {} : { caFile }) };
}

function readCa(tls: Reader, mode: TlsMode | undefined, origin: ConnectionOrigin): string | undefined {
  const text = tls.text('ca', (value) => (typeof value === 'string' && value.trim() !== '' ? undefined : 'Enter the path of a PEM file.'));
  if (text === undefined) return undefined;
  const file = origin.resolveFile(text);
  if (file === undefined) tls.fail('ca', unusableCa[origin.source]);
  if (mode === 'require' || mode === 'disable') tls.warn('ca', `The certificate file is not used with “${mode}”: that mode does not check the server's certificate.`);
  return file;
}

const unusableCa: Record<ConnectionProfile['source'], string> = {
  personal: 'Enter the absolute path of the certificate file, or one that begins with “~/”.',
  team: 'Enter the path of the certificate file relative to the folder that holds the team file; it must not lead out of that folder.',
};

function warnWeakTls(tls: Reader, draft: Draft, mode: TlsMode): void {
  if (draft.environment !== 'production' || draft.host === undefined || isLocalHost(draft.host)) return;
  if (mode === 'disable') tls.warn('mode', 'Passwords and rows travel to this production server unencrypted. Use “verify-full”.');
  if (mode === 'require') tls.warn('mode', 'The certificate of this production server is not checked, so somebody in between could read along. Use “verify-full”.');
}
