/** Server-sent events, wherever the network cuts them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createEventReader } from '../../../src/protocol/eventStream.ts';

const stream = 'retry: 1000\n\n: \n\nid: 1\nevent: decision\ndata: {"a":": \\n"}\n\nevent: gone\ndata: {}\n\ndata: nobody\n\nid: 2\nevent: closed\ndata: \n\nid: 3\nevent: unfinished\n';
const expected = [
  { kind: 'decision', id: '1', data: '{"a":": \\n"}' },
  { kind: 'gone', id: undefined, data: '{}' },
  { kind: 'closed', id: '2', data: '' },
];

test('the same events come out, however the text is cut', () => {
  for (let size = 1; size <= stream.length; size += 1) {
    const read = createEventReader();
    const pieces = Array.from({ length: Math.ceil(stream.length / size) }, (_, n) => stream.slice(n * size, (n + 1) * size));
    assert.deepEqual(pieces.flatMap((piece) => read(piece)), expected, String(size));
  }
});
