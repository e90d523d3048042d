/** What a command was called with: a row of the Connections view, an id, or nothing. */
import type { ConnectionId, ConnectionProfile } from '../../../core/profile/connection.ts';
import type { ConnectionCatalogue } from '../../catalogue.ts';

/** Anybody can call a command with anything, so only the id counts; the profile comes from the catalogue. */
export function profileOf(argument: unknown, catalogue: ConnectionCatalogue): ConnectionProfile | undefined {
  const id = idOf(argument);
  return id === undefined ? undefined : catalogue.byId(id as ConnectionId);
}

function idOf(argument: unknown): string | undefined {
  if (typeof argument === 'string') return argument;
  if (typeof argument !== 'object' || argument === null) return undefined;
  const id = 'connection' in argument ? argument.connection : undefined;
  return typeof id === 'string' ? id : undefined;
}
