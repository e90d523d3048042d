/** The queries that measure a change from inside its transaction. They run with `pg_catalog` as the only search path. */

/** Tables people write to: everything but the server's own. */
const userTables = `c.relkind IN ('r', 'm', 'p') AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')`;

const counted = `SELECT c.oid, n.nspname, c.relname, c.relkind, c.relispartition,
    pg_stat_get_xact_tuples_inserted(c.oid) AS ins, pg_stat_get_xact_tuples_updated(c.oid) AS upd, pg_stat_get_xact_tuples_deleted(c.oid) AS del
  FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace WHERE ${userTables}`;

/** What earlier transactions of the session counted and nobody has collected yet. Usually nothing. */
export const baselineSql = `SELECT x.oid, x.ins, x.upd, x.del FROM (${counted}) AS x WHERE x.ins > 0 OR x.upd > 0 OR x.del > 0`;

/** Names the statements' targets once, before anything changes them; kept in a setting of the transaction for the queries below. */
export const targetsSetting = 'countersign.targets';

/** Runs under the person's search path, so every name is qualified. `$1`: quoted names; 0 stands for one that is nothing yet. */
export const resolveTargetsSql = `SELECT pg_catalog.set_config('${targetsSetting}', coalesce((
    SELECT pg_catalog.string_agg(coalesce(pg_catalog.to_regclass(t.name)::pg_catalog.oid, 0)::pg_catalog.text, ',' ORDER BY t.position)
    FROM pg_catalog.unnest($1::pg_catalog.text[]) WITH ORDINALITY AS t(name, position)), ''), true)`;

const targets = `string_to_array(nullif(current_setting('${targetsSetting}'), ''), ',')::oid[]`;

const nameOf = (relation: string, namespace: string) => `'schema', ${namespace}.nspname, 'table', ${relation}.relname`;

const rootOf = (relation: string) => `CASE WHEN ${relation}.relispartition THEN (
    SELECT json_build_object('id', rc.oid::text, ${nameOf('rc', 'rn')}) FROM pg_class AS rc JOIN pg_namespace AS rn ON rn.oid = rc.relnamespace
    WHERE rc.oid = pg_partition_root(${relation}.oid)) END`;

/** Tables this small are counted on the way, in a moment. */
const countableBytes = 4 * 1024 * 1024;

/** As well as the server knows; NULL when it does not. */
const estimated = (relation: string) => `nullif(greatest(${relation}.reltuples, pg_stat_get_live_tuples(${relation}.oid)), -1)::bigint`;

/** Rows that this transaction sees; `relation` has its name and its schema's. */
const countOf = (relation: string, namespace: string) => `substring(
    query_to_xml(format('SELECT count(*) AS n FROM ONLY %I.%I', ${namespace}, ${relation}), false, true, '')::text FROM '<n>([0-9]+)</n>')::bigint`;

/** Of a table without partitions, or of all its partitions; NULL when one is not known. */
const estimatedInAll = (id: string) => `(WITH RECURSIVE tree(oid) AS (SELECT ${id} UNION ALL SELECT i.inhrelid FROM pg_inherits AS i JOIN tree ON i.inhparent = tree.oid JOIN pg_class AS p ON p.oid = i.inhrelid AND p.relispartition)
    SELECT CASE WHEN bool_and(${estimated('e')} IS NOT NULL) THEN sum(${estimated('e')}) END FROM tree JOIN pg_class AS e ON e.oid = tree.oid WHERE e.relkind <> 'p')`;

/** How many rows the statements' targets have before anything happens to them. Only what they lock anyway is counted. */
export const sizesSql = `SELECT c.oid::text, CASE WHEN c.relkind IN ('r', 'm') AND c.relispopulated AND pg_relation_size(c.oid) <= ${String(countableBytes)} AND has_table_privilege(c.oid, 'SELECT') AND NOT row_security_active(c.oid)
    THEN ${countOf('c.relname', 'n.nspname')} ELSE ${estimatedInAll('c.oid')} END::text
  FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace WHERE c.oid = ANY (${targets}) AND c.relkind IN ('r', 'p', 'm')`;

/** What code can call to act where no rollback reaches; a notification is sent with COMMIT. */
const outside = String.raw`\m(pg_notify|notify(?=\s+[\w"])|dblink\w*|http_\w+|lo_export|pg_background_\w+|pg_logical_emit_message)\M`;

/**
 * Everything there is to know after the statements, as one JSON document: touched tables with what explains them, sequences
 * behind inserted tables, and tables this transaction locked for itself alone (emptied, removed, altered).
 */
export const measureSql = `WITH touched AS MATERIALIZED (
    SELECT x.*, CASE WHEN x.relispartition THEN pg_partition_root(x.oid)::oid ELSE x.oid END AS root FROM (${counted}) AS x
    WHERE x.ins > 0 OR x.upd > 0 OR x.del > 0
  ), involved AS MATERIALIZED (SELECT oid FROM touched UNION SELECT root FROM touched),
  grown AS MATERIALIZED (SELECT oid FROM touched WHERE ins > 0 UNION SELECT root FROM touched WHERE ins > 0)
  SELECT json_build_object(
    'transaction', pg_current_xact_id_if_assigned()::text,
    'replicationRole', current_setting('session_replication_role'),
    'began', (EXTRACT(epoch FROM transaction_timestamp()) * 1000000)::int8::text,
    'tables', (SELECT json_agg(json_build_object('id', t.oid::text, 'schema', t.nspname, 'table', t.relname, 'root', ${rootOf('t')},
        'inserted', t.ins, 'updated', t.upd, 'deleted', t.del, 'rows', ${estimatedInAll('t.root')},
        'readable', has_table_privilege(t.root, 'SELECT') AND NOT row_security_active(t.root))) FROM touched AS t),
    'targets', (SELECT json_agg(json_build_object('id', x.oid::text, 'kind', c.relkind::text, ${nameOf('c', 'n')}) ORDER BY x.position)
      FROM unnest(${targets}) WITH ORDINALITY AS x(oid, position) LEFT JOIN pg_class AS c ON c.oid = x.oid LEFT JOIN pg_namespace AS n ON n.oid = c.relnamespace),
    'foreignKeys', (SELECT json_agg(json_build_object('child', k.conrelid::text, 'parent', k.confrelid::text, 'onDelete', k.confdeltype::text, 'onUpdate', k.confupdtype::text))
      FROM pg_constraint AS k WHERE k.contype = 'f' AND k.conrelid IN (SELECT oid FROM involved) AND k.confrelid IN (SELECT oid FROM involved)),
    'triggers', (SELECT json_agg(json_build_object('table', g.tgrelid::text, 'name', g.tgname, 'type', g.tgtype::int4, 'outside', (regexp_match(p.prosrc, '${outside}', 'i'))[1], 'mentions', ARRAY(
        SELECT m.oid::text FROM pg_class AS m WHERE m.oid IN (SELECT oid FROM involved) AND position(lower(m.relname) IN lower(p.prosrc)) > 0)))
      FROM pg_trigger AS g JOIN pg_proc AS p ON p.oid = g.tgfoid
      WHERE NOT g.tgisinternal AND g.tgenabled <> 'D' AND (g.tgrelid IN (SELECT oid FROM involved) OR (g.tgtype & 64) <> 0 AND g.tgrelid = ANY (${targets}))),
    'inheritance', (SELECT json_agg(json_build_object('child', i.inhrelid::text, 'parent', i.inhparent::text))
      FROM pg_inherits AS i JOIN pg_class AS c ON c.oid = i.inhrelid AND NOT c.relispartition
      WHERE i.inhrelid IN (SELECT oid FROM touched) OR i.inhparent = ANY (${targets})),
    'computed', (SELECT json_agg(json_build_object(${nameOf('c', 'n')}, 'writable', (SELECT coalesce(json_agg(a.attname ORDER BY a.attnum), '[]') FROM pg_attribute AS a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '')))
      FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p') AND EXISTS (SELECT FROM pg_attribute AS g WHERE g.attrelid = c.oid AND g.attnum > 0 AND g.attgenerated <> '' AND NOT g.attisdropped)
        AND (c.oid IN (SELECT root FROM touched) OR c.oid = ANY (${targets}) OR c.oid IN (SELECT l.relation FROM pg_locks AS l WHERE l.pid = pg_backend_pid() AND l.locktype = 'relation' AND l.mode = 'AccessExclusiveLock'
          AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())))),
    'sequences', (SELECT json_agg(json_build_object('table', s.owner::text, 'name', format('%I.%I', n.nspname, c.relname))) FROM (
        SELECT g.oid AS owner, d.objid AS sequence FROM grown AS g JOIN pg_depend AS d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = g.oid
          AND d.classid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')
        UNION
        SELECT a.adrelid, d.refobjid FROM grown AS g JOIN pg_attrdef AS a ON a.adrelid = g.oid JOIN pg_depend AS d
          ON d.classid = 'pg_attrdef'::regclass AND d.objid = a.oid AND d.refclassid = 'pg_class'::regclass) AS s
      JOIN pg_class AS c ON c.oid = s.sequence AND c.relkind = 'S' JOIN pg_namespace AS n ON n.oid = c.relnamespace),
    'exclusive', (SELECT json_agg(json_build_object('id', l.relation::text, 'storage', c.relfilenode::text))
      FROM pg_locks AS l LEFT JOIN pg_class AS c ON c.oid = l.relation
      WHERE l.pid = pg_backend_pid() AND l.locktype = 'relation' AND l.mode = 'AccessExclusiveLock'
        AND (c.oid IS NULL OR c.relkind IN ('r', 'm'))
        AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())),
    'unseen', (SELECT count(*) FROM pg_locks AS l WHERE l.pid = pg_backend_pid() AND l.locktype = 'relation' AND l.mode = 'RowExclusiveLock'
      AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database()) AND NOT EXISTS (SELECT FROM pg_class AS c WHERE c.oid = l.relation)
      AND NOT EXISTS (SELECT FROM pg_locks AS o WHERE o.pid = l.pid AND o.locktype = 'relation' AND o.relation = l.relation AND o.mode = 'AccessExclusiveLock'))
  )::text`;

/**
 * Rows of the tables that TRUNCATE and DROP name, of their partitions and children, and with `$1` = true of the tables
 * that reference them. Counted before the statements, under the very snapshot they see. `$2` = false: estimates only.
 */
export const emptyingSql = `WITH RECURSIVE reach(oid, via) AS (
    SELECT x.oid, NULL::oid FROM unnest(${targets}) AS x(oid)
    UNION
    SELECT f.oid, f.via FROM reach AS r CROSS JOIN LATERAL (
      SELECT i.inhrelid AS oid, r.via FROM pg_inherits AS i WHERE i.inhparent = r.oid
      UNION ALL
      SELECT k.conrelid, k.confrelid FROM pg_constraint AS k WHERE $1::boolean AND k.contype = 'f' AND k.confrelid = r.oid AND k.conrelid <> r.oid
    ) AS f
  ), reached AS (SELECT oid, min(via) FILTER (WHERE via IS NOT NULL) AS via, bool_or(via IS NULL) AS named FROM reach GROUP BY oid)
  SELECT json_agg(json_build_object('id', c.oid::text, ${nameOf('c', 'n')}, 'root', ${rootOf('c')}, 'storage', c.relfilenode::text,
    'estimate', greatest(c.reltuples, pg_stat_get_live_tuples(c.oid), 0)::bigint, 'via', (
      SELECT json_build_object(${nameOf('vc', 'vn')}) FROM pg_class AS vc JOIN pg_namespace AS vn ON vn.oid = vc.relnamespace
      WHERE vc.oid = r.via AND NOT r.named),
    'rows', CASE WHEN $2::boolean AND has_table_privilege(c.oid, 'SELECT') AND NOT row_security_active(c.oid) THEN ${countOf('c.relname', 'n.nspname')} END))::text
  FROM reached AS r JOIN pg_class AS c ON c.oid = r.oid JOIN pg_namespace AS n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'm')`;

/** The same tables as everybody else still sees them. `$1`: their identities. Runs on the metadata line. */
export const formerSql = `SELECT json_agg(json_build_object('id', c.oid::text, ${nameOf('c', 'n')}, 'root', ${rootOf('c')}, 'storage', c.relfilenode::text,
    'estimate', greatest(c.reltuples, pg_stat_get_live_tuples(c.oid), 0)::bigint))::text
  FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
  WHERE c.oid = ANY ($1::oid[]) AND c.relkind IN ('r', 'm') AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')`;
