import assert from 'node:assert/strict';
import { test } from 'node:test';
import { plainLabel } from '../../../src/editor/plainLabel.ts';

const rows = [
  ['Deletes 3 rows on shop', 'Deletes 3 rows on shop'],
  ['shop $(verified) staging', String.raw`shop \$(verified) staging`],
  ['shop\u202egnigats', String.raw`shop\u{202e}gnigats`],
  ['sh\u200bop\u2028', String.raw`sh\u{200b}op\u{2028}`],
] as const;
for (const [given, expected] of rows) test(`what is asked to be signed is read as it is: ${expected}`, () => assert.equal(plainLabel(given), expected));
