/** The rows of a change as a page pulls them: by window, and by kind. Pure. */
import type { RowChange, TableImages } from '../../../core/effect/preview.ts';
import type { KindFilter, ReviewToPage } from '../../../protocol/review.ts';
import { createReviewRow, createReviewTables } from './reviewModel.ts';

export interface ShownRows {
  tablesMessage(): ReviewToPage;
  rowsFor(table: number, start: number, count: number, kind?: KindFilter): ReviewToPage;
  changeAt(table: number, row: number, kind?: KindFilter): RowChange | undefined;
}

const longestWindow = 500;

export function createShownRows(tables: readonly TableImages[]): ShownRows {
  /** Chosen once: a page asks for many windows of the same rows. */
  const byKind = new Map<string, readonly RowChange[]>();
  const changesOf = (position: number, kind: KindFilter | undefined): readonly RowChange[] => {
    const all = tables[position]?.changes ?? [];
    if (kind === undefined) return all;
    const key = `${String(position)} ${kind}`;
    const chosen = byKind.get(key) ?? all.filter((change) => change.kind === kind);
    byKind.set(key, chosen);
    return chosen;
  };
  return {
    tablesMessage: () => ({ type: 'tables', tables: createReviewTables(tables) }),
    rowsFor(table, start, count, kind) {
      const changes = changesOf(table, kind).slice(start, start + Math.min(count, longestWindow));
      return { type: 'rows', table, start, rows: changes.map(createReviewRow), ...(kind === undefined ? {} : { kind }) };
    },
    changeAt: (table, row, kind) => changesOf(table, kind)[row],
  };
}
