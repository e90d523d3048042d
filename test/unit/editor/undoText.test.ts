import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { epochMs } from '../../../src/core/brand.ts';
import type { UndoEntry, UndoNotice } from '../../../src/core/undo/kept.ts';
import { createKnownUndos } from '../../../src/editor/features/undo/knownUndos.ts';
import { ago, describeEffects, describeNotice, firstWords, insteadScript, titleOf, undoScript } from '../../../src/editor/features/undo/undoText.ts';

const noon = epochMs(new Date(2026, 10, 21, 12, 0).getTime());
const table = { schema: 'public', table: 'people' };
const entry: UndoEntry = {
  run: 'r1',
  connection: 'c',
  address: 'app@db/shop',
  time: noon,
  sql: 'DELETE FROM people;\n-- all of them',
  effects: [],
  undo: { kind: 'steps', dialect: 'postgresql', settings: {}, steps: [{ sql: 'INSERT 1', parts: [{ table, kind: 'restore-deleted', rows: 41 }] }], leaves: ['A trigger fires again.'] },
};

describe('the line before the decision', () => {
  const rows: readonly (readonly [UndoNotice, string])[] = [
    [{ kind: 'kept', run: 'r1', rows: 41, tables: 3, objects: [], expiresAt: noon, leaves: [] }, 'restores 41 rows in 3 tables, until 21 Nov.'],
    [{ kind: 'kept', run: 'r1', rows: 1, tables: 1, objects: [], expiresAt: noon, leaves: ['A trigger fires again.'] }, 'restores 1 row, until 21 Nov. A trigger fires again.'],
    [{ kind: 'kept', run: 'r1', rows: 9, tables: 2, objects: ['a.b', 'a.c'], expiresAt: noon, leaves: [] }, 'brings back a.b, a.c, until 21 Nov.'],
    [{ kind: 'nothing' }, 'there is nothing to restore.'],
    [{ kind: 'none', reason: 'the rows are dropped.' }, 'No undo, because the rows are dropped.'],
  ];
  for (const [notice, text] of rows) test(text, () => assert.equal(describeNotice(notice), text));
});

describe('how long ago', () => {
  const rows: readonly (readonly [minutes: number, text: string])[] = [[0, 'just now'], [1, 'a minute ago'], [59, '59 minutes ago'], [120, 'today at 10:00'], [26 * 60, '20 Nov at 10:00']];
  for (const [minutes, text] of rows) test(text, () => assert.equal(ago(noon - minutes * 60_000, noon), text));
});

test('effects in signs, statements in their first words', () => {
  assert.equal(describeEffects([{ table, inserted: 0, updated: 3, deleted: 1041, why: 'statement' }]), '~3 \u22121,041 people');
  assert.equal(firstWords('a\n  b\tc'), 'a b c');
  assert.equal(firstWords(`${'x'.repeat(78)}😀 and more`).isWellFormed(), true);
});

test('nothing of the statement it takes back can leave its comment', () => {
  const script = undoScript({ ...entry, sql: 'DELETE FROM a;\r\nDROP TABLE b;\rDROP TABLE c;\n*/ DROP TABLE d' });
  assert.deepEqual(script.split('\n').filter((line) => !line.startsWith('--')), ['INSERT 1;', '']);
  assert.doesNotMatch(script, /\r/);
});

test('a text is called by its first words, or by the comment it begins with', () => {
  assert.deepEqual(['DELETE\n FROM a', '-- Takes back: DELETE FROM a\n-- more\nWITH', '--\nSELECT', '-- a\r\nb'].map((text) => titleOf(text)), ['DELETE FROM a', 'Takes back: DELETE FROM a', '', 'a']);
  assert.equal(insteadScript('TRUNCATE t\n, u', { kind: 'truncate', notes: ['All is kept.'], script: 'X;\n', wayBack: entry.undo }), '-- Instead of: TRUNCATE t , u\n-- All is kept.\nX;\n');
});

test('a text takes something back only as it was made, to the letter', () => {
  const known = createKnownUndos();
  const script = undoScript(entry);
  known.addUndo(entry, script);
  assert.deepEqual([script, script.replaceAll('\n', '\r\n'), 'INSERT 1', 'INSERT 1;', 'INSERT 2', `${script}; SELECT 1`, ''].map((text) => known.of(text).undoOf), ['r1', 'r1', 'r1', 'r1', undefined, undefined, undefined]);
});
