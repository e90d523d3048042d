/** From events to the bytes of an OTLP request. */
import { ProtobufLogsSerializer } from '@opentelemetry/otlp-transformer';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { recordOf, type ChainedEvent } from '../../../core/audit/chain.ts';

type LogRecord = NonNullable<Parameters<typeof ProtobufLogsSerializer.serializeRequest>[0]>[number];

export function encodeLogs(events: readonly ChainedEvent[], version: string): Uint8Array {
  const resource = resourceFromAttributes({ 'service.name': 'countersign', 'service.version': version });
  const bytes = ProtobufLogsSerializer.serializeRequest(events.map((event) => toLogRecord(event, resource, version)));
  if (!bytes) throw new Error('the records could not be encoded');
  return bytes;
}

/** `rejected`: log records the collector did not keep. */
export function decodeAnswer(body: Uint8Array): { readonly rejected: number; readonly message: string } {
  const { partialSuccess } = body.length === 0 ? {} : ProtobufLogsSerializer.deserializeResponse(body);
  return { rejected: Number(partialSuccess?.rejectedLogRecords ?? 0), message: partialSuccess?.errorMessage ?? '' };
}

const info = { severityNumber: 9, severityText: 'INFO' } as const;
const warning = { severityNumber: 13, severityText: 'WARN' } as const;

function toLogRecord(event: ChainedEvent, resource: LogRecord['resource'], version: string): LogRecord {
  const { body } = event;
  const at = typeof body['time'] === 'number' ? body['time'] : 0;
  const time: [number, number] = [Math.floor(at / 1000), Math.round((at % 1000) * 1e6)];
  return {
    hrTime: time,
    hrTimeObserved: time,
    ...(body['kind'] === 'refused' || body['outcome'] === 'failed' || body['outcome'] === 'in-doubt' ? warning : info),
    eventName: `countersign.${textOf(body['kind'])}`,
    // The whole event: whoever has the log can check the chain.
    body: JSON.stringify(event),
    attributes: attributesOf(event),
    resource,
    instrumentationScope: { name: 'countersign', version },
    droppedAttributesCount: 0,
  };
}

/** OpenTelemetry's names where it has one. `log.record.uid` lets a collector tell a record it has from a new one. */
function attributesOf({ stream, seq, hash, body }: ChainedEvent): Record<string, string | number> {
  const actor = recordOf(body['actor']);
  const target = recordOf(body['target']);
  const present: readonly (readonly [string, unknown])[] = [
    ['log.record.uid', hash],
    ['countersign.stream', stream],
    ['countersign.seq', seq],
    ['countersign.run', body['run']],
    ['countersign.class', body['class']],
    ['countersign.outcome', body['outcome']],
    ['countersign.actor.kind', actor['kind']],
    ['enduser.id', actor['osUser']],
    ['host.name', actor['host']],
    ['deployment.environment.name', target['environment']],
    ['server.address', target['address']],
    ['db.query.text', body['sql']],
    ['db.response.returned_rows', body['rows']],
  ];
  return Object.fromEntries(present.filter((entry): entry is readonly [string, string | number] => typeof entry[1] === 'string' || typeof entry[1] === 'number'));
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : 'event';
}
