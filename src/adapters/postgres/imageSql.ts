/** The statements that read row versions: old ones under the snapshot, new ones in the change's own transaction. */
import type { TableRef } from '../../core/effect/preview.ts';
import type { Step } from './batch.ts';
import { aliasFor, qualified, type ImageShape } from './imageTables.ts';
import { arrayLiteral, quoteName } from './quote.ts';

/** Place of a version (ctid), then its columns in the order of the shape. */
function selectVersions(leaf: TableRef, shape: ImageShape, condition: (alias: string) => string, limit: number): string {
  const alias = aliasFor(shape.columns);
  const columns = shape.columns.map(({ name }) => `${alias}.${quoteName(name)}`);
  return `SELECT ${[`${alias}.ctid`, ...columns].join(', ')} FROM ONLY ${qualified(leaf)} AS ${alias} WHERE ${condition(alias)} LIMIT ${String(limit)}`;
}

/** New versions: the change's transaction sees nobody else's that are as young as itself. */
export function newVersions(leaf: TableRef, shape: ImageShape, limit: number): Step {
  return { text: selectVersions(leaf, shape, (alias) => `age(${alias}.xmin) <= 0`, limit) };
}

/** Candidates for old versions: ended by this transaction or a younger one. */
export function oldVersions(leaf: TableRef, shape: ImageShape, transactionId: string, limit: number): Step {
  const condition = (alias: string) => `${alias}.xmax <> '0'::xid AND age(${alias}.xmax) <= age('${xidOf(transactionId)}'::xid)`;
  return { text: selectVersions(leaf, shape, condition, limit) };
}

/** Places of every version that anybody ever began to end, or only locked: what `oldVersions` can miss is among them. */
export function endedPlaces(leaf: TableRef, limit: number): Step {
  return { text: `SELECT countersign.ctid FROM ONLY ${qualified(leaf)} AS countersign WHERE countersign.xmax <> '0'::xid LIMIT ${String(limit)}` };
}

/** Those of the places that hold a version which can be seen here. */
export function visiblePlaces(leaf: TableRef, places: readonly string[]): Step {
  return { text: `SELECT countersign.ctid FROM ONLY ${qualified(leaf)} AS countersign WHERE countersign.ctid = ANY ($1::tid[])`, values: [arrayLiteral(places)] };
}

export function versionsAt(leaf: TableRef, shape: ImageShape, places: readonly string[]): Step {
  return { text: selectVersions(leaf, shape, (alias) => `${alias}.ctid = ANY ($1::tid[])`, places.length), values: [arrayLiteral(places)] };
}

/** Rows of a table, its partitions included, by key. `keys`: one list of values for each key column. */
export function versionsByKey(table: TableRef, shape: ImageShape, keys: readonly (readonly string[])[]): Step {
  const alias = aliasFor(shape.columns);
  const columns = shape.columns.map(({ name }) => `${alias}.${quoteName(name)}`);
  const names = keys.map((_, index) => `k${String(index + 1)}`);
  const lists = keys.map((_, index) => `$${String(index + 1)}::text[]`);
  const conditions = shape.key.map((position, index) => {
    const name = quoteName(shape.columns[position]?.name ?? '');
    return `${alias}.${name} = ${alias}_.${names[index] ?? ''}::${shape.keyTypes[index] ?? 'text'}`;
  });
  return {
    text: `SELECT ${columns.join(', ')} FROM unnest(${lists.join(', ')}) AS ${alias}_(${names.join(', ')}) JOIN ${qualified(table)} AS ${alias} ON ${conditions.join(' AND ')}`,
    values: keys.map(arrayLiteral),
  };
}

/** Row versions carry the lower 32 bits of a transaction's id. */
function xidOf(transactionId: string): string {
  return String(BigInt(transactionId) & 0xffffffffn);
}
