/** Where a request is for, in its own words; made the same way when it is asked and when it is run. */
import type { ConnectionProfile } from '../profile/connection.ts';
import { cut, plainName } from './effectOf.ts';
import type { RequestBody } from './request.ts';

/** Where a statement really runs, as the server says itself, and what its session makes of a text. */
export type ServerPlace = {
  /** Tells servers apart, however they were reached. A copy of a server may say the same. */
  readonly system: string;
  readonly database: string;
  readonly role: string;
  /** Settings that change what a text means or does. */
  readonly session: Readonly<Record<string, string>>;
};

const mostSettings = 64;

export function targetOf({ dialect, host, port, name }: Pick<ConnectionProfile, 'dialect' | 'host' | 'port' | 'name'>, { system, database, role, session }: ServerPlace): Pick<RequestBody, 'target' | 'session'> {
  const settings = Object.entries(session).toSorted(([a], [b]) => (a < b ? -1 : 1)).slice(0, mostSettings);
  return {
    target: { engine: dialect, system: plainName(system, 128), database: plainName(database, 128), role: plainName(role, 128), host: plainName(`${host}:${String(port)}`, 300), profile: plainName(name, 64) },
    session: Object.fromEntries(settings.map(([setting, value]) => [setting, cut(value, 2000)])),
  };
}
