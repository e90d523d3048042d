import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ReviewRequest } from '../../../src/app/ports.ts';
import type { TableImages } from '../../../src/core/effect/preview.ts';
import { maxCellText } from '../../../src/protocol/clip.ts';
import type { RiskRule } from '../../../src/core/sql/risks.ts';
import { createReviewModel, createReviewRow, createReviewTables, describeSize } from '../../../src/editor/features/review/reviewModel.ts';
import { preview, production } from '../../fakes/ports.ts';
import { statement } from '../../fakes/statements.ts';

const plain = statement('update t set a = 1 where id = 1', 'write', { reasons: [{ code: 'update', message: 'Changes rows of t' }], targets: [{ table: 't', access: 'write' }] });
const request: ReviewRequest = { connection: production, preview, obligations: [{ kind: 'consent' }], statements: [plain] };

test('an ordinary write is told by its numbers, not by restating it', () => {
  const model = createReviewModel(request, 1, 5);
  assert.equal(model.title, 'Deletes 3 rows from t');
  assert.deepEqual(model.risks, [{ level: 'ok', text: 'Nothing was touched beyond what the statement names.' }]);
  assert.deepEqual([model.where, model.expiresAt, model.holdMs, model.now], ['app@db-1:5432/shop', 120_000, 120_000, 5]);
  assert.equal('phrase' in model, false);
});

test('what reaches further than the text is a risk, deletes a high one', () => {
  const effects = [
    ...preview.effects,
    { table: { schema: 'public', table: 'sessions' }, inserted: 0, updated: 0, deleted: 41, why: 'cascade from t' },
    { table: { schema: 'audit', table: 'log' }, inserted: 1, updated: 2, deleted: 0, why: 'trigger log' },
  ];
  const { risks } = createReviewModel({ ...request, preview: { ...preview, effects } }, 1, 0);
  assert.deepEqual(risks, [
    { level: 'high', text: 'Reaches further than the statement says: deletes 41 rows in sessions (cascade from t).' },
    { level: 'medium', text: 'Reaches further than the statement says: updates 2 rows and inserts 1 row in log (trigger log).' },
  ]);
});

test('many tables are one line for each kind, and what the statement names comes first', () => {
  const reached = ['a', 'b', 'c', 'd', 'e', 'f'].map((table) => ({ table: { schema: 'public', table }, inserted: 0, updated: 0, deleted: 2, why: 'cascade from t' }));
  const log = { table: { schema: 'audit', table: 'log' }, inserted: 7, updated: 0, deleted: 0, why: 'trigger log' };
  const effects = [log, ...reached, ...preview.effects];
  const { risks, effects: shown } = createReviewModel({ ...request, preview: { ...preview, effects } }, 1, 0);
  assert.deepEqual(risks, [
    { level: 'high', text: 'Reaches further than the statement says: deletes 12 rows in 6 tables (a, b, c, d, 2 more).' },
    { level: 'medium', text: 'Reaches further than the statement says: inserts 7 rows in log (trigger log).' },
  ]);
  assert.equal(shown[0]?.table.table, 't');
});

test('a destructive statement says why, once', () => {
  const reasons = [{ code: 'no-where', message: 'deletes every row of t: it has no WHERE' }];
  const drop = statement('delete from t', 'destructive', { reasons });
  const { risks, phrase } = createReviewModel({ ...request, statements: [drop, drop], phrase: 'delete 3 rows' }, 1, 0);
  assert.deepEqual(risks, [{ level: 'high', text: 'Deletes every row of t: it has no WHERE.' }]);
  assert.equal(phrase, 'delete 3 rows');
});

test('risks are those of the rules, with what is special about this statement behind them', () => {
  const grant = statement('grant all on t to x', 'privilege', { kind: 'grant', reasons: [{ code: 'grant', message: 'Gives x rights on t' }] });
  const { risks } = createReviewModel({ ...request, statements: [grant] }, 1, 0);
  assert.deepEqual(risks, [
    { level: 'high', text: 'It changes who may do what.' },
    { level: 'high', text: 'Gives x rights on t.' },
  ]);
});

test('a rule of the team is shown like any other', () => {
  const rule: RiskRule = { code: 'own', severity: 'high', message: 'Orders are closed on Fridays', remedy: 'Wait', whereAll: { tables: ['t'] } };
  const { risks } = createReviewModel(request, 1, 0, [rule]);
  assert.deepEqual(risks, [{ level: 'high', text: 'Orders are closed on Fridays.' }]);
});

test('a large share of the table is a risk, whatever the text looks like', () => {
  const effects = preview.effects.map((effect) => ({ ...effect, deleted: 60, tableRows: 100 }));
  const { risks } = createReviewModel({ ...request, preview: { ...preview, effects } }, 1, 0);
  assert.deepEqual(risks, [{ level: 'high', text: 'Deletes 60 of 100 rows in t, 60 %.' }]);
});

test('what a rollback leaves behind comes first among the facts', () => {
  const { facts } = createReviewModel({ ...request, preview: { ...preview, permanent: ['sequence s moved'], notices: ['hello'] } }, 1, 0);
  assert.deepEqual(facts.map(({ label }) => label), ['Cannot be rolled back', 'The server says', 'Locks', 'Recorded']);
});

const long = 'x'.repeat(maxCellText);
const images: TableImages = {
  table: { schema: 'public', table: 't' },
  columns: [{ name: 'id', type: 'integer' }, { name: 'note', type: 'text' }],
  key: [0],
  changes: [
    { kind: 'inserted', after: ['1', null] },
    { kind: 'updated', before: ['2', `${long}a`], after: ['2', `${long}b`] },
    { kind: 'deleted', before: ['3', ''] },
  ],
  incomplete: 'only 3 rows',
};

test('tables are counted and name the columns that changed', () => {
  assert.deepEqual(createReviewTables([images]), [
    { schema: 'public', table: 't', columns: images.columns, key: [0], total: 3, changed: [1], counts: { inserted: 1, updated: 1, deleted: 1 }, incomplete: 'only 3 rows' },
  ]);
});

test('rows travel by their beginning, but are compared as a whole', () => {
  const [inserted, updated] = images.changes.map(createReviewRow);
  assert.deepEqual(inserted, { kind: 'inserted', after: ['1', null] });
  assert.ok(updated?.kind === 'updated');
  assert.deepEqual(updated.changed, [1]);
  assert.equal(updated.before[1], updated.after[1]);
  assert.deepEqual(updated.clipped, [{ column: 1, length: maxCellText + 1, side: 'before' }, { column: 1, length: maxCellText + 1, side: 'after' }]);
});

test('the size of a change in words', () => {
  assert.equal(describeSize(preview.effects), '3 rows');
  assert.equal(describeSize([{ table: { schema: 's', table: 't' }, inserted: 1, updated: 0, deleted: 0, why: 'statement' }]), '1 row');
  assert.equal(describeSize([]), '0 rows');
});
