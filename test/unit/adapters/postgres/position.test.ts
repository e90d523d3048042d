import assert from 'node:assert/strict';
import { test } from 'node:test';
import { utf16Index } from '../../../../src/adapters/postgres/position.ts';

const rows: readonly (readonly [text: string, position: string | undefined, expected: number | undefined])[] = [
  ['select x', '8', 7],
  ['select x', '1', 0],
  ["select '😀', x", '13', 13],
  ['😀😀x', '3', 4],
  ['é x', '3', 2],
  ['ab', '9', 2],
  ['ab', '0', undefined],
  ['ab', '', undefined],
  ['ab', 'x', undefined],
  ['ab', undefined, undefined],
];

for (const [text, position, expected] of rows) {
  test(`the server's position ${String(position)} in “${text}” is unit ${String(expected)}`, () => {
    assert.equal(utf16Index(text, position), expected);
  });
}
