/** Reads by the thousand: every function of the server that may be called in one, and every place an expression can stand in. */

/** Functions that are called with values of these types; with others, with NULL. */
const samples: Readonly<Record<string, string>> = {
  boolean: 'true', smallint: '1', integer: '1', bigint: '1', real: '1.5', 'double precision': '0.5', numeric: '1.5', text: "'a'", '"char"': "'a'", name: "'t'", character: "'a'", 'character varying': "'a'", bytea: "'\\x41'", bit: "B'101'", 'bit varying': "B'101'",
  date: "'2020-01-02'", time: "'10:11:12'", timestamp: "'2020-01-02 10:11:12'", 'timestamp without time zone': "'2020-01-02 10:11:12'", 'timestamp with time zone': "'2020-01-02 10:11:12+00'", 'time without time zone': "'10:11:12'", 'time with time zone': "'10:11:12+00'", interval: "'1 day'",
  json: `'{"a": [1]}'`, jsonb: `'{"a": [1]}'`, jsonpath: "'$.a'", xml: "'<a/>'", uuid: "'00000000-0000-0000-0000-000000000001'", inet: "'10.0.0.1'", cidr: "'10.0.0.0/8'", macaddr: "'08:00:2b:01:02:03'", point: "'(1,2)'", box: "'((0,0),(1,1))'", circle: "'<(0,0),1>'", lseg: "'((0,0),(1,1))'", line: "'{1,2,3}'", path: "'((0,0),(1,1))'", polygon: "'((0,0),(1,1),(1,0))'",
  tsvector: "'a b'", tsquery: "'a & b'", regconfig: "'english'", regdictionary: "'simple'", regclass: "'t'", regtype: "'int4'", regproc: "'now'", regprocedure: "'now()'", oid: "'t'::regclass::oid", int4range: "'[1,3)'", int8range: "'[1,3)'", numrange: "'[1,3)'", daterange: "'[2020-01-01,2020-01-03)'", int4multirange: "'{[1,3)}'",
  'integer[]': "'{1,2}'", 'text[]': "'{a,b}'", anyarray: "'{1,2}'::int[]", anyelement: '1', anycompatible: '1', anycompatiblearray: "'{1,2}'::int[]", anyrange: "'[1,3)'::int4range", anyenum: 'NULL', any: '1', pg_lsn: "'0/1'", xid: "'1'", xid8: "'1'", tid: "'(0,1)'", money: "'1'",
}; // prettier-ignore

/** One call of a function with one of its signatures. @param types - as format_type names them */
export function callOf(name: string, types: readonly string[]): string {
  const values = types.map((type) => (/^any/u.test(type) ? (samples[type] ?? 'NULL') : `CAST(${samples[type] ?? 'NULL'} AS ${type})`));
  return `"${name}"(${values.join(', ')})`;
}

const places = [
  'SELECT ? FROM t', 'SELECT id FROM t WHERE (?) IS NULL', 'SELECT id FROM t ORDER BY ?', 'SELECT count(*) FROM t GROUP BY ?', 'SELECT 1 FROM t GROUP BY id HAVING max(?) IS NULL', 'WITH x AS (SELECT ? AS v FROM t) SELECT * FROM x', 'WITH x AS MATERIALIZED (SELECT ? FROM t) TABLE x', 'SELECT (SELECT ? FROM t LIMIT 1)', 'SELECT ARRAY(SELECT ? FROM t)', 'SELECT * FROM (SELECT ? AS v FROM t) d',
  'SELECT CASE WHEN (?) IS NULL THEN 1 ELSE 2 END FROM t', 'SELECT ? FROM t UNION ALL SELECT ? FROM t', 'SELECT ? FROM t EXCEPT SELECT ? FROM t', 'EXPLAIN SELECT ? FROM t', 'EXPLAIN (ANALYZE, FORMAT JSON) SELECT ? FROM t', 'EXPLAIN ANALYZE SELECT ? FROM t', 'SELECT t.id FROM t JOIN u ON (?) IS NOT NULL', 'SELECT t.id FROM t LEFT JOIN u USING (id) WHERE (?) IS NULL', 'SELECT count(?) OVER () FROM t', 'SELECT sum(id) OVER (PARTITION BY ?) FROM t',
  'SELECT sum(id) OVER w FROM t WINDOW w AS (ORDER BY ?)', 'SELECT EXISTS (SELECT ? FROM t)', 'SELECT COALESCE(?, ?) FROM t', 'SELECT (?) IS DISTINCT FROM (?) FROM t', 'SELECT count(*) FILTER (WHERE (?) IS NULL) FROM t', 'SELECT string_agg((?)::text, $$;$$ ORDER BY ?) FROM t', 'SELECT DISTINCT ? FROM t', 'SELECT DISTINCT ON (?) id FROM t', 'SELECT ROW(?, 1) FROM t', 'SELECT ARRAY[?] FROM t', 'SELECT ? AS "a;b" FROM t', 'VALUES (1), (2)', 'TABLE t', 'SELECT ? FROM t, LATERAL (SELECT t.id) x', 'SELECT ? FROM t TABLESAMPLE SYSTEM (50)', 'SELECT ? FROM ONLY t', 'SELECT ? FROM t LIMIT 1 OFFSET 1', 'SELECT ? FROM t FETCH FIRST 1 ROW ONLY',
  'SELECT ? FROM t, ROWS FROM (generate_series(1, 2), unnest(ARRAY[1])) r', 'WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r WHERE n < 3) SELECT n, ? FROM r, t', 'SELECT ? FROM t GROUP BY GROUPING SETS ((1), ())', 'SELECT /* ? */ ? -- ?\nFROM t', '(SELECT ? FROM t) LIMIT 1', 'SELECT (?)::text COLLATE "C" FROM t', 'SELECT GREATEST(?, ?) FROM t', 'SELECT NULLIF(?, ?) FROM t', 'SELECT xmlforest(? AS v) FROM t', "SELECT json_object('k': ?) FROM t",
]; // prettier-ignore
const expressions = ['id', 'a', 'lower(a)', 'now()', 'id + 1', "a || 'x'", "j -> 'a'", "j #>> '{a,b}'", 'e[1]', 'random()', 'current_user', "current_setting('work_mem')", 'gen_random_uuid()', "to_char(now(), 'YYYY')", 'id BETWEEN 1 AND 2', 'id = ANY (e)', "a ~ '^x'", 'id::text', 'pg_typeof(id)', 'jsonb_build_object(a, id)'];

/** Every place with every sort of expression. */
export function* expressionsEverywhere(): Generator<string> {
  for (const place of places) for (const expression of expressions) yield place.replaceAll('?', () => expression);
}
