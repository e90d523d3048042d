/** The windows of rows a page asks for. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { WindowRequest } from '../../../webview/lib/grid/windows.ts';
import { createWindowCache, windowSize } from '../../../webview/lib/grid/windows.ts';

function cacheOf(total: number, options: { keep?: number; inFlight?: number } = {}) {
  const pulled: WindowRequest[] = [];
  let time = 0;
  const cache = createWindowCache<number>({ total, size: 100, now: () => time, pull: (request) => pulled.push(request), ...options });
  const answer = ({ start, count }: WindowRequest) => cache.receive(start, Array.from({ length: count }, (_, index) => start + index));
  return { cache, pulled, answer, pass: (ms: number) => (time += ms) };
}

test('the windows in view and the next one are asked for, once', () => {
  const { cache, pulled, answer } = cacheOf(1000);
  cache.want(0, 40, 1);
  cache.want(5, 45, 1);
  assert.deepEqual(pulled, [{ start: 0, count: 100 }, { start: 100, count: 100 }]);
  pulled.forEach(answer);
  assert.equal(cache.row(150), 150);
  assert.equal(cache.row(200), undefined);
});

test('scrolling up asks for the window above', () => {
  const { cache, pulled } = cacheOf(1000);
  cache.want(510, 540, -1);
  assert.deepEqual(pulled.map(({ start }) => start), [500, 400]);
});

test('the last window is as long as there are rows', () => {
  const { cache, pulled } = cacheOf(250);
  cache.want(230, 250, 1);
  assert.deepEqual(pulled, [{ start: 200, count: 50 }]);
});

test('nothing is asked for when there are no rows', () => {
  const { cache, pulled } = cacheOf(0);
  cache.want(0, 0, 1);
  assert.deepEqual(pulled, []);
});

test('a scroll over many windows asks for what is in view at the end', () => {
  const { cache, pulled, answer } = cacheOf(100_000, { inFlight: 2 });
  for (let row = 0; row < 90_000; row += 500) cache.want(row, row + 40, 1);
  assert.equal(pulled.length, 2);
  cache.want(95_000, 95_040, 1);
  pulled.slice(0, 2).forEach(answer);
  assert.deepEqual(pulled.slice(2).map(({ start }) => start), [95_000, 95_100]);
});

test('few windows are kept; those in view stay', () => {
  const { cache, pulled, answer } = cacheOf(10_000, { keep: 3 });
  let answered = 0;
  for (let row = 0; row < 2000; row += 100) {
    cache.want(row, row + 40, 1);
    while (answered < pulled.length) answer(pulled[answered++] as WindowRequest);
    assert.equal(cache.row(row), row);
  }
  assert.equal(cache.row(0), undefined);
  assert.ok([...cache.loaded()].length <= 300);
});

test('a short answer is completed, an empty one is not asked for again', () => {
  const { cache, pulled } = cacheOf(300);
  cache.want(0, 40, -1);
  cache.receive(0, [0, 1, 2]);
  assert.deepEqual(pulled.at(-1), { start: 3, count: 97 });
  cache.receive(3, []);
  cache.want(0, 40, -1);
  assert.equal(pulled.length, 2);
});

test('new rows are asked for from where the last window ended', () => {
  const { cache, pulled, answer } = cacheOf(30);
  cache.want(0, 30, 1);
  pulled.forEach(answer);
  cache.resize(80);
  assert.deepEqual(pulled.at(-1), { start: 30, count: 50 });
});

test('an answer that does not come is asked for again after a while', () => {
  const { cache, pulled, pass } = cacheOf(100);
  cache.want(0, 40, 1);
  pass(4000);
  cache.want(0, 40, 1);
  assert.equal(pulled.length, 1);
  pass(2000);
  cache.want(0, 40, 1);
  assert.equal(pulled.length, 2);
});

test('windows of wide results have fewer rows', () => {
  assert.deepEqual([1, 10, 100, 500, 2000].map(windowSize), [200, 200, 200, 40, 25]);
});
