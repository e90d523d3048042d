import assert from 'node:assert/strict';
import { test } from 'node:test';
import { atBest, settleNames, type NameAnswer, type SuspectName } from '../../../../src/core/sql/settleNames.ts';
import type { Calls, StatementClass } from '../../../../src/core/sql/verdict.ts';
import { statement, verdict } from '../../../fakes/statements.ts';

const none: Calls = { functions: [], fields: [], operators: [], types: [] };
const suspect = (kind: SuspectName['kind'], name: string): SuspectName => ({ kind, name, what: `public.${name}` });
const answered = (...suspects: readonly SuspectName[]): NameAnswer => ({ kind: 'answered', suspects });
const unanswered: NameAnswer = { kind: 'unanswered', message: 'lost' };

type Row = readonly [what: string, was: StatementClass, calls: Partial<Calls>, answer: NameAnswer, becomes: StatementClass, open?: StatementClass];
const rows: readonly Row[] = [
  ['nothing found', 'read', { functions: ['lower'] }, answered(), 'read'],
  ['an overload', 'read', { functions: ['lower'] }, answered(suspect('function', 'lower')), 'unknown', 'read'],
  ['an overload of another name', 'read', { functions: ['lower'] }, answered(suspect('function', 'upper')), 'read'],
  ['an operator of that name', 'read', { functions: ['lower'] }, answered(suspect('operator', 'lower')), 'read'],
  ['a field', 'read', { fields: ['a'] }, answered(suspect('field', 'a')), 'unknown', 'read'],
  ['an operator', 'read', { operators: ['='] }, answered(suspect('operator', '=')), 'unknown', 'read'],
  ['a harmless type', 'unknown', { types: ['mood'], settledClass: 'read' }, answered(), 'read'],
  ['a harmless type in what is no read', 'unknown', { types: ['mood'], settledClass: 'session' }, answered(), 'session'],
  ['a doubtful type', 'unknown', { types: ['mood'], settledClass: 'read' }, answered(suspect('type', 'mood')), 'unknown'],
  ['a type that does not decide the class', 'unknown', { types: ['mood'] }, answered(), 'unknown'],
  ['a write with harmless names', 'write', { functions: ['lower'] }, answered(), 'write'],
  ['no answer about a read', 'read', { functions: ['lower'] }, unanswered, 'unknown', 'read'],
  ['no answer about an open class', 'unknown', { types: ['mood'], settledClass: 'read' }, unanswered, 'unknown'],
];
for (const [what, was, calls, answer, becomes, open = becomes] of rows) {
  test(`${what}: ${was} becomes ${becomes}`, () => {
    const before = verdict(statement('x', was, { calls: { ...none, ...calls } }));
    assert.deepEqual([settleNames(before, answer, 'all').class, settleNames(before, answer, 'open').class], [becomes, open]);
  });
}

test('statements without names stay what they are, whatever the answer', () => {
  const before = verdict(statement('select 1', 'read'), statement('drop table t', 'destructive'));
  assert.equal(settleNames(before, unanswered, 'all'), before);
  assert.equal(atBest(before), before);
});

test('the class of a text is that of its worst statement', () => {
  const before = verdict(statement('a', 'read'), statement('b', 'unknown', { calls: { ...none, types: ['mood'], settledClass: 'read' } }));
  assert.equal(atBest(before).class, 'read');
  assert.equal(settleNames(before, answered(suspect('type', 'mood')), 'all').class, 'unknown');
});

test('what was settled leaves no doubt in the reasons, and what was found comes first', () => {
  const reasons = [{ code: 'unlisted-type', message: 'Converts to mood' }, { code: 'bulk-export', message: 'whole tables' }];
  const before = verdict(statement('x', 'unknown', { reasons, tags: ['needs_server', 'bulk_export'], calls: { ...none, types: ['mood'], settledClass: 'read' } }));
  const [cleared] = settleNames(before, answered(), 'all').statements;
  assert.deepEqual([cleared?.reasons.map(({ code }) => code), cleared?.tags], [['bulk-export'], ['bulk_export']]);
  const [doubted] = settleNames(before, answered(suspect('type', 'mood')), 'all').statements;
  assert.deepEqual(doubted?.reasons.map(({ code }) => code), ['user-type', 'unlisted-type', 'bulk-export']);
});

test('a text that could not be parsed is not looked at again', () => {
  const before = { ...verdict(statement('x', 'read', { calls: { ...none, functions: ['lower'] } })), class: 'unknown' as const, error: { message: 'no' } };
  assert.equal(settleNames(before, answered(), 'all'), before);
});
