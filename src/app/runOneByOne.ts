/** Runs statements one after the other, each on its own: reads in a server-enforced read-only transaction, or direct ones in autocommit. */
import { recordedFailure } from '../core/audit/recordedFailure.ts';
import type { Outcome } from '../core/outcome.ts';
import type { ClassifiedStatement } from '../core/sql/verdict.ts';
import type { ReadEnd, RunResults, Session } from './ports.ts';
import type { Run } from './run.ts';

/** Stops at the first statement that does not end well; those after it are not sent. */
export async function runOneByOne(
  run: Run,
  session: Session,
  statements: readonly ClassifiedStatement[],
  how: 'read' | 'execute',
): Promise<Outcome> {
  const { ports, request } = run;
  if (how === 'execute') await ports.journal.intent(run.record('intent'));
  const startedAt = ports.clock.now();
  const shown = ports.results.begin(request.document, request.connection, statements);
  let rows = 0;
  let outcome: Outcome | undefined;
  for (const [index, statement] of statements.entries()) {
    const end = await runOne(run, session, { statement, index, shown, how });
    if (end.kind !== 'failed') rows += end.rows;
    outcome = endsRun(end, index);
    if (outcome) break;
  }
  outcome ??= how === 'read' ? { kind: 'read', statements: statements.length, rows } : { kind: 'committed' };
  await ports.journal.outcome(
    run.record(how === 'read' ? 'read' : 'outcome', {
      outcome: outcome.kind,
      rows,
      durationMs: ports.clock.now() - startedAt,
      ...(outcome.kind === 'failed' ? { reason: recordedFailure(outcome.failure) } : {}),
    }),
  );
  shown.finished(outcome);
  return outcome;
}

type Step = { readonly statement: ClassifiedStatement; readonly index: number; readonly shown: RunResults; readonly how: 'read' | 'execute' };

async function runOne(run: Run, session: Session, step: Step): Promise<ReadEnd> {
  const { clock } = run.ports;
  const { rowLimit, byteLimit, statementTimeoutMs } = run.request.limits;
  const startedAt = clock.now();
  const end = await session[step.how]({
    statement: step.statement,
    sink: step.shown.sink(step.index),
    rowLimit,
    byteLimit,
    statementTimeoutMs,
    signal: run.request.signal,
  });
  step.shown.ended(step.index, end, clock.now() - startedAt);
  return end;
}

function endsRun(end: ReadEnd, statement: number): Outcome | undefined {
  switch (end.kind) {
    case 'done':
      return undefined;
    case 'cancelled':
      return { kind: 'cancelled' };
    case 'failed':
      return { kind: 'failed', failure: end.failure, statement };
  }
}
