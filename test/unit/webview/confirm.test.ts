/** When Commit may be pressed. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { comparePhrase, createPressGuard, explainDifference, pressGuardMs } from '../../../webview/review/confirm.ts';

const phrase = 'delete 44 rows';

describe('comparePhrase', () => {
  const rows: readonly (readonly [string, ReturnType<typeof comparePhrase>])[] = [
    ['', 'empty'],
    ['delete', 'begun'],
    ['delete 44 row', 'begun'],
    ['delete 44 rows', 'match'],
    ['delete 44 rows ', 'different'],
    [' delete 44 rows', 'different'],
    ['DELETE 44 ROWS', 'different'],
    ['delete\u00a044 rows', 'different'],
    ['d\u0435lete 44 rows', 'different'],
    ['delete 44 rows\u200b', 'different'],
    ['delete 44 rows\n', 'different'],
    ['delete 44 r\u043ews', 'different'],
  ];
  for (const [typed, expected] of rows) {
    test(`${JSON.stringify(typed)} is ${expected}`, () => assert.equal(comparePhrase(phrase, typed), expected));
  }

  test('composed and decomposed letters are not the same', () => {
    assert.equal(comparePhrase('drop caf\u00e9', 'drop cafe\u0301'), 'different');
  });
});

describe('explainDifference', () => {
  const rows: readonly (readonly [string, RegExp])[] = [
    ['delete 44 rows ', /space too many/],
    ['delete  44 rows', /spaces are not the same/],
    ['Delete 44 rows', /Capital/],
    ['d\u0435lete 44 rows', /only looks the same/],
    ['truncate', /not the text yet/],
  ];
  for (const [typed, expected] of rows) {
    test(JSON.stringify(typed), () => assert.match(explainDifference(phrase, typed), expected));
  }
});

describe('press guard', () => {
  const guardAt = () => {
    let time = 1000;
    const guard = createPressGuard(() => time);
    return { guard, pass: (ms: number) => (time += ms) };
  };

  test('a button that is not alive is always too early', () => {
    const { guard, pass } = guardAt();
    pass(10_000);
    assert.equal(guard.isTooEarly(), true);
  });

  test('the time counts from when the button came alive', () => {
    const { guard, pass } = guardAt();
    guard.setAlive(true);
    pass(pressGuardMs - 1);
    assert.equal(guard.isTooEarly(), true);
    guard.setAlive(true);
    pass(1);
    assert.equal(guard.isTooEarly(), false);
  });

  test('dying and coming alive again starts anew, and so does a page that was hidden', () => {
    const { guard, pass } = guardAt();
    guard.setAlive(true);
    pass(pressGuardMs);
    guard.setAlive(false);
    guard.setAlive(true);
    assert.equal(guard.isTooEarly(), true);
    pass(pressGuardMs);
    guard.restart();
    assert.equal(guard.isTooEarly(), true);
  });
});
