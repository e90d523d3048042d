/** Where a record says that something ran, and what a signed team file calls that place: the graver of the two counts. Pure. */
import type { TeamBody } from '../approval/team.ts';
import { describeTarget, environments, type ConnectionProfile, type Environment } from '../profile/connection.ts';
import { parseTeamConnections } from '../profile/parseConnections.ts';
import type { AuditRecord, AuditTarget } from './record.ts';

export type RecordedPlace = Pick<ConnectionProfile, 'environment' | 'protected' | 'name'>;

/** @param team - the version whose word counts; `undefined`: nobody’s does */
export function placeOf({ target }: Partial<AuditRecord>, team?: Pick<TeamBody, 'connections'>): RecordedPlace {
  const named = target === undefined ? [] : namedPlaces(target, team?.connections ?? []);
  const environment = [environmentOf(target), ...named.map((profile) => profile.environment)].reduce(graver);
  const isProtected = environment === 'production' || target?.protected === true || named.some((profile) => profile.protected);
  return { environment, protected: isProtected, name: target?.connection ?? '' };
}

/** Where it led, without as whom. */
export function endOfLine({ address }: Pick<AuditTarget, 'address'>): string {
  return address.slice(Math.max(0, address.lastIndexOf('@'))).toLowerCase();
}

/** Whatever is not known counts as the strictest. */
function environmentOf(target: AuditTarget | undefined): Environment {
  return environments.find((each) => each === target?.environment) ?? 'production';
}

function graver(a: Environment, b: Environment): Environment {
  return environments.indexOf(a) > environments.indexOf(b) ? a : b;
}

function namedPlaces(target: AuditTarget, connections: readonly unknown[]): readonly ConnectionProfile[] {
  const { profiles } = parseTeamConnections({ version: 1, connections }, (name) => name);
  return profiles.filter((profile) => typeof target.address === 'string' && endOfLine({ address: describeTarget(profile) }) === endOfLine(target));
}
