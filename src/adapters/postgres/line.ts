/** One connection to the server, never shared and never replaced: batches run on it one after the other. */
import type pg from 'pg';
import type { Clock } from '../../app/ports.ts';
import { Batch, type Step, type StepResult } from './batch.ts';
import type { GuardedConnection, Notice } from './wire.ts';
import { hardRowBytes } from './wire.ts';

/** As ReadyForQuery says it: idle, in a transaction, in a failed transaction. */
export type TransactionStatus = 'I' | 'T' | 'E';

/** Why a line ended. `sqlState` when the server said why before it hung up. */
export type LineLoss = { readonly message: string; readonly sqlState?: string };

export type BatchEnd =
  | { readonly kind: 'complete'; readonly results: readonly StepResult[]; readonly status: TransactionStatus }
  | { readonly kind: 'error'; readonly error: Error; readonly at: number; readonly results: readonly StepResult[]; readonly status: TransactionStatus }
  /** Its signal was aborted before it was sent. */
  | { readonly kind: 'unsent' }
  | { readonly kind: 'lost'; readonly loss: LineLoss; /** False when the batch never left. */ readonly sent: boolean; readonly at: number; readonly results: readonly StepResult[] };

export type RunOptions = {
  /** Asks the server to stop; when it does not within 5 s, cuts the line. */
  readonly signal?: AbortSignal;
  /** Cuts the line when the server has not answered by then. */
  readonly deadlineMs?: number;
  /** Larger rows are dropped unread and told to `onDropped`. */
  readonly rowBytes?: number;
  readonly onDropped?: (bytes: number, step: number) => void;
  readonly onNotice?: (notice: Notice, step: number) => void;
};

type Loss = { readonly message: string; readonly code?: string };

type Running = { readonly batch: Batch; readonly options: RunOptions; readonly finish: (end: BatchEnd) => void };

const cancelGraceMs = 5000;

export class Line {
  /** Settles when the line is gone, whoever ended it. */
  readonly lost: Promise<LineLoss>;
  readonly parameters: ReadonlyMap<string, string>;
  readonly encrypted: boolean;
  /** A faster way to stop what runs, tried first; false when it did not work. */
  quickCancel: (() => Promise<boolean>) | undefined;
  readonly #client: pg.Client;
  readonly #connection: GuardedConnection;
  readonly #sendCancel: () => Promise<boolean>;
  readonly #clock: Clock;
  #resolveLost: (loss: LineLoss) => void = () => undefined;
  #loss: LineLoss | undefined;
  #lastError: Loss | undefined;
  #running: Running | undefined;
  #queue: Promise<unknown> = Promise.resolve();
  #cancelling: Promise<unknown> | undefined;
  #status: TransactionStatus = 'I';

  /** @param facts.sendCancel - asks the server on a line of its own to stop what this one runs; false when it could not be asked */
  constructor(
    client: pg.Client,
    connection: GuardedConnection,
    facts: { parameters: ReadonlyMap<string, string>; sendCancel: () => Promise<boolean>; clock: Clock },
  ) {
    this.#client = client;
    this.#connection = connection;
    this.#sendCancel = facts.sendCancel;
    this.#clock = facts.clock;
    this.parameters = facts.parameters;
    this.encrypted = connection.stream.encrypted === true;
    this.lost = new Promise((resolve) => {
      this.#resolveLost = resolve;
    });
    this.#listen();
  }

  get isLost(): boolean {
    return this.#loss !== undefined;
  }

  get status(): TransactionStatus {
    return this.#status;
  }

  get isBusy(): boolean {
    return this.#running !== undefined;
  }

  /** Sends the steps as one batch when what ran before is finished. Never rejects. */
  run(steps: readonly Step[], options: RunOptions = {}): Promise<BatchEnd> {
    const turn = this.#queue.then(() => this.#start(steps, options));
    this.#queue = turn;
    return turn;
  }

  /** Stops what runs now. Resolves when the server was asked; the batch then ends with 57014, or normally if it was faster. */
  async cancel(): Promise<void> {
    if (!this.isBusy) return;
    const asked = this.#askToStop();
    // The next batch waits for this: a cancel that arrives late must not hit it.
    this.#cancelling = asked;
    if (!(await asked)) this.destroy('The server could not be asked to stop the statement, so the connection was cut.');
  }

  async #askToStop(): Promise<boolean> {
    return (await this.quickCancel?.()) === true || (await this.#sendCancel());
  }

  /** Stops and resumes reading: while it is paused, the server waits. */
  pause(): void {
    this.#connection.stream.pause();
  }

  resume(): void {
    this.#connection.stream.resume();
  }

  /** Cuts the line; the server rolls back what was open. */
  destroy(reason: string): void {
    this.#lastError = new Error(reason);
    this.#connection.stream.destroy();
  }

  /** Says goodbye, or cuts the line when it is busy. */
  async close(): Promise<void> {
    if (this.isLost) return;
    this.#lastError ??= new Error('The connection was closed.');
    if (this.isBusy) this.#connection.stream.destroy();
    else void this.#client.end();
    const stop = this.#clock.after(2000, () => this.#connection.stream.destroy());
    await this.lost;
    stop();
  }

  async #start(steps: readonly Step[], options: RunOptions): Promise<BatchEnd> {
    await this.#cancelling;
    this.#cancelling = undefined;
    if (this.#loss) return { kind: 'lost', loss: this.#loss, sent: false, at: 0, results: [] };
    if (options.signal?.aborted === true) return { kind: 'unsent' };
    const batch = new Batch(steps);
    const stopWatching = this.#watch(options);
    return new Promise((resolve) => {
      this.#running = {
        batch,
        options,
        finish: (end) => {
          stopWatching();
          this.#running = undefined;
          resolve(end);
        },
      };
      this.#connection.rowBytes = options.rowBytes ?? hardRowBytes;
      this.#lastError = undefined;
      this.#client.query(batch as unknown as pg.Submittable);
    });
  }

  /** Bounds what runs now: by its deadline, and after its signal by the time a server needs to stop. */
  #watch({ deadlineMs, signal }: RunOptions): () => void {
    const stops: (() => void)[] = [];
    const cutAfter = (milliseconds: number) => {
      stops.push(this.#clock.after(milliseconds, () => this.destroy('The server did not answer in time, so the connection was cut.')));
    };
    const abort = () => {
      cutAfter(cancelGraceMs);
      void this.cancel();
    };
    if (deadlineMs !== undefined) cutAfter(deadlineMs);
    signal?.addEventListener('abort', abort, { once: true });
    return () => {
      signal?.removeEventListener('abort', abort);
      for (const stop of stops) stop();
    };
  }

  #listen(): void {
    const connection = this.#connection;
    connection.onDropped = (bytes) => this.#running?.options.onDropped?.(bytes, this.#running.batch.at);
    connection.on('readyForQuery', ({ status }) => this.#ready(status as TransactionStatus));
    connection.on('errorMessage', (error) => {
      this.#lastError = error;
    });
    connection.on('end', () => this.#end());
    this.#client.on('notice', (notice) => this.#running?.options.onNotice?.(notice as Notice, this.#running.batch.at));
    this.#client.on('error', (error) => {
      this.#lastError ??= error;
    });
  }

  #ready(status: TransactionStatus): void {
    this.#status = status;
    // What was wrong with one batch is not why the line may end later.
    this.#lastError = undefined;
    const running = this.#running;
    if (!running) return;
    const { error, results, at } = running.batch;
    running.finish(error ? { kind: 'error', error, at, results, status } : { kind: 'complete', results, status });
  }

  #end(): void {
    if (this.#loss) return;
    const { message, code }: Loss = this.#lastError ?? new Error('The server closed the connection.');
    this.#loss = { message, ...(code === undefined ? {} : { sqlState: code }) };
    this.#running?.finish({ kind: 'lost', loss: this.#loss, sent: true, at: this.#running.batch.at, results: this.#running.batch.results });
    this.#resolveLost(this.#loss);
  }
}
