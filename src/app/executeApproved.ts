/** V18 to V21: an approved request that was taken runs once, is compared with what was approved, and is committed or rolled back. */
import { compareEffects, type EffectComparison } from '../core/approval/effectMatch.ts';
import { effectOf } from '../core/approval/effectOf.ts';
import { describeExecutionRefusal, type ExecutionRefusal } from '../core/approval/executionRefusal.ts';
import type { ServerPlace } from '../core/approval/targetOf.ts';
import { compareFingerprints, explainDrift } from '../core/effect/drift.ts';
import { toFailure } from '../core/errors.ts';
import type { Outcome } from '../core/outcome.ts';
import { whyIrreversible } from '../core/policy/irreversible.ts';
import type { ClassifiedStatement } from '../core/sql/verdict.ts';
import { placeProblem, verify, type Permitted } from './approvedChecks.ts';
import { factsOf, type Execution } from './approvedExecution.ts';
import type { OpenChange, Session } from './ports.ts';
import { nonceOf } from './requestApproval.ts';
import { runAgain } from './runChange.ts';
import { runAloneNow } from './runIrreversible.ts';
import { recordOutcome } from './run.ts';
import { createUndoKeeping, type UndoKeeping } from './undoKeeping.ts';

export type Executed = { readonly outcome: Outcome; /** Why it was not committed, where it is a matter of the approval. */ readonly code?: ExecutionRefusal };

/** Never rejects, and always leaves a record. */
export async function executeApproved(execution: Execution, session: Session, decision: Permitted): Promise<Executed> {
  const { run } = execution;
  const ended = await (decision.path === 'change' ? runChangeApproved(execution, session, decision.statements) : runAloneApproved(execution, session, decision.statement)).catch(
    (thrown: unknown): Executed => ({ outcome: { kind: 'failed', failure: toFailure(thrown) } }),
  );
  return { ...ended, outcome: await recordOutcome(run, ended.outcome) };
}

async function runChangeApproved(execution: Execution, session: Session, statements: readonly ClassifiedStatement[]): Promise<Executed> {
  const { run, asked } = execution;
  let code: ExecutionRefusal | undefined;
  const judge = async (change: OpenChange, undo: UndoKeeping): Promise<Outcome | undefined> => {
    const objection = await judgeChange(execution, change, undo);
    code = objection?.code;
    return objection?.outcome;
  };
  // Found on the server when it was asked already: then nothing was measured, and it was confirmed as what is final at once.
  const irreversibly = async (): Promise<Outcome> => {
    const [statement] = statements;
    if (!statement || asked.effect !== null) return { kind: 'failed', failure: { code: 'internal', message: 'Not committed: it was approved as something a rollback undoes, and that is no longer so. Nothing is different. Ask again.' } };
    const alone = await runAloneApproved(execution, session, statement);
    code = alone.code;
    return alone.outcome;
  };
  const outcome = await runAgain(run, session, statements, { judge, irreversibly });
  return { outcome, ...(code === undefined ? {} : { code }) };
}

type Objection = { readonly code: ExecutionRefusal; readonly outcome: Outcome };

/** In the transaction that will be committed when nobody objects. */
async function judgeChange(execution: Execution, change: OpenChange, undo: UndoKeeping): Promise<Objection | undefined> {
  const { asked } = execution;
  const elsewhere = checkPlace(execution, await change.place?.());
  if (elsewhere) return elsewhere;
  const drift = await driftOf(execution, change);
  if (drift) return drift;
  const notice = await undo.prepare();
  if (notice?.kind === 'none' && asked.facts.undo.kind !== 'none') return refuse('undo-differs', `There is none, because ${notice.reason}`);
  if (notice?.kind !== 'kept' && notice?.kind !== 'nothing' && asked.emergency?.withoutUndo === false) return refuse('undo-differs');
  return await stillApproved(execution);
}

function checkPlace(execution: Execution, place: ServerPlace | undefined): Objection | undefined {
  if (place === undefined) return refuse('target-unknown');
  const problem = placeProblem(execution, place);
  return problem === undefined ? undefined : refuse('target-differs', problem);
}

/** What came while it ran counts: an answer, a new version of the team, the end of its time. */
async function stillApproved(execution: Execution): Promise<Objection | undefined> {
  const answered = await verify(execution);
  if (answered.kind === 'approved') return undefined;
  return refuse('approval-withdrawn', answered.kind === 'refused' ? `(${answered.code})` : undefined);
}

async function driftOf(execution: Execution, change: OpenChange): Promise<Objection | undefined> {
  const { ports, entry, asked, terms, run } = execution;
  if (asked.effect === null) return undefined;
  const fingerprint = (await change.fingerprint?.()) ?? { kind: 'none', reason: 'This server has none.' };
  const measured = await effectOf(ports.approvals.crypto, change.preview, fingerprint, nonceOf(asked));
  const comparison = compareEffects(asked.effect, measured, terms.effectMatch);
  const compared = entry.fingerprint ? compareFingerprints(entry.fingerprint, fingerprint) : undefined;
  const differences = compared?.kind === 'drift' ? compared.differences : [];
  // What no approval could bind by a digest is still held against what was shown here.
  const counting = differences.filter(({ kind }) => kind === 'definition' || (kind === 'table' && terms.effectMatch === 'exact'));
  if (comparison.kind === 'same' && counting.length === 0) return undefined;
  const told = comparison.kind === 'same' ? counting : differences;
  const explained = explainDrift(told, { approved: entry.images, now: await change.images() });
  const confirmation = { ...factsOf(execution), differences: [...explainDrift(told), ...countsIn(comparison)] };
  await ports.journal.outcome(run.record('effect-changed', { effects: change.preview.effects, confirmation }));
  const lines = explained.length > 0 ? explained : countsIn(comparison);
  return { code: 'effect-changed', outcome: { kind: 'rolled-back', why: 'drifted', preview: change.preview, differences: lines } };
}

function countsIn(comparison: EffectComparison): readonly string[] {
  if (comparison.kind === 'same') return [];
  const counts = (table: (typeof comparison.differences)[number]['approved']): string => (table ? `${String(table.ins)} inserted, ${String(table.upd)} updated, ${String(table.del)} deleted` : 'not touched');
  return comparison.differences.map(({ table, approved, measured }) => `${table}: approved ${counts(approved)}; now ${counts(measured)}.`);
}

function refuse(code: ExecutionRefusal, detail?: string): Objection {
  return { code, outcome: { kind: 'refused', reasons: [{ code: 'not-as-approved', message: describeExecutionRefusal(code, detail) }] } };
}

/** Nothing can be compared: text and place are what was approved, and it is final once it is sent. */
async function runAloneApproved(execution: Execution, session: Session, statement: ClassifiedStatement): Promise<Executed> {
  const { run } = execution;
  const { runAlone, place } = session;
  if (!runAlone) return { outcome: { kind: 'failed', failure: { code: 'internal', message: 'Not run: this server does not run a statement alone. Nothing is different.' } } };
  const objection = checkPlace(execution, await place?.()) ?? (await stillApproved(execution));
  if (objection) return objection;
  const undo = createUndoKeeping(run, { preview: { effects: [] }, undo: () => Promise.resolve({ kind: 'none', reason: whyIrreversible(statement) }) });
  await undo.prepare();
  const outcome = await runAloneNow(run, runAlone, statement);
  await undo.settle(outcome);
  return { outcome };
}
