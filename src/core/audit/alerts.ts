/** Which events deserve that somebody is told at once. Rules are data; the text of an alert holds no SQL and no values. */
import { epochMs } from '../brand.ts';
import { anyTime, type AccessHours } from './accessHours.ts';
import { recordOf, type EventBody } from './chain.ts';

export type AlertRules = {
  /** Rows deleted by one change. */
  readonly deletedRows: number;
  /** Rows that one read returned or an export wrote. */
  readonly exportedRows: number;
  /** Refused runs in a row, of one person on one connection. */
  readonly refusedInARow: number;
  /** When work on production is expected. */
  readonly hours: AccessHours;
};

export const defaultAlertRules: AlertRules = { deletedRows: 1000, exportedRows: 50_000, refusedInARow: 5, hours: anyTime };

export type AlertKind =
  | 'privilege-change'
  | 'audit-touched'
  | 'backup-touched'
  | 'bulk-delete'
  | 'bulk-export'
  | 'break-glass'
  | 'break-glass-rejected'
  | 'mask-revealed'
  | 'effect-drift'
  | 'refused-in-a-row'
  | 'agent-refused'
  | 'elevation'
  | 'outside-hours'
  | 'records-changed'
  | 'team-changed'
  | 'endpoint-silent'
  | 'log-untrusted'
  | 'spool-damaged'
  | 'in-doubt';

export type Alert = {
  readonly kind: AlertKind;
  /** Equal for alerts that say the same again. */
  readonly key: string;
  /** For how long the same is not said again. */
  readonly quietMs: number;
  /** One line for a channel of people: who, what, where. */
  readonly text: string;
};

/** Refused runs since the last one that was not, by person and connection. Part of no record; starts anew with the program. */
export type RefusalCounts = ReadonlyMap<string, number>;

export type Judged = { readonly alerts: readonly Alert[]; readonly refusals: RefusalCounts };

/** What to tell about one event. Pure; `refusals` is what the last call returned. */
export function judgeEvent(body: EventBody, rules: AlertRules, refusals: RefusalCounts): Judged {
  const event = readBody(body, rules.hours);
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
  'break-glass-rejected': 'used break-glass, and somebody of the team rejected it afterwards,',
  'mask-revealed': 'made hidden values visible',
  'effect-drift': 'ran a change whose effect was no longer the one that was shown or approved; it was rolled back',
  'refused-in-a-row': 'was refused again and again',
  'agent-refused': 'let an agent try something that was refused',
  elevation: 'allowed writes for a while',
  'outside-hours': 'works outside the hours that are set',
  'records-changed': 'changed where records go, or whether they are required',
  'team-changed': 'took over another version of the team file',
  'endpoint-silent': 'gets no records to an endpoint that should take them',
  'log-untrusted': 'sends records to a log that was rewritten, rolled back or replaced',
  'spool-damaged': 'works where the local records were tampered with',
  'in-doubt': 'ran a change of which nobody knows yet whether it was committed',
};

const minute = 60_000;
const quiet: Partial<Record<AlertKind, number>> = { 'outside-hours': 8 * 60 * minute, 'endpoint-silent': 60 * minute };

/** What is about a person and not about one run is said once, however many runs there are. */
const aboutThePerson: ReadonlySet<AlertKind> = new Set(['outside-hours', 'refused-in-a-row']);

function alert(kind: AlertKind, { who, where, run, about }: Event, detail = ''): Alert {
  const key = [kind, who, where, aboutThePerson.has(kind) ? '' : run, about].join('|');
  const place = where === '' ? '' : ` on ${where}`;
  return { kind, key, quietMs: quiet[kind] ?? 5 * minute, text: `${who} ${sentences[kind]}${place}${detail}${about === '' ? '' : ` (${about})`}` };
}

type Event = {
  readonly kind: unknown;
  readonly kinds: readonly AlertKind[];
  readonly who: string;
  /** Empty for what belongs to no connection. */
  readonly where: string;
  readonly run: string;
  /** Name of an endpoint, for what is about one. */
  readonly about: string;
  readonly isCommitted: boolean;
  readonly deleted: number;
  readonly rows: number;
};

function readBody(body: EventBody, hours: AccessHours): Event {
  const { kind, outcome } = body;
  const actor = recordOf(body['actor']);
  const isCommitted = kind === 'outcome' && outcome === 'committed';
  return {
    kind,
    kinds: kindsOf(body, { actor, isCommitted, isLate: isLate(body, hours) }),
    who: `${textOf(actor['osUser'])}@${textOf(actor['host'])}`,
    where: body['target'] === undefined ? '' : textOf(recordOf(body['target'])['connection']),
    run: textOf(body['run']),
    about: typeof body['endpoint'] === 'string' ? body['endpoint'] : '',
    isCommitted,
    deleted: sumDeleted(body['effects']),
    rows: kind === 'read' || kind === 'export' ? numberOf(body['rows']) : 0,
  };
}

type Facts = { readonly actor: EventBody; readonly isCommitted: boolean; readonly isLate: boolean };

function kindsOf(body: EventBody, { actor, isCommitted, isLate: outsideHours }: Facts): readonly AlertKind[] {
  const tags = Array.isArray(body['tags']) ? body['tags'] : [];
  const { kind, reason } = body;
  const kinds: readonly (readonly [AlertKind, boolean])[] = [
    ['privilege-change', isCommitted && body['class'] === 'privilege'],
    ['audit-touched', isCommitted && tags.includes('audit')],
    ['backup-touched', isCommitted && tags.includes('backup')],
    ['break-glass', kind === 'break-glass'],
    ['break-glass-rejected', kind === 'break-glass-review' && reason === 'rejected'],
    ['mask-revealed', kind === 'mask-revealed'],
    ['effect-drift', kind === 'effect-changed' || (kind === 'outcome' && reason === 'drifted')],
    ['agent-refused', kind === 'refused' && actor['kind'] === 'agent'],
    ['elevation', kind === 'elevation' && typeof reason === 'string' && reason.startsWith('writes allowed')],
    ['outside-hours', outsideHours],
    ['records-changed', kind === 'endpoints-changed'],
    ['team-changed', kind === 'team-changed'],
    ['endpoint-silent', kind === 'endpoint-silent'],
    ['log-untrusted', kind === 'log-untrusted'],
    ['spool-damaged', kind === 'stream-begin' && (body['abandoned'] !== undefined || body['missing'] !== undefined)],
    ['in-doubt', kind === 'outcome' && body['outcome'] === 'in-doubt'],
  ];
  return kinds.flatMap(([name, holds]) => (holds ? [name] : []));
}

const work: ReadonlySet<unknown> = new Set(['read', 'intent', 'export', 'elevation', 'break-glass', 'mask-revealed']);

function isLate({ kind, time, target }: EventBody, hours: AccessHours): boolean {
  return work.has(kind) && recordOf(target)['environment'] === 'production' && typeof time === 'number' && !hours.isInside(epochMs(time));
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
