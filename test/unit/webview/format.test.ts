/** Numbers and times as people read them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countOf, formatCountdown, formatDuration } from '../../../webview/lib/format.ts';
import { isNumericType } from '../../../webview/lib/sqlTypes.ts';
import { capText } from '../../../webview/lib/valueView.ts';

test('durations', () => {
  const rows: readonly (readonly [number, string])[] = [[0, '0 ms'], [12.4, '12 ms'], [1250, '1.25 s'], [59_900, '59.9 s'], [125_000, '2 min 5 s']];
  for (const [ms, text] of rows) assert.equal(formatDuration(ms), text);
});

test('the countdown says 0:00 only at the end', () => {
  const rows: readonly (readonly [number, string])[] = [[86_000, '1:26'], [85_001, '1:26'], [1, '0:01'], [0, '0:00'], [-5, '0:00'], [3_599_000, '59:59'], [3_600_000, '1 h 0 min'], [6 * 3_600_000 + 59_000, '6 h 0 min'], [47.5 * 3_600_000, '47 h 30 min'], [7 * 24 * 3_600_000, '7 days 0 h']];
  for (const [ms, text] of rows) assert.equal(formatCountdown(ms), text);
});

test('counts', () => assert.deepEqual([countOf(0, 'row'), countOf(1, 'row'), countOf(12_345, 'row')], ['0 rows', '1 row', '12,345 rows']));

test('types of numbers', () => {
  for (const type of ['integer', 'bigint', 'smallint', 'int4', 'numeric(10,2)', 'double precision', 'real', 'money', 'oid', 'serial', 'decimal', 'mediumint(9)', 'float8']) assert.equal(isNumericType(type), true, type);
  for (const type of ['text', 'interval', 'int4[]', 'integer[]', 'int4range', 'point', 'uuid', 'timestamp with time zone']) assert.equal(isNumericType(type), false, type);
});

test('a cut text never ends in half a character', () => {
  assert.equal(capText('abc', 3), 'abc');
  assert.equal(capText('abcd', 3), 'abc');
  assert.equal(capText('ab\u{1f600}d', 3), 'ab');
});
