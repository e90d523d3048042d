/** The parts of `pg` beneath its query interface that a pinned line needs, and their types: its own leave them out. */
import pg from 'pg';
import type { Duplex } from 'node:stream';
import { createMessageSieve, type MessageSieve } from './messageSieve.ts';

/** A column as RowDescription tells it. */
export type Field = {
  readonly name: string;
  readonly dataTypeID: number;
  readonly dataTypeModifier: number;
  /** Identity of the table and number of its column that the value is passed through from unchanged; 0 for everything else. */
  readonly tableID: number;
  readonly columnID: number;
};

/** One DataRow: the server's text, `null` for NULL. `length` in bytes. */
export type DataRow = { readonly fields: (string | null)[]; readonly length: number };

export type Notice = { readonly message?: string; readonly severity?: string; readonly detail?: string; readonly hint?: string };

export type ParameterStatus = { readonly parameterName: string; readonly parameterValue: string };

type ConnectionEvents = {
  readyForQuery: [{ readonly status: string }];
  parameterStatus: [ParameterStatus];
  errorMessage: [Error];
  error: [Error];
  end: [];
  connect: [];
  sslconnect: [];
};

export interface WireConnection {
  readonly stream: Duplex & { readonly encrypted?: boolean };
  connect(portOrPath: number | string, host?: string): void;
  requestSsl(): void;
  attachListeners(stream: Duplex): void;
  parse(message: { text: string }): void;
  bind(message: { values: readonly (string | null)[] }): void;
  describe(message: { type: 'P' }): void;
  execute(message: Record<string, never>): void;
  sync(): void;
  sendCopyFail(reason: string): void;
  cancel(processId: number, secretKey: number): void;
  on<Name extends keyof ConnectionEvents>(name: Name, listener: (...values: ConnectionEvents[Name]) => void): unknown;
  once<Name extends keyof ConnectionEvents>(name: Name, listener: (...values: ConnectionEvents[Name]) => void): unknown;
}

export type WireOptions = { readonly ssl: object | false; readonly keepAlive?: boolean; readonly keepAliveInitialDelayMillis?: number };

const BaseConnection = pg.Connection as unknown as new (options: WireOptions) => WireConnection;

/** Rows larger than this are never held in memory, whatever a run allows. */
export const hardRowBytes = 256 * 1024 * 1024;

/**
 * A connection that cannot be made to hold more than it may: rows above `rowBytes` are dropped unread, and what the
 * parser or a listener throws ends the line instead of the process.
 */
export class GuardedConnection extends BaseConnection {
  /** Called with the size of every row that was dropped for its size. */
  onDropped: ((bytes: number) => void) | undefined;
  #sieve: MessageSieve | undefined;
  #rowBytes = hardRowBytes;

  set rowBytes(bytes: number) {
    this.#rowBytes = Math.min(bytes, hardRowBytes);
    if (this.#sieve) this.#sieve.limit = this.#rowBytes;
  }

  override attachListeners(stream: Duplex): void {
    const tap = {
      on: (event: string, listener: (chunk: Buffer) => void) => {
        if (event === 'data') this.#feed(stream, listener);
        else stream.on(event, listener);
        return tap;
      },
    };
    super.attachListeners(tap as unknown as Duplex);
  }

  #feed(stream: Duplex, parse: (chunk: Buffer) => void): void {
    const sieve = createMessageSieve(this.#rowBytes, parse, (bytes) => this.onDropped?.(bytes));
    this.#sieve = sieve;
    stream.on('data', (chunk: Buffer) => {
      try {
        sieve.push(chunk);
      } catch (thrown) {
        stream.destroy(thrown instanceof Error ? thrown : new Error(String(thrown)));
      }
    });
  }
}
