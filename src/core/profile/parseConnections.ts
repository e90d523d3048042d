/** All connections of a settings value or of a team file, with everything that is wrong with them. */
import type { ConnectionProfile } from './connection.ts';
import { parseConnection } from './parseConnection.ts';
import type { ConnectionOrigin, ParsedConnection } from './parseConnection.ts';
import { problemError, problemWarning } from './problem.ts';
import type { ProfileProblem, ValuePath } from './problem.ts';
import { isObject, unknownKeyMessage } from './reader.ts';
import { findSecrets, secretMessage } from './secretLike.ts';
import { teamFileKeys, teamFormatOf } from './teamFormat.ts';

export type ParsedConnections = {
  readonly profiles: readonly ConnectionProfile[];
  readonly problems: readonly ProfileProblem[];
};

/** The only version of the team file's format there is. */
const teamFileVersion = 1;

const maxConnections = 500;

/** The value of `countersign.connections`. Pure; anything may come in. */
export function parsePersonalConnections(value: unknown, resolveFile: ConnectionOrigin['resolveFile']): ParsedConnections {
  if (value === undefined || value === null) return { profiles: [], problems: [] };
  return parseList(value, [], { source: 'personal', resolveFile });
}

/** The connections of a team file. Pure; anything may come in. A file of another version is not guessed at. */
export function parseTeamConnections(file: unknown, resolveFile: ConnectionOrigin['resolveFile']): ParsedConnections {
  if (!isObject(file)) return failed(problemError([], 'A team file is an object: { "version": 1, "connections": [ … ] }.'));
  const format = teamFormatOf(file);
  if (format === undefined) return failed(versionProblem(file));
  const own = Object.keys(file).filter((key) => !teamFileKeys(format).includes(key));
  const stray = own.map((key) =>
    findSecrets({ [key]: file[key] }).length > 0 ? problemError([key], secretMessage) : problemWarning([key], unknownKeyMessage(key)),
  );
  const list = Object.hasOwn(file, 'connections') ? file['connections'] : [];
  const parsed = parseList(list, ['connections'], { source: 'team', resolveFile });
  return { profiles: parsed.profiles, problems: [...stray, ...parsed.problems] };
}

function versionProblem(file: Readonly<Record<string, unknown>>): ProfileProblem {
  // A signed file counts its own versions in `version`, and has its format in `v`.
  const at = Object.hasOwn(file, 'v') && file['v'] !== 1 ? 'v' : 'version';
  const version = file[at];
  if (version === undefined) return problemError([], 'Add "version": 1. Without it nothing from this file is loaded.');
  const newer = typeof version === 'number' && version > teamFileVersion;
  return problemError([at], newer ? 'This file was written for a newer version of Countersign, so nothing from it is loaded. Update the extension.' : 'The version must be 1; nothing from this file is loaded.');
}

function parseList(value: unknown, path: ValuePath, origin: ConnectionOrigin): ParsedConnections {
  if (!Array.isArray(value)) return failed(problemError(path, 'Connections are written as a list: [ { … }, { … } ].'));
  if (value.length > maxConnections) return failed(problemError(path, `There are more than ${String(maxConnections)} connections; none of them is loaded.`));
  const entries = value.map((entry: unknown, index) => ({ entry, at: [...path, index], parsed: parseConnection(entry, [...path, index], origin) }));
  const taken = repeatedNames(entries.map(({ entry }) => nameOf(entry)));
  const repeated = entries.filter(({ entry }) => taken.has(nameOf(entry) ?? ''));
  return {
    profiles: entries.flatMap(({ entry, parsed }) => loaded(parsed, taken.has(nameOf(entry) ?? ''))),
    problems: [...entries.flatMap(({ parsed }) => parsed.problems), ...repeated.map(({ at }) => problemError([...at, 'name'], repeatedMessage))],
  };
}

const repeatedMessage = 'More than one connection here has this name, so none of them is loaded: it would not be clear which one is meant. Rename all but one.';

function loaded({ profile }: ParsedConnection, repeated: boolean): readonly ConnectionProfile[] {
  return profile && !repeated ? [profile] : [];
}

/** Names that differ in case only count as one: people would mix them up. */
function nameOf(entry: unknown): string | undefined {
  const name = typeof entry === 'object' && entry !== null && 'name' in entry ? entry.name : undefined;
  return typeof name === 'string' ? comparableName(name) : undefined;
}

/** What two names are compared by. */
export function comparableName(name: string): string {
  return name.normalize('NFKC').trim().toLowerCase();
}

function repeatedNames(names: readonly (string | undefined)[]): ReadonlySet<string> {
  const seen = new Set<string>();
  const repeated = new Set<string>();
  for (const name of names) {
    if (name === undefined) continue;
    if (seen.has(name)) repeated.add(name);
    seen.add(name);
  }
  return repeated;
}

function failed(problem: ProfileProblem): ParsedConnections {
  return { profiles: [], problems: [problem] };
}
