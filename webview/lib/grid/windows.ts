/** Rows the page has, and the windows it asks the host for. The host keeps all rows; the page keeps a few windows. */

export type WindowRequest = { readonly start: number; readonly count: number };

export type WindowCache<R> = {
  /** The row, or `undefined` while it is not here. */
  row(index: number): R | undefined;
  /** Asks for the rows from `first` up to and without `last`, and for the next window in the direction of scrolling. */
  want(first: number, last: number, direction: 1 | -1): void;
  /** Takes the host's answer. */
  receive(start: number, rows: readonly R[]): void;
  /** There are more (or fewer) rows than before. */
  resize(total: number): void;
  /** Rows that are here, for measuring. */
  loaded(): Iterable<R>;
};

export type WindowOptions = {
  readonly total: number;
  pull(request: WindowRequest): void;
  /** Milliseconds, any origin; an answer that stays out for `patience` is asked for again. */
  now(): number;
  /** Rows per window; the windows start at its multiples. See `windowSize`. */
  readonly size?: number;
  /** Windows kept. */
  readonly keep?: number;
  /** Windows asked for at the same time: a scroll bar dragged over a million rows asks for few of them. */
  readonly inFlight?: number;
  readonly patience?: number;
};

/** Rows per window for so many columns: a window of 2 000 columns must not be ten times as heavy as one of 200. */
export function windowSize(columns: number): number {
  return Math.max(25, Math.min(200, Math.floor(20_000 / Math.max(1, columns))));
}

export function createWindowCache<R>(options: WindowOptions): WindowCache<R> {
  const { size = 200, keep = 16, inFlight = 3, patience = 5000 } = options;
  let total = options.total;
  /** In order of use, oldest first. */
  const blocks = new Map<number, R[]>();
  const asked = new Map<number, number>();
  /** Blocks whose answer was empty, with the total at that time: asking again would end the same way. */
  const dry = new Map<number, number>();
  let wanted: readonly number[] = [];

  const isComplete = (block: number) => (blocks.get(block)?.length ?? 0) >= Math.min(size, total - block * size) || dry.get(block) === total;
  const pump = () => {
    for (const [block, since] of asked) if (options.now() - since > patience) asked.delete(block);
    for (const block of wanted) {
      if (asked.size >= inFlight) return;
      if (isComplete(block) || asked.has(block)) continue;
      asked.set(block, options.now());
      const start = block * size + (blocks.get(block)?.length ?? 0);
      options.pull({ start, count: Math.min(total, (block + 1) * size) - start });
    }
  };
  const touch = (block: number) => {
    const rows = blocks.get(block);
    if (rows === undefined) return;
    blocks.delete(block);
    blocks.set(block, rows);
  };
  const evict = () => {
    for (const block of blocks.keys()) {
      if (blocks.size <= keep) return;
      if (!wanted.includes(block)) blocks.delete(block);
    }
  };
  const store = (index: number, row: R) => {
    const block = Math.floor(index / size);
    const rows = blocks.get(block) ?? [];
    if (index - block * size > rows.length) return;
    rows[index - block * size] = row;
    blocks.set(block, rows);
  };
  return {
    row: (index) => blocks.get(Math.floor(index / size))?.[index % size],
    want: (first, last, direction) => {
      if (total === 0) return;
      const low = Math.floor(Math.max(0, first) / size);
      const high = Math.floor(Math.max(0, Math.min(last, total) - 1) / size);
      const blocksWanted = Array.from({ length: high - low + 1 }, (_, index) => low + index);
      blocksWanted.forEach(touch);
      const next = direction > 0 ? high + 1 : low - 1;
      wanted = next >= 0 && next * size < total ? [...blocksWanted, next] : blocksWanted;
      pump();
    },
    receive: (start, rows) => {
      asked.delete(Math.floor(start / size));
      if (rows.length === 0) dry.set(Math.floor(start / size), total);
      for (const [offset, row] of rows.entries()) store(start + offset, row);
      evict();
      pump();
    },
    resize: (next) => {
      total = next;
      pump();
    },
    loaded: function* () {
      for (const rows of blocks.values()) yield* rows;
    },
  };
}
