import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runSteps } from '../../../../src/editor/features/connections/steps.ts';
import type { Step, StepEnd } from '../../../../src/editor/features/connections/steps.ts';

type Draft = readonly string[];

/** Questions that answer themselves from a script; each call writes down which one was asked. */
function scripted(count: number, ends: readonly (StepEnd<Draft>['kind'] | number)[]): { steps: readonly Step<Draft>[]; asked: number[] } {
  const asked: number[] = [];
  const script = [...ends];
  const steps = Array.from({ length: count }, (_, index): Step<Draft> => (draft, place) => {
    asked.push(index + 1);
    assert.deepEqual([place.step, place.total, place.canGoBack], [index + 1, count, index > 0]);
    const end = script.shift() ?? 'value';
    if (typeof end === 'number') return Promise.resolve({ kind: 'go-to', step: end, value: draft });
    return Promise.resolve(end === 'value' ? { kind: 'value', value: [...draft, String(index + 1)] } : ({ kind: end } as StepEnd<Draft>));
  });
  return { steps, asked };
}

const rows: readonly (readonly [what: string, count: number, ends: readonly (StepEnd<Draft>['kind'] | number)[], asked: readonly number[], result: Draft | undefined])[] = [
  ['straight on', 3, [], [1, 2, 3], ['1', '2', '3']],
  ['giving up', 3, ['value', 'cancelled'], [1, 2], undefined],
  ['one step back', 3, ['value', 'back'], [1, 2, 1, 2, 3], ['1', '1', '2', '3']],
  ['back from the first', 2, ['back'], [1, 1, 2], ['1', '2']],
  ['skipping on', 3, ['value', 'skip'], [1, 2, 3], ['1', '3']],
  ['back over one that is skipped', 3, ['value', 'skip', 'back', 'skip'], [1, 2, 3, 2, 1, 2, 3], ['1', '1', '2', '3']],
  ['back to a first that is skipped', 2, ['skip', 'back', 'skip'], [1, 2, 1, 2], ['2']],
  ['jumping to an earlier one', 3, ['value', 'value', 1], [1, 2, 3, 2, 3], ['1', '2', '2', '3']],
];

for (const [what, count, ends, expected, result] of rows) {
  test(`questions, ${what}`, async () => {
    const { steps, asked } = scripted(count, ends);
    assert.deepEqual(await runSteps(steps, [] as Draft), result);
    assert.deepEqual(asked, expected);
  });
}
