/**
 * What definitions changed, learned without holding the catalogue in memory: in the change's own transaction the rows it
 * wrote are told by their age; beside it, the rows it replaced or removed are still there, marked by it.
 *
 * Both run with `pg_catalog` alone in the search path.
 */
import { catalogSources, type CatalogSource } from './ddlCatalog.data.ts';
import { targetsSetting } from './measureSql.ts';

/** `2 147 483 648`: half of all transaction ids. */
const half = '2147483648';
const all = '4294967296';

/** A row version made by this transaction, or by one so long ago that its id comes around again: those are found to be unchanged. */
const isWritten = 'age(x.xmin) <= 0';

/**
 * Whether the transaction `$1`, or a part of it, ended the row version: it was ended by `$1` or a later transaction, and that
 * one is not over. Those of others that are still open count, too: they may be parts of ours. An id that the snapshot does
 * not reach belongs to no transaction that is over, and must not be asked for.
 */
const isEnded = `(x.xmax::text <> '0' AND (SELECT CASE WHEN o.behind >= ${half} THEN false
    WHEN $1::bigint + o.behind >= pg_snapshot_xmax(pg_current_snapshot())::text::bigint THEN true
    ELSE coalesce(pg_xact_status(($1::bigint + o.behind)::text::xid8) = 'in progress', false) END
  FROM (SELECT ((x.xmax::text::bigint - $1::bigint % ${all} + ${all}) % ${all}) AS behind) AS o))`;

type Side = 'before' | 'written' | 'replaced';

function rowsOf({ from, where, id, part, object, name, own, parent, facts, locking = [] }: CatalogSource, side: Side, condition: string): string {
  const texts = side === 'replaced' ? [] : locking.map(([label, value]) => [label, value]);
  const digests = side === 'before' ? [] : locking.map(([label, , digest]) => [`#${label}`, digest]);
  const pairs = [...facts, ...texts, ...digests].map(([label = '', value = '']) => `'${label}', ${value}`).join(', ');
  const columns = [
    `'id', ${id}`,
    ...(part === undefined ? [] : [`'part', ${part}`]),
    `'object', ${object}`,
    `'name', ${name}`,
    `'own', ${own}`,
    ...(parent === undefined ? [] : [`'parent', ${parent}`]),
    `'facts', json_build_object(${pairs})`,
    ...(side === 'replaced' ? [`'ended', ${isEnded}`] : []),
  ];
  return `SELECT json_build_object(${columns.join(', ')}) AS row FROM ${from} WHERE ${[condition, ...(where === undefined ? [] : [where])].join(' AND ')}`;
}

const union = '\n  UNION ALL ';
const written = catalogSources.map((source) => rowsOf(source, 'written', isWritten)).join(union);
const replaced = catalogSources.map((source) => rowsOf(source, 'replaced', `(x.xmax::text <> '0' OR ${source.oid ?? 'x.oid'} = ANY ($2::oid[]))`)).join(union);

const roles = `(SELECT json_agg(json_build_object('id', 'role:' || r.oid, 'object', 'role', 'name', r.rolname, 'own', r.rolname, 'facts', json_build_object(
    'name', r.rolname, 'superuser', CASE WHEN r.rolsuper THEN 'yes' END, 'can log in', CASE WHEN r.rolcanlogin THEN 'yes' END,
    'can create databases', CASE WHEN r.rolcreatedb THEN 'yes' END, 'can create roles', CASE WHEN r.rolcreaterole THEN 'yes' END,
    'inherits', CASE WHEN r.rolinherit THEN 'yes' END, 'replication', CASE WHEN r.rolreplication THEN 'yes' END,
    'bypasses row security', CASE WHEN r.rolbypassrls THEN 'yes' END, 'connection limit', r.rolconnlimit::text, 'valid until', r.rolvaliduntil::text))) FROM pg_roles AS r)`;

/**
 * Which of the objects the change itself still sees: `$1`, by their identity and part. Somebody else may be about to end them, which
 * beside the change looks the same.
 */
export const presentSql = `SELECT p.id || coalesce(' ' || p.part, ' ') FROM (${catalogSources.map(({ from, where, id, part }) => `SELECT ${id} AS id, ${part ?? 'NULL'}::text AS part FROM ${from}${where === undefined ? '' : ` WHERE ${where}`}`).join(union)}) AS p
  WHERE p.id || coalesce(' ' || p.part, ' ') = ANY ($1::text[])`;

const targets = `string_to_array(nullif(current_setting('${targetsSetting}'), ''), ',')::oid[]`;
const here = '(SELECT d.oid FROM pg_database AS d WHERE d.datname = current_database())';

const users = "n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')";

/**
 * Before the statements: how often each table was read in full by this session already, and of the tables the statements name
 * what nobody else can read once they are locked. `$1`: the tables.
 */
export const beforeSql = `SELECT json_build_object(
    'scans', (SELECT json_object_agg(c.oid::text, json_build_array(pg_stat_get_xact_numscans(c.oid), pg_stat_get_xact_tuples_returned(c.oid)))
      FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'm') AND ${users} AND pg_stat_get_xact_numscans(c.oid) > 0),
    'rows', (SELECT json_agg(w.row) FROM (${catalogSources
      .flatMap((source) => (source.within === undefined ? [] : [rowsOf(source, 'before', source.within.replaceAll('TABLES', targets))]))
      .join(union)}) AS w),
    'roles', ${roles})::text`;

/** After the statements, whatever they are: locks others may wait for, what a rollback leaves changed, and whether something was defined that leaves no lock behind. */
export const heldSql = `SELECT json_build_object(
    'locks', (SELECT json_agg(json_build_object('id', l.relation::text, 'mode', l.mode, 'schema', n.nspname, 'table', c.relname,
        'bytes', CASE WHEN l.mode = 'AccessExclusiveLock' AND c.relkind IN ('r', 'm') THEN pg_relation_size(c.oid) END, 'storage', c.relfilenode::text))
      FROM pg_locks AS l LEFT JOIN pg_class AS c ON c.oid = l.relation LEFT JOIN pg_namespace AS n ON n.oid = c.relnamespace
      WHERE l.pid = pg_backend_pid() AND l.locktype = 'relation' AND l.granted AND l.database = ${here} AND l.mode NOT IN ('AccessShareLock', 'RowShareLock')
        AND (c.oid IS NULL OR c.relkind IN ('r', 'p', 'm', 'v', 'f') AND ${users})),
    'used', (SELECT json_agg(json_build_object('kind', c.relkind::text, 'schema', n.nspname, 'table', c.relname, 'quoted', format('%I.%I', n.nspname, c.relname)))
      FROM pg_locks AS l JOIN pg_class AS c ON c.oid = l.relation JOIN pg_namespace AS n ON n.oid = c.relnamespace
      WHERE l.pid = pg_backend_pid() AND l.locktype = 'relation' AND l.database = ${here} AND l.mode = 'RowExclusiveLock' AND (c.relkind IN ('S', 'f') OR c.oid = 'pg_largeobject'::regclass)),
    'process', pg_backend_pid()::text,
    'advisory', (SELECT count(*) FROM pg_locks AS l WHERE l.pid = pg_backend_pid() AND l.locktype = 'advisory'),
    'roles', EXISTS (SELECT FROM pg_locks AS l WHERE l.pid = pg_backend_pid() AND l.locktype = 'relation' AND l.relation = 'pg_authid'::regclass AND l.mode = 'RowExclusiveLock'),
    'altered', EXISTS (SELECT FROM pg_class AS x WHERE ${isWritten}),
    'made', EXISTS (SELECT FROM pg_type AS x WHERE ${isWritten}) OR EXISTS (SELECT FROM pg_proc AS x WHERE ${isWritten})
  )::text`;

/** After the statements, when they define something: what of the catalogue they wrote, and tables read in full. `$1`: whether roles may have changed. */
export const writtenSql = `SELECT json_build_object(
    'rows', (SELECT json_agg(w.row) FROM (${written}) AS w),
    'scans', (SELECT json_agg(json_build_object('id', c.oid::text, 'schema', n.nspname, 'table', c.relname, 'scans', pg_stat_get_xact_numscans(c.oid), 'rows', pg_stat_get_xact_tuples_returned(c.oid)))
      FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'm') AND ${users} AND pg_stat_get_xact_numscans(c.oid) > 0),
    'roles', CASE WHEN $1::boolean THEN ${roles} END)::text`;

/** Beside the change. `$1`: its transaction; `$2`: objects it wrote; `$3`: tables it locked strongly; `$4`: whether roles may have changed. */
export const replacedSql = `SELECT json_build_object(
    'rows', (SELECT json_agg(w.row) FROM (${replaced}) AS w),
    'tables', (SELECT json_agg(json_build_object('id', c.oid::text, 'schema', n.nspname, 'table', c.relname, 'storage', c.relfilenode::text))
      FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
      WHERE c.oid = ANY ($3::oid[]) AND c.relkind IN ('r', 'p', 'm', 'v', 'f') AND ${users}),
    'roles', CASE WHEN $4::boolean THEN ${roles} END)::text`;
