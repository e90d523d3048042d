/** Where results of reads and the ends of runs are shown: one run for each document, the one of the active document on screen. */
import { commands, env, window } from 'vscode';
import type { Disposable } from 'vscode';
import type { ReadEnd, Results } from '../../../app/ports.ts';
import type { Failure } from '../../../core/errors.ts';
import type { ConnectionProfile } from '../../../core/profile/connection.ts';
import { formatRows } from '../../../core/results/formatRows.ts';
import type { ScreenRules } from '../../../core/masking/screenRules.ts';
import type { ResultsAction, ResultsModel, ResultsToHost } from '../../../protocol/results.ts';
import { plainText } from '../../plainText.ts';
import type { ValueDocuments } from '../../valueDocuments.ts';
import { arrange, rowsInView } from './arranged.ts';
import { sinkFor } from './resultSink.ts';
import type { ResultsView } from './resultsView.ts';
import { endResult, maskFailure, modelOf, sizeOf, startResults, windowOf, type RunView, type StatementResult } from './runView.ts';

export interface ResultsHost extends Disposable {
  /** A run begins: what the document showed before gives way. `shown`: bring the view to front at once. */
  start(document: string, profile: ConnectionProfile, shown: boolean): ResultsRun;
  /** The document is closed: its rows are let go as soon as nobody looks at them. */
  forget(document: string): void;
  /** The run that is on screen. */
  shown(): RunView | undefined;
  readonly listeners: ResultsListeners;
}

export type ResultsListeners = {
  onCancel?: (document: string) => void;
  onAct?: (document: string, action: ResultsAction) => void;
  /** Rows went to the clipboard. */
  onCopied?: (connection: ConnectionProfile, rows: number, format: string) => void;
  /** The person wants to see these columns. Resolves when they may be shown, or not. */
  onReveal?: (run: RunView, result: StatementResult, columns: readonly number[]) => Promise<boolean>;
  /** The person wants a result in a file. */
  onExport?: (run: RunView, result: StatementResult) => void;
};

export interface ResultsRun {
  /** The port of this run. `describePlace`: where a failure of a statement points in the document; `screen`: what is masked, if anything is. */
  port(describePlace: (statement: number, failure: Failure) => string | undefined, screen: ScreenRules | undefined): Results;
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
  let hasResult = false;
  let timer: NodeJS.Timeout | undefined;

  const shown = (): RunView | undefined => (shownDocument === undefined ? undefined : runs.get(shownDocument));
  const postModel = (): void => {
    clearTimeout(timer);
    timer = undefined;
    const run = shown();
    if (!run) return;
    view.post({ type: 'model', model: modelOf(run, Date.now()) });
    const isSavable = run.results.some(({ columns, state }) => columns.length > 0 && state !== 'running');
    if (isSavable !== hasResult) void commands.executeCommand('setContext', 'countersign.hasResult', isSavable);
    hasResult = isSavable;
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

  const reveal = async (run: RunView, result: StatementResult, [from, to]: readonly [number, number]): Promise<void> => {
    const columns = result.rows.masked.filter((column) => column >= from && column < to);
    if (columns.length === 0 || (await listeners.onReveal?.(run, result, columns)) !== true) return;
    result.rows.reveal(columns);
    // Sorted by masks it would look as if it were sorted.
    delete result.arranged;
    changed(run);
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
    else if (message.type === 'export') listeners.onExport?.(run, result);
    else if (message.type === 'arrange') {
      const refused = arrange(result, message);
      if (refused !== undefined) void window.showInformationMessage(plainText(refused));
      postModel();
    } else if (message.type === 'reveal') void reveal(run, result, message.columns);
    else {
      void env.clipboard.writeText(copyText(run, result, message));
      listeners.onCopied?.(run.profile, Math.max(0, Math.min(message.rows[1], rowsInView(result).rowCount) - message.rows[0]), message.format);
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
    shown,
    start(document, profile, isShown) {
      const run: RunView = { run: ++lastRun, document, profile, startedAt: Date.now(), results: [], screen: undefined, messages: [], summary: undefined, running: true };
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
    port: (describePlace, screen) => ({
      begin(_document, _connection, statements) {
        run.screen = screen;
        run.results = startResults(statements);
        postModel();
        reveal();
        return {
          sink: (index) => sinkFor(run.results[index], run.profile.dialect, screen, { changed: () => changed(run), notice: (text) => message('info', text) }),
          ended(index, end, durationMs) {
            const result = run.results[index];
            if (result) endResult(result, screen ? masked(end, result) : end, durationMs, (failure) => describePlace(index, failure));
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

function masked(end: ReadEnd, { statement }: StatementResult): ReadEnd {
  return end.kind === 'failed' ? { kind: 'failed', failure: maskFailure(end.failure, statement.text) } : end;
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
  const value = rowsInView(result).cell(row, column);
  if (value === undefined) return;
  await values.show(`${result.columns[column]?.name ?? 'value'} row ${String(row + 1)}`, value);
}

function copyText(run: RunView, result: StatementResult, message: Extract<ResultsToHost, { type: 'copy' }>): string {
  const [firstColumn, endColumn] = message.columns;
  const [firstRow, endRow] = message.rows;
  const table = tableOf(result);
  return formatRows(message.format, {
    columns: result.columns.slice(firstColumn, endColumn),
    rows: rowsInView(result).window(firstRow, endRow - firstRow).map((row) => row.slice(firstColumn, endColumn)),
    headers: message.headers,
    ...(table ? { table } : {}),
    dialect: run.profile.dialect,
  });
}

/** Where rows came from, when it was one table. */
export function tableOf({ statement }: StatementResult): StatementResult['statement']['targets'][number] | undefined {
  const sources = statement.targets.filter(({ access }) => access === 'read');
  return sources.length === 1 ? sources[0] : undefined;
}
