/** What the signed team file calls the place of a request: whoever asks does not get to call production something more harmless. */
import { environments } from '../profile/connection.ts';
import { sameHost } from '../profile/fields.ts';
import { parseTeamConnections } from '../profile/parseConnections.ts';
import type { RequestBody } from './request.ts';
import type { TeamBody } from './team.ts';

/** True when the team file names the same database, as something that needs more care. */
export function isUnderstated({ target, facts }: Pick<RequestBody, 'target' | 'facts'>, { connections = [] }: Pick<TeamBody, 'connections'>): boolean {
  const { profiles } = parseTeamConnections({ version: 1, connections }, (name) => name);
  const colon = target.host.lastIndexOf(':');
  const [host, port] = [target.host.slice(0, colon), Number(target.host.slice(colon + 1))];
  const here = profiles.filter((profile) => profile.port === port && profile.database === target.database && sameHost(profile.host, host));
  return here.some(({ environment }) => environments.indexOf(environment) > environments.indexOf(facts.environment));
}
