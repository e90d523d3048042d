import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Outcome } from '../../../src/core/outcome.ts';
import type { ScriptVerdict } from '../../../src/core/sql/verdict.ts';
import { utf8Length } from '../../../src/core/sql/bytes.ts';
import { freezeSelections } from '../../../src/editor/features/run/freeze.ts';
import { problemsOf } from '../../../src/editor/features/run/places.ts';
import { statement } from '../../fakes/statements.ts';

const text = `select '😀 ü'; select "ü", nope from t; select 3`;
const frozen = freezeSelections(text, [{ start: 20, end: 20 }, { start: text.length, end: text.length }], 'postgresql');

function verdictOf(frozenText: string): ScriptVerdict {
  const statements = frozenText.split('\n;\n').map((part) => {
    const start = utf8Length(frozenText.slice(0, frozenText.indexOf(part)));
    return statement(part, 'read', { start, end: start + utf8Length(part) });
  });
  return { dialect: 'postgresql', class: 'read', statements };
}

function pointedAt(outcome: Outcome): readonly string[] {
  assert.ok(frozen);
  return problemsOf(outcome, frozen, verdictOf(frozen.text)).map(({ start, end }) => text.slice(start, end));
}

const failed = (facts: object, index?: number): Outcome => ({ kind: 'failed', failure: { code: 'sql', message: 'no', ...facts }, ...(index === undefined ? {} : { statement: index }) });

test('the word the server points at is underlined, in whatever statement it is', () => {
  assert.deepEqual(pointedAt(failed({ position: 12 }, 0)), ['nope']);
  assert.deepEqual(pointedAt(failed({ position: 7 }, 1)), ['3']);
});

test('without a position it is the whole statement', () => {
  assert.deepEqual(pointedAt(failed({}, 1)), ['select 3']);
});

test('a failure that is not about the text points nowhere', () => {
  assert.deepEqual(pointedAt({ kind: 'failed', failure: { code: 'connection', message: 'gone' } }), []);
  assert.deepEqual(pointedAt({ kind: 'cancelled' }), []);
});

test('a refused part is found by its bytes', () => {
  assert.ok(frozen);
  const start = utf8Length(frozen.text.slice(0, frozen.text.indexOf('nope')));
  assert.deepEqual(pointedAt({ kind: 'refused', reasons: [{ code: 'unparsed', message: 'no', span: { start, end: start + 4 } }, { code: 'blocked', message: 'no' }] }), ['nope']);
});
