import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { RowStream } from '../../../src/adapters/rowStream.ts';
import type { ResultSink } from '../../../src/app/resultSink.ts';

function open(sink: Partial<ResultSink>, full = (): void => undefined) {
  const log: string[] = [];
  const stream = new RowStream<string>({
    sink: { columns: () => log.push('columns'), rows: (rows) => log.push(`rows ${String(rows.length)}`), notice: () => undefined, ...sink },
    types: { known: (fields) => fields.map((name) => ({ name, type: 'text' })), ask: (fields) => Promise.resolve(fields.map((name) => ({ name, type: 'text' }))) },
    rowLimit: 1_000_000,
    byteLimit: Number.POSITIVE_INFINITY,
    pause: () => log.push('pause'),
    resume: () => log.push('resume'),
    full,
  });
  return { stream, log };
}

function gate(): { readonly passed: Promise<void>; readonly pass: () => void; readonly fail: (why: Error) => void } {
  let pass: () => void = () => undefined;
  let fail: (why: Error) => void = () => undefined;
  const passed = new Promise<void>((resolve, reject) => ([pass, fail] = [resolve, reject]));
  return { passed, pass, fail };
}

test('a sink that is full gets no more rows, and the server waits', async () => {
  const gates = [gate(), gate()];
  const waits = gates.map(({ passed }) => passed);
  const { stream, log } = open({ ready: () => waits.shift() });
  stream.columns(['a']);
  for (let row = 0; row < 2500; row += 1) stream.row(['x'], 1);
  await setImmediate();
  assert.deepEqual(log, ['columns', 'rows 1000', 'pause']);
  gates[0]?.pass();
  await setImmediate();
  assert.deepEqual(log.slice(3), ['rows 1500', 'pause']);
  const ended = stream.end();
  gates[1]?.pass();
  await ended;
  assert.equal(log.at(-1), 'resume');
  assert.equal(stream.count, 2500);
});

test('the end waits for what the sink still does', async () => {
  const { passed, pass } = gate();
  const { stream } = open({ ready: () => passed });
  stream.columns(['a']);
  stream.row(['x'], 1);
  let isOver = false;
  const ended = stream.end().then(() => (isOver = true));
  await setImmediate();
  assert.equal(isOver, false);
  pass();
  await ended;
});

test('a sink that cannot take more ends its result and stops the server', async () => {
  const { passed, fail } = gate();
  let stopped = 0;
  const { stream } = open({ ready: () => passed }, () => (stopped += 1));
  stream.columns(['a']);
  stream.row(['x'], 1);
  await setImmediate();
  fail(new Error('disk full'));
  await stream.end();
  assert.match(String(stream.broken?.thrown), /disk full/u);
  assert.equal(stopped, 1);
  stream.row(['y'], 1);
  await stream.end();
  assert.equal(stream.isFull, true);
});
