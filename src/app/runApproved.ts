/**
 * What was asked for runs when others have confirmed it: V1 to V21 of the protocol, in this order.
 *
 * V1–V15 own bytes, time, team, answers → text and place as approved → V16 claimed → V17 recorded → taken, once on this machine →
 * V18 run and measured anew, compared → V19–V20 committed by `runChange` → V21 outcome recorded.
 *
 * Whatever is not exactly as approved ends with nothing changed, and with its reason. Up to the taking it can be tried again; from there
 * on nobody runs it a second time, whatever becomes of this program.
 */
import { describeExecutionRefusal, isFinal, type ExecutionRefusal } from '../core/approval/executionRefusal.ts';
import { parseRequest } from '../core/approval/request.ts';
import { effectsOfRequest } from '../core/approval/requestText.ts';
import type { Decided, EnvelopeResult } from '../core/approval/verifyApproval.ts';
import { toFailure } from '../core/errors.ts';
import type { Outcome } from '../core/outcome.ts';
import type { Approvals, PendingRequest, PendingState } from './approvalPorts.ts';
import { permit, placeProblem, readOwn, verify, type Answered } from './approvedChecks.ts';
import { factsOf, NotRun, type ApprovedOrder, type ApprovedPorts, type Execution } from './approvedExecution.ts';
import { fileAfterwards } from './askAfterwards.ts';
import { claimRequest } from './claimRequest.ts';
import { answersOf, end, type Held } from './endRequest.ts';
import { executeApproved, type Executed } from './executeApproved.ts';
import type { Session } from './ports.ts';
import { createRecorder, type Run, type RunRequest } from './run.ts';
import { settleAfterwards } from './settleAfterwards.ts';
import { settleVerdict } from './settleVerdict.ts';

export type ApprovedEnd =
  /** Others have yet to confirm. Nothing was touched. */
  | { readonly kind: 'waiting'; readonly missing: number; readonly results: readonly EnvelopeResult[] }
  | { readonly kind: 'rejected'; readonly by: Decided }
  /** Nothing ran. `isOver`: it never will. */
  | { readonly kind: 'refused'; readonly code: ExecutionRefusal; readonly message: string; readonly isOver: boolean }
  /** `code`: why it was not committed, where it is a matter of the approval. */
  | { readonly kind: 'ran'; readonly outcome: Outcome; readonly code?: ExecutionRefusal; /** The request to others that follows on an emergency. */ readonly review?: string }
  /** Others have looked at what was committed without them. Nothing ran. */
  | { readonly kind: 'reviewed'; readonly isRight: boolean; readonly by: readonly Decided[] };

/** Never rejects. To be called whenever an answer has come, and when somebody wants to try again. */
export async function runApproved(ports: ApprovedPorts, order: ApprovedOrder): Promise<ApprovedEnd> {
  const entry = await find(ports.approvals, order.request);
  if (typeof entry === 'string') return refusal(entry, undefined);
  const request = requestOf(entry, order);
  const analysed = await ports.analyser.analyse(entry.text, order.connection.dialect);
  const { verdict, failure } = await settleVerdict(ports, request, analysed);
  const run: Run = { ports, request, verdict, record: createRecorder(ports.clock, request, verdict) };
  try {
    const execution = await readOwn(ports, order, entry, run); // V1
    const answered = await verify(execution); // V2 to V15
    if (execution.asked.afterwards !== undefined) return await settleAfterwards(execution, answered);
    switch (answered.kind) {
      case 'waiting':
        return { kind: 'waiting', missing: answered.missing, results: answered.results };
      case 'rejected':
        return await endRejected(execution, answered);
      case 'refused':
        throw new NotRun(answered.code);
      case 'approved':
        if (failure) throw new NotRun('no-session', failure.message);
        return { kind: 'ran', ...(await carryOut(execution, answered)) };
    }
  } catch (thrown) {
    const { code, detail } = thrown instanceof NotRun ? thrown : new NotRun('not-kept', toFailure(thrown).message);
    // It ran long ago: what cannot be checked now says nothing about how it ended.
    if (parseRequest(entry.body)?.afterwards !== undefined) return refusal(code, detail);
    return await endRefused(run, { approvals: ports.approvals, entry }, code, detail);
  }
}

async function find({ pending }: Approvals, id: string): Promise<PendingRequest | ExecutionRefusal> {
  try {
    const entry = await pending.get(id);
    if (entry === undefined) return 'request-unknown';
    return entry.state === 'waiting' ? entry : 'request-over';
  } catch {
    // It is there and cannot be opened.
    return 'not-kept';
  }
}

function requestOf({ run, document, text, undoOf, wayBack }: PendingRequest, { actor, connection, policy, limits, signal }: ApprovedOrder): RunRequest {
  return { run, actor, document, connection, policy, text, mode: 'run', ...(undoOf === undefined ? {} : { undoOf }), ...(wayBack === undefined ? {} : { wayBack }), limits, signal };
}

async function carryOut(execution: Execution, approved: Answered): Promise<Executed & { readonly review?: string }> {
  const { ports, order, entry, asked } = execution;
  const { pending, team } = ports.approvals;
  // What is kept of a request can come back from a backup; an approval does not.
  if (await ports.ranBefore(entry)) throw new NotRun('ran-before');
  const decision = permit(execution);
  const session = await openSession(execution);
  const place = await session.place?.();
  if (place === undefined) throw new NotRun('target-unknown');
  const problem = placeProblem(execution, place);
  if (problem !== undefined) throw new NotRun('target-differs', problem);
  const self = await team.self();
  // The key is in force, or the request would not count as signed: it cannot be had right now.
  if (self === undefined) throw new NotRun('key-missing');
  if (self.member.id !== asked.requester) throw new NotRun('requester-unknown');
  const claimed = await claimRequest(ports.approvals, entry, self, () => ports.clock.now()); // V16
  if (claimed.kind === 'refused') throw new NotRun(claimed.code, claimed.detail);
  await record(execution, approved, claimed.receipt); // V17
  if (order.signal.aborted) throw new NotRun('no-session', 'It was stopped.');
  if (!(await pending.take(entry.id))) throw new NotRun(await whyTaken(ports.approvals, entry.id));
  const executed = await executeApproved(execution, session, decision); // V18 to V21
  await pending.change(entry.id, { state: stateAfter(executed) }).catch(() => undefined);
  if (asked.emergency === undefined || executed.outcome.kind !== 'committed') return executed;
  const review = await fileAfterwards(ports, execution.run.record, { entry, connection: order.connection });
  return typeof review === 'string' ? executed : { ...executed, review: review.id };
}

/** A session that is free: what is taken must not fail because of another change. */
async function openSession({ ports, order, entry }: Execution): Promise<Session> {
  const start = await ports.sessions.acquire(entry.document, order.connection, order.signal);
  if (start.kind === 'failed') throw new NotRun('no-session', start.failure.message);
  if (start.session.transactionState() !== 'none') throw new NotRun('session-busy');
  return start.session;
}

/** V17: who approved what, or put the rules aside, and that it runs now, is on record before it runs. */
async function record(execution: Execution, { results, envelopes }: Answered, receipt: object | undefined): Promise<void> {
  const { ports, run, terms, asked } = execution;
  for (const result of results) if (result.kind === 'holds' && result.body.log !== undefined) await ports.approvals.log?.heard(result.body.log);
  const facts = factsOf(execution);
  const answers = { ...facts, ...answersOf(results, envelopes) };
  try {
    if (asked.emergency === undefined) await ports.journal.intent(run.record('decision', { confirmation: answers }));
    await ports.journal.intent(run.record('claim', { confirmation: { ...facts, ...(receipt === undefined ? {} : { receipt }) } }));
    // Everybody is told before it runs, not after.
    if (asked.emergency !== undefined) await ports.journal.intent(run.record('break-glass', { effects: asked.effect === null ? [] : effectsOfRequest(asked.effect), reason: asked.reason, confirmation: { ...answers, reason: asked.reason } }), terms.audit);
    await ports.journal.intent(run.record('intent'), terms.audit);
  } catch (thrown) {
    throw new NotRun('not-recorded', toFailure(thrown).message);
  }
}

async function whyTaken({ pending }: Approvals, id: string): Promise<ExecutionRefusal> {
  return (await pending.get(id))?.state === 'taken' ? 'taken-elsewhere' : 'request-over';
}

function stateAfter({ outcome, code }: Executed): PendingState {
  if (outcome.kind === 'committed' || outcome.kind === 'in-doubt') return outcome.kind;
  return code === 'effect-changed' ? 'drifted' : 'failed';
}

async function endRejected(execution: Execution, { by, results, envelopes }: Extract<Answered, { kind: 'rejected' }>): Promise<ApprovedEnd> {
  const { ports, run, entry } = execution;
  await ports.journal.outcome(run.record('decision', { outcome: 'refused', reason: `rejected by ${by.reviewer}`, confirmation: { ...factsOf(execution), ...answersOf(results, envelopes) } }));
  await end({ approvals: ports.approvals, entry }, { state: 'rejected', note: by.body.comment }, ports.clock.now());
  return { kind: 'rejected', by };
}

async function endRefused({ ports, record: make }: Run, held: Held, code: ExecutionRefusal, detail: string | undefined): Promise<ApprovedEnd> {
  const refused = refusal(code, detail);
  await ports.journal.outcome(make('refused', { outcome: 'refused', reason: code }));
  // How it ended before stands.
  if (isFinal(code) && code !== 'request-over') await end(held, { state: code === 'request-expired' ? 'expired' : 'failed', note: refused.message }, ports.clock.now());
  return refused;
}

function refusal(code: ExecutionRefusal, detail: string | undefined): Extract<ApprovedEnd, { kind: 'refused' }> {
  return { kind: 'refused', code, message: describeExecutionRefusal(code, detail), isOver: isFinal(code) };
}
