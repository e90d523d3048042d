/** Types of columns in the words of the server's own definitions, as far as a result tells them. */
import type { Column } from '../../core/effect/preview.ts';
import type { ColumnNames } from '../rowStream.ts';
import { bytesCollation, types, type Field } from './field.ts';

const unsigned = 0x20;
const zerofill = 0x40;
const isEnum = 0x100;
const isSet = 0x800;

/** Decimals of a number that has none fixed. */
const anyDecimals = 31;

/** Bytes of one character in the encoding we ask for. */
const characterBytes = 4;

const plain: ReadonlyMap<number, string> = new Map([
  [types.null, 'null'], [types.date, 'date'], [types.newDate, 'date'], [types.year, 'year'], [types.json, 'json'], [types.geometry, 'geometry'],
  [types.vector, 'vector'], [types.enum, 'enum'], [types.set, 'set'],
]);
const integers: ReadonlyMap<number, string> = new Map([
  [types.tiny, 'tinyint'], [types.short, 'smallint'], [types.int24, 'mediumint'], [types.long, 'int'], [types.longLong, 'bigint'],
]);
const times: ReadonlyMap<number, string> = new Map([[types.timestamp, 'timestamp'], [types.datetime, 'datetime'], [types.time, 'time']]);

export const columnNames: ColumnNames<Field> = {
  known: (fields) => fields.map(toColumn),
  ask: async (fields) => fields.map(toColumn),
};

function toColumn(field: Field): Column {
  return { name: field.name, type: typeName(field) };
}

export function typeName(field: Field): string {
  const { type, extended, decimals } = field;
  if (extended !== undefined) return extended;
  const name = plain.get(type);
  if (name !== undefined) return name;
  const integer = integers.get(type);
  if (integer !== undefined) return signed(type === types.tiny && field.length === 1 ? 'tinyint(1)' : integer, field);
  const time = times.get(type);
  if (time !== undefined) return decimals > 0 && decimals < anyDecimals ? `${time}(${String(decimals)})` : time;
  switch (type) {
    case types.float:
    case types.double:
      return signed(type === types.float ? 'float' : 'double', field);
    case types.decimal:
    case types.newDecimal:
      return signed(`decimal(${String(precision(field))},${String(decimals)})`, field);
    case types.bit:
      return `bit(${String(field.length)})`;
    default:
      return textType(field);
  }
}

function signed(name: string, { flags }: Field): string {
  return `${name}${(flags & unsigned) === 0 ? '' : ' unsigned'}${(flags & zerofill) === 0 ? '' : ' zerofill'}`;
}

/** The longest text of a decimal has room for a point and a sign. */
function precision({ length, decimals, flags }: Field): number {
  return length - (decimals > 0 ? 1 : 0) - ((flags & unsigned) === 0 ? 1 : 0);
}

function textType({ type, flags, length, collation }: Field): string {
  if ((flags & isEnum) !== 0) return 'enum';
  if ((flags & isSet) !== 0) return 'set';
  const isBytes = collation === bytesCollation;
  const characters = String(isBytes ? length : Math.floor(length / characterBytes));
  if (type === types.string) return `${isBytes ? 'binary' : 'char'}(${characters})`;
  if (type === types.varString || type === types.varchar) return `${isBytes ? 'varbinary' : 'varchar'}(${characters})`;
  return `${blobSize(isBytes ? length : length / characterBytes, length)}${isBytes ? 'blob' : 'text'}`;
}

/** All of them come as one type: the largest length tells them apart. */
function blobSize(own: number, bytes: number): string {
  if (bytes >= 0xffffffff) return 'long';
  if (own <= 0xff) return 'tiny';
  if (own <= 0xffff) return '';
  return own <= 0xffffff ? 'medium' : 'long';
}
