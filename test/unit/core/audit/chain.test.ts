/** Chained events: whatever is done to one of them shows. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sha256 } from '../../../../src/adapters/audit/spool/digest.ts';
import { chainEvent, headOf, lineOf, newStream, type ChainedEvent } from '../../../../src/core/audit/chain.ts';
import { readChain } from '../../../../src/core/audit/readChain.ts';

function chainOf(count: number): readonly ChainedEvent[] {
  const events: ChainedEvent[] = [];
  for (let index = 0; index < count; index += 1) {
    const last = events.at(-1);
    events.push(chainEvent(last ? headOf(last) : newStream('s'), { kind: 'read', n: index, sql: 'select ‘ü’ \n' }, sha256));
  }
  return events;
}

const events = chainOf(4);
const lines = events.map(lineOf);
const whole = lines.join('');
const swapped = [lines[0], lines[2], lines[1], lines[3]].join('');
const forged = { ...(events[1] as ChainedEvent), body: { kind: 'read', n: 99 } };
/** Somebody who knows how to compute hashes changed one event and its own hash, but not those after it. */
const rehashed = chainEvent(headOf(events[0] as ChainedEvent), { kind: 'read', n: 99 }, sha256);

const rows: readonly (readonly [what: string, text: string, read: number, end: unknown])[] = [
  ['untouched', whole, 4, { kind: 'whole' }],
  ['empty', '', 0, { kind: 'whole' }],
  ['an edited event', [lines[0], lineOf(forged), lines[2]].join(''), 1, { kind: 'damaged', line: 2, problem: 'altered' }],
  ['an edited event with a hash that fits', [lines[0], lineOf(rehashed), lines[2]].join(''), 2, { kind: 'damaged', line: 3, problem: 'broken' }],
  ['an event left out', [lines[0], lines[2]].join(''), 1, { kind: 'damaged', line: 2, problem: 'gap' }],
  ['events in another order', swapped, 1, { kind: 'damaged', line: 2, problem: 'gap' }],
  ['an event twice', [lines[0], lines[0]].join(''), 1, { kind: 'damaged', line: 2, problem: 'gap' }],
  ['an event of another stream', lineOf(chainEvent(newStream('other'), {}, sha256)), 0, { kind: 'damaged', line: 1, problem: 'other-stream' }],
  ['a line that is no event', `${lines[0] ?? ''}{"v":1}\n`, 1, { kind: 'damaged', line: 2, problem: 'unreadable' }],
  ['an empty line', `${lines[0] ?? ''}\n`, 1, { kind: 'damaged', line: 2, problem: 'unreadable' }],
];

describe('a chain of events', () => {
  for (const [what, text, read, end] of rows) {
    it(what, () => {
      const chain = readChain(text, newStream('s'), sha256);
      assert.deepEqual([chain.events.length, chain.end], [read, end]);
    });
  }

  it('torn at every byte of its last line keeps all that was acknowledged', () => {
    const bytes = Buffer.from(whole);
    const start = Buffer.byteLength(lines.slice(0, 3).join(''));
    for (let length = start; length < bytes.length; length += 1) {
      const { events: kept, end } = readChain(bytes.subarray(0, length).toString('latin1').replace(/[^\0-\x7f]+/gu, (part) => Buffer.from(part, 'latin1').toString()), newStream('s'), sha256);
      assert.equal(kept.length, 3);
      assert.equal(end.kind, length === start ? 'whole' : 'torn');
    }
  });

  it('every single changed character shows', () => {
    for (let at = 0; at < whole.length; at += 1) {
      const character = whole[at] === 'x' ? 'y' : 'x';
      const chain = readChain(`${whole.slice(0, at)}${character}${whole.slice(at + 1)}`, newStream('s'), sha256);
      assert.ok(chain.end.kind !== 'whole', `character ${String(at)}`);
    }
  });
});
