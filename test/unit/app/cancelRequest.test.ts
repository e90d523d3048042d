/** Taking back what was asked: nothing runs it afterwards, it is recorded, and the server is told if it can be. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Answered, ClaimDesk } from '../../../src/app/approvalPorts.ts';
import { cancelRequest } from '../../../src/app/cancelRequest.ts';
import { fakeApprovals } from '../../fakes/approvals.ts';
import { createFakes, production } from '../../fakes/ports.ts';
import { statement, verdict } from '../../fakes/statements.ts';
import { pendingRequest } from '../../support/confirmation/pending.ts';

const actor = { kind: 'human', osUser: 'alice', host: 'laptop' } as const;

async function waiting(facts: Parameters<typeof pendingRequest>[0] = {}, close: Answered<object> = { kind: 'ok', value: {} }) {
  const closed: string[] = [];
  const desk: ClaimDesk = { claim: () => Promise.reject(new Error('nothing is claimed')), close: (id) => (closed.push(id), Promise.resolve(close)) };
  const approvals = await fakeApprovals({ filing: { file: () => Promise.resolve({}), desk: () => desk } });
  const entry = pendingRequest(facts);
  approvals.kept.set(entry.id, entry);
  const { ports, records } = createFakes({ verdict: verdict(statement('DELETE FROM t', 'destructive')) });
  return { entry, closed, approvals, records, cancel: async () => await cancelRequest({ ...ports, approvals }, { entry, connection: production, actor }) };
}

test('is kept, recorded in the run that asked, and told to the server', async () => {
  const { cancel, approvals, records, closed, entry } = await waiting({ server: 'https://confirm.example.com' });
  assert.deepEqual(await cancel(), { kind: 'cancelled', told: true });
  assert.equal(approvals.kept.get(entry.id)?.state, 'cancelled');
  assert.deepEqual(records.map(({ kind, run, outcome }) => [kind, run, outcome]), [['outcome', 'run-1', 'cancelled']]);
  assert.deepEqual(closed, [entry.id]);
  assert.equal(await approvals.pending.take(entry.id), false, 'nobody can run it any more');
});

const rows = [
  ['there is no server to tell', {}, { kind: 'ok', value: {} }, true],
  ['the server does not answer', { server: 'https://confirm.example.com' }, { kind: 'unreachable', message: 'gone' }, false],
  ['the server has closed it already', { server: 'https://confirm.example.com' }, { kind: 'refused', code: 'closed', message: 'over' }, true],
] as const;
for (const [name, facts, answer, told] of rows) {
  test(`cancelled here, and ${name}`, async () => assert.deepEqual(await (await waiting(facts, answer)).cancel(), { kind: 'cancelled', told }));
}

for (const state of ['taken', 'committed', 'rejected'] as const) {
  test(`too late: ${state}`, async () => {
    const { cancel, approvals, records, closed, entry } = await waiting({ state, server: 'https://confirm.example.com' });
    assert.deepEqual(await cancel(), { kind: 'not-cancelled', state });
    assert.deepEqual([approvals.kept.get(entry.id)?.state, records.length, closed.length], [state, 0, 0]);
  });
}
