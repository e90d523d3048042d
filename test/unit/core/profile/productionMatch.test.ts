import assert from 'node:assert/strict';
import { test } from 'node:test';
import { matchProduction } from '../../../../src/core/profile/productionMatch.ts';

const rows: readonly (readonly [texts: readonly string[], patterns: readonly unknown[], expected: string | undefined])[] = [
  [['shop-prod'], ['*prod*'], '*prod*'],
  [['shop', 'db.LIVE.example.com'], ['*prod*', '*live*'], '*live*'],
  [['shop'], ['*prod*', '*live*'], undefined],
  [['delivery'], ['*live*'], '*live*'],
  [['prod'], ['prod'], 'prod'],
  [['prod-1'], ['prod'], undefined],
  [['prod-1'], ['prod-?'], 'prod-?'],
  [['prod-12'], ['prod-?'], undefined],
  [['a.b'], ['a?b'], 'a?b'],
  [['axb'], ['a.b'], undefined],
  [['a*b'], ['a*b'], 'a*b'],
  [['xxabxxabyy'], ['*ab*yy'], '*ab*yy'],
  [[''], ['*'], '*'],
  [['x'], [' '], undefined],
  [['x'], [7, null], undefined],
  [['x'], [], undefined],
  [['a'.repeat(5000)], ['*a*a*a*a*a*a*a*a*b'], undefined],
];

for (const [texts, patterns, expected] of rows) {
  test(`${texts.join(' ').slice(0, 30)} against ${patterns.join(' ')}: ${expected ?? 'no suggestion'}`, () => {
    assert.equal(matchProduction(texts, patterns), expected);
  });
}
