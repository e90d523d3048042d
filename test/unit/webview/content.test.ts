/** What the results view shows for a run. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ResultModel, ResultsModel } from '../../../src/protocol/results.ts';
import { contentOf, preferredResult, statusParts } from '../../../webview/results/content.ts';
import { parseRemembered } from '../../../webview/results/remembered.ts';

const columns = [{ name: 'a', type: 'text' }];
const result = (changes: Partial<ResultModel>): ResultModel => ({ statement: 'x', columns, rowCount: 3, state: 'done', ...changes });
const run = (results: readonly ResultModel[], changes: Partial<ResultsModel> = {}): ResultsModel => ({
  run: 1,
  environment: 'development',
  connection: 'c',
  where: 'w',
  results,
  messages: [],
  running: false,
  ...changes,
});

test('content', () => {
  const rows: readonly (readonly [string, ResultsModel | undefined, string])[] = [
    ['nothing ran', undefined, 'empty'],
    ['nothing came yet', run([], { running: true }), 'running'],
    ['only a summary', run([], { summary: { level: 'info', title: 't', text: '' } }), 'sentence'],
    ['rows', run([result({})]), 'grid'],
    ['columns, but no row yet', run([result({ state: 'running', rowCount: 0 })], { running: true }), 'running'],
    ['no rows, but columns', run([result({ rowCount: 0 })]), 'grid'],
    ['a write', run([result({ columns: [], rowCount: 0, commandTag: 'UPDATE 3' })]), 'sentence'],
    ['an error', run([result({ state: 'failed', rowCount: 0 })]), 'sentence'],
    ['an error after rows', run([result({ state: 'failed', rowCount: 7 })]), 'grid'],
    ['cancelled with rows', run([result({ state: 'cancelled' })]), 'grid'],
    ['not run', run([result({ state: 'not-run', columns: [] })]), 'sentence'],
  ];
  for (const [name, model, kind] of rows) assert.equal(contentOf(model, 0).kind, kind, name);
});

test('the result that matters is shown first', () => {
  const plain = result({ columns: [] });
  assert.equal(preferredResult([]), 0);
  assert.equal(preferredResult([result({}), plain]), 0);
  assert.equal(preferredResult([result({}), result({}), plain]), 1);
  assert.equal(preferredResult([result({}), result({ state: 'failed' }), plain]), 1);
  assert.equal(preferredResult([result({}), result({ state: 'running', columns: [] })]), 1);
});

test('status', () => {
  assert.deepEqual(statusParts(result({ durationMs: 12, commandTag: 'SELECT 3' })), ['3 rows', '12 ms', 'SELECT 3']);
  assert.deepEqual(statusParts(result({ columns: [], state: 'cancelled' })), ['cancelled']);
});

test('what an earlier page kept is used only when it has the right shape', () => {
  assert.deepEqual(parseRemembered({ run: 1, view: 'messages', result: 2, top: 3, left: 4 }), { run: 1, view: 'messages', result: 2, top: 3, left: 4 });
  for (const value of [undefined, null, 'x', {}, { run: 1 }, { run: Number.NaN, result: 0, top: 0, left: 0 }, { run: 1, result: -1, top: 0, left: 0 }]) assert.equal(parseRemembered(value), undefined);
});
