import assert from 'node:assert/strict';
import { test } from 'node:test';
import { epochMs } from '../../../../src/core/brand.ts';
import { formatRemaining, formatRemainingShort, isRunning, startLease } from '../../../../src/core/policy/accessLease.ts';
import type { LeaseRequest, WriteLease } from '../../../../src/core/policy/accessLease.ts';
import { connectionId } from '../../../../src/core/profile/parseConnection.ts';

const start = epochMs(1_000_000);
const request: LeaseRequest = {
  connection: connectionId('personal', 'shop'), target: 'app@db-1:5432/shop', access: 'readOnly', protected: true,
  reason: ' fix order 42 ', minutes: 10, maxMinutes: 30, now: start,
};
const at = (seconds: number) => epochMs(start + seconds * 1000);

function begin(changes: Partial<LeaseRequest> = {}): WriteLease {
  const result = startLease({ ...request, ...changes }, undefined);
  assert.equal(result.kind, 'started');
  return result.lease;
}

test('a lease keeps the reason, the target and its end', () => {
  assert.deepEqual(begin(), { connection: 'personal:shop', target: 'app@db-1:5432/shop', reason: 'fix order 42', startedAt: start, expiresAt: at(600) });
});

const refusals: readonly (readonly [what: string, changes: Partial<LeaseRequest>])[] = [
  ['no reason', { reason: '' }],
  ['only spaces as reason', { reason: ' \n\t ' }],
  ['a reason of 501 characters', { reason: 'x'.repeat(501) }],
  ['no minutes', { minutes: 0 }],
  ['less than none', { minutes: -5 }],
  ['half a minute', { minutes: 0.5 }],
  ['no number', { minutes: Number.NaN }],
  ['for ever', { minutes: Number.POSITIVE_INFINITY }],
  ['more than allowed', { minutes: 31 }],
  ['blocked access', { access: 'blocked' }],
  ['access that needs no lease', { access: 'preview' }],
  ['an unprotected connection', { protected: false }],
];

for (const [what, changes] of refusals) {
  test(`refused: ${what}`, () => {
    assert.equal(startLease({ ...request, ...changes }, undefined).kind, 'refused');
  });
}

test('a running lease is not extended, an ended one does not stand in the way', () => {
  const lease = begin();
  assert.equal(startLease({ ...request, now: at(599) }, lease).kind, 'refused');
  assert.equal(startLease({ ...request, now: at(600) }, lease).kind, 'started');
});

const clock: readonly (readonly [seconds: number, running: boolean, long: string, short: string])[] = [
  [-1, false, '0:00', '0 s'],
  [0, true, '10:00', '10 m'],
  [0.4, true, '10:00', '10 m'],
  [1, true, '9:59', '10 m'],
  [61, true, '8:59', '9 m'],
  [540, true, '1:00', '1 m'],
  [541, true, '0:59', '59 s'],
  [599.5, true, '0:01', '1 s'],
  [600, false, '0:00', '0 s'],
  [9999, false, '0:00', '0 s'],
];

for (const [seconds, running, long, short] of clock) {
  test(`${String(seconds)} s into a lease of ten minutes: ${long}`, () => {
    const lease = begin();
    assert.deepEqual([isRunning(lease, at(seconds)), formatRemaining(lease, at(seconds)), formatRemainingShort(lease, at(seconds))], [running, long, short]);
  });
}
