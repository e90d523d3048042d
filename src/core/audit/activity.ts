/** From events to what a person did: one entry for each run, lease and refusal. */
import type { EpochMs } from '../brand.ts';
import type { TableEffect } from '../effect/preview.ts';
import type { EventBody } from './chain.ts';
import type { Actor, AuditRecord, AuditTarget } from './record.ts';

export type ActivityKind = 'read' | 'change' | 'refused' | 'elevation';

export type Activity = {
  readonly run: string;
  readonly kind: ActivityKind;
  /** Of its first record. */
  readonly time: EpochMs;
  readonly actor: Actor;
  readonly target: AuditTarget;
  readonly sql: string;
  readonly class: string;
  /** `read`, `committed`, `rolled-back`, `refused` …; `open` while its end is not recorded. */
  readonly outcome: string;
  readonly reason?: string;
  readonly effects: readonly TableEffect[];
  readonly rows?: number;
  readonly durationMs?: number;
  readonly transactionId?: string;
  readonly undoOf?: string;
  /** The run that took this one back. */
  readonly undoneBy?: string;
};

export type ActivityFilter = {
  readonly kinds?: readonly ActivityKind[];
  /** Id of a connection. */
  readonly connection?: string;
  /** Part of the text, whatever its case. */
  readonly text?: string;
};

/** Newest first. Events that belong to no run are left out. Pure. */
export function summariseActivity(bodies: readonly EventBody[]): readonly Activity[] {
  const runs = new Map<string, Activity>();
  for (const body of bodies as readonly Partial<AuditRecord>[]) {
    const { run, kind, time, actor, target } = body;
    if (run === undefined || kind === undefined || time === undefined || !actor || !target) continue;
    runs.set(run, merge(runs.get(run), { ...body, run, kind, time, actor, target }));
  }
  const takenBack = new Map([...runs.values()].flatMap(({ undoOf, outcome, run }) => (undoOf !== undefined && outcome === 'committed' ? [[undoOf, run] as const] : [])));
  return [...runs.values()].map((entry) => withUndo(entry, takenBack.get(entry.run))).toSorted((a, b) => b.time - a.time);
}

export function filterActivity(entries: readonly Activity[], { kinds, connection, text }: ActivityFilter): readonly Activity[] {
  const wanted = text?.toLowerCase() ?? '';
  return entries.filter(
    (entry) => (kinds === undefined || kinds.includes(entry.kind)) && (connection === undefined || entry.target.connection === connection) && entry.sql.toLowerCase().includes(wanted),
  );
}

type Complete = Partial<AuditRecord> & Pick<AuditRecord, 'run' | 'kind' | 'time' | 'actor' | 'target'>;

function merge(former: Activity | undefined, record: Complete): Activity {
  const { run, time, actor, target, sql, class: statementClass } = record;
  const start = former ?? { run, kind: kindOf(record), time, actor, target, sql: sql ?? '', class: statementClass ?? '', outcome: 'open', effects: [] };
  const undoOf = (record as { readonly undoOf?: unknown }).undoOf;
  return {
    ...start,
    outcome: outcomeOf(record) ?? start.outcome,
    effects: record.effects ?? start.effects,
    ...(record.reason === undefined ? {} : { reason: record.reason }),
    ...(record.rows === undefined ? {} : { rows: record.rows }),
    ...(record.durationMs === undefined ? {} : { durationMs: record.durationMs }),
    ...(record.transactionId === undefined ? {} : { transactionId: record.transactionId }),
    ...(typeof undoOf === 'string' ? { undoOf } : {}),
  };
}

function kindOf({ kind }: Complete): ActivityKind {
  if (kind === 'read' || kind === 'refused' || kind === 'elevation') return kind;
  return 'change';
}

function outcomeOf({ kind, outcome, reason }: Complete): string | undefined {
  if (kind === 'settled') return reason;
  if (kind === 'elevation') return 'recorded';
  return outcome;
}

function withUndo(entry: Activity, undoneBy: string | undefined): Activity {
  return undoneBy === undefined ? entry : { ...entry, undoneBy };
}
