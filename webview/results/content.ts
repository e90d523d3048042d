/** What the results view shows for a run. Pure. */
import type { ResultModel, ResultsModel } from '../../src/protocol/results.ts';
import { countOf, formatCount, formatDuration } from '../lib/format.ts';

export type Content =
  /** Nothing ran yet. */
  | { readonly kind: 'empty' }
  /** Columns and rows; `rows` may be 0. */
  | { readonly kind: 'grid'; readonly result: ResultModel }
  | { readonly kind: 'running' }
  /** Nothing to put into a grid: one sentence instead. */
  | { readonly kind: 'sentence'; readonly text: string };

/** What fills the space under the tabs. An error and the summary of a run stand above it. */
export function contentOf(model: ResultsModel | undefined, index: number): Content {
  const result = model?.results[index];
  if (model === undefined) return { kind: 'empty' };
  if (result === undefined) return model.running ? { kind: 'running' } : model.summary === undefined ? { kind: 'empty' } : { kind: 'sentence', text: '' };
  // A header alone would replace the rows of the run before for a moment.
  if (result.state === 'running' && result.rowCount === 0) return { kind: 'running' };
  if (result.columns.length > 0 && (result.state !== 'failed' || result.rowCount > 0)) return { kind: 'grid', result };
  switch (result.state) {
    case 'running':
      return { kind: 'running' };
    case 'done':
      return { kind: 'sentence', text: `${result.commandTag ?? 'Done'}. The statement returns no rows.` };
    case 'cancelled':
      return { kind: 'sentence', text: 'Cancelled before a row arrived.' };
    case 'failed':
      return { kind: 'sentence', text: '' };
    case 'not-run':
      return { kind: 'sentence', text: model.running ? 'Waits for the statements before it.' : 'Not run, because the run ended before it.' };
  }
}

/** The result a person most likely wants to see: the failed one, else the one that runs, else the last with rows. */
export function preferredResult(results: readonly ResultModel[]): number {
  const find = (test: (result: ResultModel) => boolean) => results.findLastIndex(test);
  for (const index of [find((result) => result.state === 'failed'), find((result) => result.state === 'running'), find((result) => result.columns.length > 0)]) {
    if (index >= 0) return index;
  }
  return Math.max(0, results.length - 1);
}

/** The parts of the status line for one result. */
export function statusParts(result: ResultModel): readonly string[] {
  const parts: string[] = [];
  const { arranged } = result;
  if (result.columns.length > 0) parts.push(arranged && arranged.of !== result.rowCount ? `${formatCount(result.rowCount)} of ${countOf(arranged.of, 'row')}` : countOf(result.rowCount, 'row'));
  if (arranged?.sort) parts.push(`sorted by ${result.columns[arranged.sort.column]?.name ?? ''}`);
  if (result.durationMs !== undefined) parts.push(formatDuration(result.durationMs));
  if (result.commandTag !== undefined) parts.push(result.commandTag);
  if (result.state === 'cancelled') parts.push('cancelled');
  const masked = result.masked?.length ?? 0;
  if (masked > 0) parts.push(`${countOf(masked, 'column')} masked`);
  return parts;
}

/** True when a grid for one fits the other: names and types are the same, so widths may stay. */
export function hasSameColumns(a: ResultModel, b: ResultModel): boolean {
  return a.columns.length === b.columns.length && a.columns.every((column, index) => column.name === b.columns[index]?.name && column.type === b.columns[index]?.type);
}
