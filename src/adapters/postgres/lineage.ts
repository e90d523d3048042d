/**
 * Where the columns of a result come from. RowDescription names table and column of what is passed through unchanged, and of nothing
 * else; the catalogue says which tables and views those are, and what can be behind a computed value.
 */
import { unknownLineage, type ColumnOrigin, type Lineage, type TableColumn } from '../../core/masking/lineage.ts';
import type { ClassifiedStatement } from '../../core/sql/verdict.ts';
import type { Line } from './line.ts';
import { arrayLiteral } from './quote.ts';
import type { Field } from './wire.ts';

/** Tables of this many columns in all are still looked through; beyond, nothing is proven. */
const mostColumns = 50_000;

/** @param metadata - a line that is free to be asked. Never rejects: what cannot be learned is unknown. */
export async function traceColumns(metadata: () => Promise<Line | undefined>, { targets }: ClassifiedStatement, fields: readonly Field[]): Promise<Lineage> {
  const line = await metadata().catch(() => undefined);
  const tables = [...new Set(fields.map(({ tableID }) => tableID).filter((id) => id !== 0))];
  const values = [arrayLiteral(targets.map(({ schema = '' }) => schema)), arrayLiteral(targets.map(({ table }) => table)), arrayLiteral(tables.map(String))];
  const end = await line?.run([{ text: lineageSql, values }], { deadlineMs: 10_000 });
  const rows = end?.kind === 'complete' ? (end.results[0]?.rows ?? []) : undefined;
  if (rows === undefined || rows.length > mostColumns) return unknownLineage(fields.length);
  return lineageOf(rows.map(parseRow), { targets: targets.length, fields });
}

/** One column of one table by one of its names; `target`: which of the named tables it is of, or is behind. */
type Found = TableColumn & { readonly oid: string; readonly attnum: string; readonly kind: string; readonly callsCode: boolean; readonly targets: readonly number[] };

function parseRow([oid, kind, schema, table, attnum, column, type, code, targets]: readonly (string | null)[]): Found {
  return {
    oid: oid ?? '',
    kind: kind ?? '',
    table: { schema: schema ?? '', table: table ?? '' },
    attnum: attnum ?? '',
    column: { name: column ?? '', type: type ?? '' },
    callsCode: code === 't',
    targets: (targets ?? '').split(',').filter((part) => part !== '').map(Number),
  };
}

function lineageOf(found: readonly Found[], { targets, fields }: { readonly targets: number; readonly fields: readonly Field[] }): Lineage {
  const named = new Set(found.flatMap((column) => column.targets));
  // A name that leads nowhere here may lead somewhere in the session; code of users may read anything.
  const isUnknown = named.size < targets || found.some(({ callsCode }) => callsCode);
  const byPlace = Map.groupBy(found, ({ oid, attnum }) => `${oid} ${attnum}`);
  return {
    origins: fields.map(({ tableID, columnID }) => originOf(byPlace.get(`${String(tableID)} ${String(columnID)}`))),
    sources: isUnknown ? 'unknown' : found.filter(({ attnum }) => Number(attnum) > 0).map(({ table, column }) => ({ table, column })),
  };
}

function originOf(names: readonly Found[] | undefined): ColumnOrigin | undefined {
  const [first] = names ?? [];
  if (!names || !first) return undefined;
  return { kind: first.kind === 'v' || first.kind === 'm' ? 'view' : 'stored', names: names.map(({ table, column }) => ({ table, column })) };
}

/**
 * `$1`, `$2`: schemas (or '') and names of what the text reads; without a schema all tables of that name count. `$3`: tables that the
 * result names. Through views to what is behind them, and from parts to the tables they are parts of.
 */
const lineageSql = `
WITH RECURSIVE
targets AS (SELECT t.schema, t.name, t.position FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS t(schema, name, position)),
named AS (
  SELECT c.oid, t.position
  FROM targets AS t JOIN pg_catalog.pg_class AS c ON c.relname = t.name JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
  WHERE (t.schema = '' OR n.nspname = t.schema) AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
),
used AS (
  SELECT oid FROM named
  UNION
  SELECT unnest($3::oid[])
  UNION
  SELECT d.refobjid FROM used AS u
  JOIN pg_catalog.pg_rewrite AS w ON w.ev_class = u.oid
  JOIN pg_catalog.pg_depend AS d ON d.classid = 'pg_catalog.pg_rewrite'::regclass AND d.objid = w.oid AND d.refclassid = 'pg_catalog.pg_class'::regclass
  WHERE d.refobjid <> u.oid
),
family AS (
  SELECT oid, oid AS ancestor FROM used
  UNION
  SELECT f.oid, i.inhparent FROM family AS f JOIN pg_catalog.pg_inherits AS i ON i.inhrelid = f.ancestor
)
SELECT f.oid, own.relkind, n.nspname, c.relname, a.attnum, a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod),
  EXISTS (
    SELECT FROM pg_catalog.pg_rewrite AS w
    JOIN pg_catalog.pg_depend AS d ON d.classid = 'pg_catalog.pg_rewrite'::regclass AND d.objid = w.oid AND d.refclassid = 'pg_catalog.pg_proc'::regclass
    WHERE w.ev_class = f.oid AND d.refobjid >= 16384
  ),
  (SELECT pg_catalog.string_agg(t.position::text, ',') FROM named AS t WHERE t.oid = f.oid)
FROM family AS f
JOIN pg_catalog.pg_class AS own ON own.oid = f.oid
JOIN pg_catalog.pg_class AS c ON c.oid = f.ancestor
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_attribute AS a ON a.attrelid = f.oid AND NOT a.attisdropped
LIMIT ${String(mostColumns + 1)}`;
