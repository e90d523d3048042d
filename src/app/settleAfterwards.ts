/** What others said about a change that was committed without them: recorded with the run it is about. Nothing runs because of it. */
import { describeExecutionRefusal, isFinal } from '../core/approval/executionRefusal.ts';
import { toFailure } from '../core/errors.ts';
import { factsOf, type Execution } from './approvedExecution.ts';
import type { Answered } from './approvedChecks.ts';
import { answersOf, end } from './endRequest.ts';
import type { ApprovedEnd } from './runApproved.ts';

/** Never rejects. */
export async function settleAfterwards(execution: Execution, answered: Answered): Promise<ApprovedEnd> {
  const { ports, run, entry } = execution;
  const held = { approvals: ports.approvals, entry };
  switch (answered.kind) {
    case 'waiting':
      return { kind: 'waiting', missing: answered.missing, results: answered.results };
    case 'refused': {
      const message = describeExecutionRefusal(answered.code);
      // It is asked anew; what was committed stays unreviewed until then.
      if (isFinal(answered.code)) await end(held, { state: answered.code === 'request-expired' ? 'expired' : 'failed', note: 'Nobody had reviewed it by then. It is asked again.' }, ports.clock.now());
      return { kind: 'refused', code: answered.code, message, isOver: isFinal(answered.code) };
    }
    case 'approved':
    case 'rejected': {
      const by = answered.kind === 'approved' ? answered.by : [answered.by];
      try {
        // On record first: what was answered and is not recorded is looked at again.
        await ports.journal.intent(run.record('break-glass-review', { reason: answered.kind === 'approved' ? 'reviewed' : 'rejected', confirmation: { ...factsOf(execution), ...answersOf(answered.results, answered.envelopes) } }));
      } catch (thrown) {
        return { kind: 'refused', code: 'not-recorded', message: `The review could not be recorded: ${toFailure(thrown).message}`, isOver: false };
      }
      await end(held, { state: answered.kind === 'approved' ? 'reviewed' : 'rejected', note: by.map(({ body }) => body.comment).filter((text) => text !== '').join(' ') }, ports.clock.now());
      return { kind: 'reviewed', isRight: answered.kind === 'approved', by };
    }
  }
}
