import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { ChainedEvent } from '../../../src/core/audit/chain.ts';
import { epochMs } from '../../../src/core/brand.ts';
import { lastRecorded, rememberLast } from '../../../src/editor/features/audit/lastRecorded.ts';
import { stream } from '../../support/audit/streams.ts';

it('the last record is remembered for its folder: the first of a stream at once, then now and then', () => {
  const values = new Map<string, unknown>();
  const memory = { get: (key: string) => values.get(key), update: (key: string, value: unknown) => (values.set(key, value), Promise.resolve()), keys: () => [...values.keys()] } as unknown as Parameters<typeof lastRecorded>[0];
  let told: ((events: readonly ChainedEvent[]) => void) | undefined;
  let now = 0;
  const stop = rememberLast(memory, '/a', { spool: { onAppended: (listener) => ((told = listener), () => (told = undefined)) }, clock: { now: () => epochMs(now) } });
  const [one, two] = [stream(4), stream(2)];
  const seen = (events: readonly ChainedEvent[], at: number): number | undefined => {
    now = at;
    told?.(events);
    return lastRecorded(memory, '/a')?.seq;
  };
  assert.equal(lastRecorded(memory, '/a'), undefined);
  assert.deepEqual([seen(one.slice(0, 1), 0), seen(one.slice(1, 2), 100), seen(one.slice(2), 6000), seen(two.slice(0, 1), 6100)], [1, 1, 4, 1]);
  assert.deepEqual(lastRecorded(memory, '/a'), { stream: two[0]?.stream, seq: 1, hash: two[0]?.hash });
  assert.equal(lastRecorded(memory, '/b'), undefined);
  stop();
  assert.equal(told, undefined);
  for (const key of values.keys()) values.set(key, 'rubbish');
  assert.equal(lastRecorded(memory, '/a'), undefined);
});
