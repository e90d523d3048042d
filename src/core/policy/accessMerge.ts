/** Everybody's wishes about access to one connection, merged so that the strictest one wins. */
import { stricterAccess } from '../profile/connection.ts';
import type { Access, ConnectionProfile } from '../profile/connection.ts';

/** What a production connection allows without elevation when nobody says otherwise. */
export const defaultProductionAccess: Access = 'readOnly';

/**
 * Access without elevation.
 *
 * - Production: the person's own demand and the profile's wish, the stricter of both. The demand is the setting where the
 *   person set it; else the wish of a personal profile, which is the person's own too; else `readOnly`. So a shared
 *   file can forbid more, never allow more.
 * - Other protected connections: writes go through a preview; the profile may ask for less.
 * - Unprotected ones: nothing is restricted.
 *
 * @param demand - `countersign.production.access` where the person set it explicitly, else `undefined`
 */
export function effectiveAccess(profile: Pick<ConnectionProfile, 'environment' | 'source' | 'protected' | 'access'>, demand: Access | undefined): Access {
  if (!profile.protected) return 'preview';
  if (profile.environment !== 'production') return stricterAccess('preview', profile.access ?? 'preview');
  const own = demand ?? (profile.source === 'personal' ? profile.access : undefined) ?? defaultProductionAccess;
  return stricterAccess(own, profile.access ?? own);
}
