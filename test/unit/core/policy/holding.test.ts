import assert from 'node:assert/strict';
import { test } from 'node:test';
import { holdLocks } from '../../../../src/core/effect/locks.ts';
import { mayWait } from '../../../../src/core/policy/holding.ts';

const t = { schema: 'public', table: 't' };

for (const [modes, kept, waits] of [
  [[], undefined, true],
  [['RowExclusiveLock'], 'definitions', true],
  [['ShareUpdateExclusiveLock', 'RowExclusiveLock'], 'definitions', true],
  [['RowExclusiveLock', 'ShareLock'], 'writes', false],
  [['ShareRowExclusiveLock'], 'writes', false],
  [['ExclusiveLock'], 'writes', false],
  [['ShareLock', 'AccessExclusiveLock'], 'reads and writes', false],
  [['SomeLockOfLater'], 'reads and writes', false],
] as const) {
  test(`${modes.join(' and ') || 'no lock'}: ${waits ? 'may wait for a person' : 'is run again after consent'}`, () => {
    const locks = holdLocks(modes.map((mode) => ({ table: t, mode })));
    assert.equal(locks[0]?.blocks, kept);
    assert.equal(locks.length, kept === undefined ? 0 : 1);
    assert.equal(mayWait(locks), waits);
  });
}

test('locks come strongest first', () => {
  const locks = holdLocks([{ table: t, mode: 'RowExclusiveLock' }, { table: { ...t, table: 'u' }, mode: 'AccessExclusiveLock' }]);
  assert.deepEqual(locks.map(({ table }) => table.table), ['u', 't']);
});
