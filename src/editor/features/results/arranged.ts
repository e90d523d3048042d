/** The rows of a result as a person arranged them: sorted, or only those with one value. Of what is here, without asking the server. */
import { groupDigits } from '../../../core/effect/describe.ts';
import { arrangeRows, mostArranged, type Arrangement } from '../../../core/results/arrangement.ts';
import type { RowStore } from '../../../core/results/rowStore.ts';
import type { ArrangeRequest, ResultModel } from '../../../protocol/results.ts';
import type { StatementResult } from './runView.ts';

export type Arranged = { readonly arrangement: Arrangement; readonly order: Uint32Array };

/** What is on screen: everything that reads rows for a person reads them here. */
export function rowsInView({ rows, arranged }: Pick<StatementResult, 'rows' | 'arranged'>): Pick<RowStore, 'rowCount' | 'window' | 'cell'> {
  if (!arranged) return rows;
  const { order } = arranged;
  return {
    rowCount: order.length,
    window: (start, count) => [...order.subarray(start, start + count)].flatMap((row) => rows.window(row, 1)),
    cell: (row, column) => (row < order.length ? rows.cell(order[row] ?? 0, column) : undefined),
  };
}

/** Why it cannot be arranged, in words; `undefined` when it is. */
export function arrange(result: StatementResult, { how, row, column }: ArrangeRequest): string | undefined {
  if (result.state === 'running') return 'Rows are still coming. Sort them when the statement has ended.';
  if (column >= result.columns.length) return undefined;
  if (how !== 'none' && result.rows.rowCount > mostArranged) return `These are more than ${groupDigits(mostArranged)} rows. Sort and filter them in the statement: the server is faster at it.`;
  const arrangement = next(result, { how, row, column });
  const isPlain = arrangement.sort === undefined && arrangement.only === undefined;
  if (isPlain) delete result.arranged;
  else result.arranged = { arrangement, order: arrangeRows(result.rows, result.columns, arrangement) };
  return undefined;
}

function next(result: StatementResult, { how, row, column }: ArrangeRequest): Arrangement {
  const { sort, only } = result.arranged?.arrangement ?? {};
  switch (how) {
    case 'up':
    case 'down':
      return { ...(only ? { only } : {}), sort: { column, direction: how } };
    case 'only': {
      const value = rowsInView(result).cell(row, column);
      return { ...(sort ? { sort } : {}), ...(value === undefined ? {} : { only: { column, value } }) };
    }
    case 'none':
      return {};
  }
}

export function arrangedModel({ arranged, rows }: StatementResult): Pick<ResultModel, 'arranged'> {
  if (!arranged) return {};
  const { sort, only } = arranged.arrangement;
  return { arranged: { of: rows.rowCount, ...(sort ? { sort } : {}), ...(only ? { only: only.column } : {}) } };
}
