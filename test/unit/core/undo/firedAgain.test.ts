import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Trigger } from '../../../../src/core/effect/why.ts';
import { findFiredAgain, type TouchedByChange } from '../../../../src/core/undo/firedAgain.ts';

const touched = (id: string, isOwn: boolean, counts: Partial<TouchedByChange['counts']>): TouchedByChange => ({ id, isOwn, table: { schema: 's', table: id }, counts: { inserted: 0, updated: 0, deleted: 0, ...counts } });
const log = touched('log', false, { inserted: 3 });
const trigger = (events: Trigger['events'], mentions: readonly string[] = ['log']): Trigger => ({ table: 'a', name: 'g', events, mentions });

const cases: readonly (readonly [name: string, tables: readonly TouchedByChange[], triggers: readonly Trigger[], left: readonly string[], says: number])[] = [
  ['a log that is written again is left to its trigger', [touched('a', true, { updated: 3 }), log], [trigger(['update'])], ['log'], 2],
  ['what only insertions write is taken back', [touched('a', true, { inserted: 3 }), log], [trigger(['insert'])], [], 0],
  ['a trigger for the way back alone is named', [touched('a', true, { inserted: 3 }), log], [trigger(['delete'], [])], [], 1],
  ['a table that a statement names is its own', [touched('a', true, { updated: 3 }), touched('log', true, { inserted: 3 })], [trigger(['update'])], [], 1],
];

test('one trigger on several tables is named once', () => {
  const tables = ['a', 'b', 'c'].map((id) => touched(id, true, { updated: 1 }));
  const { leaves } = findFiredAgain(tables, tables.map(({ id }): Trigger => ({ table: id, name: 'g', events: ['update'], mentions: [] })));
  assert.deepEqual(leaves, ['The trigger g on s.a, s.b and s.c fires again.']);
});

for (const [name, tables, triggers, left, says] of cases) {
  test(name, () => {
    const found = findFiredAgain(tables, triggers);
    assert.deepEqual([[...found.left], found.leaves.length], [left, says]);
  });
}
