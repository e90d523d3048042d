/** Columns as the server describes them in front of rows, and their values as text. */
import type { Packet } from './wire.ts';

export type Field = {
  readonly name: string;
  /** Of the table it comes from; empty for an expression. */
  readonly schema: string;
  readonly table: string;
  readonly column: string;
  /** Number of the type in the protocol. */
  readonly type: number;
  readonly flags: number;
  /** Longest text in bytes. */
  readonly length: number;
  readonly decimals: number;
  /** Number of the collation; 63 is bytes. */
  readonly collation: number;
  /** What MariaDB says beyond the type, e.g. `uuid` or `json`. */
  readonly extended?: string;
  readonly isBinary: boolean;
};

export const types = {
  decimal: 0, tiny: 1, short: 2, long: 3, float: 4, double: 5, null: 6, timestamp: 7, longLong: 8, int24: 9, date: 10, time: 11,
  datetime: 12, year: 13, newDate: 14, varchar: 15, bit: 16, vector: 242, json: 245, newDecimal: 246, enum: 247, set: 248,
  tinyBlob: 249, mediumBlob: 250, longBlob: 251, blob: 252, varString: 253, string: 254, geometry: 255,
} as const;

export const bytesCollation = 63;

/** Types whose values may be bytes rather than text. */
const byteTypes: ReadonlySet<number> = new Set([
  types.varchar, types.tinyBlob, types.mediumBlob, types.longBlob, types.blob, types.varString, types.string,
]);
const alwaysBytes: ReadonlySet<number> = new Set([types.bit, types.geometry, types.vector]);

/** @param hasExtended - whether the server was asked for what MariaDB knows beyond the type */
export function readField(packet: Packet, hasExtended: boolean): Field {
  const text = () => packet.readLengthCodedString('utf8') ?? '';
  text();
  const schema = text();
  text();
  const table = text();
  const name = text();
  const column = text();
  const extended = hasExtended ? readExtended(packet) : undefined;
  packet.skip(1);
  const collation = packet.readInt16();
  const length = packet.readInt32();
  const type = packet.readInt8();
  const flags = packet.readInt16();
  const decimals = packet.readInt8();
  const isBinary = alwaysBytes.has(type) || (byteTypes.has(type) && collation === bytesCollation);
  return { name, schema, table, column, type, flags, length, decimals, collation, isBinary, ...(extended === undefined ? {} : { extended }) };
}

/** Pairs of a number and a text: 0 names a type, 1 a format. */
function readExtended(packet: Packet): string | undefined {
  const end = Number(packet.readLengthCodedNumber() ?? 0) + packet.offset;
  let found: string | undefined;
  while (packet.offset < end) {
    packet.skip(1);
    found = packet.readLengthCodedString('latin1') ?? found;
  }
  packet.offset = end;
  return found;
}

/** The values of one row: text as the server sends it, bytes as `0x…`. */
export function readRow(packet: Packet, fields: readonly Field[]): (string | null)[] {
  const { buffer, end } = packet;
  let at = packet.offset;
  const values = fields.map(({ isBinary }) => {
    const tag = buffer.readUInt8(at);
    at += 1;
    if (tag === 0xfb) return null;
    let length = tag;
    if (tag > 0xfb) {
      const bytes = tag === 0xfc ? 2 : tag === 0xfd ? 3 : 8;
      length = bytes === 8 ? Number(buffer.readBigUInt64LE(at)) : buffer.readUIntLE(at, bytes);
      at += bytes;
    }
    const from = at;
    at += length;
    return isBinary ? `0x${buffer.toString('hex', from, at).toUpperCase()}` : buffer.toString('utf8', from, at);
  });
  if (at !== end) throw new Error('The server sent a row that does not fit its columns.');
  return values;
}
