/** What was taken and has no end gets one, from the records. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PendingState } from '../../../src/app/approvalPorts.ts';
import { settleTaken } from '../../../src/app/settleTaken.ts';
import { fateOf, type RunFate } from '../../../src/core/audit/runFate.ts';
import { fakeApprovals } from '../../fakes/approvals.ts';
import { pendingRequest } from '../../support/confirmation/pending.ts';

const gone = (...kinds: readonly string[]) => ({ living: false, bodies: kinds.map(bodyOf) });
const here = (...kinds: readonly string[]) => ({ living: true, bodies: kinds.map(bodyOf) });
let time = 0;
function bodyOf(text: string): Readonly<Record<string, unknown>> {
  const [kind, end] = text.split(' ');
  time += 1;
  return { run: 'r', time, kind, ...(kind === 'settled' ? { reason: end } : end === undefined ? {} : { outcome: end }) };
}

const asked = ['intent', 'request', 'outcome awaiting-confirmation'];
const taken = [...asked, 'decision', 'claim', 'intent'];
const rows: readonly (readonly [name: string, programs: () => Parameters<typeof fateOf>[1], RunFate])[] = [
  ['ended before COMMIT could be sent', () => [gone(...taken)], 'failed'],
  ['ended around COMMIT', () => [gone(...taken, 'commit-intent')], 'in-doubt'],
  ['settled later by another program', () => [gone(...taken, 'commit-intent'), gone('settled committed')], 'committed'],
  ['settled as rolled back', () => [gone(...taken, 'commit-intent'), here('settled rolled-back')], 'failed'],
  ['settled as unknown', () => [gone(...taken, 'commit-intent'), here('settled unknown')], 'in-doubt'],
  ['committed, and only the request did not hear of it', () => [gone(...taken, 'commit-intent', 'outcome committed')], 'committed'],
  ['rolled back', () => [gone(...taken, 'outcome rolled-back')], 'failed'],
  ['still there', () => [here(...taken)], 'running'],
  ['asked by a program that is gone, run by one that is there', () => [gone(...asked), here('decision', 'claim', 'intent', 'commit-intent')], 'running'],
  ['asked by a program that is there, run by one that is gone', () => [here(...asked), gone('decision', 'claim', 'intent')], 'failed'],
  ['nothing is on record', () => [], 'in-doubt'],
  ['taken back, and ended before it said so', () => [gone(...asked)], 'failed'],
];

for (const [name, programs, fate] of rows) test(`${name}: ${fate}`, () => assert.equal(fateOf('r', programs()), fate));

const changes: readonly (readonly [PendingState, RunFate, PendingState])[] = [
  ['taken', 'failed', 'failed'],
  ['taken', 'committed', 'committed'],
  ['taken', 'in-doubt', 'in-doubt'],
  ['taken', 'running', 'taken'],
  ['in-doubt', 'committed', 'committed'],
  ['in-doubt', 'failed', 'failed'],
  ['waiting', 'failed', 'waiting'],
  ['rejected', 'committed', 'rejected'],
];
for (const [state, fate, expected] of changes) {
  test(`a request that is ${state}, and its run ${fate}: ${expected}`, async () => {
    const { pending } = await fakeApprovals();
    const entry = pendingRequest({ state });
    await pending.keep(entry);
    await settleTaken(pending, (runs) => Promise.resolve(new Map(runs.map((run) => [run, fate]))));
    assert.equal((await pending.get(entry.id))?.state, expected);
  });
}
