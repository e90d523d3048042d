/** Which tables have before- and after-images, and what has to be known of them to read any. */
import type { RowCounts } from '../../core/effect/counters.ts';
import { addCounts } from '../../core/effect/counters.ts';
import type { MeasuredTable } from '../../core/effect/measurement.ts';
import type { Column, TableRef } from '../../core/effect/preview.ts';
import type { StepResult } from './batch.ts';
import { quoteName } from './quote.ts';

/** A table that holds rows itself and was touched. */
export type TouchedLeaf = MeasuredTable & {
  readonly counts: RowCounts;
  /** Emptied, removed or altered by the change: nobody else can read it now. */
  readonly isLocked: boolean;
};

/** A table with the touched tables that hold its rows: its partitions, or itself. */
export type ImageTable = {
  readonly id: string;
  readonly table: TableRef;
  readonly counts: RowCounts;
  readonly leaves: readonly TouchedLeaf[];
};

export type ImageShape = {
  readonly columns: readonly Column[];
  /** Positions in `columns` of the primary key, else of a unique index without NULLs; empty when there is neither. */
  readonly key: readonly number[];
  /** Those of the key that stay the same when a row moves to another partition; absent when it cannot move, or nothing stays. */
  readonly identity?: readonly number[];
  /** Types of the key columns, as a cast reads them. */
  readonly keyTypes: readonly string[];
  readonly canSelect: boolean;
  /** Row security hides rows from us. */
  readonly isFiltered: boolean;
  /** Of this session alone: nobody beside it can read what was in it, and the server shows it as empty. */
  readonly isTemporary: boolean;
  /** Bytes of the touched tables that hold its rows. */
  readonly bytes: number;
};

/** Partitions gathered under their root. */
export function groupLeaves(touched: readonly TouchedLeaf[]): readonly ImageTable[] {
  const groups = new Map<string, ImageTable>();
  for (const leaf of touched) {
    const { id, table } = leaf.root ?? leaf;
    const group = groups.get(id) ?? { id, table, counts: { inserted: 0, updated: 0, deleted: 0 }, leaves: [] };
    groups.set(id, { ...group, counts: addCounts(group.counts, leaf.counts), leaves: [...group.leaves, leaf] });
  }
  return [...groups.values()];
}

/** `$1`: the tables; `$2`: the touched tables that hold their rows. Runs under the snapshot, before the change's own definitions. */
export const shapesSql = `SELECT c.oid::text, json_build_object(
    'columns', (SELECT json_agg(json_build_object('name', a.attname, 'type', format_type(a.atttypid, a.atttypmod)) ORDER BY a.attnum)
      FROM pg_attribute AS a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped),
    'key', (SELECT json_agg(json_build_object('name', a.attname, 'type', format('%I.%I', tn.nspname, t.typname)) ORDER BY k.ord)
      FROM (SELECT i.indkey, i.indnkeyatts FROM pg_index AS i
        WHERE i.indrelid = c.oid AND i.indisunique AND i.indisvalid AND i.indpred IS NULL AND i.indexprs IS NULL
          AND NOT EXISTS (SELECT FROM unnest(i.indkey::int2[]) WITH ORDINALITY AS x(attnum, ord) JOIN pg_attribute AS b ON b.attrelid = c.oid AND b.attnum = x.attnum
            WHERE x.ord <= i.indnkeyatts AND NOT b.attnotnull)
        ORDER BY i.indisprimary DESC, i.indexrelid LIMIT 1) AS best
      CROSS JOIN unnest(best.indkey::int2[]) WITH ORDINALITY AS k(attnum, ord)
      JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum = k.attnum JOIN pg_type AS t ON t.oid = a.atttypid JOIN pg_namespace AS tn ON tn.oid = t.typnamespace
      WHERE k.ord <= best.indnkeyatts),
    'partitionedBy', (WITH RECURSIVE tree(oid) AS (SELECT c.oid UNION ALL SELECT i.inhrelid FROM pg_inherits AS i JOIN tree ON i.inhparent = tree.oid)
      SELECT json_agg(DISTINCT a.attname) FROM tree JOIN pg_partitioned_table AS p ON p.partrelid = tree.oid
      CROSS JOIN unnest(p.partattrs::int2[]) AS x(attnum) JOIN pg_attribute AS a ON a.attrelid = tree.oid AND a.attnum = x.attnum),
    'canSelect', has_table_privilege(c.oid, 'SELECT'),
    'isFiltered', row_security_active(c.oid),
    'isTemporary', c.relpersistence = 't',
    'bytes', (SELECT coalesce(sum(l.relpages::bigint * current_setting('block_size')::int), 0) FROM pg_class AS l
      WHERE l.oid = ANY ($2::oid[]) AND (l.oid = c.oid OR l.relispartition AND pg_partition_root(l.oid) = c.oid))
  )::text FROM pg_class AS c WHERE c.oid = ANY ($1::oid[])`;

type ShapeJson = {
  readonly columns: readonly Column[] | null;
  readonly key: readonly { readonly name: string; readonly type: string }[] | null;
  readonly partitionedBy: readonly string[] | null;
  readonly canSelect: boolean;
  readonly isFiltered: boolean;
  readonly isTemporary: boolean;
  readonly bytes: number;
};

/** What `shapesSql` returned, by table. */
export function parseShapes({ rows }: StepResult): ReadonlyMap<string, ImageShape> {
  return new Map(rows.map(([id, json]) => [id ?? '', toShape(JSON.parse(json ?? '') as ShapeJson)]));
}

function toShape({ columns, key, partitionedBy, ...rest }: ShapeJson): ImageShape {
  const names = (columns ?? []).map(({ name }) => name);
  const positions = (key ?? []).map(({ name }) => names.indexOf(name));
  const identity = positions.filter((position) => partitionedBy?.includes(names[position] ?? '') === false);
  return { ...rest, columns: columns ?? [], key: positions, keyTypes: (key ?? []).map(({ type }) => type), ...(identity.length > 0 ? { identity } : {}) };
}

/** A name no column has: in PostgreSQL a column called like the table would win over it. */
export function aliasFor(columns: readonly Column[]): string {
  let alias = 'countersign';
  while (columns.some(({ name }) => name === alias)) alias += '_';
  return alias;
}

export function qualified({ schema, table }: TableRef): string {
  return `${quoteName(schema)}.${quoteName(table)}`;
}
