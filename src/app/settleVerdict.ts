/**
 * Between analysis and decision: what the names of a read lead to is looked up in the server's catalogue, so that policy
 * sees the settled class. Only where the answer can make the difference between a read and something else.
 */
import { toFailure, type Failure } from '../core/errors.ts';
import { decide } from '../core/policy/decide.ts';
import { atBest, settleNames } from '../core/sql/settleNames.ts';
import type { ScriptVerdict } from '../core/sql/verdict.ts';
import type { SessionStart } from './ports.ts';
import type { RunPorts, RunRequest } from './run.ts';

export type SettledVerdict = {
  readonly verdict: ScriptVerdict;
  /** Why nothing can run: there is no session, or the run was stopped. */
  readonly failure?: Failure;
};

/** Never rejects. */
export async function settleVerdict(ports: Pick<RunPorts, 'sessions'>, request: RunRequest, verdict: ScriptVerdict): Promise<SettledVerdict> {
  if (!isWorthAsking(request, verdict)) return { verdict };
  const start = await acquire(ports, request);
  if (start.kind === 'failed') return { verdict, failure: start.failure };
  const calls = verdict.statements.flatMap((statement) => statement.calls ?? []);
  const answer = (await start.session.lookUp?.(calls, request.signal)) ?? { kind: 'unanswered', message: 'this database cannot be asked' };
  if (request.signal.aborted) return { verdict, failure: { code: 'connection', message: 'Stopped before anything was run.' } };
  return { verdict: settleNames(verdict, answer, request.connection.protected ? 'all' : 'open') };
}

/** Without protection a doubt changes nothing but the way a read runs, so there only an open question is asked. */
function isWorthAsking({ connection, policy, mode }: RunRequest, verdict: ScriptVerdict): boolean {
  const isOpen = verdict.statements.some(({ calls }) => (connection.protected ? calls : calls?.settledClass) !== undefined);
  if (!isOpen) return false;
  const decision = decide({ verdict: atBest(verdict), connection, policy, mode });
  return decision.effect === 'permit' && decision.path === 'read';
}

async function acquire({ sessions }: Pick<RunPorts, 'sessions'>, { document, connection, signal }: RunRequest): Promise<SessionStart> {
  try {
    return await sessions.acquire(document, connection, signal);
  } catch (thrown) {
    return { kind: 'failed', failure: toFailure(thrown) };
  }
}
