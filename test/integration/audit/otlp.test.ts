/** What an OpenTelemetry collector gets, decoded with OpenTelemetry's own protobuf definitions. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { it } from 'node:test';
import { startDelivery } from '../../../src/adapters/audit/delivery/delivery.ts';
import { createOtlp } from '../../../src/adapters/audit/delivery/otlp.ts';
import { createSpool } from '../../../src/adapters/audit/spool/spool.ts';
import { epochMs } from '../../../src/core/brand.ts';
import { Collector } from './collector.ts';

type KeyValue = { readonly key: string; readonly value: { readonly stringValue?: string; readonly intValue?: number; readonly doubleValue?: number } };
type LogRecord = { readonly timeUnixNano: unknown; readonly severityText: string; readonly body: { readonly stringValue: string }; readonly attributes: readonly KeyValue[]; readonly eventName?: string };
type Request = { readonly resourceLogs: readonly { readonly resource: { readonly attributes: readonly KeyValue[] }; readonly scopeLogs: readonly { readonly logRecords: readonly LogRecord[] }[] }[] };

const definitions = createRequire(import.meta.url)('otlp-definitions/build/src/generated/root.js') as {
  readonly opentelemetry: { readonly proto: { readonly collector: { readonly logs: { readonly v1: { readonly ExportLogsServiceRequest: { decode(bytes: Uint8Array): Request } } } } } };
};
const { ExportLogsServiceRequest } = definitions.opentelemetry.proto.collector.logs.v1;

const clock = {
  now: () => epochMs(1_790_000_000_123),
  after(milliseconds: number, callback: () => void) {
    const timer = setTimeout(callback, milliseconds);
    return () => clearTimeout(timer);
  },
};

const record = {
  time: clock.now(),
  actor: { kind: 'human', osUser: 'ann', host: 'laptop' },
  target: { connection: 'personal:shop', environment: 'production', address: 'app@db:5432/shop' },
  run: 'r1',
  sql: "SELECT 'ü'",
};

it('log records carry the whole event, its time, who and where, and a key to know it by', async () => {
  const collector = await Collector.start();
  const folder = await mkdtemp(path.join(tmpdir(), 'otlp-'));
  const spool = createSpool({ folder, clock, start: () => ({ time: clock.now() }) });
  try {
    const delivery = await startDelivery({ folder, spool, clock, random: () => 0, endpoints: [createOtlp({ name: 'collector', url: collector.url(), version: '1.2.3', headers: { authorization: 'Bearer x' } })] });
    const read = await spool.append({ ...record, kind: 'read', rows: 3 });
    const refused = await spool.append({ ...record, kind: 'refused', outcome: 'refused' });
    await delivery.waitFor(refused, 10_000);
    await delivery.close();
    assert.ok(collector.requests.every(({ headers }) => headers['content-type'] === 'application/x-protobuf' && headers.authorization === 'Bearer x'));
    const decoded = collector.requests.map(({ body }) => ExportLogsServiceRequest.decode(body));
    const resources = decoded.flatMap(({ resourceLogs }) => resourceLogs);
    assert.deepEqual(attributes(resources[0]?.resource.attributes ?? []), { 'service.name': 'countersign', 'service.version': '1.2.3' });
    const logs = resources.flatMap(({ scopeLogs }) => scopeLogs).flatMap(({ logRecords }) => logRecords);
    assert.equal(logs.length, 3);
    assert.deepEqual(logs.map(({ body }) => JSON.parse(body.stringValue).seq), [1, 2, 3]);
    assert.deepEqual(JSON.parse(logs[1]?.body.stringValue ?? ''), read);
    assert.equal(String(logs[1]?.timeUnixNano), '1790000000123000000');
    assert.deepEqual(logs.map(({ severityText }) => severityText), ['INFO', 'INFO', 'WARN']);
    assert.deepEqual(attributes(logs[1]?.attributes ?? []), {
      'log.record.uid': read.hash,
      'countersign.stream': read.stream,
      'countersign.seq': '2',
      'countersign.run': 'r1',
      'countersign.actor.kind': 'human',
      'enduser.id': 'ann',
      'host.name': 'laptop',
      'deployment.environment.name': 'production',
      'server.address': 'app@db:5432/shop',
      'db.query.text': "SELECT 'ü'",
      'db.response.returned_rows': '3',
    });
  } finally {
    await spool.close();
    await collector.stop();
    await rm(folder, { recursive: true });
  }
});

function attributes(list: readonly KeyValue[]): Record<string, string> {
  return Object.fromEntries(list.map(({ key, value }) => [key, value.stringValue ?? String(value.intValue ?? value.doubleValue)]));
}
