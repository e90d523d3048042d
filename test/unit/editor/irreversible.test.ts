/** What is shown of a change that is not open: one that runs again, one that never ran, and who waits for one that is. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Waiter } from '../../../src/core/effect/preview.ts';
import { asReviewedRequest } from '../../../src/editor/features/review/irreversibleModel.ts';
import { createOpenReview } from '../../../src/editor/features/review/openReview.ts';
import { createReviewModel } from '../../../src/editor/features/review/reviewModel.ts';
import { describeWaiters } from '../../../src/editor/features/review/waitingText.ts';
import type { ReviewToPage } from '../../../src/protocol/review.ts';
import { preview, production } from '../../fakes/ports.ts';
import { statement } from '../../fakes/statements.ts';

const vacuum = statement('VACUUM t', 'admin', { kind: 'vacuum', reasons: [{ code: 'vacuum', message: 'Removes dead rows' }] });
const obligations = [{ kind: 'consent' }, { kind: 'typed-confirmation' }] as const;
const asked = asReviewedRequest({ connection: production, statement: vacuum, obligations, phrase: 'vacuum t', inspection: { facts: [{ label: 'Table', text: 'public.t' }], unknown: ['Who waits.'] } });

test('a statement that did not run shows facts and the words to type, and never counts down', () => {
  const posted: ReviewToPage[] = [];
  const review = createOpenReview('file:///a.sql', asked, (message) => posted.push(message), () => undefined);
  review.images([]);
  const [first] = review.replay();
  assert.ok(first?.type === 'model');
  const { basis, phrase, facts, effects, holdMs, subtitle } = first.model;
  assert.deepEqual([basis, phrase, effects, holdMs], ['not-run', 'vacuum t', [], 0]);
  assert.deepEqual(facts.slice(0, 2), [{ label: 'Table', text: 'public.t' }, { label: 'Not known', text: 'Who waits.' }]);
  assert.match(subtitle, /cannot be rolled back/);
  assert.equal(posted.some(({ type }) => type === 'tables'), true, 'Commit waits for the rows, and there are none');
});

test('left alone, it says that nothing ran', () => {
  const review = createOpenReview('file:///a.sql', asked, () => undefined, () => undefined);
  review.end({ kind: 'cancelled', sent: false });
  const end = review.replay().find(({ type }) => type === 'end');
  assert.deepEqual(end?.type === 'end' && [end.end.kind, end.end.text], ['not-run', 'It was not run. Nothing was changed.']);
});

test('a rehearsed change is not open and does not count down', () => {
  const facts = { connection: production, preview, obligations, statements: [vacuum] };
  assert.deepEqual([createReviewModel({ ...facts, basis: 'rehearsed' }, 1, 0).holdMs, createReviewModel(facts, 1, 0).holdMs], [0, 120_000]);
  assert.match(createReviewModel({ ...facts, basis: 'rehearsed' }, 1, 0).subtitle, /Nothing is open now/);
});

const waiter = (application: string, waitingMs: number): Waiter => ({ application, user: 'shop', waitingMs });
for (const [waiters, text] of [
  [[], ''],
  [[waiter('app', 4200)], '1 client waits for this change (app, 4 s)'],
  [[waiter('a', 100), waiter('', 3900)], '2 clients wait for this change (shop, 4 s)'],
] as const) {
  test(`who waits: ${text === '' ? 'nobody' : text}`, () => assert.equal(describeWaiters(waiters), text));
}
