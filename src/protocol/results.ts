/** Messages between the extension host and the results view. The host keeps the rows; the page pulls the window it shows. */
import type { Column, Row } from '../core/effect/preview.ts';
import type { Environment } from '../core/profile/connection.ts';
import type { ClippedCell } from './clip.ts';
import { isIndex, isRecord } from './parse.ts';

/** One statement's result. */
export type ResultModel = {
  readonly statement: string;
  readonly columns: readonly Column[];
  readonly rowCount: number;
  readonly state: 'running' | 'done' | 'cancelled' | 'failed' | 'not-run';
  /** e.g. `SELECT 500`, as the server says it. */
  readonly commandTag?: string;
  readonly durationMs?: number;
  /** Why there are no more rows, in words. */
  readonly truncated?: string;
  /** Positions of the columns whose values the page gets as masks; absent when there are none. */
  readonly masked?: readonly number[];
  /** `rowCount` is that of the rows in view; absent when they are all rows, as they came. */
  readonly arranged?: {
    /** Rows that are here. */
    readonly of: number;
    readonly sort?: { readonly column: number; readonly direction: 'up' | 'down' };
    /** Only rows with one value in this column. */
    readonly only?: number;
  };
  readonly error?: { readonly message: string; readonly detail?: string; readonly hint?: string; readonly sqlState?: string; /** `line 3, column 7` in the document. */ readonly at?: string };
};

export type ResultsModel = {
  /** Changes with every run; windows of an older run are ignored. */
  readonly run: number;
  readonly environment: Environment;
  readonly connection: string;
  readonly where: string;
  readonly results: readonly ResultModel[];
  /** Notices and the story of the run, oldest first. */
  readonly messages: readonly { readonly level: 'info' | 'warning' | 'error'; readonly text: string }[];
  /** Set when the run ended without a result to show: what happened, what it means for the data, what to do next. */
  readonly summary?: {
    readonly level: 'info' | 'warning' | 'error';
    readonly title: string;
    readonly text: string;
    /** The one next step the host can take, as a button below the text. */
    readonly action?: { readonly id: ResultsAction; readonly label: string };
  };
  readonly running: boolean;
  /** How long the run has lasted when this was sent, ms; the page counts on from there. Absent: from when the page first heard of it. */
  readonly elapsedMs?: number;
};

/** Allow writes for a while; show the open change; connect the document. The host decides what each of them does. */
export type ResultsAction = 'elevate' | 'open-review' | 'bind';
export const resultsActions: readonly ResultsAction[] = ['elevate', 'open-review', 'bind'];

/** A value of a result of which the page has only the beginning; `row` counts from the start of the window. */
export type ClippedResultCell = ClippedCell & { readonly row: number };

export type ResultsToPage =
  | { readonly type: 'model'; readonly model: ResultsModel }
  | {
      readonly type: 'rows';
      readonly run: number;
      readonly result: number;
      readonly start: number;
      readonly rows: readonly Row[];
      /** Values that were cut (see `clip.ts`); absent when none was. */
      readonly clipped?: readonly ClippedResultCell[];
    };

export type CopyFormat = 'tsv' | 'csv' | 'json' | 'markdown' | 'insert' | 'in-list';
export const copyFormats: readonly CopyFormat[] = ['tsv', 'csv', 'json', 'markdown', 'insert', 'in-list'];

/** Sort the rows that are here by a column, show only those with the value of a cell, or all of them as they came. */
export type ArrangeRequest = { readonly how: (typeof arrangements)[number]; readonly row: number; readonly column: number };
const arrangements = ['up', 'down', 'only', 'none'] as const;

export type ResultsToHost =
  | { readonly type: 'ready' }
  | { readonly type: 'pull'; readonly run: number; readonly result: number; readonly start: number; readonly count: number }
  | { readonly type: 'cancel' }
  /** The button of the summary. */
  | { readonly type: 'act'; readonly run: number; readonly action: ResultsAction }
  | { readonly type: 'open-value'; readonly run: number; readonly result: number; readonly row: number; readonly column: number }
  | ({ readonly type: 'arrange'; readonly run: number; readonly result: number } & ArrangeRequest)
  /** Save a whole result to a file: the host asks how and where. */
  | { readonly type: 'export'; readonly run: number; readonly result: number }
  /** Show what is masked in this half-open range of columns: the host asks why, and records it first. */
  | { readonly type: 'reveal'; readonly run: number; readonly result: number; readonly columns: readonly [number, number] }
  /** Half-open ranges of rows and columns. */
  | {
      readonly type: 'copy';
      readonly run: number;
      readonly result: number;
      readonly rows: readonly [number, number];
      readonly columns: readonly [number, number];
      readonly format: CopyFormat;
      readonly headers: boolean;
    };

/** A message of the page, or `undefined` when it is none. */
export function parseResultsToHost(value: unknown): ResultsToHost | undefined {
  if (!isRecord(value)) return undefined;
  const { type, run, result } = value;
  if (type === 'ready' || type === 'cancel') return { type };
  if (type === 'act') return parseAct(value);
  if (!isIndex(run) || !isIndex(result)) return undefined;
  switch (type) {
    case 'pull': {
      const { start, count } = value;
      return isIndex(start) && isIndex(count) ? { type, run, result, start, count } : undefined;
    }
    case 'arrange': {
      const { row, column } = value;
      const how = arrangements.find((known) => known === value['how']);
      return how && isIndex(row) && isIndex(column) ? { type, run, result, how, row, column } : undefined;
    }
    case 'export':
      return { type, run, result };
    case 'reveal': {
      const columns = parseRange(value['columns']);
      return columns && { type, run, result, columns };
    }
    case 'open-value': {
      const { row, column } = value;
      return isIndex(row) && isIndex(column) ? { type, run, result, row, column } : undefined;
    }
    case 'copy': {
      const rows = parseRange(value['rows']);
      const columns = parseRange(value['columns']);
      const format = copyFormats.find((known) => known === value['format']);
      if (!rows || !columns || !format) return undefined;
      return { type, run, result, rows, columns, format, headers: value['headers'] === true };
    }
    default:
      return undefined;
  }
}

function parseAct({ run, action: wanted }: Record<string, unknown>): ResultsToHost | undefined {
  const action = resultsActions.find((known) => known === wanted);
  return isIndex(run) && action ? { type: 'act', run, action } : undefined;
}

function parseRange(value: unknown): [number, number] | undefined {
  if (!Array.isArray(value) || value.length !== 2) return undefined;
  const [from, to] = value as unknown[];
  return isIndex(from) && isIndex(to) && from <= to ? [from, to] : undefined;
}
