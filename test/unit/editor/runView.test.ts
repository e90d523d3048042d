import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { maxCellText } from '../../../src/protocol/clip.ts';
import { endResult, maskFailure, modelOf, plainRows, startResults, windowOf, type RunView } from '../../../src/editor/features/results/runView.ts';
import { arrange, rowsInView } from '../../../src/editor/features/results/arranged.ts';
import { sinkFor } from '../../../src/editor/features/results/resultSink.ts';
import { production } from '../../fakes/ports.ts';
import { statement } from '../../fakes/statements.ts';

const at = () => 'line 1, column 8';

function view(): RunView {
  return { run: 7, document: 'file:///a.sql', profile: production, startedAt: 1000, results: startResults([statement('select 1', 'read'), statement('select 2', 'read')]), screen: undefined, messages: [], summary: undefined, running: true };
}

test('the first statement runs, those after it wait', () => {
  const model = modelOf(view(), 1500);
  assert.deepEqual([model.run, model.where, model.elapsedMs, model.environment], [7, 'app@db-1:5432/shop', 500, 'production']);
  assert.deepEqual(model.results.map(({ state }) => state), ['running', 'not-run']);
});

test('every end is shown: done, stopped early, cancelled, failed', () => {
  const [first, second] = startResults([statement('a', 'read'), statement('b', 'read')]);
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
  result.rows = plainRows(2);
  result.rows.append([['1', 'a'], ['2', 'x'.repeat(maxCellText + 5)], ['3', null]]);
  const window = windowOf(run, 0, 1, 10);
  assert.ok(window.type === 'rows');
  assert.deepEqual(window.rows.map(([id, text]) => [id, text?.length]), [['2', maxCellText], ['3', undefined]]);
  assert.deepEqual(window.clipped, [{ row: 0, column: 1, length: maxCellText + 5 }]);
  assert.deepEqual(windowOf(run, 9, 0, 10), { type: 'rows', run: 7, result: 9, start: 0, rows: [] });
});

describe('masked columns', () => {
  const columns = [{ name: 'id', type: 'integer' }, { name: 'email', type: 'text' }, { name: 'code', type: 'text' }];
  const table = { schema: 'public', table: 'people' };
  const lineage = { origins: columns.map((column) => ({ kind: 'stored' as const, names: [{ table, column }] })), sources: columns.map((column) => ({ table, column })) };
  const rules = [{ team: [{ columns: ['*.*.code'], strategy: 'pseudonym' as const }], hidden: [] }];

  function masked(): { readonly run: RunView; readonly notices: string[] } {
    const run = view();
    const notices: string[] = [];
    const sink = sinkFor(run.results[0], 'postgresql', rules, { changed: () => undefined, notice: (text) => notices.push(text) });
    assert.equal(sink.wantsLineage, true);
    sink.columns(columns, lineage);
    sink.rows([['1', 'alice@example.com', 'x'], ['2', null, 'x'], ['3', 'robert@example.com', 'y']]);
    sink.notice('saw "alice@example.com" in relation "people"');
    return { run, notices };
  }
  const shown = (run: RunView) => {
    const window = windowOf(run, 0, 0, 10);
    return window.type === 'rows' ? window.rows : [];
  };

  test('leave the host as their masks only, NULL as NULL, and are named', () => {
    const { run, notices } = masked();
    assert.deepEqual(modelOf(run, 0).results[0]?.masked, [1, 2]);
    const rows = shown(run);
    assert.deepEqual(rows.map(([, email]) => email), ['a…@e….com', null, 'r…@e….com']);
    assert.match(rows[0]?.[2] ?? '', /^#[0-9a-f]{10}$/u);
    assert.equal(rows[0]?.[2], rows[1]?.[2]);
    assert.notEqual(rows[0]?.[2], rows[2]?.[2]);
    assert.equal(run.results[0]?.rows.cell(0, 1), 'a…@e….com');
    assert.deepEqual(notices, ['saw "•••" in relation "people"']);
    assert.doesNotMatch(JSON.stringify([rows, modelOf(run, 0), notices]), /alice|robert/u);
  });

  test('are shown one by one once they are revealed, and not in another result', () => {
    const { run } = masked();
    run.results[0]?.rows.reveal([1]);
    assert.deepEqual(modelOf(run, 0).results[0]?.masked, [2]);
    assert.deepEqual(shown(run).map(([, email]) => email), ['alice@example.com', null, 'robert@example.com']);
    assert.deepEqual(shown(masked().run).map(([, email]) => email), ['a…@e….com', null, 'r…@e….com']);
  });

  test('a failure tells nothing of them', () => {
    const failure = maskFailure({ code: 'sql', message: 'invalid input syntax for type integer: "alice@example.com"', detail: 'Key (email)=(alice@example.com) already exists.', sqlState: '22P02' }, 'select email::int from people');
    assert.doesNotMatch(JSON.stringify(failure), /alice/u);
    assert.equal(failure.sqlState, '22P02');
  });

  test('without rules nothing is masked and nothing is asked', () => {
    const run = view();
    const sink = sinkFor(run.results[0], 'postgresql', undefined, { changed: () => undefined, notice: () => undefined });
    sink.columns(columns);
    sink.rows([['1', 'alice@example.com', 'x']]);
    assert.deepEqual([sink.wantsLineage, modelOf(run, 0).results[0]?.masked, shown(run)], [false, undefined, [['1', 'alice@example.com', 'x']]]);
  });
});

describe('arranged rows', () => {
  function three(state: 'done' | 'running' = 'done'): RunView {
    const run = view();
    const [result] = run.results;
    assert.ok(result);
    result.columns = [{ name: 'id', type: 'integer' }, { name: 'plan', type: 'text' }];
    result.rows = plainRows(2);
    result.rows.append([['10', 'paid'], ['9', 'trial'], ['11', 'paid']]);
    result.state = state;
    return run;
  }
  const ids = (run: RunView): readonly (string | null | undefined)[] => {
    const window = windowOf(run, 0, 0, 10);
    return window.type === 'rows' ? window.rows.map(([id]) => id) : [];
  };

  test('are what pages pull, one step after the other, and back', () => {
    const run = three();
    const [result] = run.results;
    assert.ok(result);
    assert.equal(arrange(result, { how: 'down', row: 0, column: 0 }), undefined);
    assert.deepEqual([ids(run), modelOf(run, 0).results[0]?.arranged], [['11', '10', '9'], { of: 3, sort: { column: 0, direction: 'down' } }]);
    arrange(result, { how: 'only', row: 1, column: 1 });
    assert.deepEqual([ids(run), modelOf(run, 0).results[0]?.rowCount, modelOf(run, 0).results[0]?.arranged], [['11', '10'], 2, { of: 3, sort: { column: 0, direction: 'down' }, only: 1 }]);
    assert.equal(rowsInView(result).cell(1, 0), '10');
    assert.equal(rowsInView(result).cell(2, 0), undefined);
    arrange(result, { how: 'none', row: 0, column: 0 });
    assert.deepEqual([ids(run), modelOf(run, 0).results[0]?.arranged], [['10', '9', '11'], undefined]);
  });

  test('wait until the last row is there', () => {
    const run = three('running');
    const [result] = run.results;
    assert.ok(result);
    assert.match(arrange(result, { how: 'up', row: 0, column: 0 }) ?? '', /still coming/u);
    assert.deepEqual(ids(run), ['10', '9', '11']);
  });
});
