/** Events as OCSF "Datastore Activity" (class 6005), for tools that collect security events of many products. */
import { recordOf, type ChainedEvent, type EventBody } from './chain.ts';
import type { AuditKind, ControlRecord, UpkeepKind } from './record.ts';

/** Schema version the mapping follows. */
const version = '1.8.0';
const classId = 6005;

/** Activities of the class: 1 read, 2 update, 3 connect, 4 query, 5 write, 6 create, 7 delete, 99 other. */
const activities: Readonly<Record<AuditKind | ControlRecord['kind'] | UpkeepKind, number>> = {
  connect: 3,
  read: 1,
  export: 1,
  'mask-revealed': 1,
  intent: 4,
  preview: 4,
  'commit-intent': 4,
  outcome: 4,
  settled: 4,
  refused: 4,
  'effect-changed': 4,
  request: 4,
  decision: 4,
  claim: 4,
  'agent-proposed': 4,
  'agent-revoked': 99,
  answer: 99,
  elevation: 99,
  'break-glass': 99,
  'break-glass-review': 99,
  'profile-changed': 99,
  'settings-changed': 99,
  'team-changed': 99,
  'endpoints-changed': 99,
  'stream-begin': 99,
  'spool-gap': 99,
  heartbeat: 99,
  pruned: 99,
  'endpoint-silent': 99,
  'log-untrusted': 99,
};
const severities = { info: 1, low: 2, medium: 3, high: 4 } as const;

/** One event as one object. Pure. */
export function toOcsf({ stream, seq, hash, body }: ChainedEvent, product: { readonly version: string }): Readonly<Record<string, unknown>> {
  const actor = recordOf(body['actor']);
  const target = recordOf(body['target']);
  const activity = activityOf(body);
  return {
    class_uid: classId,
    class_name: 'Datastore Activity',
    category_uid: 6,
    category_name: 'Application Activity',
    activity_id: activity,
    type_uid: classId * 100 + activity,
    time: body['time'],
    severity_id: severityOf(body),
    status_id: statusOf(body),
    ...(typeof body['reason'] === 'string' ? { status_detail: body['reason'] } : {}),
    metadata: { version, uid: hash, sequence: seq, correlation_uid: body['run'], log_name: stream, product: { name: 'Countersign', vendor_name: 'Countersign', version: product.version } },
    actor: { user: { name: actor['osUser'], type_id: 1 }, app_name: actor['kind'] === 'agent' ? 'agent' : 'Countersign' },
    src_endpoint: { hostname: actor['host'] },
    dst_endpoint: { hostname: target['address'] },
    database: { name: target['connection'], type_id: 1 },
    ...(typeof body['sql'] === 'string' ? { query_info: { query_string: body['sql'], ...(typeof body['rows'] === 'number' ? { query_result_count: body['rows'] } : {}) } } : {}),
    unmapped: { kind: body['kind'], class: body['class'], outcome: body['outcome'], effects: body['effects'], environment: target['environment'], transaction_id: body['transactionId'] },
  };
}

function activityOf(body: EventBody): number {
  if (body['kind'] !== 'outcome') return new Map<unknown, number>(Object.entries(activities)).get(body['kind']) ?? 99;
  const effects = Array.isArray(body['effects']) ? body['effects'].map(recordOf) : [];
  const has = (key: string) => effects.some((effect) => Number(effect[key] ?? 0) > 0);
  if (has('deleted')) return 7;
  if (has('updated')) return 2;
  return has('inserted') ? 5 : 4;
}

const grave: ReadonlySet<unknown> = new Set<AuditKind | UpkeepKind>(['break-glass', 'spool-gap', 'endpoint-silent', 'log-untrusted']);
const worthALook: ReadonlySet<unknown> = new Set<AuditKind | ControlRecord['kind']>(['refused', 'elevation', 'effect-changed', 'mask-revealed', 'export', 'team-changed', 'settings-changed', 'endpoints-changed']);

function severityOf(body: EventBody): number {
  if (body['outcome'] === 'in-doubt' || grave.has(body['kind'])) return severities.high;
  if (worthALook.has(body['kind'])) return severities.medium;
  return body['outcome'] === 'committed' ? severities.low : severities.info;
}

/** 1 success, 2 failure, 0 unknown. */
function statusOf(body: EventBody): number {
  if (body['kind'] === 'refused' || body['outcome'] === 'failed') return 2;
  return body['outcome'] === 'in-doubt' ? 0 : 1;
}
