/** Committing without others, in an emergency, and asking them afterwards: what it takes, and what they are asked. Pure. */
import { bestAssurance } from './approvers.ts';
import type { Bytes } from './bytes.ts';
import { bodyBytes } from './envelope.ts';
import { parseRequest } from './request.ts';
import type { RequestBody } from './request.ts';
import { isAtLeast } from './signatureCheck.ts';
import type { Assurance } from './signatureCheck.ts';
import type { Team } from './team.ts';

/** Shorter than this no reason says anything. */
export const shortestReason = 20;

/** Others have so long to look at it; then they are asked again. */
export const afterwardsLifeMs = 6 * 24 * 60 * 60 * 1000;

/** What signs for somebody: the editor's own key, or a passkey on the confirmation page. `undefined`: nothing they have is strong enough. */
export type SigningWay = 'editor' | 'passkey';

export function signingWay({ keys }: Pick<Team, 'keys'>, member: string, demanded: Assurance): SigningWay | undefined {
  if (demanded === 'software') return 'editor';
  const own = [...keys.values()].filter((each) => each.member.id === member && each.key !== undefined && each.record.revoked === undefined);
  return own.some(({ record }) => record.alg.startsWith('webauthn-') && isAtLeast(bestAssurance(record), demanded)) ? 'passkey' : undefined;
}

/** Why somebody without such a key cannot do it, and what would help. */
export function lackingKey(demanded: Assurance): string {
  const wanted = demanded === 'uv-local' ? 'a passkey made on your own machine' : 'a passkey';
  return `The rules of the team ask for ${wanted}, and you have none in the team file: the key of this editor is a software key, which programs on this machine could use unseen. Add one with “Add a Key of Mine”, for the next time.`;
}

export type Committed = { /** Of the request for this review. */ readonly id: string; /** Digest of the team file in force. */ readonly team: string; readonly run: string; /** Epoch ms, all. */ readonly committed: number; readonly created: number };

/** The same change with the same effect, under a new name: nothing runs because of it. `undefined` when it was no emergency. */
export function afterwardsBody(emergency: RequestBody, { id, team, run, committed, created }: Committed): { readonly body: RequestBody; readonly bytes: Bytes } | undefined {
  const { emergency: broken, supersedes: _, drift: __, ...asked } = emergency;
  if (broken === undefined) return undefined;
  const bytes = bodyBytes({ ...asked, id, team, created, expires: created + afterwardsLifeMs, afterwards: { run, committed } });
  const body = parseRequest(bytes);
  return body && { body, bytes };
}
