import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RowCounts } from '../../../../src/core/effect/counters.ts';
import type { ForeignKey, Trigger } from '../../../../src/core/effect/why.ts';
import { explainRemaining, type StillDifferent } from '../../../../src/core/undo/beyond.ts';

const table = (id: string, isOfChange = true): StillDifferent => ({ id, table: { schema: 's', table: id }, rows: 2, isOfChange });
const did = (counts: Partial<RowCounts>): RowCounts => ({ inserted: 0, updated: 0, deleted: 0, ...counts });
const trigger = (on: string, events: Trigger['events'], mentions: readonly string[] = []): Trigger => ({ table: on, name: 'g', events, mentions });
const key = (child: string, parent: string, onDelete: ForeignKey['onDelete']): ForeignKey => ({ child, parent, onDelete, onUpdate: 'none' });

type Case = readonly [name: string, different: readonly StillDifferent[], operations: Readonly<Record<string, RowCounts>>, keys: readonly ForeignKey[], triggers: readonly Trigger[], says: string | readonly string[]];
const cases: readonly Case[] = [
  ['nothing is different', [], { a: did({ updated: 1 }) }, [], [], []],
  ['nothing explains it', [table('a')], { a: did({ updated: 1 }) }, [], [], 'rows of s.a would not come back as they were.'],
  ['a table that the change left alone', [table('b', false)], { a: did({ deleted: 1 }) }, [], [], 'taking it back would change rows of s.b, which the change did not touch.'],
  ['a trigger on the rows themselves', [table('a')], { a: did({ updated: 1 }) }, [], [trigger('a', ['update'])], ['In s.a 2 rows do not come back exactly as before: the trigger g on s.a changes rows on the way back.']],
  ['a trigger that writes elsewhere', [table('log', false)], { a: did({ inserted: 1 }) }, [], [trigger('a', ['insert'], ['log'])], ['On the way back the trigger g on s.a writes to s.log.']],
  ['a trigger for something else', [table('a')], { a: did({ updated: 1 }) }, [], [trigger('a', ['delete'])], 'rows of s.a would not come back as they were.'],
  ['a foreign key that a trigger would hide', [table('b')], { a: did({ deleted: 1 }), b: did({ updated: 1 }) }, [key('b', 'a', 'set null')], [trigger('b', ['update'])], 'rows of s.b would not come back as they were.'],
  ['a foreign key that does nothing', [table('b')], { a: did({ deleted: 1 }), b: did({ updated: 1 }) }, [key('b', 'a', 'none')], [trigger('b', ['update'])], ['In s.b 2 rows do not come back exactly as before: the trigger g on s.b changes rows on the way back.']],
];

for (const [name, different, operations, foreignKeys, triggers, says] of cases) {
  test(name, () => {
    const { reason, leaves } = explainRemaining(different, { operations: new Map(Object.entries(operations)), foreignKeys, triggers, nameOf: (id) => `s.${id}` });
    assert.deepEqual(reason ?? leaves, says);
  });
}
