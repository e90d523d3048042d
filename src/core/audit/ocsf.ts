/** Events as OCSF "Datastore Activity" (class 6005), for tools that collect security events of many products. */
import { recordOf, type ChainedEvent, type EventBody } from './chain.ts';

/** Schema version the mapping follows. */
const version = '1.8.0';
const classId = 6005;

/** Activities of the class: 1 read, 2 update, 3 connect, 4 query, 5 write, 6 create, 7 delete, 99 other. */
const activities: Readonly<Record<string, number>> = { read: 1, connect: 3, export: 1, refused: 4, intent: 4, 'commit-intent': 4, elevation: 99 };
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
  if (body['kind'] !== 'outcome') return activities[String(body['kind'])] ?? 99;
  const effects = Array.isArray(body['effects']) ? body['effects'].map(recordOf) : [];
  const has = (key: string) => effects.some((effect) => Number(effect[key] ?? 0) > 0);
  if (has('deleted')) return 7;
  if (has('updated')) return 2;
  return has('inserted') ? 5 : 4;
}

function severityOf(body: EventBody): number {
  if (body['outcome'] === 'in-doubt' || body['kind'] === 'break-glass') return severities.high;
  if (body['kind'] === 'refused' || body['kind'] === 'elevation') return severities.medium;
  return body['outcome'] === 'committed' ? severities.low : severities.info;
}

/** 1 success, 2 failure, 0 unknown. */
function statusOf(body: EventBody): number {
  if (body['kind'] === 'refused' || body['outcome'] === 'failed') return 2;
  return body['outcome'] === 'in-doubt' ? 0 : 1;
}
