/** The steps before an approved request is taken: its own bytes, the answers, the text, the place. */
import { equalBytes } from '../core/approval/bytes.ts';
import { requestDigest } from '../core/approval/digest.ts';
import { openEnvelope, payloadTypes } from '../core/approval/envelope.ts';
import { parseRequest } from '../core/approval/request.ts';
import { compareTargets } from '../core/approval/targetMatch.ts';
import { targetOf, type ServerPlace } from '../core/approval/targetOf.ts';
import type { TeamState } from '../core/approval/teamChain.ts';
import { verifyApproval } from '../core/approval/verifyApproval.ts';
import type { ApprovalVerdict } from '../core/approval/verifyApproval.ts';
import { signerOf } from '../core/approval/verifyRequest.ts';
import { decide } from '../core/policy/decide.ts';
import type { Decision } from '../core/policy/decision.ts';
import { peerTerms } from '../core/policy/peerConfirmation.ts';
import type { Approvals, PendingRequest } from './approvalPorts.ts';
import { NotRun, type ApprovedOrder, type ApprovedPorts, type Execution } from './approvedExecution.ts';
import type { Run } from './run.ts';

/** V1: these very bytes were written and signed here, by who asks. */
export async function readOwn(ports: ApprovedPorts, order: ApprovedOrder, entry: PendingRequest, run: Run): Promise<Execution> {
  const { crypto, team } = ports.approvals;
  const asked = parseRequest(entry.body);
  if (asked?.id !== entry.id) throw new NotRun('request-malformed');
  const state = await teamOf(team, entry);
  if (state.kind === 'refused') throw new NotRun(state.code);
  const opened = openEnvelope(entry.envelope, payloadTypes.request);
  const isSigned = opened.kind === 'opened' && equalBytes(opened.body, entry.body) && (await signerOf(crypto, state.team, opened)) === asked.requester;
  // Keys of another version of the team say nothing about this one.
  if (!isSigned && state.team.digest === asked.team) throw new NotRun('request-unsigned');
  const terms = peerTerms(state.team.body.policy.confirmations, order.connection, asked.statements.map((statement) => statement.class));
  // What nobody else looked at is committed exactly as it was shown, or not at all.
  return { ports, order, entry, asked, terms: asked.emergency === undefined ? terms : { ...terms, effectMatch: 'exact' }, digest: await requestDigest(crypto, entry.body), run };
}

/** The team that was asked, as it is now. Requests are kept for all windows of a machine, and each window has a team of its own. */
export async function teamOf(team: Pick<Approvals['team'], 'state'>, entry: Pick<PendingRequest, 'team'>): Promise<TeamState> {
  const state = (await team.state()) ?? { kind: 'refused', code: 'team-missing' };
  return state.kind === 'accepted' && state.team.body.team !== entry.team ? { kind: 'refused', code: 'team-other' } : state;
}

export type Answered = ApprovalVerdict & { /** In the order of the results. */ readonly envelopes: readonly unknown[] };

/** V2 to V15, with what is known at this moment. */
export async function verify({ ports, entry, terms }: Execution): Promise<Answered> {
  const { approvals, clock } = ports;
  const { decisions: envelopes } = (await approvals.pending.get(entry.id)) ?? entry;
  const verdict = await verifyApproval(approvals.crypto, { request: entry.body, team: await teamOf(approvals.team, entry), terms, envelopes, now: clock.now() });
  return { ...verdict, envelopes };
}

export type Permitted = Extract<Decision, { path: 'change' } | { path: 'consent-first' }>;

/** What would be sent is, byte for byte, what was signed; it means the same as then; and what is in force now permits it. */
export function permit({ order, asked, run }: Execution): Permitted {
  const { verdict } = run;
  const { connection, policy } = order;
  const isSame = verdict.error === undefined && verdict.statements.length === asked.statements.length && asked.statements.every(({ sql, class: cls, params }, index) => {
    const statement = verdict.statements[index];
    return statement?.text === sql && statement.class === cls && params.length === 0;
  });
  if (!isSame) throw new NotRun('statement-differs');
  if (connection.environment !== asked.facts.environment) throw new NotRun('target-differs', `it was ${asked.facts.environment}, and is ${connection.environment}.`);
  // Whether writes are allowed was asked when the request was; the approval stands for it.
  const decision = decide({ verdict, connection, policy: { ...policy, elevated: true }, mode: 'run' });
  if (decision.effect === 'deny') {
    const isBlocked = decision.reasons.some(({ code }) => code === 'blocked');
    throw new NotRun(isBlocked ? 'access-blocked' : 'not-permitted', decision.reasons.map(({ message }) => message).join(' '));
  }
  if (decision.path !== 'change' && decision.path !== 'consent-first') throw new NotRun('statement-differs');
  return decision;
}

/** What differs from the place that was approved, as a sentence; `undefined`: nothing does. */
export function placeProblem({ asked, order }: Pick<Execution, 'asked' | 'order'>, place: ServerPlace): string | undefined {
  const { target, session } = targetOf(order.connection, place);
  const differences = compareTargets(asked, target, session);
  if (differences.length === 0) return undefined;
  return `${differences.map(({ what, approved, actual }) => `${what} was ${quoted(approved)} and is ${quoted(actual)}`).join(', ')}.`;
}

function quoted(value: string): string {
  return value === '' ? 'not set' : `“${value}”`;
}
