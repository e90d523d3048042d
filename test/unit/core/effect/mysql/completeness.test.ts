import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { judgeCompleteness, type Completeness, type Evidence } from '../../../../../src/core/effect/mysql/completeness.ts';

const deletes = (deleted: number, extra = 0) => ({ inserted: 0, updated: 0, deleted, extra });

describe('whether everything a change wrote is known', () => {
  const rows: readonly (readonly [name: string, evidence: Partial<Evidence>, expected: Completeness])[] = [
    ['all found', { written: 12 }, { exactness: 'exact' }],
    ['a changed key counts once', { operations: [deletes(10, 2)], written: 10 }, { exactness: 'exact' }],
    ['a changed key counts twice', { operations: [deletes(10, 2)], written: 12 }, { exactness: 'exact' }],
    ['more was written than found', { written: 15 }, { exactness: 'listed', unlisted: 3 }],
    ['nothing was found, something written', { operations: [], written: 3 }, { exactness: 'listed', unlisted: 3 }],
    ['nothing at all', { operations: [], written: 0 }, { exactness: 'exact' }],
    ['less was written than found', { written: 11 }, { exactness: 'predicted', reason: 'The server wrote 11 rows, fewer than the 12 that were found: the counts may be too high.' }],
    ['the server does not tell', { untold: 'No right.' }, { exactness: 'predicted', reason: 'No right.' }],
    ['the rows are in doubt', { written: 12, doubts: ['One.', 'Two.'] }, { exactness: 'predicted', reason: 'One. Two.' }],
    ['the rows are in doubt, and there are more', { written: 20, doubts: ['One.'] }, { exactness: 'predicted', reason: 'One.', unlisted: 8 }],
  ];
  for (const [name, evidence, expected] of rows) {
    test(name, () => assert.deepEqual(judgeCompleteness({ operations: [deletes(2), deletes(10)], doubts: [], ...evidence }), expected));
  }
});
