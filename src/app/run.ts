/** What one run of a text is made of: its ports, its request, and what its steps share. */
import { recordedFailure } from '../core/audit/recordedFailure.ts';
import type { Actor, AuditRecord } from '../core/audit/record.ts';
import { recordedText } from '../core/audit/recordedText.ts';
import type { Outcome } from '../core/outcome.ts';
import { describeTarget, type ConnectionProfile } from '../core/profile/connection.ts';
import type { EffectivePolicy } from '../core/policy/policy.ts';
import type { UndoSteps } from '../core/undo/undo.ts';
import type { RiskRule } from '../core/sql/risks.ts';
import type { ScriptVerdict } from '../core/sql/verdict.ts';
import type { Approvals } from './approvalPorts.ts';
import type { ChangeLimits, Clock, Journal, Results, Reviewer, Sessions, SqlAnalyser } from './ports.ts';
import type { UndoStore } from './undoPort.ts';

export type RunPorts = {
  readonly analyser: SqlAnalyser;
  readonly sessions: Sessions;
  readonly reviewer: Reviewer;
  readonly results: Results;
  readonly journal: Journal;
  readonly clock: Clock;
  /** Absent: no way back is made or kept. */
  readonly undo?: UndoStore;
  /** Absent: nobody else can be asked here, and what others have to confirm is refused. */
  readonly approvals?: Approvals;
};

export type RunRequest = {
  /** Unique in the journal: joins the records of this run. */
  readonly run: string;
  readonly actor: Actor;
  /** Identity of the bound document: owns the session. */
  readonly document: string;
  readonly connection: ConnectionProfile;
  /** In force when the run began. */
  readonly policy: EffectivePolicy;
  /** The frozen text. */
  readonly text: string;
  readonly mode: 'run' | 'preview';
  /** The run whose change this text takes back, if it is the way back that was kept for it. */
  readonly undoOf?: string;
  /** A way back that was made together with the text; else one is made of what it changes. */
  readonly wayBack?: UndoSteps;
  /** Id of a request for confirmation that this one takes the place of. */
  readonly supersedes?: string;
  /** About risks, in force for the connection; those of the product when absent. */
  readonly riskRules?: readonly RiskRule[];
  readonly limits: ChangeLimits & { readonly rowLimit: number; readonly byteLimit: number };
  /** Stops the run; once a preview is shown, the panel decides instead. */
  readonly signal: AbortSignal;
};

/** What the steps of one run share. */
export type Run = {
  readonly ports: RunPorts;
  readonly request: RunRequest;
  readonly verdict: ScriptVerdict;
  record(kind: AuditRecord['kind'], facts?: Partial<AuditRecord>): AuditRecord;
};

/** Makes the records of one run: same id, actor, target and text in each. */
export function createRecorder(clock: Clock, request: Pick<RunRequest, 'connection' | 'actor' | 'run' | 'text' | 'undoOf'>, verdict: ScriptVerdict): Run['record'] {
  const { connection, actor, run, text, undoOf } = request;
  const target = { connection: connection.id, environment: connection.environment, address: describeTarget(connection), protected: connection.protected };
  const sql = recordedText(text, verdict);
  const classes = [...new Set([verdict.class, ...verdict.statements.map((statement) => statement.class)])];
  const tags = [...new Set(verdict.statements.flatMap((statement) => statement.tags))];
  const rules = [...new Set(verdict.statements.flatMap(({ reasons }) => reasons.map(({ code }) => code)))];
  const startedAt = clock.now();
  return (kind, facts = {}) => ({
    kind,
    run,
    time: clock.now(),
    actor,
    target,
    sql,
    class: verdict.class,
    ...(classes.length < 2 ? {} : { classes }),
    ...(tags.length === 0 ? {} : { tags }),
    ...(rules.length === 0 ? {} : { rules }),
    ...(undoOf === undefined ? {} : { undoOf }),
    ...(kind === 'outcome' ? { durationMs: clock.now() - startedAt } : {}),
    ...facts,
  });
}

/** The last record of a run. */
export async function recordOutcome(run: Run, outcome: Outcome): Promise<Outcome> {
  const preview = 'preview' in outcome ? outcome.preview : undefined;
  await run.ports.journal.outcome(
    run.record('outcome', {
      outcome: outcome.kind,
      ...(preview ? { effects: preview.effects } : {}),
      ...(preview?.transactionId === undefined ? {} : { transactionId: preview.transactionId }),
      ...(outcome.kind === 'rolled-back' ? { reason: outcome.why } : {}),
      ...(outcome.kind === 'refused' ? { reason: outcome.reasons.map(({ code }) => code).join(', ') } : {}),
      ...(outcome.kind === 'failed' ? { reason: recordedFailure(outcome.failure) } : {}),
    }),
  );
  return outcome;
}
