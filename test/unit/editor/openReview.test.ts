import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Consent } from '../../../src/app/ports.ts';
import type { ReviewToPage } from '../../../src/protocol/review.ts';
import { createOpenReview } from '../../../src/editor/features/review/openReview.ts';
import { preview, production } from '../../fakes/ports.ts';
import { statement } from '../../fakes/statements.ts';

function open() {
  const posted: ReviewToPage[] = [];
  const request = { connection: production, preview, obligations: [], statements: [statement('delete from t', 'write')] };
  const review = createOpenReview('file:///a.sql', request, (message) => posted.push(message), () => undefined);
  return { review, posted, types: () => posted.map(({ type }) => type) };
}

/** What a promise settled to, if it did without waiting for anything else. */
async function settled(promise: Promise<Consent>): Promise<Consent | undefined> {
  return await Promise.race([promise, new Promise<undefined>((resolve) => setImmediate(() => resolve(undefined)))]);
}

test('Commit counts only once the rows are there, and an early one is not kept', async () => {
  const { review, types } = open();
  const decision = review.decision();
  review.commit('x', review.number);
  review.images([]);
  assert.equal(await settled(decision), undefined);
  assert.deepEqual(types(), ['refused', 'tables']);
  review.commit('x', review.number);
  assert.deepEqual(await decision, { kind: 'commit', typed: 'x' });
});

test('a commit that was meant for the change shown before does not count', async () => {
  const earlier = open().review;
  const { review } = open();
  review.images([]);
  const decision = review.decision();
  review.commit('', earlier.number);
  assert.equal(await settled(decision), undefined);
});

test('a rollback takes the place of a commit that waits, never the other way round', async () => {
  const { review } = open();
  review.images([]);
  review.commit('x', review.number);
  review.rollBack('closed');
  review.commit('y', review.number);
  assert.deepEqual(await review.decision(), { kind: 'roll-back', why: 'closed' });
});

test('after a refusal the next decision is asked for anew', async () => {
  const { review, types } = open();
  review.images([]);
  const first = review.decision();
  review.commit('wrong', review.number);
  assert.deepEqual(await first, { kind: 'commit', typed: 'wrong' });
  review.refuse('no');
  const second = review.decision();
  assert.equal(await settled(second), undefined);
  review.rollBack('declined');
  assert.deepEqual(await second, { kind: 'roll-back', why: 'declined' });
  assert.deepEqual(types(), ['tables', 'refused']);
});

test('nothing is decided once COMMIT is on its way or all is over', async () => {
  for (const finish of ['committing', 'end'] as const) {
    const { review } = open();
    review.images([]);
    const decision = review.decision();
    if (finish === 'committing') review.committing();
    else review.end({ kind: 'rolled-back', why: 'expired' });
    review.rollBack('declined');
    review.commit('', review.number);
    assert.equal(await settled(decision), undefined);
  }
});

test('a page that begins late gets everything, in order', () => {
  const { review } = open();
  assert.deepEqual(review.replay().map(({ type }) => type), ['model']);
  review.images([]);
  review.committing();
  review.end({ kind: 'committed', preview });
  assert.deepEqual(review.replay().map(({ type }) => type), ['model', 'tables', 'end']);
  assert.deepEqual(review.replay().at(-1), { type: 'end', end: { kind: 'committed', title: 'Committed', text: '3 rows in 1 table changed on shop-prod. It is final.' } });
});

test('rows are handed out by window, and none beyond the end', () => {
  const { review } = open();
  assert.deepEqual(review.rowsFor(0, 0, 10), { type: 'rows', table: 0, start: 0, rows: [] });
  review.images([{ table: { schema: 's', table: 't' }, columns: [{ name: 'id', type: 'integer' }], key: [0], changes: [{ kind: 'deleted', before: ['1'] }, { kind: 'deleted', before: ['2'] }] }]);
  assert.deepEqual(review.rowsFor(0, 1, 10), { type: 'rows', table: 0, start: 1, rows: [{ kind: 'deleted', before: ['2'] }] });
});

test('the page is told risks by the rules in force', () => {
  const rules = [{ code: 'own', severity: 'high' as const, message: 'Nobody deletes on Fridays', remedy: 'Wait', whereAll: { kinds: ['delete'] } }];
  const request = { connection: production, preview, obligations: [], statements: [statement('delete from t', 'write')], rules };
  const [model] = createOpenReview('file:///a.sql', request, () => undefined, () => undefined).replay();
  assert.deepEqual(model?.type === 'model' ? model.model.risks.map(({ text }) => text) : [], ['Nobody deletes on Fridays.']);
});

test('a table that would be dropped without a preview can be moved to the trash too; a text that is one long string is cut', () => {
  const drop = { ...statement('DROP TABLE t', 'destructive'), kind: 'drop-table', targets: [{ table: 't', access: 'write' as const }] };
  const connection = { ...production, dialect: 'mysql' as const };
  const review = createOpenReview('d', { connection, preview: { ...preview, statements: [], effects: [] }, obligations: [], statements: [drop], inspection: { facts: [], unknown: [] } }, () => undefined, () => undefined);
  assert.match(review.instead?.script ?? '', /^RENAME TABLE `shop`\.`t` TO `shop`\.`t__\d{8}T\d{6}`;\n$/);
  const long = createOpenReview('d', { connection, preview: { ...preview, statements: [{ text: `${'x'.repeat(49_999)}😀${'y'.repeat(1000)}`, commandTag: '', rows: 0 }] }, obligations: [], statements: [drop] }, () => undefined, () => undefined);
  const [model] = long.replay();
  const text = model?.type === 'model' ? (model.model.statements[0]?.text ?? '') : '';
  assert.match(text, /x\n… and 1,001 characters more: the document has all of it\.$/);
  assert.equal(text.isWellFormed(), true);
});
