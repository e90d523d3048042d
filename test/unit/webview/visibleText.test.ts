/** Hidden characters are shown. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isPlain, visibleParts, visibleValue } from '../../../webview/lib/visibleText.ts';

const shown = (text: string) => visibleValue(text).map((part) => part.text).join('');

describe('visibleValue', () => {
  const rows: readonly (readonly [string, string])[] = [
    ['plain', 'plain'],
    ['two words', 'two words'],
    ['', ''],
    [' ', '\u00b7'],
    ['a ', 'a\u00b7'],
    ['  a', '\u00b7\u00b7a'],
    ['a\u202eb', 'aU+202Eb'],
    ['a\u200bb', 'aU+200Bb'],
    ['a\u00a0b', 'aU+00A0b'],
    ['\ufeffa', 'U+FEFFa'],
    ['a\u{e0041}b', 'aU+E0041b'],
    ['\u3164', 'U+3164'],
    ['a\nb', 'a\u21b5b'],
    ['a\tb', 'a\u21e5b'],
    ['a\u0000b', 'a\u2400b'],
    ['a\u007fb', 'a\u2421b'],
    ['a\u0085b', 'aU+0085b'],
    ['\ud83d', 'U+D83D'],
    ['\u{1f600}', '\u{1f600}'],
    ['\u{1f469}\u200d\u{1f680}', '\u{1f469}\u200d\u{1f680}'],
    ['a\u200db', 'aU+200Db'],
    ['\u05e9\u05dc\u05d5\u05dd', '\u05e9\u05dc\u05d5\u05dd'],
    ['\u738b\u79c0\u82f1', '\u738b\u79c0\u82f1'],
    ['cafe\u0301', 'cafe\u0301'],
  ];
  for (const [text, expected] of rows) {
    test(JSON.stringify(text), () => assert.equal(shown(text), expected));
  }
});

test('a text that is shown as it is is plain, any other is not', () => {
  for (const text of ['plain', 'two words', '\u738b', '']) assert.equal(isPlain(text), true, JSON.stringify(text));
  for (const text of [' a', 'a ', 'a\tb', 'a\u200bb', 'a\nb']) assert.equal(isPlain(text), false, JSON.stringify(text));
});

test('characters the caller shows itself are left alone', () => {
  assert.deepEqual(visibleParts('a\tb\u200b', '\t').map((part) => part.kind), ['plain', 'mark']);
});
