/**
 * What an empty copy of a table is made of: statements that the server itself writes, from what its catalogue says. The copies
 * have the names of their tables, constraints and indexes, in a schema of their own, so that a definition finds all it names.
 *
 * Runs with `pg_catalog` alone in the search path. `$1`: the table; `$2`: tables that the definition refers to; `$3`: a schema.
 */
export const trialSql = `WITH home AS (SELECT c.* FROM pg_class AS c WHERE c.oid = $1::oid AND c.relkind = 'r' AND c.relpersistence <> 't' AND NOT c.relispartition
      AND NOT EXISTS (SELECT FROM pg_inherits AS i WHERE c.oid IN (i.inhrelid, i.inhparent))),
  keys AS (SELECT k.* FROM pg_constraint AS k, home AS h WHERE k.contype = 'f' AND h.oid IN (k.conrelid, k.confrelid)),
  copies AS (SELECT c.oid, c.relname, c.relpersistence, c.relam, c.relkind, c.reltuples, c.oid = (SELECT oid FROM home) AS is_home, n.nspname FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE c.oid IN (SELECT oid FROM home UNION SELECT conrelid FROM keys UNION SELECT confrelid FROM keys UNION SELECT unnest($2::oid[])))
SELECT json_build_object(
  'tables', (SELECT json_agg(json_build_object('schema', c.nspname, 'table', c.relname, 'isHome', c.is_home, 'kind', c.relkind::text, 'rows', greatest(c.reltuples, pg_stat_get_live_tuples(c.oid), 0)::bigint)) FROM copies AS c),
  'mayCreate', has_database_privilege(current_database(), 'CREATE'),
  'mayCreateTemporary', has_database_privilege(current_database(), 'TEMPORARY'),
  'statements', (SELECT json_agg(s.text ORDER BY s.step, s.place) FROM (
    SELECT 1 AS step, c.oid::bigint AS place, format('CREATE %sTABLE %s.%I (LIKE %I.%I INCLUDING ALL EXCLUDING CONSTRAINTS EXCLUDING INDEXES EXCLUDING STATISTICS)%s',
      CASE WHEN c.relpersistence = 'u' THEN 'UNLOGGED ' END, $3::text, c.relname, c.nspname, c.relname, (SELECT format(' USING %I', a.amname) FROM pg_am AS a WHERE a.oid = c.relam)) AS text
    FROM copies AS c
    UNION ALL
    SELECT CASE k.contype WHEN 'c' THEN 2 ELSE 3 END, k.oid::bigint, format('ALTER TABLE %s.%I ADD CONSTRAINT %I %s', $3::text, c.relname, k.conname, pg_get_constraintdef(k.oid))
    FROM copies AS c JOIN pg_constraint AS k ON k.conrelid = c.oid WHERE k.contype IN ('p', 'u') OR c.is_home AND k.contype IN ('c', 'x')
    UNION ALL
    SELECT 4, i.indexrelid::bigint, made.prefix || format('%s.%I USING ', $3::text, c.relname) || substr(made.definition, length(made.prefix || made.named) + 1)
    FROM copies AS c JOIN pg_index AS i ON i.indrelid = c.oid JOIN pg_class AS x ON x.oid = i.indexrelid
      CROSS JOIN LATERAL (SELECT pg_get_indexdef(i.indexrelid) AS definition, format('CREATE %sINDEX %I ON ', CASE WHEN i.indisunique THEN 'UNIQUE ' END, x.relname) AS prefix,
        format('%I.%I USING ', c.nspname, c.relname) AS named) AS made
    WHERE (c.is_home OR i.indisunique) AND NOT EXISTS (SELECT FROM pg_constraint AS k WHERE k.conindid = i.indexrelid AND k.conrelid = c.oid AND k.contype IN ('p', 'u', 'x'))
      AND starts_with(made.definition, made.prefix || made.named)
    UNION ALL
    SELECT 5, k.oid::bigint, format('ALTER TABLE %s.%I ADD CONSTRAINT %I ', $3::text, t.relname, k.conname)
      || replace(pg_get_constraintdef(k.oid), format(' REFERENCES %I.%I(', p.nspname, p.relname), format(' REFERENCES %s.%I(', $3::text, p.relname))
    FROM keys AS k JOIN copies AS t ON t.oid = k.conrelid JOIN copies AS p ON p.oid = k.confrelid
    WHERE k.conparentid = 0) AS s)
)::text`;

/** The copies as they are now: `$1` their schema. */
export const copiesSql = `SELECT json_agg(json_build_object('id', c.oid::text, 'table', c.relname))::text
  FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace WHERE n.nspname = $1 AND c.relkind = 'r'`;

/** Of each copy, whatever its name is by now: where it is stored and how often it was read. */
export const costSql = `SELECT json_agg(json_build_object('id', c.oid::text, 'storage', c.relfilenode::text, 'scans', pg_stat_get_xact_numscans(c.oid)))::text
  FROM pg_class AS c WHERE c.relkind = 'r' AND age(c.xmin) <= 0`;
