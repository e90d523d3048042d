/** Whether a signed answer that was recorded counts for what it was recorded with. Pure. */
import type { Crypto } from '../approval/crypto.ts';
import { parseDecision, type DecisionBody } from '../approval/decision.ts';
import { openEnvelope, payloadTypes } from '../approval/envelope.ts';
import { epochOf } from '../approval/isoTime.ts';
import { verifySignature } from '../approval/keyRecord.ts';
import type { DecisionRefusal } from '../approval/refusal.ts';
import { isAtLeast } from '../approval/signatureCheck.ts';
import type { Team, TeamKey } from '../approval/team.ts';
import { hasRole, type Terms } from '../approval/terms.ts';
import { clockSkewMs } from '../approval/verifyApproval.ts';
import type { ConfirmationFacts } from './record.ts';

/** Of others, before it ran; of who ran it, in an emergency; of others, about a run that was final. */
export type DecisionKind = { readonly kind: 'confirmation' | 'emergency' } | { readonly kind: 'afterwards'; readonly run: string };

/** What a signature in a record is held against. */
export type Claim = { readonly facts: ConfirmationFacts; readonly requester: string | undefined; readonly team: Team; readonly terms: Terms; /** When it was taken for execution. */ readonly now: number; /** Versions that were accepted, by digest. */ readonly teams: ReadonlyMap<string, Team>; readonly kind: DecisionKind };
export type Answer = { readonly kind: 'holds'; readonly reviewer: string; readonly decision: DecisionBody['decision'] } | { readonly kind: 'not-counted'; readonly code: DecisionRefusal };

/** V4 to V13, for an answer that was recorded. */
export async function checkDecision(crypto: Crypto, claim: Claim, envelope: unknown): Promise<Answer> {
  const opened = openEnvelope(envelope, claim.kind.kind === 'emergency' ? payloadTypes.emergency : payloadTypes.decision);
  if (opened.kind === 'refused') return { kind: 'not-counted', code: opened.code };
  let code: DecisionRefusal = 'key-unknown';
  for (const signature of opened.signatures) {
    const key = claim.team.keys.get(signature.keyid);
    if (key?.key === undefined) continue;
    const check = await verifySignature(crypto, key.key, signature, opened.signed);
    const body = parseDecision(opened.body);
    if (check.kind === 'invalid') code = check.code;
    else if (body === undefined) code = 'body-malformed';
    else {
      const broken = brokenRule(claim, { key, body, isStrong: isAtLeast(check.assurance, claim.terms.assurance) });
      if (broken === undefined) return { kind: 'holds', reviewer: key.member.id, decision: body.decision };
      code = broken;
    }
  }
  return { kind: 'not-counted', code };
}

type Signed = { readonly key: TeamKey; readonly body: DecisionBody; readonly isStrong: boolean };

function brokenRule({ facts, requester, terms, now, teams, kind }: Claim, { key, body, isStrong }: Signed): DecisionRefusal | undefined {
  const isOwn = kind.kind === 'emergency';
  const rules: readonly (readonly [boolean, DecisionRefusal])[] = [
    [!isRevoked(key, now, teams), 'key-revoked'],
    [body.request === facts.digest && body.afterwards === (kind.kind === 'afterwards' ? kind.run : undefined), 'other-request'],
    [body.reviewer === key.member.id, 'not-key-owner'],
    [isOwn || key.member.id !== requester, 'self-approval'],
    [!isOwn || (key.member.id === requester && body.decision === 'approve'), 'not-requester'],
    [isOwn || terms.groups.some(({ roles }) => hasRole(key.member, roles)), 'role'],
    [isStrong, 'assurance'],
    [body.team === facts.team, 'other-team'],
    [body.time <= now + clockSkewMs, 'time-ahead'],
    [now < body.expires, 'decision-expired'],
  ];
  return rules.find(([holds]) => !holds)?.[1];
}

/** In this version, or by then in a later one. */
function isRevoked({ keyid, record }: TeamKey, now: number, teams: ReadonlyMap<string, Team>): boolean {
  return record.revoked !== undefined || [...teams.values()].some(({ keys }) => (epochOf(keys.get(keyid)?.record.revoked ?? '') ?? Infinity) <= now);
}
