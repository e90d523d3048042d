/** One connection to the server, never shared and never replaced: statements run on it one after the other. */
import type { Clock } from '../../app/ports.ts';
import { statusBits, TextCommand, type QueryResult, type RowReceiver } from './command.ts';
import { hardRowBytes, type RowGuard, type ServerError, type WireConnection } from './wire.ts';

/** Why a line ended. `errno` when the server said why before it hung up. */
export type LineLoss = { readonly message: string; readonly errno?: number };

/** Why the server was asked to stop a statement: somebody asked, it took too long, no more rows are wanted. */
export type StopReason = 'asked' | 'time' | 'enough';

export type QueryEnd =
  | { readonly kind: 'complete'; readonly results: readonly QueryResult[]; /** The server was asked to stop, and may have cut it short. */ readonly stopped?: StopReason }
  | { readonly kind: 'error'; readonly error: ServerError; readonly results: readonly QueryResult[]; readonly stopped?: StopReason }
  /** Its signal was aborted before it was sent. */
  | { readonly kind: 'unsent' }
  | { readonly kind: 'lost'; readonly loss: LineLoss; /** False when the statement never left. */ readonly sent: boolean };

export type RunOptions = {
  /** Gets the rows one by one; without it they are kept. */
  readonly receiver?: RowReceiver;
  /** Asks the server to stop; when it does not within 5 s, cuts the line. */
  readonly signal?: AbortSignal;
  /** Asks the server to stop after so long: its own limits do not reach every statement. 0: never. */
  readonly timeLimitMs?: number;
  /** Cuts the line when the server has not answered by then. */
  readonly deadlineMs?: number;
  /** Larger rows are dropped unread and told to `onDropped`. */
  readonly rowBytes?: number;
  readonly onDropped?: () => void;
};

type Running = { readonly command: TextCommand; readonly options: RunOptions; readonly finish: (end: QueryEnd) => void; stopped?: StopReason };

const stopGraceMs = 5000;

export type LineFacts = {
  readonly rowGuard: RowGuard;
  readonly clock: Clock;
};

export class Line {
  /** Settles when the line is gone, whoever ended it. */
  readonly lost: Promise<LineLoss>;
  readonly encrypted: boolean;
  /** Asks the server on another line to stop what this one runs; false when it could not be asked. */
  kill: () => Promise<boolean> = async () => false;
  readonly #connection: WireConnection;
  readonly #rowGuard: RowGuard;
  readonly #clock: Clock;
  #resolveLost: (loss: LineLoss) => void = () => undefined;
  #loss: LineLoss | undefined;
  /** We cut it ourselves; the stream tells so a little later. */
  #cut: LineLoss | undefined;
  #lastError: { readonly message: string; readonly errno?: number } | undefined;
  #running: Running | undefined;
  #queue: Promise<unknown> = Promise.resolve();
  #stopping: Promise<unknown> | undefined;
  #status = 0;

  constructor(connection: WireConnection, { rowGuard, clock }: LineFacts) {
    this.#connection = connection;
    this.#rowGuard = rowGuard;
    this.#clock = clock;
    this.encrypted = connection.stream.encrypted === true;
    this.lost = new Promise((resolve) => {
      this.#resolveLost = resolve;
    });
    this.#listen();
  }

  get isLost(): boolean {
    return (this.#loss ?? this.#cut) !== undefined;
  }

  get isBusy(): boolean {
    return this.#running !== undefined;
  }

  /** As the server said it with its last result; an error says nothing, and mostly ends no transaction. */
  get inTransaction(): boolean {
    return (this.#status & statusBits.inTransaction) !== 0;
  }

  /** In a transaction that the server keeps read-only. */
  get inReadOnlyTransaction(): boolean {
    return this.inTransaction && (this.#status & statusBits.inReadOnlyTransaction) !== 0;
  }

  /** Sends one statement when what ran before is finished. Never rejects. */
  run(text: string, options: RunOptions = {}): Promise<QueryEnd> {
    const turn = this.#queue.then(() => this.#start(text, options));
    this.#queue = turn;
    return turn;
  }

  /** Stops what runs now. Resolves when the server was asked; the statement then ends with 1317, or as if it were done. */
  async stop(reason: StopReason): Promise<void> {
    if (!this.#running) return;
    this.#running.stopped ??= reason;
    const asked = this.kill();
    // The next statement waits for this: a stop that arrives late must not hit it.
    this.#stopping = asked;
    if (!(await asked)) this.destroy('The server could not be asked to stop the statement, so the connection was cut.');
  }

  /** Stops and resumes reading: while it is paused, the server waits. */
  pause(): void {
    this.#connection.pause();
  }

  resume(): void {
    if (!this.isLost) this.#connection.resume();
  }

  /** Cuts the line; the server rolls back what was open. */
  destroy(reason: string): void {
    this.#cut ??= { message: reason };
    this.#connection.stream.destroy();
  }

  /** Says goodbye, or cuts the line when it is busy. */
  async close(): Promise<void> {
    if (this.#loss) return;
    this.#cut ??= { message: 'The connection was closed.' };
    if (this.isBusy) this.#connection.stream.destroy();
    else this.#connection.end();
    const stop = this.#clock.after(2000, () => this.#connection.stream.destroy());
    await this.lost;
    stop();
  }

  async #start(text: string, options: RunOptions): Promise<QueryEnd> {
    await this.#stopping;
    this.#stopping = undefined;
    const loss = this.#loss ?? this.#cut;
    if (loss) return { kind: 'lost', loss, sent: false };
    if (options.signal?.aborted === true) return { kind: 'unsent' };
    return await new Promise((resolve) => {
      const { receiver } = options;
      const command = new TextCommand({ text, ...(receiver ? { receiver } : {}), done: ({ error, status }) => this.#done(error, status), broken: (error) => this.#broken(error) });
      const stopWatching = this.#watch(options);
      this.#running = {
        command,
        options,
        finish: (end) => {
          stopWatching();
          this.#running = undefined;
          resolve(end);
        },
      };
      this.#rowGuard.limit(options.rowBytes ?? hardRowBytes);
      this.#lastError = undefined;
      this.#connection.addCommand(command);
    });
  }

  /** Bounds what runs now: by its limit, its deadline, and once it was told to stop by the time a server needs for that. */
  #watch({ deadlineMs, timeLimitMs = 0, signal }: RunOptions): () => void {
    const stops: (() => void)[] = [];
    const cutAfter = (milliseconds: number) => {
      stops.push(this.#clock.after(milliseconds, () => this.destroy('The server did not answer in time, so the connection was cut.')));
    };
    const stop = (reason: StopReason) => {
      cutAfter(stopGraceMs);
      void this.stop(reason);
    };
    const abort = () => stop('asked');
    if (deadlineMs !== undefined) cutAfter(deadlineMs);
    if (timeLimitMs > 0) stops.push(this.#clock.after(timeLimitMs, () => stop('time')));
    signal?.addEventListener('abort', abort, { once: true });
    return () => {
      signal?.removeEventListener('abort', abort);
      for (const end of stops) end();
    };
  }

  #listen(): void {
    this.#rowGuard.onDropped = () => {
      this.#running?.command.skipRow();
      this.#running?.options.onDropped?.();
    };
    this.#connection.on('error', ({ message, errno, code }) => {
      const number = errno ?? code;
      this.#lastError ??= { message, ...(typeof number === 'number' ? { errno: number } : {}) };
    });
    this.#connection.stream.once('close', () => this.#end());
  }

  #done(error: ServerError | undefined, status: number | undefined): void {
    const running = this.#running;
    if (!running) return;
    this.#status = status ?? this.#status;
    const { command, stopped } = running;
    const facts = { results: command.results, ...(stopped === undefined ? {} : { stopped }) };
    running.finish(error ? { kind: 'error', error, ...facts } : { kind: 'complete', ...facts });
  }

  /** The driver gave the connection up; the stream may not know yet. */
  #broken({ message }: Error): void {
    this.#lastError ??= { message };
    this.#connection.stream.destroy();
  }

  #end(): void {
    if (this.#loss) return;
    this.#loss = this.#cut ?? this.#lastError ?? { message: 'The server closed the connection.' };
    this.#status = 0;
    this.#running?.finish({ kind: 'lost', loss: this.#loss, sent: true });
    this.#resolveLost(this.#loss);
  }
}
