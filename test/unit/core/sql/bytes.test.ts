import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createByteMap, formatBytes, maxScriptBytes, refuseText, utf8Length } from '../../../../src/core/sql/bytes.ts';

const texts = ['', 'select 1', 'é', 'a日本b', '💣', 'SELECT \'💣\'; -- ж', 'x'.repeat(511) + '💣' + 'y'.repeat(600), 'é'.repeat(3000), '💣日é!'.repeat(700)];

describe('UTF-8 offsets', () => {
  for (const text of texts) {
    it(`agree with the encoder for ${JSON.stringify(text.slice(0, 12))} (${String(text.length)} units)`, () => {
      const map = createByteMap(text);
      assert.equal(map.bytes, new TextEncoder().encode(text).length);
      assert.equal(utf8Length(text), map.bytes);
      let byte = 0;
      let index = 0;
      for (const character of text) {
        assert.equal(map.toByte(index), byte);
        assert.equal(map.toIndex(byte), index);
        index += character.length;
        byte += new TextEncoder().encode(character).length;
      }
      assert.equal(map.toByte(text.length), map.bytes);
      assert.equal(map.toIndex(map.bytes), text.length);
    });
  }

  it('round down to the begin of a character and stay inside the text', () => {
    const map = createByteMap('a💣b');
    assert.deepEqual([map.toIndex(2), map.toIndex(3), map.toIndex(4), map.toIndex(5)], [1, 1, 1, 3]);
    assert.equal(map.toByte(2), 1);
    assert.deepEqual([map.toByte(-1), map.toByte(99), map.toIndex(-1), map.toIndex(99)], [0, 6, 0, 4]);
  });
});

describe('text refusal', () => {
  const rows: readonly [name: string, text: string, offset: number | undefined][] = [
    ['NUL', 'é\0', 2],
    ['NUL at the end', 'SELECT 1\0', 8],
    ['byte order mark', '\uFEFFSELECT 1', 0],
    ['high half alone', "SELECT '\ud83d'", 8],
    ['low half alone', 'é\udca3', 2],
    ['halves in the wrong order', '\udca3\ud83d', 0],
    ['too long', 'x'.repeat(maxScriptBytes + 1), undefined],
    ['too long in bytes only', 'é'.repeat(maxScriptBytes / 2 + 1), undefined],
  ];
  for (const [name, text, offset] of rows) {
    it(`stops ${name}`, () => {
      const refusal = refuseText(text);
      assert.ok(refusal);
      assert.equal(refusal.offset, offset);
    });
  }

  for (const text of texts) {
    it(`lets ${JSON.stringify(text.slice(0, 12))} through`, () => {
      assert.equal(refuseText(text), undefined);
    });
  }

  it('lets a byte order mark inside a string through', () => {
    assert.equal(refuseText("SELECT '\uFEFF'"), undefined);
  });
});

describe('sizes in words', () => {
  it('uses whole units', () => {
    assert.deepEqual([formatBytes(262144), formatBytes(2097152)], ['256 KB', '2 MB']);
  });
});
