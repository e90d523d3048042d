/** Which events deserve that somebody is told at once. Rules are data; the text of an alert holds no SQL and no values. */
import { recordOf, type EventBody } from './chain.ts';

export type AlertRules = {
  /** Rows deleted by one change. */
  readonly deletedRows: number;
  /** Rows that one read returned or an export wrote. */
  readonly exportedRows: number;
  /** Refused runs in a row, of one person on one connection. */
  readonly refusedInARow: number;
};

export const defaultAlertRules: AlertRules = { deletedRows: 1000, exportedRows: 50_000, refusedInARow: 5 };

export type AlertKind =
  | 'privilege-change'
  | 'audit-touched'
  | 'backup-touched'
  | 'bulk-delete'
  | 'bulk-export'
  | 'break-glass'
  | 'effect-drift'
  | 'refused-in-a-row'
  | 'agent-refused'
  | 'elevation'
  | 'spool-damaged'
  | 'in-doubt';

export type Alert = {
  readonly kind: AlertKind;
  /** Equal for alerts that say the same again. */
  readonly key: string;
  /** One line for a channel of people: who, what, where. */
  readonly text: string;
};

/** Refused runs since the last one that was not, by person and connection. Part of no record; starts anew with the program. */
export type RefusalCounts = ReadonlyMap<string, number>;

export type Judged = { readonly alerts: readonly Alert[]; readonly refusals: RefusalCounts };

/** What to tell about one event. Pure; `refusals` is what the last call returned. */
export function judgeEvent(body: EventBody, rules: AlertRules, refusals: RefusalCounts): Judged {
  const event = readBody(body);
  const counted = countRefusals(event, refusals);
  const inARow = counted.get(event.who + event.where) ?? 0;
  const alerts = [
    ...event.kinds.map((kind) => alert(kind, event)),
    ...(event.deleted >= rules.deletedRows && event.isCommitted ? [alert('bulk-delete', event, ` (${String(event.deleted)} rows)`)] : []),
    ...(event.rows >= rules.exportedRows ? [alert('bulk-export', event, ` (${String(event.rows)} rows)`)] : []),
    ...(event.kind === 'refused' && inARow >= rules.refusedInARow ? [alert('refused-in-a-row', event, ` (${String(inARow)} in a row)`)] : []),
  ];
  return { alerts, refusals: counted };
}

const sentences: Record<AlertKind, string> = {
  'privilege-change': 'changed who may do what',
  'audit-touched': 'touched logging or auditing of the database',
  'backup-touched': 'touched backup or replication of the database',
  'bulk-delete': 'deleted many rows',
  'bulk-export': 'read or exported many rows',
  'break-glass': 'used break-glass',
  'effect-drift': 'ran an approved change whose effect was no longer the approved one; it was rolled back',
  'refused-in-a-row': 'was refused again and again',
  'agent-refused': 'let an agent try something that was refused',
  elevation: 'allowed writes for a while',
  'spool-damaged': 'works where the local records were tampered with',
  'in-doubt': 'ran a change of which nobody knows yet whether it was committed',
};

function alert(kind: AlertKind, { who, where, run }: Event, detail = ''): Alert {
  return { kind, key: `${kind}|${who}|${where}|${run}`, text: `${who} ${sentences[kind]} on ${where}${detail}` };
}

type Event = {
  readonly kind: unknown;
  readonly kinds: readonly AlertKind[];
  readonly who: string;
  readonly where: string;
  readonly run: string;
  readonly isCommitted: boolean;
  readonly deleted: number;
  readonly rows: number;
};

function readBody(body: EventBody): Event {
  const { kind, outcome } = body;
  const actor = recordOf(body['actor']);
  const target = recordOf(body['target']);
  const isCommitted = kind === 'outcome' && outcome === 'committed';
  return {
    kind,
    kinds: kindsOf(body, actor, isCommitted),
    who: `${textOf(actor['osUser'])}@${textOf(actor['host'])}`,
    where: textOf(target['connection']),
    run: textOf(body['run']),
    isCommitted,
    deleted: sumDeleted(body['effects']),
    rows: kind === 'read' || kind === 'export' ? numberOf(body['rows']) : 0,
  };
}

function kindsOf(body: EventBody, actor: EventBody, isCommitted: boolean): readonly AlertKind[] {
  const tags = Array.isArray(body['tags']) ? body['tags'] : [];
  const { kind } = body;
  const kinds: readonly (readonly [AlertKind, boolean])[] = [
    ['privilege-change', isCommitted && body['class'] === 'privilege'],
    ['audit-touched', isCommitted && tags.includes('audit')],
    ['backup-touched', isCommitted && tags.includes('backup')],
    ['break-glass', kind === 'break-glass'],
    ['effect-drift', kind === 'effect-changed'],
    ['agent-refused', kind === 'refused' && actor['kind'] === 'agent'],
    ['elevation', kind === 'elevation' && typeof body['reason'] === 'string' && body['reason'].startsWith('writes allowed')],
    ['spool-damaged', kind === 'stream-begin' && body['abandoned'] !== undefined],
    ['in-doubt', kind === 'outcome' && body['outcome'] === 'in-doubt'],
  ];
  return kinds.flatMap(([name, holds]) => (holds ? [name] : []));
}

function countRefusals({ kind, who, where }: Event, refusals: RefusalCounts): RefusalCounts {
  if (kind !== 'refused' && kind !== 'outcome' && kind !== 'read') return refusals;
  const next = new Map(refusals);
  if (kind === 'refused') next.set(who + where, (next.get(who + where) ?? 0) + 1);
  else next.delete(who + where);
  return next;
}

function sumDeleted(effects: unknown): number {
  return Array.isArray(effects) ? effects.reduce((sum: number, effect: unknown) => sum + numberOf(recordOf(effect)['deleted']), 0) : 0;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '?';
}

function numberOf(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}
