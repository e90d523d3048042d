import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createMessageSieve } from '../../../../src/adapters/postgres/messageSieve.ts';

function message(code: string, body: string): Buffer {
  const header = Buffer.alloc(5);
  header.write(code, 0, 'latin1');
  header.writeUInt32BE(body.length + 4, 1);
  return Buffer.concat([header, Buffer.from(body)]);
}

function sift(stream: Buffer, chunkSize: number, limit: number): { passed: string; dropped: number[] } {
  const passed: Buffer[] = [];
  const dropped: number[] = [];
  const sieve = createMessageSieve(limit, (bytes) => passed.push(Buffer.from(bytes)), (bytes) => dropped.push(bytes));
  for (let at = 0; at < stream.length; at += chunkSize) sieve.push(stream.subarray(at, at + chunkSize));
  return { passed: Buffer.concat(passed).toString('latin1'), dropped };
}

const small = message('D', 'abc');
const large = message('D', 'x'.repeat(100));
const notice = message('N', 'y'.repeat(100));
const copied = message('d', 'z'.repeat(100));

for (const chunkSize of [1, 2, 3, 4, 5, 6, 7, 50, 1000]) {
  test(`rows above the limit are taken out, everything else passes (chunks of ${String(chunkSize)} bytes)`, () => {
    const stream = Buffer.concat([small, large, notice, small, copied, large, small]);
    const { passed, dropped } = sift(stream, chunkSize, 50);
    assert.equal(passed, Buffer.concat([small, notice, small, small]).toString('latin1'));
    assert.deepEqual(dropped, [105, 105, 105]);
  });

  test(`without a row above the limit every byte passes (chunks of ${String(chunkSize)} bytes)`, () => {
    const stream = Buffer.concat([small, large, notice, copied]);
    assert.deepEqual(sift(stream, chunkSize, 105), { passed: stream.toString('latin1'), dropped: [] });
  });
}
