/** Passes rows on to a sink in batches, in order, up to the limits of a run. */
import type { ResultSink } from '../app/resultSink.ts';
import type { Column, Row } from '../core/effect/preview.ts';
import type { Lineage } from '../core/masking/lineage.ts';

/** Rows that go to the sink in one call. */
const batchRows = 1000;

/** Turns what a driver tells of columns into ours. */
export interface ColumnNames<Field> {
  /** The columns at once, or `undefined` when something has to be asked for first. */
  known(fields: readonly Field[]): readonly Column[] | undefined;
  /** The columns, after asking. Never rejects. */
  ask(fields: readonly Field[]): Promise<readonly Column[]>;
}

export type RowStreamOptions<Field> = {
  readonly sink: ResultSink;
  readonly types: ColumnNames<Field>;
  /** Where columns come from; asked only for a sink that wants it. Never rejects. */
  trace?(fields: readonly Field[]): Promise<Lineage>;
  readonly rowLimit: number;
  readonly byteLimit: number;
  /** Stops reading from the server until `resume`. */
  pause(): void;
  resume(): void;
  /** No more rows are wanted: the server may stop. */
  full(): void;
};

export class RowStream<Field> {
  /** Rows given to the sink. */
  count = 0;
  truncated: 'row-limit' | 'byte-limit' | undefined;
  /** What the sink threw: it gets nothing more. */
  broken: { readonly thrown: unknown } | undefined;
  readonly #options: RowStreamOptions<Field>;
  #waiting: Row[] = [];
  #bytes = 0;
  /** What has to be over before the sink gets more. */
  #busy: Promise<void> | undefined;
  #flushSoon: NodeJS.Immediate | undefined;

  constructor(options: RowStreamOptions<Field>) {
    this.#options = options;
  }

  columns(fields: readonly Field[]): void {
    const { types, sink, trace } = this.#options;
    const known = types.known(fields);
    if (sink.wantsLineage === true && trace) {
      const asked = Promise.all([known ?? types.ask(fields), trace(fields)]);
      this.#waitFor(asked.then(([columns, lineage]) => this.#give(() => sink.columns(columns, lineage))));
      return;
    }
    if (known) {
      this.#give(() => sink.columns(known));
      return;
    }
    this.#waitFor(types.ask(fields).then((columns) => this.#give(() => sink.columns(columns))));
  }

  row(values: Row, bytes: number): void {
    if (this.truncated || this.broken) return;
    const { rowLimit, byteLimit } = this.#options;
    if (this.count + this.#waiting.length >= rowLimit) this.#stop('row-limit');
    else if (this.#bytes + bytes > byteLimit) this.#stop('byte-limit');
    else {
      this.#bytes += bytes;
      this.#waiting.push(values);
      this.#schedule();
    }
  }

  /** Rows that come now are not wanted any more. */
  get isFull(): boolean {
    return (this.truncated ?? this.broken) !== undefined;
  }

  /** A row was too large to be held at all. */
  dropped(): void {
    if (!this.truncated) this.#stop('byte-limit');
  }

  /** Gives the rest to the sink. */
  async end(): Promise<void> {
    do {
      await this.#busy;
      this.#flush();
    } while (this.#busy);
  }

  #stop(why: 'row-limit' | 'byte-limit'): void {
    this.truncated = why;
    this.#options.full();
  }

  #schedule(): void {
    if (this.#waiting.length < batchRows) {
      this.#flushSoon ??= setImmediate(() => this.#flush());
      return;
    }
    this.#flush();
    if (this.#busy) return;
    // Everything else in the process gets its turn between two batches, and the server waits for us meanwhile.
    this.#options.pause();
    setImmediate(() => this.#options.resume());
  }

  #flush(): void {
    clearImmediate(this.#flushSoon);
    this.#flushSoon = undefined;
    if (this.#busy || this.#waiting.length === 0) return;
    const rows = this.#waiting;
    this.#waiting = [];
    this.count += rows.length;
    this.#give(() => {
      const { sink } = this.#options;
      sink.rows(rows);
      const full = sink.ready?.();
      if (full) this.#waitFor(full);
    });
  }

  /** The server waits meanwhile, and what arrived already is kept. */
  #waitFor(work: Promise<void>): void {
    this.#options.pause();
    this.#busy = work.catch((thrown: unknown) => this.#break(thrown)).then(() => {
      this.#busy = undefined;
      this.#flush();
      if (!this.#busy) this.#options.resume();
    });
  }

  /** A sink that throws ends its result, not the process. */
  #give(call: () => void): void {
    if (this.broken) return;
    try {
      call();
    } catch (thrown) {
      this.#break(thrown);
    }
  }

  #break(thrown: unknown): void {
    if (this.broken) return;
    this.broken = { thrown };
    this.#options.full();
  }
}
