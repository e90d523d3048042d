/**
 * Several statements in the extended protocol with one Sync behind them: one round trip, and one error boundary, because
 * the server skips everything between an error and the Sync. Each statement is parsed alone, so a text that holds two is
 * refused by the server.
 */
import type { DataRow, Field, WireConnection } from './wire.ts';

export type Step = {
  readonly text: string;
  readonly values?: readonly (string | null)[];
  /** Asks for the columns and gets the rows one by one. */
  readonly rows?: RowReceiver;
  /** Rows are neither kept nor passed on. */
  readonly discard?: boolean;
  /** Only so many rows are kept. */
  readonly keep?: number;
};

export interface RowReceiver {
  columns(fields: readonly Field[]): void;
  /** `bytes`: size on the wire. */
  row(values: (string | null)[], bytes: number): void;
}

export type StepResult = { readonly tag: string; readonly rows: readonly (readonly (string | null)[])[] };

/** COPY … TO STDOUT sends no description of its lines. */
const copyField: Field = { name: 'copy', dataTypeID: 25, dataTypeModifier: -1, tableID: 0, columnID: 0 };

export class Batch {
  readonly steps: readonly Step[];
  readonly results: StepResult[] = [];
  /** The server's error, which ended the batch. */
  error: Error | undefined;
  #rows: (string | null)[][] = [];
  #copying = false;

  constructor(steps: readonly Step[]) {
    this.steps = steps;
  }

  /** Index of the step the server is at. */
  get at(): number {
    return this.results.length;
  }

  submit(connection: WireConnection): void {
    connection.stream.cork();
    for (const step of this.steps) {
      connection.parse({ text: step.text });
      connection.bind({ values: step.values ?? [] });
      if (step.rows) connection.describe({ type: 'P' });
      connection.execute({});
    }
    connection.sync();
    connection.stream.uncork();
  }

  handleRowDescription({ fields }: { fields: readonly Field[] }): void {
    this.#step?.rows?.columns(fields);
  }

  handleDataRow({ fields, length }: DataRow): void {
    const step = this.#step;
    if (step?.rows) step.rows.row(fields, length);
    else if (step?.discard !== true && this.#rows.length < (step?.keep ?? Infinity)) this.#rows.push(fields);
  }

  handleCommandComplete({ text }: { text: string }): void {
    this.#finish(text);
  }

  handleEmptyQuery(): void {
    this.#finish('');
  }

  handleCopyInResponse(connection: WireConnection): void {
    // While it waits for rows, the server ignores the Sync it already has, but not a further statement.
    const isLast = this.at === this.steps.length - 1;
    if (!isLast) return;
    connection.sendCopyFail('Countersign sends no rows for COPY FROM STDIN');
    connection.sync();
  }

  handleCopyData({ chunk }: { chunk: Buffer }): void {
    const step = this.#step;
    if (step?.discard === true) return;
    if (!this.#copying) step?.rows?.columns([copyField]);
    this.#copying = true;
    const line = chunk.toString('utf8').replace(/\r?\n$/, '');
    if (step?.rows) step.rows.row([line], chunk.length);
    else this.#rows.push([line]);
  }

  handleError(error: Error): void {
    this.error ??= error;
  }

  handlePortalSuspended(): void {
    // Never sent: every Execute asks for all rows.
  }

  handleReadyForQuery(): void {
    // The line listens to the connection itself, because after an error this is not called.
  }

  get #step(): Step | undefined {
    return this.steps[this.at];
  }

  #finish(tag: string): void {
    this.results.push({ tag, rows: this.#rows });
    this.#rows = [];
    this.#copying = false;
  }
}
