/** An endpoint that takes nothing while another one does is told of once. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { watchSilence, type Attempts } from '../../../../src/adapters/audit/delivery/silence.ts';
import { ManualClock } from '../../../fakes/ports.ts';

const minute = 60_000;

function watched(): { readonly clock: ManualClock; set(attempts: readonly Attempts[]): void; readonly told: string[]; pass(minutes: number): void } {
  const clock = new ManualClock();
  const told: string[] = [];
  let attempts: readonly Attempts[] = [];
  watchSilence(() => attempts, { clock, silentMs: 10 * minute, onSilent: (name, since) => told.push(`${name} since ${String(since / minute)}`) });
  return {
    clock,
    told,
    set: (next) => (attempts = next),
    pass(minutes) {
      for (let half = 0; half < minutes * 2; half += 1) clock.advance(minute / 2);
    },
  };
}

it('is told of after its time, once, and again after it worked', () => {
  const { set, told, pass } = watched();
  set([{ name: 'loki', failingSince: 0 }, { name: 'hook' }]);
  pass(9);
  assert.deepEqual(told, []);
  pass(30);
  assert.deepEqual(told, ['loki since 0']);
  set([{ name: 'loki' }, { name: 'hook' }]);
  pass(1);
  set([{ name: 'loki', failingSince: 40 * minute }, { name: 'hook' }]);
  pass(11);
  assert.deepEqual(told, ['loki since 0', 'loki since 40']);
});

it('nobody is told when nothing gets through: it is the line of this machine', () => {
  const { set, told, pass } = watched();
  set([{ name: 'loki', failingSince: 0 }, { name: 'hook', failingSince: 0 }]);
  pass(60);
  assert.deepEqual(told, []);
});
