/** Whether a request is what its requester wrote: checked by whoever is asked to approve it. */
import type { Bytes } from './bytes.ts';
import type { Crypto } from './crypto.ts';
import { requestDigest } from './digest.ts';
import type { BodyDigest } from './digest.ts';
import { openEnvelope, payloadTypes } from './envelope.ts';
import { verifySignature } from './keyRecord.ts';
import type { RequestRefusal } from './refusal.ts';
import { isUnderstated } from './namedPlace.ts';
import { parseRequest } from './request.ts';
import type { RequestBody } from './request.ts';
import { memberOf } from './team.ts';
import type { Member, Team, TeamKey } from './team.ts';
import { teamFreshness } from './teamChain.ts';
import type { TeamState } from './teamChain.ts';
import { clockSkewMs } from './verifyApproval.ts';

export type CheckedRequest =
  | { readonly kind: 'genuine'; readonly request: RequestBody; readonly body: Bytes; readonly digest: BodyDigest; readonly requester: Member }
  | { readonly kind: 'refused'; readonly code: RequestRefusal };

/** @param team - the team file as the reviewer believes it */
export async function verifyRequest(crypto: Crypto, envelope: unknown, state: TeamState, now: number): Promise<CheckedRequest> {
  const opened = openEnvelope(envelope, payloadTypes.request);
  if (opened.kind === 'refused') return refused('request-malformed');
  if (state.kind === 'refused') return refused(state.code);
  const { team } = state;
  const signer = await signerOf(crypto, team, opened);
  if (signer === undefined) return refused('request-unsigned');
  const request = parseRequest(opened.body);
  if (request === undefined) return refused('request-malformed');
  if (request.requester !== signer) return refused('request-unsigned');
  if (teamFreshness(team, now) === 'expired') return refused('team-expired');
  if (request.team !== team.digest) return refused('team-changed');
  if (request.created > now + clockSkewMs) return refused('request-ahead');
  if (now >= request.expires) return refused('request-expired');
  if (isUnderstated(request, team.body)) return refused('place-understated');
  const requester = memberOf(team, signer);
  return requester === undefined ? refused('requester-unknown') : { kind: 'genuine', request, body: opened.body, digest: await requestDigest(crypto, opened.body), requester };
}

/** The member with a key in force that signed; `undefined` when nobody did. */
export async function signerOf(crypto: Crypto, team: Team, opened: Opened): Promise<string | undefined> {
  return (await signingKeyOf(crypto, team, opened))?.member.id;
}

type Opened = Extract<ReturnType<typeof openEnvelope>, { kind: 'opened' }>;

/** The key in force that signed, and whose it is. One signature is enough. */
export async function signingKeyOf(crypto: Crypto, team: Team, opened: Opened): Promise<TeamKey | undefined> {
  for (const signature of opened.signatures) {
    const found = team.keys.get(signature.keyid);
    if (found?.key === undefined || found.record.revoked !== undefined) continue;
    const check = await verifySignature(crypto, found.key, signature, opened.signed);
    if (check.kind === 'valid') return found;
  }
  return undefined;
}

function refused(code: RequestRefusal): CheckedRequest {
  return { kind: 'refused', code };
}
