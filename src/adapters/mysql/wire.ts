/** The parts of `mysql2` beneath its query interface that a pinned line needs, and their types: its own leave them out. */
import { isIP } from 'node:net';
import { connect, type ConnectionOptions } from 'node:tls';
import type { Duplex } from 'node:stream';
import { createPacketSieve } from './packetSieve.ts';

/** One packet of the server. Valid only while it is handled: the parser uses its object again. */
export interface Packet {
  readonly buffer: Buffer;
  offset: number;
  readonly end: number;
  readInt8(): number;
  readInt16(): number;
  readInt32(): number;
  skip(bytes: number): void;
  /** A string where the number is too large to be one. */
  readLengthCodedNumber(bigNumberStrings?: boolean): number | string | null;
  readLengthCodedString(encoding: string): string | null;
  readString(length: number | undefined, encoding: string): string;
  asError(encoding: string): ServerError;
}

/** What the server answered instead of a result. */
export type ServerError = Error & { readonly errno: number; readonly sqlState: string };

export interface OutgoingPacket {
  readonly buffer: Buffer;
  length(): number;
  writeHeader(sequenceId: number): void;
}

/** What a connection runs: called without a packet to begin, then with each; true when it is done. */
export interface Command {
  execute(packet: Packet | undefined, connection: WireConnection): boolean;
  /** The connection broke while it ran. */
  onResult(error: Error): void;
}

type PacketParser = { execute(chunk: Buffer): void };

type Thrown = Error & { readonly code?: string | number; readonly errno?: number };

export interface WireConnection {
  stream: Duplex & { readonly encrypted?: boolean };
  packetParser: PacketParser;
  readonly _mariadbExtendedMetadata: boolean;
  startTLS(onSecure: (error?: Error) => void): void;
  writePacket(packet: OutgoingPacket): void;
  _resetSequenceId(): void;
  _handleNetworkError(error: Error): void;
  addCommand(command: Command): unknown;
  pause(): void;
  resume(): void;
  end(): unknown;
  on(name: 'error', listener: (error: Thrown) => void): unknown;
  on(name: 'connect', listener: () => void): unknown;
  removeAllListeners(name: 'error' | 'connect'): unknown;
}

/** Rows larger than this are never held in memory, whatever a run allows. */
export const hardRowBytes = 256 * 1024 * 1024;
/** No packet besides rows is larger. */
const smallestLimit = 64 * 1024;

/** Bounds what a connection may be made to hold. */
export type RowGuard = {
  /** Rows above so many bytes are dropped unread. */
  limit(bytes: number): void;
  onDropped: (() => void) | undefined;
};

/** Puts a sieve in front of the connection's parser. Called before the first byte arrives. */
export function guardRows(connection: WireConnection): RowGuard {
  const parser = connection.packetParser;
  const guard: RowGuard = {
    limit(bytes) {
      sieve.limit = Math.max(smallestLimit, Math.min(bytes, hardRowBytes));
    },
    onDropped: undefined,
  };
  const sieve = createPacketSieve(hardRowBytes, (bytes) => parser.execute(bytes), () => guard.onDropped?.());
  connection.packetParser = {
    execute(chunk) {
      try {
        sieve.push(chunk);
      } catch (thrown) {
        connection.stream.destroy(thrown instanceof Error ? thrown : new Error(String(thrown)));
      }
    },
  };
  return guard;
}

/**
 * Makes the connection secure the line as the profile says. The driver's own way checks an IP address as if it were
 * `localhost`, and it keeps sessions of other connections.
 */
export function secureWith(connection: WireConnection, options: ConnectionOptions, host: string): void {
  connection.startTLS = (onSecure) => {
    const plain = connection.stream;
    plain.removeAllListeners('data');
    let isSecure = false;
    const secure = connect({ minVersion: 'TLSv1.2', ...options, socket: plain, ...(isIP(host) === 0 ? { servername: host } : {}) }, () => {
      isSecure = true;
      onSecure();
    });
    secure.on('error', (error: Error) => {
      if (isSecure) connection._handleNetworkError(error);
      else onSecure(error);
    });
    secure.on('data', (chunk: Buffer) => connection.packetParser.execute(chunk));
    connection.stream = secure;
  };
}
