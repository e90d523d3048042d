/** Distinct rows that differ, of tables with more of them than are fetched: both sides send hashes, never rows. */
import { countNetRows, type HashedRows, type HashLayout, type NetRows } from '../../core/effect/netRows.ts';
import { totalOf } from '../../core/effect/counters.ts';
import type { Row } from '../../core/effect/preview.ts';
import { aliasFor, type ImageShape } from './imageTables.ts';
import type { ImageLines } from './images.ts';
import type { ReadableTable } from './imageVersions.ts';
import { quoteName } from './quote.ts';
import { askBothSides, type SideQuery } from './rowSets.ts';

/** Above this, even the hashes would be too much to hold. */
const maxOperations = 1_500_000;

/** By table; absent where it cannot be known. Never rejects. */
export async function countDistinctRows(lines: ImageLines, tables: readonly ReadableTable[], transactionId: string): Promise<ReadonlyMap<string, NetRows>> {
  const countable = tables.filter(({ table }) => totalOf(table.counts) <= maxOperations);
  const answers = await askBothSides(lines, countable, { transactionId, query: hashesSql, countRows: (rows) => rows.reduce((sum, [, count]) => sum + Number(count), 0) });
  return new Map(
    countable.flatMap(({ table, shape }) => {
      const sides = answers.get(table.id);
      return sides ? [[table.id, countNetRows(parse(sides.old), parse(sides.fresh), { layout: layoutOf(shape), counts: table.counts })] as const] : [];
    }),
  );
}

function layoutOf({ key, identity }: ImageShape): HashLayout {
  if (key.length === 0) return 'row';
  return identity ? 'identity' : 'key';
}

/** One row for each bucket: its number, how many rows are in it, and their hashes. What never changes of a row decides its bucket. */
const hashesSql: SideQuery = (from, { shape }) => {
  const names = shape.columns.map(({ name }) => name);
  const alias = aliasFor(shape.columns);
  const all = names.map((_, index) => index);
  const hash = (positions: readonly number[], seed: number) => `hashtextextended(ROW(${positions.map((at) => `${alias}.${quoteName(names[at] ?? '')}`).join(', ')})::text, ${String(seed)})`;
  const stable = shape.identity ?? (shape.key.length > 0 ? shape.key : all);
  const parts = { row: [hash(all, 1)], key: [hash(shape.key, 0), hash(all, 1)], identity: [hash(stable, 0), hash(shape.key, 0), hash(all, 1)] }[layoutOf(shape)];
  const bytes = parts.map((part) => `int8send(${part})`).join(' || ');
  const bucket = `(${layoutOf(shape) === 'row' ? hash(all, 1) : hash(stable, 0)} & 1023)::int`;
  return `SELECT hashed.bucket, count(*), encode(string_agg(hashed.bytes, ''::bytea), 'base64')
    FROM (SELECT ${bucket} AS bucket, ${bytes} AS bytes FROM ${from(names)}) AS hashed GROUP BY hashed.bucket`;
};

function parse(rows: readonly Row[]): HashedRows {
  return new Map(rows.map(([bucket, , hashes]) => [Number(bucket), Buffer.from(hashes ?? '', 'base64').toString('latin1')]));
}
