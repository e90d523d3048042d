/** Hours in which people are expected to work. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseAccessHours } from '../../../../src/core/audit/accessHours.ts';
import { epochMs } from '../../../../src/core/brand.ts';

const rows: readonly (readonly [hours: readonly string[], zone: string, time: string, isInside: boolean])[] = [
  [['Mon-Fri 08:00-18:00'], 'UTC', '2026-11-20T08:00:00Z', true],
  [['Mon-Fri 08:00-18:00'], 'UTC', '2026-11-20T07:59:00Z', false],
  [['Mon-Fri 08:00-18:00'], 'UTC', '2026-11-20T18:00:00Z', false],
  [['Mon-Fri 08:00-18:00'], 'UTC', '2026-11-21T12:00:00Z', false],
  [['Mon-Fri 08:00-18:00'], 'Asia/Tokyo', '2026-11-20T00:30:00Z', true],
  [['Mon-Fri 08:00-18:00'], 'America/New_York', '2026-11-20T12:30:00Z', false],
  [['Mon-Fri 08:00-18:00', 'Sat 10:00-12:00'], 'UTC', '2026-11-21T11:00:00Z', true],
  [['Fri-Mon 09:00-10:00'], 'UTC', '2026-11-22T09:30:00Z', true],
  [['Fri 22:00-06:00'], 'UTC', '2026-11-20T23:00:00Z', true],
  [['Fri 22:00-06:00'], 'UTC', '2026-11-21T05:59:00Z', true],
  [['Fri 22:00-06:00'], 'UTC', '2026-11-21T06:00:00Z', false],
  [['Fri 22:00-06:00'], 'UTC', '2026-11-20T05:00:00Z', false],
  [['sat 00:00-24:00'], 'UTC', '2026-11-21T23:59:00Z', true],
  [[], 'UTC', '2026-11-21T03:00:00Z', true],
  // Summer time: 07:30 UTC is 09:30 in Berlin.
  [['Wed 09:00-10:00'], 'Europe/Berlin', '2026-07-15T07:30:00Z', true],
];

describe('access hours', () => {
  for (const [hours, zone, time, expected] of rows) {
    it(`${hours.join(', ') || 'none'} in ${zone}: ${time} is ${expected ? 'inside' : 'outside'}`, () => {
      const parsed = parseAccessHours(hours, zone);
      assert.deepEqual(parsed.problems, []);
      assert.equal(parsed.hours.isInside(epochMs(Date.parse(time))), expected);
    });
  }

  for (const [what, value, zone] of [['no hours', ['always'], ''], ['no day', ['Foo 08:00-09:00'], ''], ['no time', ['Mon 25:00-26:00'], ''], ['no text', [7], ''], ['no zone', [], 'Mars/Base']] as const) {
    it(`says what cannot be understood: ${what}`, () => assert.equal(parseAccessHours(value, zone).problems.length, 1));
  }
});
