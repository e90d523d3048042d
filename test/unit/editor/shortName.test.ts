/** Names that share their width with others. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shortName } from '../../../src/editor/shortName.ts';

const rows: readonly (readonly [name: string, longest: number, shown: string])[] = [
  ['shop-prod', 28, 'shop-prod'],
  ['x'.repeat(28), 28, 'x'.repeat(28)],
  ['customers-of-the-northern-region-eu-west-1-prod', 28, 'customers-of-t\u2026u-west-1-prod'],
  ['abcdefgh', 5, 'ab\u2026gh'],
  ['\u{1f600}'.repeat(6), 5, '\u{1f600}\u{1f600}\u2026\u{1f600}\u{1f600}'],
];

for (const [name, longest, shown] of rows) test(`${name} in ${String(longest)}`, () => assert.equal(shortName(name, longest), shown));
