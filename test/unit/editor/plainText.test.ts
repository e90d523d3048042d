import assert from 'node:assert/strict';
import { test } from 'node:test';
import { plainText } from '../../../src/editor/plainText.ts';

test('a message of a server is no link', () => {
  assert.equal(plainText('down [Fix it](command:x "now") [1](file:///a)'), 'down [Fix it] (command:x "now") [1] (file:///a)');
});
test('everything else stays', () => assert.equal(plainText('a [b] (c) $1'), 'a [b] (c) $1'));
