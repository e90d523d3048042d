/**
 * What was committed without others is put to them afterwards: the very same change with its measured effect, to be signed off or
 * objected to. It is asked until somebody has answered, however often windows and machines end in between.
 */
import { approversFor } from '../core/approval/approvers.ts';
import { b64u, utf8 } from '../core/approval/bytes.ts';
import { requestDigest } from '../core/approval/digest.ts';
import { afterwardsBody } from '../core/approval/emergency.ts';
import { payloadTypes, signBody } from '../core/approval/envelope.ts';
import { parseRequest } from '../core/approval/request.ts';
import { newSecret } from '../core/approval/seal.ts';
import { teamFreshness } from '../core/approval/teamChain.ts';
import type { Actor } from '../core/audit/record.ts';
import { epochMs } from '../core/brand.ts';
import { peerTerms } from '../core/policy/peerConfirmation.ts';
import type { ConnectionProfile } from '../core/profile/connection.ts';
import type { Approvals, PendingRequest } from './approvalPorts.ts';
import type { ApprovedPorts } from './approvedExecution.ts';
import { teamOf } from './approvedChecks.ts';
import { createRecorder, type Run } from './run.ts';

export type AfterwardsPorts = Pick<ApprovedPorts, 'analyser' | 'journal' | 'clock' | 'approvals'>;
export type AfterwardsOrder = { /** Committed in an emergency. */ readonly entry: PendingRequest; readonly connection: ConnectionProfile; readonly actor: Actor };

/** It was committed in an emergency, and nobody has answered yet. */
export function isUnreviewed(entry: PendingRequest, all: readonly PendingRequest[]): boolean {
  if (entry.state !== 'committed' || parseRequest(entry.body)?.emergency === undefined) return false;
  return !reviewsOf(entry, all).some(({ state }) => state === 'reviewed' || state === 'rejected');
}

/** And no request for that waits. */
export function lacksReview(entry: PendingRequest, all: readonly PendingRequest[]): boolean {
  return isUnreviewed(entry, all) && !reviewsOf(entry, all).some(({ state }) => state === 'waiting');
}

function reviewsOf({ run }: Pick<PendingRequest, 'run'>, all: readonly PendingRequest[]): readonly PendingRequest[] {
  return all.filter((other) => other.run === run && parseRequest(other.body)?.afterwards !== undefined);
}

/** @returns the request, or why it cannot be asked now, as a sentence. Never rejects. */
export async function askAfterwards(ports: AfterwardsPorts, { entry, connection, actor }: AfterwardsOrder): Promise<PendingRequest | string> {
  const verdict = await ports.analyser.analyse(entry.text, connection.dialect);
  const record = createRecorder(ports.clock, { run: entry.run, connection, actor, text: entry.text }, verdict);
  return await fileAfterwards(ports, record, { entry, connection });
}

/** The same, in the run that committed it. */
export async function fileAfterwards(ports: Pick<AfterwardsPorts, 'journal' | 'clock' | 'approvals'>, record: Run['record'], { entry, connection }: Pick<AfterwardsOrder, 'entry' | 'connection'>): Promise<PendingRequest | string> {
  const { approvals, clock } = ports;
  const { crypto, team, pending, filing } = approvals;
  try {
    const emergency = parseRequest(entry.body);
    const state = await teamOf(team, entry);
    const self = await team.self();
    if (emergency === undefined || state.kind === 'refused' || self === undefined || self.member.id !== emergency.requester || teamFreshness(state.team, clock.now()) === 'expired') return 'The team is not in force here, so nobody can be asked to review it now.';
    const composed = afterwardsBody(emergency, { id: await reviewId(approvals, entry), team: state.team.digest, run: entry.run, committed: clock.now(), created: clock.now() });
    if (composed === undefined) return 'It was no emergency.';
    const { body, bytes } = composed;
    const terms = peerTerms(state.team.body.policy.confirmations, connection, body.statements.map((statement) => statement.class));
    const whom = approversFor(state.team, terms, self.member.id).map(({ id }) => id);
    await ports.journal.intent(record('request', { confirmation: { request: body.id, digest: await requestDigest(crypto, bytes), team: body.team, requester: body.requester, whom, reason: body.reason, purpose: 'afterwards' } }));
    const asked = await keep(approvals, { ...entry, id: body.id, team: state.team.body.team, body: bytes, envelope: await signBody(payloadTypes.request, bytes, [self.signer]), secret: newSecret(crypto), created: clock.now(), expires: epochMs(body.expires) });
    const { server } = await filing.file({ id: asked.id, envelope: asked.envelope, secret: asked.secret, expires: asked.expires, whom });
    return server === undefined ? asked : await pending.change(asked.id, { server });
  } catch (thrown) {
    return `Nobody could be asked to review it: ${thrown instanceof Error ? thrown.message : String(thrown)}`;
  }
}

/** The same for every window that asks now: only one of them can keep it. */
async function reviewId({ crypto, pending }: Approvals, entry: PendingRequest): Promise<string> {
  const before = reviewsOf(entry, await pending.list()).length;
  return `r_${b64u((await crypto.sha256(utf8(`afterwards ${entry.id} ${String(before)}`))).subarray(0, 12))}`;
}

/** Nothing runs because of it, so neither a way back nor what it was compared with goes along. */
async function keep({ pending }: Approvals, { id, run, team, body, envelope, secret, connection, document, text, images, created, expires }: PendingRequest): Promise<PendingRequest> {
  const entry: PendingRequest = { id, run, team, body, envelope, secret, connection, document, text, fingerprint: null, images, decisions: [], seen: [], seq: 0, state: 'waiting', created, expires };
  await pending.keep(entry);
  return entry;
}
