/**
 * The query that finds code of users behind names. Runs with `pg_catalog` as the only search path; the person's own is in
 * a setting of the transaction.
 */

/** The schemas of the session in the order they are searched, the implied ones included. */
export const pathSetting = 'countersign.names_path';

/** Runs under the person's search path, so every name is qualified. */
export const keepPathSql = `SELECT pg_catalog.set_config('${pathSetting}', pg_catalog.current_schemas(true)::pg_catalog.text, true)`;

/** What came with the server. */
const firstOfUsers = 16384;

/**
 * A function that only a superuser could have put there, and that says it changes nothing: one of the server's own, or of
 * an extension. Functions added to an extension later keep their owner.
 */
const isTrusted = (id: string) => `EXISTS (SELECT FROM pg_proc AS f JOIN pg_roles AS r ON r.oid = f.proowner
    WHERE f.oid = ${id} AND f.provolatile <> 'v' AND (f.oid < ${String(firstOfUsers)} OR r.rolsuper AND EXISTS (
      SELECT FROM pg_depend AS d WHERE d.classid = 'pg_proc'::regclass AND d.objid = f.oid AND d.deptype = 'e')))`;

/** Only superusers make functions in these languages; the server makes those of ranges itself. */
const isNative = (id: string) => `EXISTS (SELECT FROM pg_proc AS f JOIN pg_language AS l ON l.oid = f.prolang WHERE f.oid = ${id} AND l.lanname IN ('internal', 'c'))`;

/** Whether a check of a domain does more than compare with what came with the server. */
const isDoubtfulCheck = `EXISTS (SELECT FROM pg_depend AS d WHERE d.classid = 'pg_constraint'::regclass AND d.objid = k.oid
      AND NOT (d.refclassid = 'pg_type'::regclass AND (d.refobjid = k.contypid OR EXISTS (
        SELECT FROM pg_type AS t WHERE t.oid = d.refobjid AND t.typtype IN ('b', 'e') AND ${isNative('t.typinput')})))
      AND d.refclassid <> 'pg_collation'::regclass
      AND NOT (d.refclassid = 'pg_proc'::regclass AND ${isTrusted('d.refobjid')})
      AND NOT (d.refclassid = 'pg_operator'::regclass AND ${isTrusted('(SELECT o.oprcode FROM pg_operator AS o WHERE o.oid = d.refobjid)')}))
    OR EXISTS (SELECT FROM regexp_matches(k.conbin::text, ':(?:funcid|opfuncid) ([0-9]+)', 'g') AS m(ids) JOIN pg_proc AS f ON f.oid = m.ids[1]::oid WHERE f.provolatile = 'v')`;

/**
 * `$1` functions, `$2` fields, `$3` operators, `$4` types as they are written, `$5` what may be the last part of those.
 * One row for each name that leads to code of users: kind, name, where to. A row of kind `shadow` concerns every statement.
 */
export const lookUpSql = `WITH RECURSIVE
  searched AS MATERIALIZED (
    SELECT n.oid, n.nspname, s.place FROM unnest(current_setting('${pathSetting}')::name[]) WITH ORDINALITY AS s(name, place) JOIN pg_namespace AS n ON n.nspname = s.name),
  -- Functions and operators of temporary schemas are found by their full name only.
  callable AS MATERIALIZED (SELECT oid FROM searched WHERE oid NOT IN ('pg_catalog'::regnamespace, pg_my_temp_schema())),
  named AS (
    SELECT w.name, t.oid FROM unnest($4::text[]) AS w(name) JOIN pg_type AS t ON t.typname = ANY ($5::name[])
      JOIN pg_namespace AS n ON n.oid = t.typnamespace
      WHERE n.nspname || '.' || t.typname = w.name OR current_database() || '.' || n.nspname || '.' || t.typname = w.name
        OR t.typname = w.name AND n.oid IN (SELECT oid FROM searched)
    UNION ALL
    -- A type in front of the server's own takes its name.
    SELECT '', t.oid FROM searched AS s JOIN pg_type AS t ON t.typnamespace = s.oid JOIN pg_type AS own ON own.typnamespace = 'pg_catalog'::regnamespace AND own.typname = t.typname
      WHERE s.place < (SELECT place FROM searched WHERE oid = 'pg_catalog'::regnamespace)),
  reached AS (
    SELECT name, oid FROM named
    UNION
    SELECT r.name, x.oid FROM reached AS r JOIN pg_type AS t ON t.oid = r.oid CROSS JOIN LATERAL (
      SELECT t.typbasetype UNION ALL SELECT t.typelem
      UNION ALL SELECT g.rngsubtype FROM pg_range AS g WHERE g.rngtypid = t.oid
      UNION ALL SELECT a.atttypid FROM pg_attribute AS a WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped) AS x(oid)
      WHERE x.oid <> 0),
  doubtful AS (
    SELECT r.name, format('runs the check %I of %s', k.conname, format_type(k.contypid, NULL)) AS what
      FROM reached AS r JOIN pg_constraint AS k ON k.contypid = r.oid AND k.contype = 'c' WHERE ${isDoubtfulCheck}
    UNION
    SELECT r.name, format('reads it with code of %s', format_type(t.oid, NULL)) FROM reached AS r JOIN pg_type AS t ON t.oid = r.oid
      WHERE t.oid >= ${String(firstOfUsers)} AND (t.typtype = 'b' AND NOT ${isNative('t.typinput')} OR t.typtype NOT IN ('b', 'c', 'd', 'e', 'r'))
    UNION
    SELECT r.name, format('reads it with %s', g.rngcanonical::oid::regprocedure) FROM reached AS r JOIN pg_range AS g ON g.rngtypid = r.oid
      WHERE g.rngcanonical <> 0 AND NOT ${isNative('g.rngcanonical')}
    UNION
    SELECT r.name, format('may run %s, the cast from %s to %s', c.castfunc::regprocedure, format_type(c.castsource, NULL), format_type(c.casttarget, NULL))
      FROM reached AS r JOIN pg_cast AS c ON r.oid IN (c.castsource, c.casttarget) WHERE r.oid >= ${String(firstOfUsers)} AND c.castfunc <> 0
        AND NOT ${isTrusted('c.castfunc')} AND NOT ${isNative('c.castfunc')}
    UNION
    SELECT w.name, 'finds no such type' FROM unnest($4::text[]) AS w(name) WHERE w.name NOT IN (SELECT name FROM named))
  SELECT x.kind, x.name, min(x.what) FROM (
  SELECT 'function', p.proname, p.oid::regprocedure::text FROM pg_proc AS p
    WHERE p.proname = ANY ($1::name[]) AND p.pronamespace IN (SELECT oid FROM callable) AND NOT ${isTrusted('p.oid')}
  UNION ALL
  SELECT 'field', p.proname, p.oid::regprocedure::text FROM pg_proc AS p JOIN pg_type AS t ON t.oid = p.proargtypes[0]
    WHERE p.proname = ANY ($2::name[]) AND p.pronamespace IN (SELECT oid FROM callable) AND p.pronargs - p.pronargdefaults <= 1 AND t.typtype IN ('c', 'd', 'p')
      AND NOT ${isTrusted('p.oid')}
  UNION ALL
  SELECT 'operator', o.oprname, o.oid::regoperator::text FROM pg_operator AS o
    WHERE o.oprname = ANY ($3::name[]) AND o.oprnamespace IN (SELECT oid FROM callable) AND NOT ${isTrusted('o.oprcode')}
  UNION ALL
  SELECT CASE name WHEN '' THEN 'shadow' ELSE 'type' END, name, what FROM doubtful) AS x(kind, name, what) GROUP BY x.kind, x.name`;
