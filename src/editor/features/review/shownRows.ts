/** The rows of a change as a page pulls them: by window, and by kind. What is masked leaves as its mask until it is revealed. Pure. */
import type { RowChange, TableImages } from '../../../core/effect/preview.ts';
import { createMasking, type Masking } from '../../../core/masking/masking.ts';
import { screenStrategy, type ScreenRules } from '../../../core/masking/screenRules.ts';
import type { Strategy } from '../../../core/masking/strategy.ts';
import type { KindFilter, ReviewToPage } from '../../../protocol/review.ts';
import { createReviewRow, createReviewTables } from './reviewModel.ts';

export interface ShownRows {
  tablesMessage(): ReviewToPage;
  rowsFor(table: number, start: number, count: number, kind?: KindFilter): ReviewToPage;
  /** As it may be seen. */
  changeAt(table: number, row: number, kind?: KindFilter): RowChange | undefined;
  /** Positions of the columns of a table that are masked now. */
  maskedOf(table: number): readonly number[];
  /** From now on these columns of a table are shown as they are. */
  reveal(table: number, columns: readonly number[]): void;
  /** A text of ours or of the server that values of these rows may stand in. */
  text(text: string): string;
}

/** @param rules - absent: nothing is masked; @param pseudonym - the same name for equal values */
export type ScreenMasking = { readonly rules: ScreenRules; readonly pseudonym: (value: string) => string };

const longestWindow = 500;

export function createShownRows(tables: readonly TableImages[], screen?: ScreenMasking): ShownRows {
  /** Chosen once: a page asks for many windows of the same rows. */
  const byKind = new Map<string, readonly RowChange[]>();
  const revealed = new Set<string>();
  const strategy = (position: number, column: number): Strategy => {
    const { table, columns } = tables[position] ?? {};
    const found = columns?.[column];
    return !screen || !table || !found || revealed.has(`${String(position)} ${String(column)}`) ? 'show' : screenStrategy(screen.rules, table, found);
  };
  const create = (): Masking | undefined =>
    screen && createMasking(tables, (table, column) => {
      const position = tables.findIndex((each) => each.table.schema === table.schema && each.table.table === table.table);
      const index = tables[position]?.columns.findIndex(({ name }) => name === column.name) ?? -1;
      return index < 0 ? screenStrategy(screen.rules, table, column) : strategy(position, index);
    }, screen.pseudonym);
  let masking = create();

  const changesOf = (position: number, kind: KindFilter | undefined): readonly RowChange[] => {
    const all = tables[position]?.changes ?? [];
    if (kind === undefined) return all;
    const key = `${String(position)} ${kind}`;
    const chosen = byKind.get(key) ?? all.filter((change) => change.kind === kind);
    byKind.set(key, chosen);
    return chosen;
  };
  const seen = (position: number, changes: readonly RowChange[]): readonly RowChange[] => {
    const table = tables[position];
    return table && masking ? masking.table(table, changes).changes : changes;
  };
  const maskedOf = (position: number): readonly number[] => (tables[position]?.columns ?? []).flatMap((_, column) => (strategy(position, column) === 'show' ? [] : [column]));
  return {
    tablesMessage: () => ({
      type: 'tables',
      tables: createReviewTables(tables).map((table, position) => {
        const masked = maskedOf(position);
        return masked.length === 0 ? table : { ...table, masked };
      }),
    }),
    rowsFor(table, start, count, kind) {
      const changes = changesOf(table, kind).slice(start, start + Math.min(count, longestWindow));
      return { type: 'rows', table, start, rows: seen(table, changes).map(createReviewRow), ...(kind === undefined ? {} : { kind }) };
    },
    changeAt(table, row, kind) {
      const change = changesOf(table, kind)[row];
      return change && seen(table, [change])[0];
    },
    maskedOf,
    reveal(table, columns) {
      for (const column of columns) revealed.add(`${String(table)} ${String(column)}`);
      masking = create();
    },
    text: (text) => masking?.text(text) ?? text,
  };
}
