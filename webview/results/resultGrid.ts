/** The grid of the chosen result: pulls windows, waits for the first one before it replaces what is there. */
import type { ArrangeRequest, ResultModel, ResultsModel, ResultsToHost, ResultsToPage } from '../../src/protocol/results.ts';
import { createGrid } from '../lib/grid/grid.ts';
import type { CellRange } from '../lib/grid/selection.ts';
import type { WindowCache } from '../lib/grid/windows.ts';
import { createWindowCache, windowSize } from '../lib/grid/windows.ts';
import { countOf } from '../lib/format.ts';
import { hasSameColumns } from './content.ts';
import type { CopyChoice } from './copyMenu.ts';
import { openCopyMenu, openResultMenu, plainCopy } from './copyMenu.ts';
import type { ResultRow } from './resultSource.ts';
import { resultSource, toResultRows } from './resultSource.ts';

type Position = { readonly top: number; readonly left: number };

type Shown = { readonly run: number; readonly index: number; result: ResultModel; readonly cache: WindowCache<ResultRow> };

export type ResultGrid = {
  readonly element: HTMLElement;
  /** Shows a result as soon as its first rows are here. The same result again only updates its rows. */
  show(model: ResultsModel, index: number, position: Position | undefined): void;
  receive(message: Extract<ResultsToPage, { readonly type: 'rows' }>): void;
  openCopyMenu(x: number, y: number): void;
  /** Asks for the whole result in a file. */
  save(): void;
  position(): Position;
  /** What was about to be shown is not wanted any more. */
  forget(): void;
  /** Run and result the grid shows now. */
  current(): { readonly run: number; readonly index: number } | undefined;
};

/** A result whose rows do not come is shown without them after this time. */
const patienceMs = 150;
const firstRows = 60;

export type ResultGridOptions = {
  post(message: ResultsToHost): void;
  onSelect(range: CellRange | undefined): void;
  /** The grid is about to show the result it was asked for: make room for it. */
  onReveal(): void;
  onShown(): void;
};

export function createResultGrid(options: ResultGridOptions): ResultGrid {
  const grid = createGrid<ResultRow>({
    name: 'result',
    rowHeight: 24,
    fill: false,
    onOpen: ({ row, column }) => {
      if (shown) options.post({ type: 'open-value', run: shown.run, result: shown.index, row, column });
    },
    onCopy: (range) => copy(range, plainCopy),
    onMenu: (range, x, y) => openResultMenu(x, y, { onCopy: (choice) => copy(range, choice), onArrange: (how) => arrange(how), isArranged: shown?.result.arranged !== undefined, onSave: save, ...revealOf(range) }),
    onSelect: options.onSelect,
  });
  let shown: Shown | undefined;
  let next: { readonly view: Shown; readonly put: () => void; readonly timer: number } | undefined;

  const copy = (range: CellRange, choice: CopyChoice) => {
    if (shown === undefined) return;
    options.post({ type: 'copy', run: shown.run, result: shown.index, rows: range.rows, columns: range.columns, ...choice });
  };
  /** By the cell that has the focus. */
  const arrange = (how: ArrangeRequest['how']) => {
    const cell = grid.active();
    if (shown !== undefined && cell !== undefined) options.post({ type: 'arrange', run: shown.run, result: shown.index, how, row: cell.row, column: cell.column });
  };
  const save = () => {
    if (shown !== undefined) options.post({ type: 'export', run: shown.run, result: shown.index });
  };
  /** Offered where the range has something to reveal. */
  const revealOf = ({ columns }: CellRange) => {
    const view = shown;
    const masked = view?.result.masked?.filter((column) => column >= columns[0] && column < columns[1]) ?? [];
    if (view === undefined || masked.length === 0) return {};
    return { reveal: { count: masked.length, onReveal: () => options.post({ type: 'reveal', run: view.run, result: view.index, columns }) } };
  };
  const forget = () => {
    if (next !== undefined) window.clearTimeout(next.timer);
    next = undefined;
  };
  const isOf = (view: Shown | undefined, run: number, index: number): view is Shown => view?.run === run && view.index === index;

  const prepare = (model: ResultsModel, index: number, result: ResultModel, position: Position | undefined) => {
    forget();
    const { run } = model;
    const cache = createWindowCache<ResultRow>({
      total: result.rowCount,
      size: windowSize(result.columns.length),
      now: () => performance.now(),
      pull: ({ start, count }) => options.post({ type: 'pull', run, result: index, start, count }),
    });
    const view: Shown = { run, index, result, cache };
    const put = () => {
      forget();
      const keepsWidths = shown !== undefined && hasSameColumns(shown.result, result);
      shown = view;
      options.onReveal();
      grid.show(
        resultSource(result, () => view.result.rowCount, cache),
        `Result: ${countOf(view.result.rowCount, 'row')}, ${countOf(result.columns.length, 'column')}`,
        keepsWidths ? 'keep' : 'measure',
      );
      if (position !== undefined) grid.scrollTo(position);
      options.onSelect(undefined);
      options.onShown();
    };
    if (result.rowCount === 0) return put();
    next = { view, put, timer: window.setTimeout(put, patienceMs) };
    const first = position === undefined ? 0 : Math.floor(position.top / 24);
    cache.want(first, first + firstRows, 1);
  };

  return {
    element: grid.element,
    show: (model, index, position) => {
      const result = model.results[index];
      if (result === undefined) return;
      const view = isOf(shown, model.run, index) ? shown : isOf(next?.view, model.run, index) ? next?.view : undefined;
      if (view === undefined || view.result.columns.length !== result.columns.length) return prepare(model, index, result, position);
      // The rows that are here are masks, or were some, or are in another order.
      if (String(view.result.masked) !== String(result.masked)) return prepare(model, index, result, grid.position());
      if (JSON.stringify(view.result.arranged) !== JSON.stringify(result.arranged)) return prepare(model, index, result, { top: 0, left: grid.position().left });
      view.result = result;
      view.cache.resize(result.rowCount);
      if (view !== shown) return;
      forget();
      options.onReveal();
      grid.refresh();
      options.onShown();
    },
    receive: ({ run, result, start, rows, clipped }) => {
      const items = toResultRows(rows, clipped);
      if (isOf(shown, run, result)) {
        shown.cache.receive(start, items);
        grid.refresh();
      } else if (next !== undefined && isOf(next.view, run, result)) {
        next.view.cache.receive(start, items);
        next.put();
      }
    },
    openCopyMenu: (x, y) => {
      const range = grid.selection() ?? { rows: [0, shown?.result.rowCount ?? 0], columns: [0, shown?.result.columns.length ?? 0] };
      openCopyMenu(x, y, (choice) => copy(range, choice));
    },
    save,
    position: () => grid.position(),
    forget,
    current: () => shown && { run: shown.run, index: shown.index },
  };
}
