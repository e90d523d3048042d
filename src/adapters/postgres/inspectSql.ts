/** What is known of the objects a statement names, as one document. Runs with `pg_catalog` alone in the search path. */

const named = (relation: string, namespace: string): string => `${namespace}.nspname || '.' || ${relation}.relname`;
const list = (query: string): string => `(SELECT json_agg(l.name ORDER BY l.name) FROM (SELECT DISTINCT ${query} LIMIT 30) AS l)`;

/** Relations are those the transaction resolved from names. `$1`: name of a database; `$2`: name of a setting. */
export const inspectSql = `SELECT json_build_object(
    'relations', (SELECT json_agg(json_build_object(
        'name', ${named('c', 'n')},
        'kind', c.relkind::text,
        'bytes', CASE WHEN c.relkind IN ('r', 'm', 'i', 'p', 'I') THEN pg_total_relation_size(c.oid) END,
        'rows', CASE WHEN c.relkind IN ('r', 'm', 'p') THEN greatest(c.reltuples, pg_stat_get_live_tuples(c.oid), 0)::bigint END,
        'dead', CASE WHEN c.relkind IN ('r', 'm') THEN pg_stat_get_dead_tuples(c.oid) END,
        'scans', CASE WHEN c.relkind = 'i' THEN pg_stat_get_numscans(c.oid) END,
        'of', (SELECT ${named('t', 'tn')} FROM pg_index AS i JOIN pg_class AS t ON t.oid = i.indrelid JOIN pg_namespace AS tn ON tn.oid = t.relnamespace WHERE i.indexrelid = c.oid),
        'indexes', (SELECT count(*) FROM pg_index AS i WHERE i.indrelid = c.oid),
        'keys', ${list(`k.conname || ' on ' || ${named('t', 'tn')} AS name FROM pg_constraint AS k JOIN pg_class AS t ON t.oid = k.conrelid JOIN pg_namespace AS tn ON tn.oid = t.relnamespace
          WHERE k.contype = 'f' AND k.confrelid = c.oid AND k.conrelid <> c.oid`)},
        'views', ${list(`${named('v', 'vn')} AS name FROM pg_depend AS d JOIN pg_rewrite AS r ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid
          JOIN pg_class AS v ON v.oid = r.ev_class AND v.oid <> c.oid JOIN pg_namespace AS vn ON vn.oid = v.relnamespace WHERE d.refclassid = 'pg_class'::regclass AND d.refobjid = c.oid`)},
        'triggers', ${list('g.tgname::text AS name FROM pg_trigger AS g WHERE g.tgrelid = c.oid AND NOT g.tgisinternal')},
        'functions', ${list(`p.oid::regprocedure::text AS name FROM pg_depend AS d JOIN pg_proc AS p ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid
          WHERE d.refclassid = 'pg_class'::regclass AND d.refobjid = c.oid`)},
        'grants', ${list("CASE a.grantee WHEN 0 THEN 'everybody' ELSE pg_get_userbyid(a.grantee)::text END AS name FROM aclexplode(c.relacl) AS a WHERE a.grantee <> c.relowner")}
      ) ORDER BY n.nspname, c.relname) FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace WHERE c.oid = ANY (string_to_array(nullif(current_setting('countersign.targets'), ''), ',')::oid[])),
    'database', (SELECT json_build_object('name', b.datname, 'bytes', CASE WHEN has_database_privilege(b.oid, 'CONNECT') THEN pg_database_size(b.oid) END,
        'clients', (SELECT count(*) FROM pg_stat_activity AS s WHERE s.datid = b.oid)) FROM pg_database AS b WHERE b.datname = $1),
    'setting', (SELECT json_build_object('name', s.name, 'value', s.setting || coalesce(' ' || s.unit, ''), 'context', s.context) FROM pg_settings AS s WHERE s.name = lower($2))
  )::text`;
