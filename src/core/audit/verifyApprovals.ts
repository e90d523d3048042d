/**
 * Whether everything that was committed had been confirmed as the team's rules ask: V3 to V16 once more, from the records and the
 * team files alone. What was not confirmed, or not by those who may, is named with its run. Pure.
 */
import type { Bytes } from '../approval/bytes.ts';
import type { Crypto } from '../approval/crypto.ts';
import { openEnvelope, payloadTypes } from '../approval/envelope.ts';
import { isObject } from '../approval/guards.ts';
import { keyidOf, verifySignature } from '../approval/keyRecord.ts';
import { describeDecisionRefusal } from '../approval/refusalText.ts';
import { strictParse } from '../approval/strictJson.ts';
import { memberOf, type Team } from '../approval/team.ts';
import { missingApprovals, type Terms } from '../approval/terms.ts';
import { epochOf, isoText } from '../approval/isoTime.ts';
import { peerDemand, peerTerms } from '../policy/peerConfirmation.ts';
import type { StatementClass } from '../sql/verdict.ts';
import { at, type ApprovalFinding } from './approvalFinding.ts';
import { differencesFromAsked } from './asAsked.ts';
import type { ChainedEvent } from './chain.ts';
import { commitsOf, type Commit } from './commits.ts';
import { checkEmergency, emergencyTerms, isEmergency, unsigned } from './emergencies.ts';
import { checkDecision, type Claim } from './recordedDecision.ts';
import type { AuditRecord, ConfirmationFacts, ControlRecord } from './record.ts';
import { placeOf } from './recordedPlace.ts';

export type VerifiedApprovals = {
  readonly findings: readonly ApprovalFinding[];
  /** Commits whose confirmation holds. */
  readonly confirmed: number;
  /** Commits from before the first version of the team file that was given: whether anybody had to confirm them is not known. */
  readonly unjudged: number;
};

/** What the commits are held against. */
type Known = {
  /** Versions that were accepted, by digest. */
  readonly teams: ReadonlyMap<string, Team>;
  /** Records about a request, by its digest, of whatever run and machine. */
  readonly said: ReadonlyMap<string, readonly Partial<AuditRecord>[]>;
  /** Where each version of the team file was taken over. */
  readonly taken: readonly Partial<ControlRecord>[];
  readonly servers: readonly Bytes[];
};

/**
 * @param events - of all streams, each stream in its order
 * @param teams - versions that were accepted, by digest
 * @param servers - keys (SPKI) of servers whose receipts can be checked; those of others are passed over
 */
export async function verifyApprovals(crypto: Crypto, events: readonly ChainedEvent[], teams: ReadonlyMap<string, Team>, servers: readonly Bytes[] = []): Promise<VerifiedApprovals> {
  const bodies = events.map(({ body }) => body as Partial<AuditRecord> & Partial<ControlRecord>);
  const known: Known = { teams, servers, said: Map.groupBy(bodies.filter(({ confirmation }) => confirmation !== undefined), (body) => body.confirmation?.digest ?? ''), taken: bodies.filter(({ kind }) => kind === 'team-changed') };
  const executed = new Map<string, Commit>();
  const findings: ApprovalFinding[] = [];
  let [confirmed, unjudged] = [0, 0];
  for (const commit of commitsOf(events)) {
    const facts = factsOf(commit);
    if (facts === undefined) {
      findings.push(...(isEmergency(commit) ? [unsigned(commit)] : unconfirmed(commit, teams)));
      if (newestAt(teams, commit.notBefore) === undefined) unjudged += 1;
      continue;
    }
    const found = await checkConfirmed(crypto, commit, facts, known);
    const before = executed.get(facts.digest);
    if (before !== undefined) found.push(at(commit, 'repeated', `was confirmed for one execution, and run ${String(before.body.run)} had used it`));
    executed.set(facts.digest, commit);
    findings.push(...found);
    if (!isEmergency(commit) && !found.some(({ suspicious }) => suspicious)) confirmed += 1;
  }
  return { findings, confirmed, unjudged };
}

/** What the records of the run say about who confirmed it; answers may be spread over several. */
function factsOf({ records }: Commit): ConfirmationFacts | undefined {
  const all = records.flatMap(({ kind, confirmation }) => (confirmation !== undefined && kind !== 'request' && confirmation.purpose !== 'afterwards' ? [confirmation] : []));
  const decisions = all.flatMap((each) => each.decisions ?? []);
  const last = all.at(-1);
  const receipt = all.find((each) => each.receipt !== undefined)?.receipt;
  return last === undefined || decisions.length === 0 ? undefined : { ...last, decisions, ...(receipt === undefined ? {} : { receipt }) };
}

/** Nobody confirmed it: did anybody have to? By the version of the team that was the newest then. */
function unconfirmed(commit: Commit, teams: ReadonlyMap<string, Team>): readonly ApprovalFinding[] {
  const demand = demandAt(commit, newestAt(teams, commit.time)) ?? demandAt(commit, newestAt(teams, commit.notBefore));
  if (demand === undefined) return [];
  const clock = commit.notBefore > commit.time ? `. Its clock said ${isoText(commit.time)}, after records of ${isoText(commit.notBefore)}` : '';
  return [at(commit, 'unconfirmed', `${ending(commit)} (${classesOf(commit).join(', ')}; ${demand.environment}) without the confirmation that the team’s rules ask for${clock}`)];
}

function demandAt(commit: Commit, team: Team | undefined): { readonly terms: Terms; readonly environment: string } | undefined {
  if (team === undefined) return undefined;
  const place = placeOf(commit.body, team.body);
  const demand = peerDemand(classesOf(commit), place, { team: { kind: 'accepted', rules: team.body.policy.confirmations }, wish: 'never' });
  return demand.kind === 'asked' ? { terms: demand.terms, environment: place.environment } : undefined;
}

function newestAt(teams: ReadonlyMap<string, Team>, time: number): Team | undefined {
  return [...teams.values()].filter(({ body }) => (epochOf(body.issued) ?? 0) <= time).toSorted((a, b) => b.body.version - a.body.version)[0];
}

/** Of every statement in it. */
function classesOf({ body }: Commit): readonly StatementClass[] {
  return [...new Set([body.class ?? 'unknown', ...(body.classes ?? [])])];
}

function ending({ isDoubtful }: Commit): string {
  return isDoubtful ? 'may have been committed, and how it ended is not known' : 'was committed';
}

async function checkConfirmed(crypto: Crypto, commit: Commit, facts: ConfirmationFacts, known: Known): Promise<ApprovalFinding[]> {
  const team = known.teams.get(facts.team);
  const claim = (await isClaimGenuine(crypto, facts, known.servers)) ? [] : [at(commit, 'claim', 'was taken for execution with a receipt that its server did not give for this request')];
  if (team === undefined) return [...claim, at(commit, 'unknown-team', 'was confirmed under a team file that is not among those given, or that nobody with the right to signed')];
  const said = known.said.get(facts.digest) ?? [];
  const requester = facts.requester ?? said.find(({ confirmation }) => confirmation?.requester !== undefined)?.confirmation?.requester;
  const taken = takenAt(commit);
  const termsUnder = ({ body }: Team): Terms => peerTerms(body.policy.confirmations, placeOf(commit.body, body), classesOf(commit));
  const terms = termsUnder(team);
  const claimed = { facts, requester, team, terms, now: taken, teams: known.teams };
  const answers = isEmergency(commit) ? await checkEmergency(crypto, commit, claimed, { said: known.said, termsUnder }) : await checkAnswers(crypto, commit, { ...claimed, kind: { kind: 'confirmation' } });
  const differences = differencesFromAsked(commit.body, said, { terms: isEmergency(commit) ? emergencyTerms(terms) : terms, taken }).map(({ problem, message }) => at(commit, problem, message));
  const isAskedKnown = said.some(({ kind }) => kind === 'request');
  const unproven = isAskedKnown || requester === undefined ? [] : [at(commit, 'unproven', 'was confirmed, and the record of what others were asked is not here, so nobody can tell whether it is this', false)];
  const newest = newestAt(known.teams, taken) ?? team;
  // Whoever goes on with rules that are no longer in force may do it to have weaker ones.
  const lacking = newest === team || isEmergency(commit) ? [] : await checkAnswers(crypto, commit, { ...claimed, team: newest, terms: termsUnder(newest), kind: { kind: 'confirmation' } });
  const isWeaker = answers.length === 0 && lacking.some(({ suspicious }) => suspicious);
  return [...answers, ...differences, ...olderTeam(commit, { team, newest, isWeaker }, known), ...unproven, ...claim];
}

/** When it was taken for execution. */
function takenAt({ body, records }: Commit): number {
  return records.find(({ kind }) => kind === 'claim')?.time ?? records.find(({ kind }) => kind === 'intent')?.time ?? body.time ?? 0;
}

async function checkAnswers(crypto: Crypto, commit: Commit, claim: Claim): Promise<readonly ApprovalFinding[]> {
  const { facts, requester, team, terms } = claim;
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

/** A version that was no longer in force has other people and other rules. Whether this machine could know is told by what it had taken over. */
function olderTeam(commit: Commit, { team, newest, isWeaker }: { readonly team: Team; readonly newest: Team; readonly isWeaker: boolean }, { taken }: Pick<Known, 'taken'>): readonly ApprovalFinding[] {
  if (newest.body.version <= team.body.version) return [];
  const isKnown = taken.some((record) => (record.time ?? Infinity) < takenAt(commit) && isSameMachine(record, commit.body) && record.changes?.some((line) => line.endsWith(newest.digest)));
  const versions = `was confirmed under version ${String(team.body.version)} of the team file, and version ${String(newest.body.version)} was signed before`;
  const known = isKnown ? ', and known to this machine' : '; whether this machine knew it is not on record';
  return [at(commit, 'older-team', `${versions}${known}${isWeaker ? '. Under that one it would not have been enough' : ''}`, isKnown || isWeaker)];
}

function isSameMachine({ actor: a }: Partial<ControlRecord>, { actor: b }: Partial<AuditRecord>): boolean {
  return a?.host === b?.host && a?.osUser === b?.osUser;
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
