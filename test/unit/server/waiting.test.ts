/** Clients that wait: the heartbeat, those that do not read, and those that go. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createWaiting, eventText } from '../../../src/server/waiting.ts';
import type { Waiting } from '../../../src/server/waiting.ts';
import { until } from '../../support/until.ts';

function waitingByHand(limit = 100): { readonly waiting: Waiting; readonly tick: (seconds: number) => void } {
  const ticks: (() => void)[] = [];
  const waiting = createWaiting({ waiting: limit }, (tick) => {
    ticks.push(tick);
    return () => undefined;
  });
  return { waiting, tick: (seconds) => { for (let second = 0; second < seconds; second += 1) for (const tick of ticks) tick(); } };
}

const silent = { topic: 'x', isOver: () => false, news: async () => await Promise.resolve('') };

/** Reads as much as there is now. */
async function readSome(response: Response, pieces: number): Promise<string> {
  const reader = response.body?.getReader();
  let text = '';
  for (let n = 0; n < pieces; n += 1) text += new TextDecoder().decode((await reader?.read())?.value);
  reader?.releaseLock();
  return text;
}

test('everybody hears something once in 25 seconds', async () => {
  const { waiting, tick } = waitingByHand();
  const responses = Array.from({ length: 40 }, () => waiting.open(silent));
  tick(25);
  for (const response of responses) assert.equal(await readSome(response, 2), 'retry: 1000\n\n: \n\n');
});

test('who does not read is let go, and may come back', async () => {
  const { waiting } = waitingByHand();
  const response = waiting.open({ ...silent, news: async () => await Promise.resolve(eventText('x', { filler: 'x'.repeat(300_000) })) });
  for (let round = 1; waiting.size() > 0 && round < 50; round += 1) {
    waiting.wake('x');
    await new Promise((resolve) => { setImmediate(resolve); });
  }
  assert.equal(waiting.size(), 0);
  const text = await new Response(response.body).text();
  assert.ok(text.length > 1024 * 1024 && text.length < 3 * 1024 * 1024, String(text.length));
});

test('who goes is forgotten, and makes room', async () => {
  const { waiting } = waitingByHand(1);
  const first = waiting.open(silent);
  assert.throws(() => waiting.open(silent), /Too many clients/);
  await first.body?.cancel();
  assert.equal(waiting.size(), 0);
  waiting.open(silent);
  assert.equal(waiting.size(), 1);
});

test('what becomes new while it is read is read again, one reading at a time', async () => {
  const { waiting } = waitingByHand();
  let [running, most, readings] = [0, 0, 0];
  const release: (() => void)[] = [];
  waiting.open({
    ...silent,
    async news() {
      running += 1;
      readings += 1;
      most = Math.max(most, running);
      await new Promise<void>((resolve) => { release.push(resolve); });
      running -= 1;
      return '';
    },
  });
  for (let n = 0; n < 5; n += 1) waiting.wake('x');
  release.shift()?.();
  await until('it was read again', () => readings === 2);
  release.shift()?.();
  assert.equal(most, 1);
});

test('a store that does not answer ends the stream, and nothing else', async () => {
  const { waiting } = waitingByHand();
  const broken = waiting.open({ ...silent, news: async () => await Promise.reject(new Error('no store')) });
  assert.equal(await broken.text(), 'retry: 1000\n\n');
  assert.equal(waiting.size(), 0);
});

test('after the goodbye all streams have ended and none begins', async () => {
  const { waiting } = waitingByHand();
  const open = waiting.open(silent);
  waiting.close();
  assert.equal(await open.text(), 'retry: 1000\n\n');
  assert.throws(() => waiting.open(silent), /stopping/);
});
