/** Commits of programs that are gone: settled by the server's word, and by nothing else. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Session } from '../../../src/app/ports.ts';
import { settleFor } from '../../../src/app/settleLeftovers.ts';
import type { EventBody } from '../../../src/core/audit/chain.ts';
import { findLeftovers, type Leftover } from '../../../src/core/audit/leftovers.ts';
import type { AuditRecord } from '../../../src/core/audit/record.ts';
import { describeTarget, type ConnectionProfile } from '../../../src/core/profile/connection.ts';
import type { Settlement } from '../../../src/core/outcome.ts';
import { ManualClock } from '../../fakes/ports.ts';

const connection = { id: 'personal:shop', user: 'app', host: 'db', port: 5432, database: 'shop' } as ConnectionProfile;
const actor = { kind: 'human', osUser: 'ann', host: 'laptop' } as const;
const target = { connection: connection.id, environment: 'production', address: describeTarget(connection) };
const announced = (run: string, facts: EventBody = {}): EventBody => ({ kind: 'commit-intent', run, actor, target, transactionId: '742', ...facts });

const rows: readonly (readonly [what: string, bodies: readonly EventBody[], left: readonly string[]])[] = [
  ['nothing', [], []],
  ['announced and not ended', [{ kind: 'intent', run: 'a', actor, target }, announced('a')], ['a']],
  ['committed', [announced('a'), { kind: 'outcome', run: 'a', outcome: 'committed' }], []],
  ['rolled back', [announced('a'), { kind: 'outcome', run: 'a', outcome: 'rolled-back' }], []],
  ['in doubt stays open', [announced('a'), { kind: 'outcome', run: 'a', outcome: 'in-doubt' }], ['a']],
  ['settled since', [announced('a'), { kind: 'settled', run: 'a' }], []],
  ['one of two', [announced('a'), announced('b'), { kind: 'outcome', run: 'a', outcome: 'committed' }], ['b']],
];

describe('leftovers', () => {
  for (const [what, bodies, left] of rows) {
    it(what, () => {
      assert.deepEqual(findLeftovers(bodies).map(({ run }) => run), left);
    });
  }

  const settle = async (leftovers: readonly Leftover[], answer: Settlement) => {
    const asked: string[] = [];
    const records: AuditRecord[] = [];
    const session = { settle: (id: string) => (asked.push(id), Promise.resolve(answer)) } as Partial<Session> as Session;
    const journal = { intent: () => Promise.reject(new Error('not here')), outcome: (record: AuditRecord) => (records.push(record), Promise.resolve()) };
    await settleFor(connection, session, { find: () => Promise.resolve(leftovers), journal, clock: new ManualClock() });
    return { asked, records: records.map(({ kind, run, reason }) => ({ kind, run, reason })) };
  };
  const left = findLeftovers([announced('a')]);

  for (const answer of ['committed', 'rolled-back', 'unknown'] as const) {
    it(`records that the server says: ${answer}`, async () => {
      assert.deepEqual(await settle(left, answer), { asked: ['742'], records: [{ kind: 'settled', run: 'a', reason: answer }] });
    });
  }
  it('leaves a transaction that still runs to the next program', async () => {
    assert.deepEqual((await settle(left, 'in-progress')).records, []);
  });
  it('does not ask where there is no number to ask with', async () => {
    const [first] = left;
    assert.ok(first);
    const { transactionId: _none, ...numberless } = first;
    assert.deepEqual(await settle([numberless], 'committed'), { asked: [], records: [{ kind: 'settled', run: 'a', reason: 'unknown' }] });
  });
  it('does not ask a server it was not on', async () => {
    const elsewhere = findLeftovers([announced('a', { target: { ...target, address: 'app@other:5432/shop' } })]);
    assert.deepEqual(await settle(elsewhere, 'committed'), { asked: [], records: [] });
  });
});
