/**
 * One statement in the text protocol: the bytes of the text as they are, and everything the server answers.
 *
 * The driver's own query would send the text in whatever encoding the server last reported, turn values into numbers and
 * dates, and keep the transaction's state to itself.
 */
import { readField, readRow, type Field } from './field.ts';
import type { Command, OutgoingPacket, Packet, ServerError, WireConnection } from './wire.ts';

export interface RowReceiver {
  /** Rows are not wanted any more: they need not even be read. */
  readonly isFull?: boolean;
  columns(fields: readonly Field[]): void;
  /** `bytes`: size on the wire. */
  row(values: (string | null)[], bytes: number): void;
}

export type QueryResult = {
  /** Empty when the statement returned no rows. */
  readonly fields: readonly Field[];
  /** Empty when a receiver got them. */
  readonly rows: readonly (readonly (string | null)[])[];
  /** Rows it changed, or for UPDATE those it matched. */
  readonly affectedRows: number;
  readonly warnings: number;
  /** The server's own words, e.g. `Rows matched: 3  Changed: 1  Warnings: 0`. */
  readonly info: string;
};

/** Bits of the server's status that tell of transactions and results. */
export const statusBits = { inTransaction: 0x0001, moreResults: 0x0008, inReadOnlyTransaction: 0x2000 } as const;

type State = 'result' | 'fields' | 'fields-end' | 'rows';

export type Query = {
  readonly text: string;
  /** Gets the first result that has rows, one by one. */
  readonly receiver?: RowReceiver;
  /** The server finished: `error`, or `status` as it said it last. */
  readonly done: (end: { readonly error?: ServerError; readonly status?: number }) => void;
  /** The connection takes no command any more. */
  readonly broken: (error: Error) => void;
};

export class TextCommand implements Command {
  readonly results: QueryResult[] = [];
  readonly #query: Query;
  #receiver: RowReceiver | undefined;
  #state: State = 'result';
  #columns = 0;
  #fields: Field[] = [];
  #rows: (string | null)[][] = [];
  #skipRow = false;

  constructor(query: Query) {
    this.#query = query;
    this.#receiver = query.receiver;
  }

  /** The next row was too large and is not whole. */
  skipRow(): void {
    this.#skipRow = true;
  }

  execute(packet: Packet | undefined, connection: WireConnection): boolean {
    if (!packet) {
      connection._resetSequenceId();
      connection.writePacket(queryPacket(this.#query.text));
      return false;
    }
    if (packet.buffer[packet.offset] === 0xff && packet.end > packet.offset && this.#state !== 'fields') {
      this.#query.done({ error: packet.asError('utf8') });
      return true;
    }
    const status = this.#next(packet, connection);
    if (status === undefined || (status & statusBits.moreResults) !== 0) return false;
    this.#query.done({ status });
    return true;
  }

  onResult(error: Error): void {
    this.#query.broken(error);
  }

  /** Takes one packet; the server's status when it ended a result. */
  #next(packet: Packet, connection: WireConnection): number | undefined {
    switch (this.#state) {
      case 'result':
        return this.#begin(packet);
      case 'fields':
        this.#fields.push(readField(packet, connection._mariadbExtendedMetadata));
        if (this.#fields.length === this.#columns) this.#state = 'fields-end';
        return undefined;
      case 'fields-end':
        this.#state = 'rows';
        this.#receiver?.columns(this.#fields);
        return undefined;
      case 'rows':
        return this.#row(packet);
    }
  }

  #begin(packet: Packet): number | undefined {
    const first = packet.buffer[packet.offset];
    if (first === 0xfb) throw new Error('The server asked for a file of this machine, which it never gets.');
    const columns = Number(packet.readLengthCodedNumber());
    if (first === 0) return this.#readOk(packet);
    this.#columns = columns;
    this.#fields = [];
    this.#state = 'fields';
    return undefined;
  }

  #readOk(packet: Packet): number {
    const affectedRows = Number(packet.readLengthCodedNumber());
    packet.readLengthCodedNumber(true);
    const status = packet.readInt16();
    const warnings = packet.readInt16();
    const info = packet.readString(undefined, 'utf8');
    this.results.push({ fields: [], rows: [], affectedRows, warnings, info });
    return status;
  }

  #row(packet: Packet): number | undefined {
    const size = packet.end - packet.offset;
    if (size > 0 && size < 9 && packet.buffer[packet.offset] === 0xfe) {
      packet.skip(1);
      const warnings = packet.readInt16();
      this.#finish(warnings);
      return packet.readInt16();
    }
    if (size === 0 || this.#skipRow) {
      this.#skipRow = false;
      return undefined;
    }
    if (this.#receiver?.isFull === true) return undefined;
    const values = readRow(packet, this.#fields);
    if (this.#receiver) this.#receiver.row(values, size);
    else if (!this.#query.receiver) this.#rows.push(values);
    return undefined;
  }

  #finish(warnings: number): void {
    this.results.push({ fields: this.#fields, rows: this.#rows, affectedRows: 0, warnings, info: '' });
    this.#rows = [];
    this.#state = 'result';
    // A procedure can return several: whoever listens expects one.
    this.#receiver = undefined;
  }
}

const comQuery = 3;

function queryPacket(text: string): OutgoingPacket {
  const bytes = Buffer.byteLength(text, 'utf8');
  const buffer = Buffer.allocUnsafe(5 + bytes);
  buffer[4] = comQuery;
  buffer.write(text, 5, 'utf8');
  return {
    buffer,
    length: () => buffer.length,
    writeHeader(sequenceId) {
      buffer.writeUIntLE(buffer.length - 4, 0, 3);
      buffer[3] = sequenceId;
    },
  };
}
