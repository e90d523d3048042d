/** From events to what a person did: one entry for each run, lease, refusal, export and changed control. */
import type { EpochMs } from '../brand.ts';
import type { TableEffect } from '../effect/preview.ts';
import type { EventBody } from './chain.ts';
import { readAnswers, type RecordedAnswer } from './recordedAnswers.ts';
import type { Actor, AuditKind, AuditRecord, AuditTarget, ControlRecord } from './record.ts';

export type ActivityKind = 'read' | 'change' | 'refused' | 'elevation' | 'connect' | 'export' | 'control';

export type Activity = {
  readonly run: string;
  readonly kind: ActivityKind;
  /** Which control was changed. */
  readonly control?: ControlRecord['kind'];
  /** Of its first record. */
  readonly time: EpochMs;
  readonly actor: Actor;
  /** Who sent it to the team's log; absent for what was recorded on this machine. */
  readonly member?: string;
  /** Absent for a changed control that belongs to no connection. */
  readonly target?: AuditTarget;
  /** Empty where it was not recorded. */
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
  /** What a changed control was and is, or where rows went. */
  readonly notes: readonly string[];
  /** It went without the confirmation of others; what they said about that since. */
  readonly emergency?: 'unreviewed' | 'reviewed' | 'rejected';
  /** What others said to it. */
  readonly answers: readonly RecordedAnswer[];
  /** Where its records are: whoever doubts them can look. */
  readonly places: readonly RecordPlace[];
};

/** One event's place, and whether the chain up to it holds together. */
export type RecordPlace = { readonly stream: string; readonly seq: number; readonly hash: string };

/** An event as the activity needs it. `member`: who sent it to the team's log; absent for this machine's own. */
export type ActivityEvent = { readonly place: RecordPlace; readonly body: EventBody; readonly member?: string };

export type ActivityFilter = {
  readonly kinds?: readonly ActivityKind[];
  /** Id of a connection. */
  readonly connection?: string;
  /** Part of the text, whatever its case. */
  readonly text?: string;
  /** Only of this person. */
  readonly actor?: Pick<Actor, 'osUser' | 'host'>;
};

/** Newest first. Events that belong to no run are left out. Pure. */
export function summariseActivity(events: readonly ActivityEvent[]): readonly Activity[] {
  const runs = new Map<string, Draft>();
  for (const { place, body, member } of events) {
    const { run, kind, time, actor } = body as Partial<AuditRecord>;
    if (run === undefined || kind === undefined || time === undefined || !actor) continue;
    runs.set(run, merge(runs.get(run), { ...(body as Partial<AuditRecord>), run, kind, time, actor }, { place, ...(member === undefined ? {} : { member }) }));
  }
  const drafts = [...runs.values()];
  const takenBack = new Map(drafts.flatMap(({ undoOf, outcome, run }) => (undoOf !== undefined && outcome === 'committed' ? [[undoOf, run] as const] : [])));
  return drafts.map((entry) => withUndo(entry, takenBack.get(entry.run))).toSorted((a, b) => b.time - a.time);
}

export function filterActivity(entries: readonly Activity[], { kinds, connection, text, actor }: ActivityFilter): readonly Activity[] {
  const wanted = text?.toLowerCase() ?? '';
  return entries.filter(
    (entry) =>
      (kinds === undefined ? !isQuiet(entry) : kinds.includes(entry.kind)) &&
      (connection === undefined || entry.target?.connection === connection) &&
      (actor === undefined || (entry.actor.osUser === actor.osUser && entry.actor.host === actor.host)) &&
      entry.sql.toLowerCase().includes(wanted),
  );
}

/** A line that was opened is worth a record and not a place among what people did, unless somebody asks for it. */
function isQuiet({ kind, outcome }: Activity): boolean {
  return kind === 'connect' && outcome === 'connected';
}

type Draft = Omit<Activity, 'places'> & { readonly places: RecordPlace[] };
type Complete = Partial<AuditRecord> & Partial<Pick<ControlRecord, 'changes'>> & Pick<AuditRecord, 'run' | 'kind' | 'time' | 'actor'>;

function merge(former: Draft | undefined, record: Complete, { place, member }: Omit<ActivityEvent, 'body'>): Draft {
  const start = former ?? { ...begin(record), ...(member === undefined ? {} : { member }) };
  start.places.push(place);
  const { kind, undoOf, rows, durationMs, transactionId, effects, confirmation } = record;
  const emergency = emergencyOf(record);
  // What was said afterwards does not take the place of why it was done.
  const reason = kind === 'break-glass-review' ? undefined : record.reason;
  return {
    ...start,
    outcome: outcomeOf(record) ?? start.outcome,
    effects: effects ?? start.effects,
    // One's own signature is no answer.
    answers: kind === 'break-glass' ? start.answers : [...start.answers, ...readAnswers(confirmation)],
    ...(emergency === undefined ? {} : { emergency }),
    ...(reason === undefined ? {} : { reason }),
    ...(rows === undefined ? {} : { rows }),
    ...(durationMs === undefined ? {} : { durationMs }),
    ...(transactionId === undefined ? {} : { transactionId }),
    ...(undoOf === undefined ? {} : { undoOf }),
  };
}

function emergencyOf({ kind, reason }: Complete): Activity['emergency'] {
  if (kind === 'break-glass') return 'unreviewed';
  if (kind !== 'break-glass-review') return undefined;
  return reason === 'rejected' ? 'rejected' : 'reviewed';
}

function begin(record: Complete): Draft {
  const { run, time, actor, target, sql, class: statementClass } = record;
  return { run, kind: kindOf(record), ...controlOf(record), time, actor, ...(target ? { target } : {}), sql: sql ?? '', class: statementClass ?? '', outcome: 'open', effects: [], notes: notesOf(record), answers: [], places: [] };
}

function notesOf({ changes, to, session, tls }: Complete): readonly string[] {
  return [
    ...(changes ?? []),
    ...(to === undefined ? [] : [`to ${to}`]),
    ...(session === undefined ? [] : [`server ${session.version}, database ${session.database}, as ${session.user}, ${session.encrypted ? 'encrypted' : 'not encrypted'}${tls === undefined ? '' : ` (${tls})`}`]),
  ];
}

const controlKinds: readonly ControlRecord['kind'][] = ['profile-changed', 'settings-changed', 'team-changed', 'endpoints-changed'];
const controls: ReadonlySet<string> = new Set(controlKinds);

/** What is no run of its own, or is more than one: said in so many words. */
const apart: Partial<Record<AuditKind, { readonly kind: ActivityKind; readonly outcome: string }>> = {
  'break-glass': { kind: 'elevation', outcome: 'break-glass' },
  'mask-revealed': { kind: 'export', outcome: 'hidden values shown' },
  'answer': { kind: 'control', outcome: 'answered' },
  'agent-proposed': { kind: 'control', outcome: 'proposed by an agent' },
  'agent-revoked': { kind: 'control', outcome: 'agent revoked' },
};

function kindOf({ kind }: Complete): ActivityKind {
  if (kind === 'read' || kind === 'refused' || kind === 'elevation' || kind === 'connect' || kind === 'export') return kind;
  return controls.has(kind) ? 'control' : (apart[kind]?.kind ?? 'change');
}

function controlOf({ kind }: { readonly kind: string }): Pick<Activity, 'control'> {
  const control = controlKinds.find((each) => each === kind);
  return control === undefined ? {} : { control };
}

function outcomeOf({ kind, outcome, reason }: Complete): string | undefined {
  if (kind === 'settled') return reason;
  if (apart[kind]) return apart[kind].outcome;
  if (kind === 'elevation' || kind === 'export' || controls.has(kind)) return 'recorded';
  // Of the answers of others only one that rejects ends what was asked.
  if (kind === 'decision') return outcome === undefined ? undefined : 'rejected';
  return kind === 'connect' ? (outcome ?? 'connected') : outcome;
}

function withUndo(entry: Activity, undoneBy: string | undefined): Activity {
  return undoneBy === undefined ? entry : { ...entry, undoneBy };
}
