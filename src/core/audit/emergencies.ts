/**
 * What was committed without others, in an emergency: whether the rules allow that, whether whoever did it signed it, before it became
 * final, and what others said afterwards. Pure.
 */
import type { Crypto } from '../approval/crypto.ts';
import { describeDecisionRefusal } from '../approval/refusalText.ts';
import { memberOf, type Team } from '../approval/team.ts';
import { missingApprovals, type Terms } from '../approval/terms.ts';
import { emergencyMinutes } from '../approval/verifyApproval.ts';
import { at, type ApprovalFinding } from './approvalFinding.ts';
import { differencesFromAsked } from './asAsked.ts';
import type { Commit } from './commits.ts';
import type { AuditRecord } from './record.ts';
import { checkDecision, type Answer, type Claim } from './recordedDecision.ts';

export function isEmergency({ records }: Pick<Commit, 'records'>): boolean {
  return records.some(({ kind }) => kind === 'break-glass');
}

/** What it may do and how long it may wait is not for the rules to loosen. */
export function emergencyTerms(terms: Terms): Terms {
  return { ...terms, effectMatch: 'exact', ttlMinutes: Math.min(terms.ttlMinutes, emergencyMinutes) };
}

export function unsigned(commit: Commit): ApprovalFinding {
  return at(commit, 'broke-glass', `${was(commit)}, and nobody signed that they did it`);
}

export type Surroundings = {
  /** Records about a request, by its digest, of whatever run and machine. */
  readonly said: ReadonlyMap<string, readonly Partial<AuditRecord>[]>;
  /** What the commit had to meet by a version of the team file. */
  readonly termsUnder: (team: Team) => Terms;
};

/** @param claimed - by whom, and under which rules */
export async function checkEmergency(crypto: Crypto, commit: Commit, claimed: Omit<Claim, 'kind'>, surroundings: Surroundings): Promise<readonly ApprovalFinding[]> {
  const { facts, terms } = claimed;
  const answers = await answersTo(crypto, facts.decisions, { ...claimed, kind: { kind: 'emergency' } });
  const problems: readonly (readonly [boolean, string])[] = [
    [!terms.breakGlass, 'which the team’s rules do not allow'],
    [commit.records.some(({ kind, actor }) => kind === 'break-glass' && actor?.kind !== 'human'), 'by an agent, which nothing allows'],
    [heldBy(answers).length === 0, `and nobody who may signed that they did it${whyNot(answers)}`],
    [isRecordedLate(commit), 'which was recorded only after the commit was announced'],
  ];
  const wrong = problems.flatMap(([holds, what]) => (holds ? [at(commit, 'broke-glass', `${was(commit)}, ${what}`)] : []));
  return [...wrong, ...(await checkReviews(crypto, commit, claimed, surroundings))];
}

function was({ isDoubtful }: Commit): string {
  return `${isDoubtful ? 'may have been committed' : 'was committed'} in an emergency, without the confirmation of others`;
}

/** Everybody is to know before it is final. */
function isRecordedLate({ records }: Commit): boolean {
  const announced = records.findIndex(({ kind }) => kind === 'commit-intent');
  return announced >= 0 && records.findIndex(({ kind }) => kind === 'break-glass') > announced;
}

/** What others signed afterwards, if anybody did. */
async function checkReviews(crypto: Crypto, commit: Commit, claimed: Omit<Claim, 'kind'>, surroundings: Surroundings): Promise<readonly ApprovalFinding[]> {
  const records = commit.records.filter(({ kind }) => kind === 'break-glass-review');
  const reviews = await Promise.all(records.map(async (record) => await reviewIn(crypto, record, { commit, claimed, ...surroundings })));
  const unproven = reviews.filter(({ isProven }) => !isProven).map(({ why }) => at(commit, 'broke-glass', `is on record as reviewed afterwards, and no signature shows it${why}`));
  const said = reviews.filter(({ isProven }) => isProven);
  const rejected = said.find(({ rejectedBy }) => rejectedBy !== undefined);
  if (rejected !== undefined) return [...unproven, at(commit, 'unreviewed', `${was(commit)}; ${rejected.rejectedBy ?? ''} rejected it afterwards`, false)];
  if (said.length > 0) return [...unproven, at(commit, 'unreviewed', `${was(commit)}; ${said.flatMap(({ by }) => by).join(' and ')} signed it off afterwards`, false)];
  return [...unproven, at(commit, 'unreviewed', `${was(commit)}. Nobody has reviewed it yet: somebody has to look at it`, false)];
}

type Reviewed = { readonly isProven: boolean; readonly by: readonly string[]; readonly rejectedBy?: string; readonly why: string };

async function reviewIn(crypto: Crypto, { confirmation, run = '', time }: Partial<AuditRecord>, { commit, claimed, said, termsUnder }: Surroundings & { readonly commit: Commit; readonly claimed: Omit<Claim, 'kind'> }): Promise<Reviewed> {
  const team = claimed.teams.get(confirmation?.team ?? '');
  if (confirmation === undefined || team === undefined) return { isProven: false, by: [], why: ': the team file it was reviewed under is not among those given' };
  const terms = termsUnder(team);
  // Whoever answered may have been shown something else than what was committed.
  const [other] = differencesFromAsked(commit.body, said.get(confirmation.digest) ?? [], { terms, taken: 0 });
  if (other !== undefined) return { isProven: false, by: [], why: ': it was about another text, place or effect' };
  const answers = await answersTo(crypto, confirmation.decisions, { ...claimed, facts: confirmation, team, terms, now: time ?? 0, kind: { kind: 'afterwards', run } });
  const held = heldBy(answers);
  const rejection = held.find(({ decision }) => decision === 'reject');
  if (rejection !== undefined) return { isProven: true, by: [], rejectedBy: rejection.reviewer, why: '' };
  const by = [...new Set(held.map(({ reviewer }) => reviewer))];
  const lacking = missingApprovals(terms.groups, by.map((id) => ({ id, roles: memberOf(team, id)?.roles ?? [] })));
  return { isProven: lacking === 0, by, why: whyNot(answers) };
}

async function answersTo(crypto: Crypto, envelopes: readonly object[] = [], claim: Claim): Promise<readonly Answer[]> {
  return await Promise.all(envelopes.map(async (envelope) => await checkDecision(crypto, claim, envelope)));
}

function heldBy(answers: readonly Answer[]): readonly Extract<Answer, { kind: 'holds' }>[] {
  return answers.flatMap((answer) => (answer.kind === 'holds' ? [answer] : []));
}

function whyNot(answers: readonly Answer[]): string {
  const why = [...new Set(answers.flatMap((answer) => (answer.kind === 'not-counted' ? [describeDecisionRefusal(answer.code)] : [])))];
  return why.length === 0 ? '' : `; a signature does not count, because ${why.join('; another, because ')}`;
}
