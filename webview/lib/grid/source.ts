/** What a grid shows. */

export type GridColumn = {
  readonly name: string;
  /** Shown when the pointer rests on the header, e.g. name and type. */
  readonly title: string;
  /** Numbers are right-aligned. */
  readonly align: 'start' | 'end';
  /** A mark beside the name, e.g. for the key. */
  readonly mark?: string;
};

export type GridSource<R> = {
  readonly columns: readonly GridColumn[];
  rowCount(): number;
  row(index: number): R | undefined;
  /** The grid is about to draw these rows. */
  want(first: number, last: number, direction: 1 | -1): void;
  /** Some of the rows that are here, for measuring. */
  sample(): Iterable<R>;
  /** Fills a cell completely and returns the classes that style it. */
  paintCell(cell: HTMLElement, row: R, column: number): string;
  /** Characters the cell would like to have room for. */
  cellLength(row: R, column: number): number;
  rowClass(row: R): string;
  /** What stands before the row: its number or a sign; `label` is what a screen reader says. */
  gutter(index: number, row: R | undefined): { readonly text: string; readonly label: string };
};
