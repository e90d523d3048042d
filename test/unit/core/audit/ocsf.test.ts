/** Events as OCSF Datastore Activity: every kind there is has an activity, a severity and a status. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ChainedEvent, EventBody } from '../../../../src/core/audit/chain.ts';
import { toOcsf } from '../../../../src/core/audit/ocsf.ts';

const [read, update, connect, query, write, remove, other] = [1, 2, 3, 4, 5, 7, 99];
const [info, low, medium, high] = [1, 2, 3, 4];
const [unknown, success, failure] = [0, 1, 2];

const rows: readonly (readonly [body: EventBody, activity: number, severity: number, status: number])[] = [
  [{ kind: 'connect' }, connect, info, success],
  [{ kind: 'connect', outcome: 'failed' }, connect, info, failure],
  [{ kind: 'read', outcome: 'read', rows: 3 }, read, info, success],
  [{ kind: 'export', rows: 3 }, read, medium, success],
  [{ kind: 'intent' }, query, info, success],
  [{ kind: 'preview' }, query, info, success],
  [{ kind: 'outcome', outcome: 'committed', effects: [{ deleted: 2 }, { updated: 1 }] }, remove, low, success],
  [{ kind: 'outcome', outcome: 'committed', effects: [{ updated: 1 }] }, update, low, success],
  [{ kind: 'outcome', outcome: 'committed', effects: [{ inserted: 1 }] }, write, low, success],
  [{ kind: 'outcome', outcome: 'in-doubt' }, query, high, unknown],
  [{ kind: 'refused', outcome: 'refused' }, query, medium, failure],
  [{ kind: 'effect-changed' }, query, medium, success],
  [{ kind: 'break-glass' }, other, high, success],
  [{ kind: 'mask-revealed' }, read, medium, success],
  [{ kind: 'endpoints-changed' }, other, medium, success],
  [{ kind: 'endpoint-silent' }, other, high, success],
  [{ kind: 'spool-gap' }, other, high, success],
  [{ kind: 'heartbeat' }, other, info, success],
  [{ kind: 'something of a later version' }, other, info, success],
];

describe('OCSF', () => {
  for (const [body, activity, severity, status] of rows) {
    it(JSON.stringify(body), () => {
      const event = { v: 1, stream: 's', seq: 7, prev: 'p', hash: 'h', body: { time: 5, run: 'r', actor: { kind: 'human', osUser: 'ann', host: 'laptop' }, ...body } } as unknown as ChainedEvent;
      const { activity_id, type_uid, severity_id, status_id, class_uid, metadata } = toOcsf(event, { version: '1' });
      assert.deepEqual([class_uid, activity_id, type_uid, severity_id, status_id], [6005, activity, 600_500 + activity, severity, status]);
      assert.deepEqual([(metadata as { uid: string }).uid, (metadata as { sequence: number }).sequence], ['h', 7]);
    });
  }
});
