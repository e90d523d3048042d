import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLeases } from '../../../src/app/elevate.ts';
import type { ElevationRequest, Leases } from '../../../src/app/elevate.ts';
import type { IntentReceipt } from '../../../src/app/ports.ts';
import { connectionId } from '../../../src/core/profile/parseConnection.ts';
import type { ConnectionProfile } from '../../../src/core/profile/connection.ts';
import { ManualClock } from '../../fakes/ports.ts';

const profile: ConnectionProfile = {
  id: connectionId('personal', 'shop'), name: 'shop', source: 'personal', dialect: 'postgresql', environment: 'production', protected: true,
  host: 'db-1', port: 5432, user: 'app', database: 'shop', tls: { mode: 'verify-full' },
};
const request: ElevationRequest = { profile, access: 'readOnly', reason: 'order 42', minutes: 10, maxMinutes: 30 };
const minutes = (count: number): number => count * 60_000;

function arrange(fails = false): { leases: Leases; clock: ManualClock; log: string[] } {
  const log: string[] = [];
  const clock = new ManualClock();
  const leases = createLeases({
    clock,
    actor: { kind: 'human', osUser: 'ann', host: 'laptop' },
    newRun: () => 'run-1',
    changed: (lease, end) => log.push(`${lease.connection} ${end ?? 'started'}`),
    journal: {
      intent: ({ kind, run, reason }) => {
        if (fails) return Promise.reject(new Error('disk full'));
        log.push(`${kind} ${run} ${reason ?? ''}`);
        return Promise.resolve({ id: '1' } as IntentReceipt);
      },
      outcome: ({ kind, run, reason }) => Promise.resolve(void log.push(`${kind} ${run} ${reason ?? ''}`)),
    },
  });
  return { leases, clock, log };
}

test('a lease is recorded before it runs, and its end after it', async () => {
  const { leases, clock, log } = arrange();
  assert.equal((await leases.start(request)).kind, 'started');
  assert.equal(leases.running(profile.id)?.reason, 'order 42');
  clock.advance(minutes(10));
  assert.equal(leases.running(profile.id), undefined);
  assert.deepEqual(log, [
    'elevation run-1 writes allowed for 10 min: order 42',
    'personal:shop started',
    'personal:shop expired',
    'elevation run-1 writes no longer allowed: the time is over',
  ]);
  assert.equal(clock.pending, 0);
});

test('no record, no writes', async () => {
  const { leases, log } = arrange(true);
  const result = await leases.start(request);
  assert.equal(result.kind, 'refused');
  assert.match(result.kind === 'refused' ? result.message : '', /disk full/u);
  assert.deepEqual([leases.running(profile.id), log], [undefined, []]);
});

test('ending on command is heard and recorded once', async () => {
  const { leases, clock, log } = arrange();
  await leases.start(request);
  leases.end(profile.id, 'ended-by-person');
  leases.end(profile.id, 'ended-by-person');
  clock.advance(minutes(60));
  assert.deepEqual(log.slice(2), ['personal:shop ended-by-person', 'elevation run-1 writes no longer allowed: ended on request']);
});

test('a lease that is running cannot be made longer', async () => {
  const { leases, clock } = arrange();
  await leases.start(request);
  clock.advance(minutes(9));
  assert.equal((await leases.start(request)).kind, 'refused');
  clock.advance(minutes(1));
  assert.equal(leases.running(profile.id), undefined);
});

test('two starts at once make one lease', async () => {
  const { leases } = arrange();
  const results = await Promise.all([leases.start(request), leases.start(request)]);
  assert.deepEqual(results.map(({ kind }) => kind), ['started', 'refused']);
  assert.equal(leases.all().length, 1);
});

test('a connection that leads elsewhere by now has no lease any more', async () => {
  const { leases } = arrange();
  await leases.start(request);
  leases.review(({ target }) => (target === 'app@db-1:5432/shop' ? undefined : 'connection-changed'));
  assert.equal(leases.all().length, 1);
  leases.review(() => 'connection-changed');
  assert.equal(leases.all().length, 0);
});

test('a blocked connection gets no lease', async () => {
  const { leases, log } = arrange();
  assert.equal((await leases.start({ ...request, access: 'blocked' })).kind, 'refused');
  assert.deepEqual(log, []);
});
