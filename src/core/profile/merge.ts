/** Personal and team profiles together: what a shared file may say next to the person's own settings. */
import { environments, stricterAccess } from './connection.ts';
import type { Access, ConnectionId, ConnectionProfile, Environment } from './connection.ts';
import { sameHost } from './fields.ts';

/** The profiles of the team file of one workspace folder. */
export type TeamProfiles = { readonly folder: string; readonly profiles: readonly ConnectionProfile[] };

/**
 * Every profile, each with an id of its own, production last.
 *
 * - A team profile never replaces a personal one of the same name; both are there, told apart by their source.
 * - A team profile that leads to a server and database the person calls production is production, whatever the file says,
 *   and allows no more there than the person's own profile.
 * - Nothing is less protected than what an accepted team says of the same database, whatever the file on disk or the person's own
 *   settings call it: a signed version is not undone by editing a file.
 * - When the team files of two folders use one name, both ids name their folder: an id that meant one of them before now
 *   means neither, rather than silently the other.
 */
export function mergeProfiles(personal: readonly ConnectionProfile[], teams: readonly TeamProfiles[], signed: readonly ConnectionProfile[] = []): readonly ConnectionProfile[] {
  const all = [...personal.map((profile) => tighten(profile, signed)), ...distinctTeamProfiles(teams).map((profile) => tighten(profile, [...personal, ...signed]))];
  return all.toSorted(byEnvironmentThenName);
}

function distinctTeamProfiles(teams: readonly TeamProfiles[]): readonly ConnectionProfile[] {
  const uses = new Map<string, number>();
  for (const { id } of teams.flatMap(({ profiles }) => profiles)) uses.set(id, (uses.get(id) ?? 0) + 1);
  return teams.flatMap(({ folder, profiles }) =>
    profiles.map((profile) => ((uses.get(profile.id) ?? 0) > 1 ? { ...profile, id: `team:${folder}/${profile.name}` as ConnectionId } : profile)),
  );
}

/** A profile that allows no more than others allow that lead to the same database. */
export function tighten(profile: ConnectionProfile, others: readonly ConnectionProfile[]): ConnectionProfile {
  const same = others.filter((candidate) => leadsToSameDatabase(candidate, profile));
  const isProduction = same.some(({ environment }) => environment === 'production');
  const isProtected = same.some((candidate) => candidate.protected);
  const access = strictest([profile, ...same]);
  return {
    ...profile,
    environment: isProduction ? 'production' : profile.environment,
    protected: profile.protected || isProduction || isProtected,
    ...(access === undefined ? {} : { access }),
  };
}

function strictest(profiles: readonly ConnectionProfile[]): Access | undefined {
  return profiles.flatMap(({ access }) => access ?? []).reduce<Access | undefined>((strict, access) => (strict === undefined ? access : stricterAccess(strict, access)), undefined);
}

/** Same host, port and database, whoever logs in. */
export function leadsToSameDatabase(a: ConnectionProfile, b: ConnectionProfile): boolean {
  return sameHost(a.host, b.host) && a.port === b.port && a.database === b.database;
}

function byEnvironmentThenName(a: ConnectionProfile, b: ConnectionProfile): number {
  return rank(a.environment) - rank(b.environment) || compare(a.name, b.name) || compare(a.id, b.id);
}

function rank(environment: Environment): number {
  return environments.indexOf(environment);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
