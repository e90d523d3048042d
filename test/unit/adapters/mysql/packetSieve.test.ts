import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createPacketSieve } from '../../../../src/adapters/mysql/packetSieve.ts';

const fullPacket = 0xffffff;

function packet(sequence: number, body: Buffer | string): Buffer {
  const bytes = Buffer.from(body);
  const header = Buffer.alloc(4);
  header.writeUIntLE(bytes.length, 0, 3);
  header[3] = sequence;
  return Buffer.concat([header, bytes]);
}

function sift(stream: Buffer, chunkSize: number, limit: number): { passed: Buffer; dropped: number } {
  const passed: Buffer[] = [];
  let dropped = 0;
  const sieve = createPacketSieve(limit, (bytes) => passed.push(Buffer.from(bytes)), () => (dropped += 1));
  for (let at = 0; at < stream.length; at += chunkSize) sieve.push(stream.subarray(at, at + chunkSize));
  return { passed: Buffer.concat(passed), dropped };
}

const small = packet(1, 'abc');
const large = packet(2, 'x'.repeat(100));
const last = packet(3, 'end');

for (const chunkSize of [1, 2, 3, 4, 5, 7, 50, 1000]) {
  test(`rows above the limit are emptied and keep their number (chunks of ${String(chunkSize)} bytes)`, () => {
    const { passed, dropped } = sift(Buffer.concat([small, large, last]), chunkSize, 50);
    assert.deepEqual(passed, Buffer.concat([small, packet(2, ''), last]));
    assert.equal(dropped, 1);
  });

  test(`without a row above the limit every byte passes (chunks of ${String(chunkSize)} bytes)`, () => {
    const stream = Buffer.concat([small, large, last]);
    assert.deepEqual(sift(stream, chunkSize, 100), { passed: stream, dropped: 0 });
  });
}

test('a row in several packets counts as a whole, and every packet of it is emptied from the limit on', () => {
  const parts = [packet(0, Buffer.alloc(fullPacket)), packet(1, Buffer.alloc(fullPacket)), packet(2, Buffer.alloc(10))];
  const stream = Buffer.concat([...parts, last]);
  const early = sift(stream, 65_536, 1000);
  assert.deepEqual([early.passed, early.dropped], [Buffer.concat([packet(0, ''), packet(1, ''), packet(2, ''), last]), 1]);
  const late = sift(stream, 65_536, 20_000_000);
  assert.ok(late.passed.equals(Buffer.concat([parts[0] ?? Buffer.alloc(0), packet(1, ''), packet(2, ''), last])));
  assert.equal(late.dropped, 1);
  assert.equal(sift(stream, 65_536, 40_000_000).dropped, 0);
});
