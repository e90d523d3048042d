/**
 * The main job, whole and in order: freeze → analyse → settle names → decide → (read | change | consent first | direct) → outcome.
 *
 * Never rejects. Every end is an `Outcome`, and every end is recorded. The text that was analysed is the text that is
 * sent: nothing here reads the editor again.
 */
import { recordedFailure } from '../core/audit/recordedFailure.ts';
import { toFailure, type Failure } from '../core/errors.ts';
import type { Outcome } from '../core/outcome.ts';
import { decide } from '../core/policy/decide.ts';
import type { Decision } from '../core/policy/decision.ts';
import { unreachable } from '../core/unreachable.ts';
import type { Session } from './ports.ts';
import { createRecorder, type Run, type RunPorts, type RunRequest } from './run.ts';
import { runChange } from './runChange.ts';
import { runIrreversible } from './runIrreversible.ts';
import { runOneByOne } from './runOneByOne.ts';
import { settleVerdict } from './settleVerdict.ts';

export async function runStatement(ports: RunPorts, request: RunRequest): Promise<Outcome> {
  const analysed = await ports.analyser.analyse(request.text, request.connection.dialect);
  const { verdict, failure } = await settleVerdict(ports, request, analysed);
  const run: Run = { ports, request, verdict, record: createRecorder(ports.clock, request, verdict) };
  if (failure) return await endWithoutSession(run, failure);
  const decision = decide({ verdict, connection: request.connection, policy: request.policy, mode: request.mode });
  try {
    return await carryOut(run, decision);
  } catch (thrown) {
    const outcome: Outcome = { kind: 'failed', failure: toFailure(thrown) };
    await ports.journal.outcome(run.record('outcome', { outcome: outcome.kind, reason: recordedFailure(outcome.failure) }));
    return outcome;
  }
}

async function carryOut(run: Run, decision: Decision): Promise<Outcome> {
  if (decision.effect === 'deny') return await refuse(run, decision.reasons);
  switch (decision.path) {
    case 'read':
      return await withSession(run, async (session) => await runOneByOne(run, session, decision.statements, 'read'));
    case 'direct':
      return await withSession(run, async (session) => await runOneByOne(run, session, decision.statements, 'execute'));
    case 'consent-first':
      return await withSession(run, async (session) => await runIrreversible(run, session, decision));
    case 'change':
      return await withSession(run, async (session) => await runChange(run, session, decision));
    default:
      return unreachable(decision);
  }
}

async function refuse(run: Run, reasons: Extract<Decision, { effect: 'deny' }>['reasons']): Promise<Outcome> {
  const reason = reasons.map(({ code }) => code).join(', ');
  await run.ports.journal.outcome(run.record('refused', { outcome: 'refused', reason }));
  return { kind: 'refused', reasons };
}

async function withSession(run: Run, use: (session: Session) => Promise<Outcome>): Promise<Outcome> {
  const { ports, request } = run;
  const start = await ports.sessions.acquire(request.document, request.connection, request.signal);
  return start.kind === 'open' ? await use(start.session) : await endWithoutSession(run, start.failure);
}

async function endWithoutSession(run: Run, failure: Failure): Promise<Outcome> {
  const outcome: Outcome = run.request.signal.aborted ? { kind: 'cancelled' } : { kind: 'failed', failure };
  await run.ports.journal.outcome(run.record('outcome', { outcome: outcome.kind, reason: recordedFailure(failure) }));
  return outcome;
}
