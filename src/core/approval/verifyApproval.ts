/** V1 to V15: whether what was asked for here has been approved. The order is the protocol's; reading down the two lists is reading it. */
import type { Bytes } from './bytes.ts';
import type { Crypto } from './crypto.ts';
import { parseDecision } from './decision.ts';
import type { DecisionBody } from './decision.ts';
import { requestDigest } from './digest.ts';
import { openEnvelope, payloadTypes } from './envelope.ts';
import type { Signature } from './envelope.ts';
import { verifySignature } from './keyRecord.ts';
import type { DecisionRefusal, RequestRefusal } from './refusal.ts';
import { parseRequest } from './request.ts';
import type { RequestBody } from './request.ts';
import { isAtLeast } from './signatureCheck.ts';
import type { Assurance } from './signatureCheck.ts';
import { memberOf } from './team.ts';
import type { Team, TeamKey } from './team.ts';
import { teamFreshness } from './teamChain.ts';
import type { TeamState } from './teamChain.ts';
import { hasRole, missingApprovals } from './terms.ts';
import type { Terms } from './terms.ts';

/** Clocks of two machines may differ by this much. */
export const clockSkewMs = 5 * 60 * 1000;
/** More than a server keeps for one request; what is beyond was not sent by anybody honest. */
export const maxEnvelopes = 64;

export type ApprovalQuestion = {
  /** The request as this machine wrote and kept it; never what a server says it was. */
  readonly request: Bytes;
  readonly team: TeamState;
  readonly terms: Terms;
  /** As they came, in any order, from anyone. */
  readonly envelopes: readonly unknown[];
  readonly now: number;
};

/** A decision that holds. */
export type Decided = { readonly reviewer: string; readonly assurance: Assurance; readonly keyid: string; readonly body: DecisionBody };

/** What became of the envelope at the same place of the question. */
export type EnvelopeResult = ({ readonly kind: 'holds' } & Decided) | { readonly kind: 'not-counted'; readonly code: DecisionRefusal };

export type ApprovalVerdict = { readonly results: readonly EnvelopeResult[] } & (
  | { readonly kind: 'approved'; readonly by: readonly Decided[] }
  | { readonly kind: 'rejected'; readonly by: Decided }
  | { readonly kind: 'waiting'; readonly missing: number; readonly by: readonly Decided[] }
  | { readonly kind: 'refused'; readonly code: RequestRefusal }
);

/** Never rejects for what came from outside: anything that does not hold is not counted, with its reason. */
export async function verifyApproval(crypto: Crypto, question: ApprovalQuestion): Promise<ApprovalVerdict> {
  const { team: state, terms, now } = question;
  const request = parseRequest(question.request);
  if (request === undefined) return refused('request-malformed'); // V1
  if (now >= deadlineOf(request, terms)) return refused('request-expired'); // V2
  if (state.kind === 'refused') return refused(state.code); // V3
  const { team } = state;
  if (teamFreshness(team, now) === 'expired') return refused('team-expired');
  if (team.digest !== request.team) return refused('team-changed');
  if (memberOf(team, request.requester) === undefined) return refused('requester-unknown');
  if (request.emergency !== undefined && !(terms.breakGlass && request.origin === 'human')) return refused('no-break-glass');

  const checked = { request, digest: await requestDigest(crypto, question.request), team, terms, now };
  const results: EnvelopeResult[] = [];
  for (const envelope of question.envelopes.slice(0, maxEnvelopes)) results.push(await checkEnvelope(crypto, checked, envelope)); // V4 to V13
  const decided = results.flatMap((result) => (result.kind === 'holds' ? [result] : []));

  const rejection = decided.find(({ body }) => body.decision === 'reject');
  if (rejection !== undefined) return { kind: 'rejected', by: rejection, results }; // V14
  const by = onePerPerson(decided);
  const missing = request.emergency !== undefined ? 1 - by.length : missingApprovals(terms.groups, by.map(({ reviewer }) => ({ id: reviewer, roles: memberOf(team, reviewer)?.roles ?? [] })));
  return missing === 0 ? { kind: 'approved', by, results } : { kind: 'waiting', missing, by, results }; // V15
}

/** An emergency does not wait. */
export const emergencyMinutes = 15;

/** When the request ends: when it says so, and never later than policy allows. Policy is about what is to be run. */
export function deadlineOf({ created, expires, emergency, afterwards }: Pick<RequestBody, 'created' | 'expires' | 'emergency' | 'afterwards'>, { ttlMinutes }: Pick<Terms, 'ttlMinutes'>): number {
  if (afterwards !== undefined) return expires;
  return Math.min(expires, created + (emergency === undefined ? ttlMinutes : Math.min(ttlMinutes, emergencyMinutes)) * 60_000);
}

type Checked = { readonly request: RequestBody; readonly digest: string; readonly team: Team; readonly terms: Terms; readonly now: number };

async function checkEnvelope(crypto: Crypto, checked: Checked, envelope: unknown): Promise<EnvelopeResult> {
  const opened = openEnvelope(envelope, checked.request.emergency === undefined ? payloadTypes.decision : payloadTypes.emergency); // V4
  if (opened.kind === 'refused') return notCounted(opened.code);
  let result = notCounted('key-unknown');
  for (const signature of opened.signatures) {
    result = await checkSignature(crypto, checked, opened, signature);
    if (result.kind === 'holds') break;
  }
  return result;
}

type Opened = { readonly body: Bytes; readonly signed: Bytes };

async function checkSignature(crypto: Crypto, checked: Checked, { body: bytes, signed }: Opened, signature: Signature): Promise<EnvelopeResult> {
  const found = checked.team.keys.get(signature.keyid); // V5
  if (found?.key === undefined) return notCounted('key-unknown');
  if (found.record.revoked !== undefined) return notCounted('key-revoked');
  const check = await verifySignature(crypto, found.key, signature, signed); // V6
  if (check.kind === 'invalid') return notCounted(check.code);
  const body = parseDecision(bytes); // V7: the very bytes the signature is over
  if (body === undefined) return notCounted('body-malformed');
  const broken = rules.find(({ holds }) => !holds({ ...checked, body, owner: found.member, assurance: check.assurance }));
  return broken === undefined ? { kind: 'holds', reviewer: found.member.id, assurance: check.assurance, keyid: found.keyid, body } : notCounted(broken.code);
}

type Claim = Checked & { readonly body: DecisionBody; readonly owner: TeamKey['member']; readonly assurance: Assurance };

/** V8 to V13. The first that does not hold is the reason. */
const rules: readonly { readonly code: DecisionRefusal; readonly holds: (claim: Claim) => boolean }[] = [
  { code: 'other-request', holds: ({ body, digest, request }) => body.request === digest && body.afterwards === request.afterwards?.run }, // V8
  { code: 'not-key-owner', holds: ({ body, owner }) => body.reviewer === owner.id }, // V9
  { code: 'self-approval', holds: ({ owner, request }) => request.emergency !== undefined || owner.id !== request.requester }, // V10: of an agent, the requester is the person behind it
  { code: 'not-requester', holds: ({ owner, request, body }) => request.emergency === undefined || (owner.id === request.requester && body.decision === 'approve') },
  { code: 'role', holds: ({ owner, terms, request }) => request.emergency !== undefined || terms.groups.some(({ roles }) => hasRole(owner, roles)) }, // V11
  { code: 'assurance', holds: ({ assurance, terms }) => isAtLeast(assurance, terms.assurance) },
  { code: 'other-team', holds: ({ body, request }) => body.team === request.team }, // V12
  { code: 'time-ahead', holds: ({ body, now }) => body.time <= now + clockSkewMs }, // V13
  { code: 'decision-expired', holds: ({ body, now }) => now < body.expires },
];

/** Two keys of one person are one person, and so are two copies of one signature. */
function onePerPerson(decided: readonly Decided[]): readonly Decided[] {
  return decided.filter(({ reviewer }, index) => decided.findIndex((other) => other.reviewer === reviewer) === index);
}

function notCounted(code: DecisionRefusal): EnvelopeResult {
  return { kind: 'not-counted', code };
}

function refused(code: RequestRefusal): ApprovalVerdict {
  return { kind: 'refused', code, results: [] };
}
