import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isOneOf, keyKindOf, keyLiteral, quoteName, selectKey } from '../../../../../src/core/effect/mysql/keyText.ts';

describe('values of keys', () => {
  const rows: readonly (readonly [dataType: string, read: string, value: string, literal: string | undefined])[] = [
    ['BIGINT', 'CAST(c AS CHAR)', '-9007199254740993', '-9007199254740993'],
    ['decimal', 'CAST(c AS CHAR)', '1.50', '1.50'],
    ['int', 'CAST(c AS CHAR)', '1 OR 1', undefined],
    ['varchar', 'HEX(CONVERT(c USING utf8mb4))', '27C3A4', "_utf8mb4 X'27C3A4'"],
    ['varchar', 'HEX(CONVERT(c USING utf8mb4))', '', "_utf8mb4 X''"],
    ['varchar', 'HEX(CONVERT(c USING utf8mb4))', "'", undefined],
    ['varbinary', 'HEX(c)', '00FF', "X'00FF'"],
    ['datetime', 'CAST(c AS CHAR)', '2026-01-01 00:00:00.123456', "'2026-01-01 00:00:00.123456'"],
    ['time', 'CAST(c AS CHAR)', '-838:59:59', "'-838:59:59'"],
    ['datetime', 'CAST(c AS CHAR)', "2026' OR", undefined],
    ['bit', 'c + 0', '5', '5'],
    ['double', 'CAST(c AS CHAR)', '0.1', undefined],
    ['json', 'CAST(c AS CHAR)', '1', undefined],
  ];
  for (const [dataType, read, value, literal] of rows) {
    test(`${dataType} ${value}`, () => {
      const kind = keyKindOf(dataType);
      assert.equal(selectKey('c', kind), read);
      assert.equal(keyLiteral(value, kind), literal);
    });
  }
  test('conditions', () => {
    assert.equal(isOneOf(['`a`'], [['1'], ['2']]), '`a` IN (1,2)');
    assert.equal(isOneOf(['`a`', '`b`'], [['1', "X'00'"], ['2', "X''"]]), "((`a` = 1 AND `b` = X'00') OR (`a` = 2 AND `b` = X''))");
    assert.equal(quoteName('a`b'), '`a``b`');
  });
});
