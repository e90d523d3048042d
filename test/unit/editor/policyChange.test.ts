/** What is recorded when the endpoints of records are changed, and what is remembered of them. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { RecordsPolicy } from '../../../src/editor/features/audit/auditSettings.ts';
import { describePolicyChange, readLastPolicy, rememberPolicy } from '../../../src/editor/features/audit/policyChange.ts';

const loki = { name: 'loki', kind: 'otlp', url: 'https://loki/v1/logs' } as const;
const slack = { name: 'team', kind: 'slack' } as const;
const policy = (endpoints: RecordsPolicy['endpoints'], required = false): RecordsPolicy => ({ endpoints, required, problems: [] });

const rows: readonly (readonly [what: string, former: RecordsPolicy, next: RecordsPolicy, changes: readonly string[]])[] = [
  ['nothing', policy([loki]), policy([{ ...loki }]), []],
  ['the first one', policy([]), policy([loki]), ['endpoint added: loki otlp https://loki/v1/logs']],
  ['the last one gone', policy([loki], true), policy([], true), ['endpoint removed: loki otlp https://loki/v1/logs']],
  ['another address', policy([loki]), policy([{ ...loki, url: 'https://elsewhere/v1/logs' }]), ['endpoint changed: loki otlp https://loki/v1/logs → loki otlp https://elsewhere/v1/logs']],
  ['another authority', policy([loki]), policy([{ ...loki, caFile: '/ca.pem' }]), ['endpoint changed: loki otlp https://loki/v1/logs → loki otlp https://loki/v1/logs /ca.pem']],
  ['another name', policy([loki]), policy([slack]), ['endpoint removed: loki otlp https://loki/v1/logs', 'endpoint added: team slack']],
  ['no receipts any more', policy([loki], true), policy([loki]), ['no write without a receipt: off']],
  ['receipts', policy([loki]), policy([loki], true), ['no write without a receipt: on']],
];

describe('a change of the endpoints', () => {
  for (const [what, former, next, changes] of rows) it(what, () => assert.deepEqual(describePolicyChange(former, next), changes));

  it('is noticed across a restart, and nothing is where nothing was', () => {
    const kept = new Map<string, unknown>();
    const memory = { get: (key: string) => kept.get(key), update: (key: string, value: unknown) => Promise.resolve(void kept.set(key, JSON.parse(JSON.stringify(value)))), keys: () => [...kept.keys()] } as unknown as Parameters<typeof readLastPolicy>[0];
    assert.deepEqual(readLastPolicy(memory), policy([]));
    rememberPolicy(memory, policy([loki, slack], true));
    assert.deepEqual(describePolicyChange(readLastPolicy(memory), policy([loki, slack], true)), []);
    assert.deepEqual(describePolicyChange(readLastPolicy(memory), policy([])).length, 3);
  });
});
