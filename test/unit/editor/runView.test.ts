import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRowStore } from '../../../src/core/results/rowStore.ts';
import { maxCellText } from '../../../src/protocol/clip.ts';
import { endResult, modelOf, startResults, windowOf, type RunView } from '../../../src/editor/features/results/runView.ts';
import { production } from '../../fakes/ports.ts';

const at = () => 'line 1, column 8';

function view(): RunView {
  return { run: 7, document: 'file:///a.sql', profile: production, startedAt: 1000, results: startResults([{ text: 'select 1', targets: [] }, { text: 'select 2', targets: [] }]), messages: [], summary: undefined, running: true };
}

test('the first statement runs, those after it wait', () => {
  const model = modelOf(view(), 1500);
  assert.deepEqual([model.run, model.where, model.elapsedMs, model.environment], [7, 'app@db-1:5432/shop', 500, 'production']);
  assert.deepEqual(model.results.map(({ state }) => state), ['running', 'not-run']);
});

test('every end is shown: done, stopped early, cancelled, failed', () => {
  const [first, second] = startResults([{ text: 'a', targets: [] }, { text: 'b', targets: [] }]);
  assert.ok(first && second);
  endResult(first, { kind: 'done', rows: 500, commandTag: 'SELECT 500', truncated: 'row-limit' }, 12, at);
  assert.deepEqual([first.state, first.commandTag, first.durationMs], ['done', 'SELECT 500', 12]);
  assert.match(first.truncated ?? '', /Stopped after 500 rows.*There are more/u);
  endResult(second, { kind: 'cancelled', rows: 0 }, 1, at);
  assert.equal(second.state, 'cancelled');
  endResult(second, { kind: 'failed', failure: { code: 'sql', message: 'no', sqlState: '42P01', hint: 'h' } }, 1, at);
  assert.deepEqual(second.error, { message: 'no', hint: 'h', sqlState: '42P01', at: 'line 1, column 8' });
});

test('a window carries the beginning of long values and says which are cut', () => {
  const run = view();
  const [result] = run.results;
  assert.ok(result);
  result.rows = createRowStore(2);
  result.rows.append([['1', 'a'], ['2', 'x'.repeat(maxCellText + 5)], ['3', null]]);
  const window = windowOf(run, 0, 1, 10);
  assert.ok(window.type === 'rows');
  assert.deepEqual(window.rows.map(([id, text]) => [id, text?.length]), [['2', maxCellText], ['3', undefined]]);
  assert.deepEqual(window.clipped, [{ row: 0, column: 1, length: maxCellText + 5 }]);
  assert.deepEqual(windowOf(run, 9, 0, 10), { type: 'rows', run: 7, result: 9, start: 0, rows: [] });
});
