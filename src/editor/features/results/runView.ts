/** One run of a document as the Results view shows it. Plain state; the host keeps every row and hands out windows. */
import type { Column, Row } from '../../../core/effect/preview.ts';
import { rows as countRows } from '../../../core/effect/describe.ts';
import { describeTarget, type ConnectionProfile } from '../../../core/profile/connection.ts';
import type { ScreenRules } from '../../../core/masking/screenRules.ts';
import { maskServerText } from '../../../core/masking/serverText.ts';
import { createMaskedRows, type MaskedRows } from '../../../core/results/maskedRows.ts';
import { createRowStore } from '../../../core/results/rowStore.ts';
import type { ReadEnd } from '../../../app/ports.ts';
import type { Failure } from '../../../core/errors.ts';
import type { ClassifiedStatement } from '../../../core/sql/verdict.ts';
import { arrangedModel, rowsInView, type Arranged } from './arranged.ts';
import { clipRow } from '../../../protocol/clip.ts';
import type { ClippedResultCell, ResultModel, ResultsModel, ResultsToPage } from '../../../protocol/results.ts';

export type ShownStatement = ClassifiedStatement;

/** One statement's result; what is absent has not happened yet. */
export type StatementResult = {
  readonly statement: ShownStatement;
  columns: readonly Column[];
  /** As they may be seen: nothing else has them. */
  rows: MaskedRows;
  state: ResultModel['state'];
  commandTag?: string;
  durationMs?: number;
  truncated?: string;
  /** Another order, or not all rows. */
  arranged?: Arranged;
  error?: NonNullable<ResultModel['error']>;
};

export type RunView = {
  /** Differs from run to run in this window. */
  readonly run: number;
  readonly document: string;
  readonly profile: ConnectionProfile;
  readonly startedAt: number;
  results: StatementResult[];
  /** By which values are masked; absent when none are. */
  screen: ScreenRules | undefined;
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

function resultModel(result: StatementResult): ResultModel {
  const { statement, columns, rows, arranged: _, ...rest } = result;
  return { statement: statement.text, columns, rowCount: rowsInView(result).rowCount, ...rest, ...arrangedModel(result), ...(rows.masked.length === 0 ? {} : { masked: rows.masked }) };
}

export function startResults(statements: readonly ShownStatement[]): StatementResult[] {
  return statements.map((statement, index) => ({ statement, columns: [], rows: plainRows(0), state: index === 0 ? 'running' : 'not-run' }));
}

/** Rows of so many columns of which nothing is masked. */
export function plainRows(width: number): MaskedRows {
  return createMaskedRows(createRowStore(width), { strategies: [], pseudonym: () => '' });
}

/** What a server said about a statement whose values are masked. */
export function maskFailure(failure: Failure, written: string): Failure {
  const { detail, hint } = failure;
  const masked = (text: string): string => maskServerText(text, written);
  return { ...failure, message: masked(failure.message), ...(detail === undefined ? {} : { detail: masked(detail) }), ...(hint === undefined ? {} : { hint: masked(hint) }) };
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
  const shown = view.results[result];
  const rows = (shown ? rowsInView(shown).window(start, Math.min(count, longestWindow)) : []).map((row, index): Row => {
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
