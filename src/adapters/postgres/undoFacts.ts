/** What the catalogue says about the touched tables that the way back depends on. */
import type { Trigger } from '../../core/effect/why.ts';
import type { UndoColumn, UniqueRule } from '../../core/undo/undoTable.ts';
import type { StepResult } from './batch.ts';
import { targetsSetting } from './measureSql.ts';

export type UndoFacts = {
  readonly tables: ReadonlyMap<string, TableFacts>;
  readonly triggers: readonly Trigger[];
  /** Something was written that no table of the catalogue shows: a table on another server, a large object. */
  readonly beyond: 'foreign-table' | 'large-object' | undefined;
};

export type TableFacts = {
  /** As `pg_class.relkind`. */
  readonly kind: string;
  readonly columns: readonly UndoColumn[];
  readonly uniques: readonly UniqueRule[];
  readonly isReferenced: boolean;
  /** A foreign key of another touched table's rows writes here. */
  readonly isCascaded: boolean;
  readonly takesNumbers: boolean;
};

/** `$1`: the tables, partitions under their root. `$2`: every touched table by itself. Runs in the change's own transaction. */
export const undoFactsSql = `SELECT json_build_object(
  'tables', (SELECT json_object_agg(c.oid::text, json_build_object(
    'kind', c.relkind::text,
    'columns', (SELECT json_agg(json_build_object('name', a.attname, 'type', format_type(a.atttypid, a.atttypmod), 'isGenerated', a.attgenerated <> '',
        'isIdentityAlways', a.attidentity = 'a', 'number', a.attnum) ORDER BY a.attnum)
      FROM pg_attribute AS a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped),
    'uniques', (SELECT json_agg(json_build_object('columns', ARRAY(SELECT k.attnum FROM unnest(i.indkey::int2[]) WITH ORDINALITY AS k(attnum, ord)
          WHERE k.attnum > 0 AND (k.ord <= i.indnkeyatts OR i.indexprs IS NOT NULL OR i.indpred IS NOT NULL)
          UNION SELECT d.refobjsubid FROM pg_depend AS d WHERE d.classid = 'pg_class'::regclass AND d.objid = i.indexrelid
            AND d.refclassid = 'pg_class'::regclass AND d.refobjid = c.oid AND d.refobjsubid > 0 AND (i.indexprs IS NOT NULL OR i.indpred IS NOT NULL)),
        'isExact', i.indisunique AND i.indexprs IS NULL AND i.indpred IS NULL, 'isDeferrable', NOT i.indimmediate))
      FROM pg_index AS i WHERE i.indrelid = c.oid AND (i.indisunique OR i.indisexclusion)),
    'isReferenced', EXISTS (SELECT FROM pg_constraint AS k WHERE k.contype = 'f' AND k.confrelid = c.oid AND k.confdeltype <> 'a'),
    'isCascaded', EXISTS (SELECT FROM pg_constraint AS k WHERE k.contype = 'f' AND k.conrelid = c.oid AND k.confrelid = ANY ($1::oid[])
      AND (k.confdeltype IN ('c', 'n', 'd') OR k.confupdtype IN ('c', 'n', 'd'))),
    'takesNumbers', EXISTS (SELECT FROM pg_attribute AS a LEFT JOIN pg_attrdef AS f ON f.adrelid = a.attrelid AND f.adnum = a.attnum
      WHERE a.attrelid = c.oid AND (a.attidentity <> '' OR position('nextval(' IN coalesce(pg_get_expr(f.adbin, f.adrelid), '')) > 0))
    )) FROM pg_class AS c WHERE c.oid = ANY ($1::oid[])),
  'triggers', (SELECT json_agg(json_build_object('table', r.root::text, 'name', g.tgname, 'type', g.tgtype::int4, 'mentions', ARRAY(
      SELECT m.oid::text FROM pg_class AS m WHERE m.oid = ANY ($1::oid[]) AND position(lower(m.relname) IN lower(p.prosrc)) > 0)))
    FROM (SELECT x.oid, CASE WHEN c.relispartition THEN pg_partition_root(c.oid)::oid ELSE c.oid END AS root
      FROM (SELECT unnest($1::oid[]) UNION SELECT unnest($2::oid[])) AS x(oid) JOIN pg_class AS c ON c.oid = x.oid) AS r
    JOIN pg_trigger AS g ON g.tgrelid = r.oid JOIN pg_proc AS p ON p.oid = g.tgfoid
    WHERE NOT g.tgisinternal AND g.tgparentid = 0 AND g.tgenabled IN ('O', 'A')),
  'isForeign', EXISTS (SELECT FROM unnest(string_to_array(nullif(current_setting('${targetsSetting}', true), ''), ',')::oid[]) AS x(oid)
    JOIN pg_class AS c ON c.oid = x.oid WHERE c.relkind = 'f'),
  'isLarge', EXISTS (SELECT FROM (VALUES ('pg_largeobject'::regclass), ('pg_largeobject_metadata')) AS l(oid) WHERE pg_stat_get_xact_tuples_inserted(l.oid)
    + pg_stat_get_xact_tuples_updated(l.oid) + pg_stat_get_xact_tuples_deleted(l.oid) > 0)
)::text`;

type FactsJson = {
  readonly tables: Readonly<Record<string, TableJson>> | null;
  readonly triggers: readonly { readonly table: string; readonly name: string; readonly type: number; readonly mentions: readonly string[] }[] | null;
  readonly isForeign: boolean;
  readonly isLarge: boolean;
};

type TableJson = Omit<TableFacts, 'columns' | 'uniques'> & {
  readonly columns: readonly (UndoColumn & { readonly number: number })[] | null;
  readonly uniques: readonly UniqueRule[] | null;
};

export function parseUndoFacts(result: StepResult | undefined): UndoFacts {
  const { tables, triggers, isForeign, isLarge } = JSON.parse(result?.rows[0]?.[0] ?? '') as FactsJson;
  return {
    tables: new Map(Object.entries(tables ?? {}).map(([id, table]) => [id, toTable(table)])),
    triggers: (triggers ?? []).map(({ type, ...trigger }) => ({ ...trigger, events: eventsOf(type) })),
    beyond: isForeign ? 'foreign-table' : isLarge ? 'large-object' : undefined,
  };
}

function toTable({ columns, uniques, ...rest }: TableJson): TableFacts {
  const numbers = (columns ?? []).map(({ number }) => number);
  return {
    ...rest,
    columns: (columns ?? []).map(({ number: _number, ...column }) => column),
    uniques: (uniques ?? []).map((rule) => ({ ...rule, columns: rule.columns.map((number) => numbers.indexOf(number)) })),
  };
}

/** pg_trigger.tgtype is a set of bits. */
function eventsOf(type: number): Trigger['events'] {
  const bits = [[4, 'insert'], [8, 'delete'], [16, 'update']] as const;
  return bits.filter(([bit]) => (type & bit) !== 0).map(([, event]) => event);
}

