import assert from 'node:assert/strict';
import { test } from 'node:test';
import { arrangeRows, type Arrangement } from '../../../../src/core/results/arrangement.ts';
import { createMaskedRows } from '../../../../src/core/results/maskedRows.ts';
import { createRowStore } from '../../../../src/core/results/rowStore.ts';

const columns = [{ name: 'n', type: 'numeric' }, { name: 't', type: 'text' }];
const values: readonly (readonly [string | null, string | null])[] = [
  ['10', 'b'], ['9', 'a'], [null, null], ['9007199254740993', 'B'], ['9007199254740992', 'ä'], ['-1', ''], ['NaN', 'a'], ['0.10', 'z'], ['0.1', 'z'],
];

const cases: readonly (readonly [name: string, arrangement: Arrangement, order: readonly number[]])[] = [
  ['as they came', {}, [0, 1, 2, 3, 4, 5, 6, 7, 8]],
  ['numbers as numbers, exact beyond what a number holds; what is none and NULL last', { sort: { column: 0, direction: 'up' } }, [5, 7, 8, 1, 0, 4, 3, 6, 2]],
  ['down, with NULL still last', { sort: { column: 0, direction: 'down' } }, [6, 3, 4, 0, 1, 7, 8, 5, 2]],
  ['texts as people sort them', { sort: { column: 1, direction: 'up' } }, [5, 1, 6, 4, 0, 3, 7, 8, 2]],
  ['only one value', { only: { column: 1, value: 'a' } }, [1, 6]],
  ['only NULL', { only: { column: 0, value: null } }, [2]],
  ['only the empty text', { only: { column: 1, value: '' } }, [5]],
  ['only one value, sorted', { only: { column: 1, value: 'z' }, sort: { column: 0, direction: 'down' } }, [7, 8]],
];
for (const [name, arrangement, order] of cases) {
  test(name, () => {
    const rows = createRowStore(2);
    rows.append(values);
    assert.deepEqual([...arrangeRows(rows, columns, arrangement)], order);
  });
}

test('the order of a masked column tells nothing of its values', () => {
  const store = createRowStore(1);
  store.append([['c'], ['a'], ['b']]);
  const rows = createMaskedRows(store, { strategies: ['hide'], pseudonym: () => '' });
  assert.deepEqual([...arrangeRows(rows, [{ name: 't', type: 'text' }], { sort: { column: 0, direction: 'up' } })], [0, 1, 2]);
  assert.deepEqual([...arrangeRows(rows, [{ name: 't', type: 'text' }], { only: { column: 0, value: 'a' } })], []);
});
