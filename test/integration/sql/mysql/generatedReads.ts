/** Reads by the thousand: every function that may be called in a read, and every place an expression can stand in. */
import * as functionNames from '../../../../src/core/sql/mysql/functionNames.data.ts';
import type { MysqlDialect } from '../../../../src/core/sql/mysql/tokens.ts';

/** Every function that is said to do nothing but compute, whether this server has it or not. */
export const computingFunctions: readonly string[] = [...new Set(Object.values(functionNames).flat())];

/** Functions of the server in some versions only. In the others a stored function can have the name, and its read-only mode is what stops that. */
export const versionDependent: readonly string[] = [...functionNames.nativeElsewhere, ...functionNames.nativeInNewerMariadb];

export const argumentLists = [
  '', '1', '1, 1', '1, 1, 1', '1, 1, 1, 1', "'a'", "'a', 'b'", "'a', 'b', 'c'", "'a', 1", "'a', 1, 2", "1, 'a'", "'[1, {\"a\": 2}]'", "'{\"a\": 1}', '$.a'", "'{\"a\": 1}', '$.a', 2", "'{\"a\": 1}', 'one', '$.a'", 'j', "j, '$.a'", 'c', 'a, c', 'NOW()', "'2020-01-02', '2020-01-01'",
  "'10:11:12'", "'2020-01-01 10:11:12', '%Y'", "ST_GeomFromText('POINT(1 1)')", "ST_GeomFromText('POINT(1 1)'), ST_GeomFromText('POINT(2 2)')", "ST_GeomFromText('LINESTRING(0 0, 1 1, 2 2)')", "ST_GeomFromText('LINESTRING(0 0, 1 1, 2 2)'), 1", "ST_GeomFromText('POLYGON((0 0, 1 0, 1 1, 0 0))')",
  "ST_GeomFromText('GEOMETRYCOLLECTION(POINT(1 1))'), 1", "'POINT(1 1)'", "ST_AsBinary(ST_GeomFromText('POINT(1 1)'))", '*', 'DISTINCT c', '1 USING utf8mb4', 'c AS CHAR', 'NOW(), INTERVAL 1 DAY', 'YEAR FROM NOW()', "DATE, 'EUR'", 'DAY, 1, NOW()', "DAY, '2020-01-01', NOW()", "'a' IN 'b'", "'a' FROM 'b'", "'abc' FROM 2 FOR 1",
  "'10.0.0.1'", "UNHEX('0A000001')", "'2001:db8::1'", 'UUID()', '4', "'aes', 'key'", "'AQ=='", "'<a>1</a>', '/a'", "'<a>1</a>', '/a', '<b/>'", "'[1]'", "'[1, 2]', '[1, 2]'", "'0:1', '0:1'", "'SELECT 1'", "1, 'x', 'y'", "'x', 'a,x'", "1, 2, 3, 4, 5",
]; // prettier-ignore

const windowArguments = ['', '1', 'c', 'c, 1', 'c, 1, 0'];
const behindCalls = [' OVER ()', ' OVER (ORDER BY id)', ' WITHIN GROUP (ORDER BY c) OVER ()'];

/** `?` is an expression. */
const places = [
  'SELECT ? FROM t', 'SELECT id FROM t WHERE ? IS NULL', 'SELECT id FROM t ORDER BY ? LIMIT 1', 'SELECT 1 FROM t GROUP BY c HAVING MAX(?) > 0', 'SELECT COUNT(*) FROM t GROUP BY ?', 'WITH x AS (SELECT ? AS v FROM t) SELECT * FROM x', 'SELECT (SELECT ? FROM t LIMIT 1)',
  'SELECT * FROM (SELECT ? AS v FROM t) d', 'SELECT CASE WHEN ? THEN 1 ELSE 2 END FROM t', 'SELECT ? FROM t UNION ALL SELECT 1', 'EXPLAIN SELECT ? FROM t', 'EXPLAIN FORMAT=JSON SELECT ? FROM t', 'SELECT t.id FROM t JOIN u ON ? = u.id', 'SELECT t.id FROM t LEFT JOIN u ON t.id = u.id AND ? IS NOT NULL', 'SELECT COUNT(?) OVER () FROM t', 'SELECT SUM(c) OVER (PARTITION BY ?) FROM t',
  'SELECT EXISTS (SELECT ? FROM t)', 'SELECT id IN (?, 1) FROM t', 'SELECT ? BETWEEN 1 AND 2 FROM t', 'SELECT ? LIKE \'x%\' FROM t', 'SELECT NOT ?, -?, ! ? FROM t', 'SELECT GROUP_CONCAT(? ORDER BY ? SEPARATOR \';\') FROM t', 'SELECT DISTINCT ? FROM t', 'SELECT IF(?, 1, 2), IFNULL(?, 1), COALESCE(?, 1) FROM t', 'SELECT /* ? */ ? -- ?\nFROM t', '(SELECT ? FROM t) LIMIT 1',
  'SELECT STRAIGHT_JOIN ? FROM t JOIN u', 'SELECT SQL_NO_CACHE ? FROM t', 'SELECT ? AS `a;b` FROM t', 'SELECT ? FROM t WHERE (id, c) IN (SELECT id, x FROM u)', 'SELECT ? FROM t USE INDEX (c) WHERE c > 0', 'SELECT ? FROM t WHERE id = ANY (SELECT id FROM u)', 'SELECT MIN(?), MAX(?), AVG(?) FROM t', 'SELECT ? FROM t LIMIT 1 OFFSET 1', 'SELECT ? FROM (t, u)', 'SELECT ? FROM t NATURAL JOIN u', 'WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r WHERE n < 3) SELECT ?, n FROM r, t',
  'SELECT ? FROM t WHERE MATCH a AGAINST (\'x\')', 'SELECT CAST(? AS CHAR), CONVERT(?, CHAR) FROM t', 'SELECT ? COLLATE utf8mb4_bin FROM t', 'SELECT JSON_ARRAY(?), JSON_OBJECT(\'k\', ?) FROM t', 'SELECT * FROM t, JSON_TABLE(\'[1]\', \'$[*]\' COLUMNS (v INT PATH \'$\')) jt WHERE ? IS NULL', 'SELECT ? INTERSECT SELECT ?', 'SELECT ? EXCEPT SELECT 1',
]; // prettier-ignore
const mysqlPlaces = ['SELECT ? FROM t, LATERAL (SELECT t.c) x', 'VALUES ROW(?)', 'EXPLAIN ANALYZE SELECT ? FROM t', 'EXPLAIN FORMAT=TREE SELECT ? FROM t', 'SELECT /*+ MAX_EXECUTION_TIME(1000) */ ? FROM t', 'TABLE t'];
const mariadbPlaces = ['VALUES (?)', 'ANALYZE SELECT ? FROM t', 'ANALYZE FORMAT=JSON SELECT ? FROM t', 'SET STATEMENT max_statement_time = 1 FOR SELECT ? FROM t', 'SELECT ? FROM t LIMIT 1 ROWS EXAMINED 100', 'SELECT ? FROM t OFFSET 1 ROWS FETCH NEXT 1 ROWS ONLY', 'SELECT ? FROM t PROCEDURE ANALYSE()'];

const calls = ["CONCAT(a, 'x')", 'NOW()', 'c + 1', "j->'$.a'", "JSON_EXTRACT(j, '$.a')", 'LAST_INSERT_ID()', 'CURRENT_USER', '@@sql_mode', '@a', 'UUID()', 'RAND()', 'ROUND(c, 1)', "DATE_FORMAT(NOW(), '%Y')"];

/** Every function with every list of arguments. */
export function* functionCalls(): Generator<{ readonly name: string; readonly text: string }> {
  for (const name of computingFunctions) {
    for (const list of argumentLists) yield { name, text: `SELECT ${name}(${list}) FROM t` };
    for (const list of windowArguments) for (const behind of behindCalls) yield { name, text: `SELECT ${name}(${list})${behind} FROM t` };
  }
}

/** Every place with every sort of expression. */
export function* expressionsEverywhere(dialect: MysqlDialect): Generator<string> {
  for (const place of [...places, ...(dialect === 'mysql' ? mysqlPlaces : mariadbPlaces)]) for (const call of calls) yield place.replaceAll('?', () => call);
}

const neighbours = [
  'SELECT ?', 'SELECT 1, ?', "SELECT '-- x', ?", 'SELECT 1 = ?', 'SELECT 1 < ?', 'SELECT 1 <=> ?', 'SELECT DISTINCT ?', 'SELECT ALL ?', 'SELECT SQL_NO_CACHE ?', 'SELECT STRAIGHT_JOIN ?', 'SELECT 1 MEMBER ?', 'SELECT (1) ?', 'SELECT 1 ?', 'SELECT c ? FROM t', 'SELECT c AS ? FROM t', "SELECT 'x' ?", 'SELECT @a ?', 'SELECT NOT ?', 'SELECT -?', 'SELECT 1 + ?',
  'SELECT 1 DIV ?', 'SELECT 1 XOR ?', 'SELECT 1 AND ?', 'SELECT 1 OR ?', "SELECT 'a' LIKE ?", "SELECT 'a' REGEXP ?", "SELECT 'a' LIKE 'b' ESCAPE ?", 'SELECT 1 IN (?)', 'SELECT 1 BETWEEN ? AND 2', 'SELECT 1 BETWEEN 1 AND ?', 'SELECT CASE ? WHEN 1 THEN 2 END', 'SELECT CASE WHEN ? THEN 2 END', 'SELECT CASE 1 WHEN 1 THEN ? END', 'SELECT CASE 1 WHEN 1 THEN 1 ELSE ? END', 'SELECT NOW() + INTERVAL ? DAY', 'SELECT (?)', 'SELECT ((?))', 'SELECT CONCAT(?)', 'SELECT IF(1, ?, 2)', 'SELECT SUM(?) FROM t', 'SELECT SUM(DISTINCT ?) FROM t',
  'SELECT GROUP_CONCAT(c ORDER BY ?) FROM t', 'SELECT 1 IS NULL ?', "SELECT 'a' COLLATE ?", 'SELECT c FROM t WHERE ?', 'SELECT c FROM t GROUP BY ?', 'SELECT c FROM t GROUP BY c, ?', 'SELECT c FROM t HAVING ?', 'SELECT c FROM t ORDER BY ?', 'SELECT c FROM t ORDER BY c, ?', 'SELECT c FROM t LIMIT ?', 'SELECT 1 FROM t JOIN u ON ?', 'SELECT 1 FROM t ?', 'SELECT 1 FROM t, ?', 'SELECT 1 FROM ?', 'SELECT 1 FROM t JOIN ?', 'SELECT 1 FROM t WHERE c IN (SELECT ?)', 'SELECT 1 FROM t WHERE MATCH a ?', 'SELECT 1 FROM t WHERE MATCH (a) ?', 'SELECT SUM(c) OVER (PARTITION BY ?) FROM t', 'SELECT SUM(c) OVER (ORDER BY ?) FROM t', 'SELECT SUM(c) OVER w FROM t WINDOW w AS (ORDER BY ?)',
  'WITH x AS (SELECT ?) SELECT * FROM x', 'WITH x AS (SELECT 1) SELECT ? FROM x', 'SELECT 1 UNION SELECT ?', '(SELECT 1) UNION (SELECT ?)', '(SELECT 1) ?', 'VALUES (?)', 'VALUES ROW(?)', 'SELECT EXISTS (SELECT ?)', "SELECT * FROM JSON_TABLE(?, '$' COLUMNS (v INT PATH '$')) x", "SELECT * FROM JSON_TABLE('[1]', '$' COLUMNS (v INT PATH '$')) x WHERE ?", 'SELECT CAST(? AS CHAR)', 'SELECT CONVERT(? USING utf8mb4)', 'SELECT EXTRACT(DAY FROM ?)', 'SELECT TRIM(? FROM 1)', 'SELECT TRIM(BOTH ? FROM 1)', 'SELECT SUBSTRING(1 FROM ?)', 'SELECT POSITION(? IN 1)', 'SELECT {d ?}', 'SELECT DATE ?', 'SELECT BINARY ?', 'SELECT t.? FROM t', 'SELECT c FROM t FOR SYSTEM_TIME AS OF ?', 'EXPLAIN SELECT ?', 'SHOW STATUS WHERE ?', 'SHOW VARIABLES WHERE ?', 'SHOW TABLES WHERE ?', 'SHOW COLUMNS FROM t WHERE ?', 'SHOW PROCEDURE STATUS WHERE ?', 'SHOW PROCESSLIST ?', 'DESCRIBE t ?', 'HANDLER t READ FIRST WHERE ?',
]; // prettier-ignore

/** Every word beside everything: in nearly all places only one of function, alias and grammar is meant. */
export function* wordsEverywhere(words: readonly string[]): Generator<string> {
  const ambiguous = words.filter((word) => !foundByName.has(word.toUpperCase()));
  for (const place of neighbours) for (const word of ambiguous) for (const call of needsNoGap.has(word) ? [`${word}(1)`, `${word} (1)`] : [`${word}(1)`]) yield place.replaceAll('?', () => call);
}

const needsNoGap = new Set<string>([...functionNames.tightInBoth, ...functionNames.tightInMysql, ...functionNames.tightInMariadb]);

/** Before any stored function, wherever they stand. */
const foundByName = new Set<string>(functionNames.nativeInBoth);
