/** One run of a document as the Results view shows it. Plain state; the host keeps every row and hands out windows. */
import type { Column, Row } from '../../../core/effect/preview.ts';
import { rows as countRows } from '../../../core/effect/describe.ts';
import { describeTarget, type ConnectionProfile } from '../../../core/profile/connection.ts';
import { createRowStore, type RowStore } from '../../../core/results/rowStore.ts';
import type { ReadEnd } from '../../../app/ports.ts';
import type { Failure } from '../../../core/errors.ts';
import type { Target } from '../../../core/sql/verdict.ts';
import { clipRow } from '../../../protocol/clip.ts';
import type { ClippedResultCell, ResultModel, ResultsModel, ResultsToPage } from '../../../protocol/results.ts';

export type ShownStatement = { readonly text: string; readonly targets: readonly Target[] };

/** One statement's result; what is absent has not happened yet. */
export type StatementResult = {
  readonly statement: ShownStatement;
  columns: readonly Column[];
  rows: RowStore;
  state: ResultModel['state'];
  commandTag?: string;
  durationMs?: number;
  truncated?: string;
  error?: NonNullable<ResultModel['error']>;
};

export type RunView = {
  /** Differs from run to run in this window. */
  readonly run: number;
  readonly document: string;
  readonly profile: ConnectionProfile;
  readonly startedAt: number;
  results: StatementResult[];
  readonly messages: { readonly level: 'info' | 'warning' | 'error'; readonly text: string }[];
  summary: ResultsModel['summary'];
  running: boolean;
};

export function modelOf(view: RunView, now: number): ResultsModel {
  const { run, profile, messages, summary, running } = view;
  return {
    run,
    environment: profile.environment,
    connection: profile.name,
    where: describeTarget(profile),
    results: view.results.map(resultModel),
    messages,
    ...(summary === undefined ? {} : { summary }),
    running,
    elapsedMs: Math.max(0, now - view.startedAt),
  };
}

function resultModel({ statement, columns, rows, ...rest }: StatementResult): ResultModel {
  return { statement: statement.text, columns, rowCount: rows.rowCount, ...rest };
}

export function startResults(statements: readonly ShownStatement[]): StatementResult[] {
  return statements.map((statement, index) => ({ statement, columns: [], rows: createRowStore(0), state: index === 0 ? 'running' : 'not-run' }));
}

/** @param describePlace - where a failure points in the document, in words */
export function endResult(result: StatementResult, end: ReadEnd, durationMs: number, describePlace: (failure: Failure) => string | undefined): void {
  result.durationMs = durationMs;
  switch (end.kind) {
    case 'done':
      result.state = 'done';
      result.commandTag = end.commandTag;
      if (end.truncated !== undefined) result.truncated = truncatedText(end.truncated, end.rows);
      break;
    case 'cancelled':
      result.state = 'cancelled';
      break;
    case 'failed':
      result.state = 'failed';
      result.error = errorOf(end.failure, describePlace(end.failure));
      break;
  }
}

function errorOf({ message, detail, hint, sqlState }: Failure, at: string | undefined): NonNullable<ResultModel['error']> {
  return {
    message,
    ...(detail === undefined ? {} : { detail }),
    ...(hint === undefined ? {} : { hint }),
    ...(sqlState === undefined ? {} : { sqlState }),
    ...(at === undefined ? {} : { at }),
  };
}

function truncatedText(why: 'row-limit' | 'byte-limit', count: number): string {
  return why === 'row-limit'
    ? `Stopped after ${countRows(count)}, as set in “Results: Row Limit”. There are more.`
    : `Stopped after ${countRows(count)}: they fill the memory set aside for one result. There are more.`;
}

const longestWindow = 1000;

/** The answer to a pull: never more than a page can show, and long values by their beginning. */
export function windowOf(view: RunView, result: number, start: number, count: number): ResultsToPage {
  const clipped: ClippedResultCell[] = [];
  const rows = (view.results[result]?.rows.window(start, Math.min(count, longestWindow)) ?? []).map((row, index): Row => {
    const short = clipRow(row);
    clipped.push(...short.clipped.map((cell) => ({ ...cell, row: index })));
    return short.row;
  });
  return { type: 'rows', run: view.run, result, start, rows, ...(clipped.length === 0 ? {} : { clipped }) };
}

/** UTF-16 units a run keeps in memory. */
export function sizeOf(view: RunView): number {
  return view.results.reduce((sum, { rows }) => sum + rows.units, 0);
}
