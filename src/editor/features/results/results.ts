/** Where results of reads and the ends of runs are shown: one run for each document, the one of the active document on screen. */
import { env, window } from 'vscode';
import type { Disposable } from 'vscode';
import type { Results } from '../../../app/ports.ts';
import type { Failure } from '../../../core/errors.ts';
import type { ConnectionProfile } from '../../../core/profile/connection.ts';
import { formatRows } from '../../../core/results/formatRows.ts';
import { createRowStore } from '../../../core/results/rowStore.ts';
import type { ResultsAction, ResultsModel, ResultsToHost } from '../../../protocol/results.ts';
import type { ValueDocuments } from '../../valueDocuments.ts';
import type { ResultsView } from './resultsView.ts';
import { endResult, modelOf, sizeOf, startResults, windowOf, type RunView, type StatementResult } from './runView.ts';

export interface ResultsHost extends Disposable {
  /** A run begins: what the document showed before gives way. `shown`: bring the view to front at once. */
  start(document: string, profile: ConnectionProfile, shown: boolean): ResultsRun;
  /** The document is closed: its rows are let go as soon as nobody looks at them. */
  forget(document: string): void;
  readonly listeners: { onCancel?: (document: string) => void; onAct?: (document: string, action: ResultsAction) => void; /** Rows went to the clipboard. */ onCopied?: (connection: ConnectionProfile, rows: number, format: string) => void };
}

export interface ResultsRun {
  /** The port of this run. `describePlace`: where a failure of a statement points in the document. */
  port(describePlace: (statement: number, failure: Failure) => string | undefined): Results;
  message(level: 'info' | 'warning' | 'error', text: string): void;
  /** What runs has moved elsewhere, or ended, with a sentence. `shown`: bring the view to front. */
  say(summary: ResultsModel['summary'], shown: boolean): void;
}

/** At most 30 models a second reach the page. */
const modelMs = 33;
/** All runs together; the oldest ones are let go first. */
const mostUnits = 128 * 1024 * 1024;
const mostMessages = 1000;

export function createResults(view: ResultsView, values: ValueDocuments): ResultsHost {
  const runs = new Map<string, RunView>();
  const listeners: ResultsHost['listeners'] = {};
  let shownDocument: string | undefined;
  /** Closed while its results were on screen. */
  let forgotten: string | undefined;
  let lastRun = 0;
  let timer: NodeJS.Timeout | undefined;

  const shown = (): RunView | undefined => (shownDocument === undefined ? undefined : runs.get(shownDocument));
  const postModel = (): void => {
    clearTimeout(timer);
    timer = undefined;
    const run = shown();
    if (run) view.post({ type: 'model', model: modelOf(run, Date.now()) });
  };
  const changed = (run: RunView): void => {
    if (run === shown()) timer ??= setTimeout(postModel, modelMs);
  };
  const show = (document: string): void => {
    if (forgotten !== undefined && forgotten !== document) runs.delete(forgotten);
    forgotten = undefined;
    shownDocument = document;
    postModel();
  };

  const receive = (message: ResultsToHost): void => {
    if (message.type === 'ready') return postModel();
    const run = shown();
    if (!run) return;
    if (message.type === 'cancel') return listeners.onCancel?.(run.document);
    if (message.run !== run.run) return;
    if (message.type === 'act') return listeners.onAct?.(run.document, message.action);
    if (message.type === 'pull') return view.post(windowOf(run, message.result, message.start, message.count));
    const result = run.results[message.result];
    if (!result) return;
    if (message.type === 'open-value') void openValue(values, result, message.row, message.column);
    else {
      void env.clipboard.writeText(copyText(run, result, message));
      listeners.onCopied?.(run.profile, Math.max(0, Math.min(message.rows[1], result.rows.rowCount) - message.rows[0]), message.format);
    }
  };

  const subscriptions = [
    view.onMessage(receive),
    window.onDidChangeActiveTextEditor((editor) => {
      const document = editor?.document.uri.toString();
      if (document !== undefined && document !== shownDocument && runs.has(document)) show(document);
    }),
  ];

  return {
    listeners,
    start(document, profile, isShown) {
      const run: RunView = { run: ++lastRun, document, profile, startedAt: Date.now(), results: [], messages: [], summary: undefined, running: true };
      runs.delete(document);
      runs.set(document, run);
      letGoOldest(runs);
      show(document);
      if (isShown) view.reveal();
      return createRun(run, { changed, postModel, reveal: () => view.reveal() });
    },
    forget(document) {
      if (document === shownDocument) forgotten = document;
      else runs.delete(document);
    },
    dispose() {
      clearTimeout(timer);
      for (const subscription of subscriptions) subscription.dispose();
    },
  };
}

type RunEvents = { changed(run: RunView): void; postModel(): void; reveal(): void };

function createRun(run: RunView, { changed, postModel, reveal }: RunEvents): ResultsRun {
  const message = (level: 'info' | 'warning' | 'error', text: string): void => {
    if (run.messages.length < mostMessages) run.messages.push({ level, text });
    changed(run);
  };
  return {
    message,
    say(summary, isShown) {
      run.running = false;
      run.summary = summary;
      postModel();
      if (isShown) reveal();
    },
    port: (describePlace) => ({
      begin(_document, _connection, statements) {
        run.results = startResults(statements);
        postModel();
        reveal();
        return {
          sink: (index) => sinkFor(run, index, changed, message),
          ended(index, end, durationMs) {
            const result = run.results[index];
            if (result) endResult(result, end, durationMs, (failure) => describePlace(index, failure));
            const next = run.results[index + 1];
            if (end.kind === 'done' && next) next.state = 'running';
            changed(run);
          },
          finished() {
            run.running = false;
            postModel();
          },
        };
      },
    }),
  };
}

function sinkFor(run: RunView, index: number, changed: RunEvents['changed'], message: (level: 'info', text: string) => void): ReturnType<ReturnType<Results['begin']>['sink']> {
  const result = run.results[index];
  return {
    columns(columns) {
      if (!result) return;
      result.columns = columns;
      result.rows = createRowStore(columns.length);
      changed(run);
    },
    rows(rows) {
      result?.rows.append(rows);
      changed(run);
    },
    notice: (text) => message('info', text),
  };
}

function letGoOldest(runs: Map<string, RunView>): void {
  let size = [...runs.values()].reduce((sum, run) => sum + sizeOf(run), 0);
  for (const [document, run] of runs) {
    if (size <= mostUnits) return;
    if (run.running) continue;
    size -= sizeOf(run);
    runs.delete(document);
  }
}

async function openValue(values: ValueDocuments, result: StatementResult, row: number, column: number): Promise<void> {
  const value = result.rows.cell(row, column);
  if (value === undefined) return;
  await values.show(`${result.columns[column]?.name ?? 'value'} row ${String(row + 1)}`, value);
}

function copyText(run: RunView, result: StatementResult, message: Extract<ResultsToHost, { type: 'copy' }>): string {
  const [firstColumn, endColumn] = message.columns;
  const [firstRow, endRow] = message.rows;
  const sources = result.statement.targets.filter(({ access }) => access === 'read');
  const table = sources.length === 1 ? sources[0] : undefined;
  return formatRows(message.format, {
    columns: result.columns.slice(firstColumn, endColumn),
    rows: result.rows.window(firstRow, endRow - firstRow).map((row) => row.slice(firstColumn, endColumn)),
    headers: message.headers,
    ...(table ? { table } : {}),
    dialect: run.profile.dialect,
  });
}
