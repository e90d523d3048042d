/** Where a review stands after each message. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ReviewModel } from '../../../src/protocol/review.ts';
import type { Phase, ReviewEvent } from '../../../webview/review/state.ts';
import { initialState, nextState } from '../../../webview/review/state.ts';

const model = { type: 'model', model: { title: 'x' } as ReviewModel } as const;
const end = { type: 'end', end: { kind: 'committed', title: '', text: '' } } as const;
const refused = { type: 'refused', message: 'no' } as const;
const committing = { type: 'committing' } as const;
const askCommit = { type: 'asked-commit' } as const;
const askRollback = { type: 'asked-rollback' } as const;

const rows: readonly (readonly [string, readonly ReviewEvent[], Phase])[] = [
  ['nothing can be asked before there is a change', [askCommit, askRollback, committing], 'loading'],
  ['a model opens the review', [model], 'open'],
  ['asking for the commit waits for the host', [model, askCommit], 'commit-sent'],
  ['a refusal leaves the change open', [model, askCommit, refused], 'open'],
  ['committing is the host\u2019s word', [model, askCommit, committing], 'committing'],
  ['a commit that was only asked for can be rolled back', [model, askCommit, askRollback], 'rollback-sent'],
  ['a commit on its way cannot', [model, askCommit, committing, askRollback], 'committing'],
  ['a rollback is asked for once', [model, askRollback, askCommit], 'rollback-sent'],
  ['a refusal does not bring back what is being rolled back', [model, askCommit, askRollback, refused], 'rollback-sent'],
  ['an end is final', [model, end, committing, refused, askCommit, askRollback], 'ended'],
  ['the next change opens again', [model, end, model], 'open'],
];

for (const [name, events, phase] of rows) {
  test(name, () => assert.equal(events.reduce(nextState, initialState).phase, phase));
}

test('the next change forgets the refusal and the end of the one before', () => {
  const state = [model, askCommit, refused, end, model].reduce(nextState, initialState);
  assert.deepEqual([state.refused, state.end, state.tables], [undefined, undefined, undefined]);
});
