/**
 * Whether everything that was committed had been confirmed as the team's rules ask: V3 to V16 once more, from the records and the
 * team files alone. What was not confirmed, or not by those who may, is named with its run. Pure.
 */
import type { Bytes } from '../approval/bytes.ts';
import type { Crypto } from '../approval/crypto.ts';
import { parseDecision, type DecisionBody } from '../approval/decision.ts';
import { openEnvelope, payloadTypes } from '../approval/envelope.ts';
import { isObject } from '../approval/guards.ts';
import { keyidOf, verifySignature } from '../approval/keyRecord.ts';
import { describeDecisionRefusal } from '../approval/refusalText.ts';
import type { DecisionRefusal } from '../approval/refusal.ts';
import { strictParse } from '../approval/strictJson.ts';
import { isAtLeast } from '../approval/signatureCheck.ts';
import { memberOf, type Team, type TeamKey } from '../approval/team.ts';
import { hasRole, missingApprovals, type Terms } from '../approval/terms.ts';
import { epochOf } from '../approval/isoTime.ts';
import { clockSkewMs } from '../approval/verifyApproval.ts';
import { peerDemand, peerTerms } from '../policy/peerConfirmation.ts';
import type { ChainedEvent } from './chain.ts';
import type { AuditRecord, ConfirmationFacts } from './record.ts';

export type ApprovalFinding = {
  readonly stream: string;
  /** Of the record of how it ended. */
  readonly seq: number;
  readonly problem: 'unconfirmed' | 'not-enough' | 'rejected' | 'unknown-team' | 'repeated' | 'broke-glass' | 'unproven' | 'claim';
  readonly message: string;
  readonly suspicious: boolean;
};

export type VerifiedApprovals = { readonly findings: readonly ApprovalFinding[]; /** Commits whose confirmation holds. */ readonly confirmed: number };

/** A commit, and all that was recorded about its run. */
type Commit = { readonly event: ChainedEvent; readonly body: Partial<AuditRecord>; readonly records: readonly Partial<AuditRecord>[] };

/**
 * @param events - of all streams, each stream in its order
 * @param teams - versions that were accepted, by digest
 * @param servers - keys (SPKI) of servers whose receipts can be checked; those of others are passed over
 */
export async function verifyApprovals(crypto: Crypto, events: readonly ChainedEvent[], teams: ReadonlyMap<string, Team>, servers: readonly Bytes[] = []): Promise<VerifiedApprovals> {
  const commits = commitsOf(events);
  const requesters = new Map(events.flatMap(({ body }) => requesterIn(body as Partial<AuditRecord>)));
  const executed = new Map<string, Commit>();
  const findings: ApprovalFinding[] = [];
  let confirmed = 0;
  for (const commit of commits) {
    const facts = factsOf(commit);
    const found = facts === undefined ? [...unconfirmed(commit, teams)] : [...(await checkConfirmation(crypto, { commit, facts, requester: facts.requester ?? requesters.get(facts.digest), teams }))];
    if (facts !== undefined && !(await isClaimGenuine(crypto, facts, servers))) found.push(at(commit, 'claim', 'was taken for execution with a receipt that its server did not give for this request'));
    findings.push(...found);
    if (facts === undefined) continue;
    if (executed.has(facts.digest)) findings.push(at(commit, 'repeated', `was confirmed for one execution, and run ${String(executed.get(facts.digest)?.body.run)} had used it`));
    executed.set(facts.digest, commit);
    if (found.length === 0) confirmed += 1;
  }
  return { findings, confirmed };
}

function commitsOf(events: readonly ChainedEvent[]): readonly Commit[] {
  const byRun = new Map<string, Partial<AuditRecord>[]>();
  for (const { body } of events) {
    const run = String(body['run']);
    byRun.set(run, [...(byRun.get(run) ?? []), body]);
  }
  return events.filter(({ body }) => isCommit(body as Partial<AuditRecord>)).map((event) => ({ event, body: event.body as Partial<AuditRecord>, records: byRun.get(String(event.body['run'])) ?? [] }));
}

function isCommit({ kind, outcome, reason }: Partial<AuditRecord>): boolean {
  return (kind === 'outcome' && outcome === 'committed') || (kind === 'settled' && reason === 'committed');
}

function requesterIn({ confirmation }: Partial<AuditRecord>): readonly (readonly [string, string])[] {
  return confirmation?.requester === undefined ? [] : [[confirmation.digest, confirmation.requester]];
}

/** What the records of the run say about who confirmed it; answers may be spread over several. */
function factsOf({ records }: Commit): ConfirmationFacts | undefined {
  const all = records.flatMap(({ kind, confirmation }) => (confirmation !== undefined && kind !== 'request' ? [confirmation] : []));
  const decisions = all.flatMap((each) => each.decisions ?? []);
  const last = all.at(-1);
  const receipt = all.find((each) => each.receipt !== undefined)?.receipt;
  return last === undefined || decisions.length === 0 ? undefined : { ...last, decisions, ...(receipt === undefined ? {} : { receipt }) };
}

/** Nobody confirmed it: did anybody have to? By the version of the team that was the newest then. */
function unconfirmed(commit: Commit, teams: ReadonlyMap<string, Team>): readonly ApprovalFinding[] {
  const { body, records } = commit;
  const time = body.time ?? 0;
  const team = [...teams.values()].filter((each) => (epochOf(each.body.issued) ?? 0) <= time).toSorted((a, b) => b.body.version - a.body.version)[0];
  const demand = team && peerDemand([body.class ?? 'unknown'], whereOf(body), { team: { kind: 'accepted', rules: team.body.policy.confirmations }, wish: 'never' });
  if (demand?.kind !== 'asked') return [];
  const isEmergency = records.some(({ kind }) => kind === 'break-glass');
  if (isEmergency && demand.terms.breakGlass) return [at(commit, 'broke-glass', 'was committed in an emergency, without the confirmation that the team’s rules ask for. Somebody has to look at it', false)];
  return [at(commit, 'unconfirmed', `was committed (${body.class ?? 'unknown'}, ${whereOf(body).environment}) without the confirmation that the team’s rules ask for${isEmergency ? ', and the rules know no emergency here' : ''}`)];
}

function whereOf({ target }: Partial<AuditRecord>): { readonly environment: 'development' | 'staging' | 'production'; readonly protected: boolean; readonly name: string } {
  const named = target?.environment;
  // Whatever is not known counts as the strictest.
  const environment = named === 'development' || named === 'staging' ? named : 'production';
  return { environment, protected: environment === 'production', name: target?.connection ?? '' };
}

type Question = { readonly commit: Commit; readonly facts: ConfirmationFacts; readonly requester: string | undefined; readonly teams: ReadonlyMap<string, Team> };

async function checkConfirmation(crypto: Crypto, { commit, facts, requester, teams }: Question): Promise<readonly ApprovalFinding[]> {
  const team = teams.get(facts.team);
  if (team === undefined) return [at(commit, 'unknown-team', 'was confirmed under a team file that is not among those given, or that nobody with the right to signed')];
  const { body } = commit;
  const terms = peerTerms(team.body.policy.confirmations, whereOf(body), [body.class ?? 'unknown']);
  const claim = { facts, requester, team, terms, now: timeOf(commit) };
  const answers = await Promise.all((facts.decisions ?? []).map(async (envelope) => await checkDecision(crypto, claim, envelope)));
  const held = answers.flatMap((answer) => (answer.kind === 'holds' ? [answer] : []));
  const why = answers.flatMap((answer) => (answer.kind === 'not-counted' ? [describeDecisionRefusal(answer.code)] : []));
  const rejection = held.find(({ decision }) => decision === 'reject');
  if (rejection !== undefined) return [at(commit, 'rejected', `was rejected by ${rejection.reviewer}, and committed all the same`)];
  const reviewers = [...new Set(held.map(({ reviewer }) => reviewer))];
  const lacking = missingApprovals(terms.groups, reviewers.map((id) => ({ id, roles: memberOf(team, id)?.roles ?? [] })));
  if (lacking > 0) return [at(commit, 'not-enough', `lacks ${String(lacking)} of the confirmations that the team’s rules ask for${why.length === 0 ? '' : `; one does not count, because ${[...new Set(why)].join('; another, because ')}`}`)];
  return requester === undefined ? [at(commit, 'unproven', 'does not say which member asked for it, so nobody can tell whether they confirmed it themselves', false)] : [];
}

/** When it was taken for execution. */
function timeOf({ body, records }: Commit): number {
  return records.find(({ kind }) => kind === 'claim')?.time ?? records.find(({ kind }) => kind === 'intent')?.time ?? body.time ?? 0;
}

type Claim = Pick<Question, 'facts' | 'requester'> & { readonly team: Team; readonly terms: Terms; readonly now: number };
type Answer = { readonly kind: 'holds'; readonly reviewer: string; readonly decision: DecisionBody['decision'] } | { readonly kind: 'not-counted'; readonly code: DecisionRefusal };

/** V4 to V13, for an answer that was recorded. */
async function checkDecision(crypto: Crypto, claim: Claim, envelope: unknown): Promise<Answer> {
  const opened = openEnvelope(envelope, payloadTypes.decision);
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

function brokenRule({ facts, requester, terms, now }: Claim, { key, body, isStrong }: Signed): DecisionRefusal | undefined {
  const rules: readonly (readonly [boolean, DecisionRefusal])[] = [
    [key.record.revoked === undefined, 'key-revoked'],
    [body.request === facts.digest, 'other-request'],
    [body.reviewer === key.member.id, 'not-key-owner'],
    [key.member.id !== requester, 'self-approval'],
    [terms.groups.some(({ roles }) => hasRole(key.member, roles)), 'role'],
    [isStrong, 'assurance'],
    [body.team === facts.team, 'other-team'],
    [body.time <= now + clockSkewMs, 'time-ahead'],
    [now < body.expires, 'decision-expired'],
  ];
  return rules.find(([holds]) => !holds)?.[1];
}

/** V16, where the server is a known one: it gave out this very request. */
async function isClaimGenuine(crypto: Crypto, { receipt, request }: ConfirmationFacts, servers: readonly Bytes[]): Promise<boolean> {
  const opened = receipt === undefined ? undefined : openEnvelope(receipt, payloadTypes.receipt);
  if (opened === undefined) return true;
  if (opened.kind === 'refused') return false;
  for (const pub of servers) {
    const keyid = await keyidOf(crypto, 'es256', pub);
    const signature = opened.signatures.find((each) => each.keyid === keyid);
    if (signature === undefined) continue;
    const check = await verifySignature(crypto, { alg: 'es256', pub }, signature, opened.signed);
    const body = strictParse(opened.body)?.value;
    return check.kind === 'valid' && isObject(body) && body['id'] === request;
  }
  return true;
}

function at({ event, body }: Commit, problem: ApprovalFinding['problem'], what: string, suspicious = true): ApprovalFinding {
  return { stream: event.stream, seq: event.seq, problem, suspicious, message: `event ${String(event.seq)}: run ${body.run ?? ''} ${what}` };
}
