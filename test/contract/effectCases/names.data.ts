/** Names, types and rights: what a table is called, what it holds, and who may see it. */
import type { EffectsCase, RefusedCase } from '../effectsSubject.ts';

const everyType = {
  postgresql: [
    "CREATE TYPE mood AS ENUM ('sad', 'ok')",
    'CREATE TYPE point3 AS (x int, y text)',
    'CREATE DOMAIN email AS text CHECK (value LIKE \'%@%\')',
    `CREATE TABLE every_type (id int PRIMARY KEY, small smallint, big bigint, num numeric(20,5), bare numeric, r real, d double precision, m money, t text, vc varchar(10), c char(5), b bytea,
      ts timestamp, tstz timestamptz, dt date, ti time, titz timetz, iv interval, bo boolean, md mood, mds mood[], po point, li line, ls lseg, bx box, pa path, pg polygon, ci circle,
      cd cidr, ine inet, mac macaddr, mac8 macaddr8, bi bit(4), vb varbit, tv tsvector, tq tsquery, u uuid, j json, jb jsonb, jp jsonpath, ia int[], ta text[][], i4 int4range, tsr tstzrange, mr int4multirange,
      p3 point3, em email, o oid, rc regclass, n name, ch "char", lsn pg_lsn)`,
    `INSERT INTO every_type SELECT i, -32768, 9223372036854775807, -12345.67890, 'NaN', 'Infinity', '-0', 1234.56, E'tab\\t"quote" ''\\\\ \\u00e9\\U0001F600', 'vc', 'c', '\\x00ff10',
      '0044-03-15 00:00:00 BC', 'infinity', '2024-02-29', '24:00:00', '12:00:00.000001+05:30', '1 year -2 days 03:04:05.678', true, 'ok', '{sad,NULL}', '(1,2)', '{1,2,3}', '[(0,0),(1,1)]', '(1,1),(0,0)', '((0,0),(1,1))', '((0,0),(1,1),(1,0))', '<(0,0),1>',
      '10.0.0.0/8', '::1/64', '08:00:2b:01:02:03', '08:00:2b:01:02:03:04:05', '1010', '101', 'a:1 b:2', 'a & b', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '{"a": 1, "a":2}', '{"b": [null, 1.10]}', '$.a[*] ? (@ > 1)', '{1,NULL,3}', '{{a,"b,c"},{"",NULL}}', '[1,5)', '[2020-01-01,)', '{[1,3),[5,7)}',
      '(1,"a,b")', 'a@b', 42, 'pg_class', 'nm', 'x', '16/B374D848' FROM generate_series(1, 3) AS i`,
  ],
  mysql: [
    `CREATE TABLE every_type (id int PRIMARY KEY, ti tinyint, sm smallint unsigned, me mediumint, bi bigint unsigned, de decimal(30,10), fl float, do double, bt bit(10), ch char(5), vc varchar(20), bn binary(4), vb varbinary(10),
      tx text, bl blob, en enum('a','b'), st set('x','y','z'), da date, tm time(6), dt datetime(6), ts timestamp(6) NULL, ye year, js json, bo boolean)`,
    `INSERT INTO every_type VALUES (1, -128, 65535, -8388608, 18446744073709551615, -12345.6789, 1.5, -0.1, b'1010', 'c', 'é "q" \\\\', x'00ff', x'1000', 'text', x'00ff10', 'b', 'x,z', '2024-02-29', '-838:59:59.000000', '9999-12-31 23:59:59.999999', '2020-01-01 00:00:00.000001', 2155, '{"a": [1, null]}', true),
      (2, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)`,
  ],
};
const noRowSecurity = { mysql: 'has no row security', mariadb: 'has no row security' };
const family = [
  'CREATE TABLE parents (id int PRIMARY KEY, name text)',
  'CREATE TABLE children (id int PRIMARY KEY, parent_id int REFERENCES parents ON DELETE CASCADE)',
  "INSERT INTO parents VALUES (1, 'a'), (2, 'b')",
  'INSERT INTO children VALUES (1, 1), (2, 1), (3, 2)',
];

export const nameCases: readonly EffectsCase[] = [
  {
    name: 'names with capitals, spaces, quotes and dots',
    schema: {
      postgresql: ['CREATE TABLE "Odd ""Name"".x" ("The Id" int PRIMARY KEY, "select" text, "a.b" int)', `INSERT INTO "Odd ""Name"".x" VALUES (1, 'a', 1), (2, 'b', 2)`],
      mysql: ['CREATE TABLE `Odd "Name".x` (`The Id` int PRIMARY KEY, `select` text, `a.b` int)', "INSERT INTO `Odd \"Name\".x` VALUES (1, 'a', 1), (2, 'b', 2)"],
    },
    change: { postgresql: [`UPDATE "Odd ""Name"".x" SET "select" = 'z', "a.b" = 0 WHERE "The Id" = 1`], mysql: ["UPDATE `Odd \"Name\".x` SET `select` = 'z', `a.b` = 0 WHERE `The Id` = 1"] },
  },
  {
    name: 'columns called like aliases',
    schema: ['CREATE TABLE t (id int PRIMARY KEY, t text, _w_ text, countersign text, c text, x text, h text, k1 text, row_ text)', "INSERT INTO t VALUES (1, 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'), (2, 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h')"],
    change: ["UPDATE t SET t = 'new', countersign = 'new' WHERE id = 1", 'DELETE FROM t WHERE id = 2'],
  },
  {
    name: 'the same name in two schemas',
    schema: ['CREATE TABLE items (id int PRIMARY KEY, v text)', 'CREATE SCHEMA other', 'CREATE TABLE other.items2 (id int PRIMARY KEY, v text)', "INSERT INTO items VALUES (1, 'a')", "INSERT INTO other.items2 VALUES (1, 'a')"],
    change: ["UPDATE other.items2 SET v = 'x'"],
    skip: { mysql: 'a schema is a database there', mariadb: 'a schema is a database there' },
  },
  { name: 'every type, updated', schema: everyType, change: { postgresql: ['UPDATE every_type SET big = 1 WHERE id = 2'], mysql: ['UPDATE every_type SET ti = 1'] } },
  { name: 'every type, deleted and inserted', schema: everyType, change: { postgresql: ['INSERT INTO every_type SELECT 9, small, big, num, bare, r, d, m, t, vc, c, b, ts, tstz, dt, ti, titz, iv, bo, md, mds FROM every_type WHERE id = 1', 'DELETE FROM every_type WHERE id = 3'], mysql: ['INSERT INTO every_type (id, vc) VALUES (9, NULL)', 'DELETE FROM every_type WHERE id = 1'] } },
  {
    name: 'keys of types that compare in their own way',
    schema: { postgresql: ['CREATE TABLE n (k numeric PRIMARY KEY, v int)', 'INSERT INTO n VALUES (1.0, 1), (2.50, 2)', 'CREATE TABLE d (k double precision PRIMARY KEY, v int)', "INSERT INTO d VALUES (0.1, 1), ('NaN', 2)", 'CREATE TABLE ts (k timestamptz PRIMARY KEY, v int)', "INSERT INTO ts VALUES ('2020-01-01 00:00:00.123456+00', 1)", 'CREATE TABLE by (k bytea PRIMARY KEY, v int)', "INSERT INTO by VALUES ('\\x00ff', 1)"], mysql: ['CREATE TABLE n (k decimal(10,2) PRIMARY KEY, v int)', 'INSERT INTO n VALUES (1.0, 1), (2.50, 2)', 'CREATE TABLE d (k varbinary(8) PRIMARY KEY, v int)', "INSERT INTO d VALUES (x'00ff', 1)"] },
    change: { postgresql: ['UPDATE n SET v = v + 10', 'UPDATE d SET v = v + 10', 'UPDATE ts SET v = v + 10', 'UPDATE by SET v = v + 10'], mysql: ['UPDATE n SET v = v + 10', 'UPDATE d SET v = v + 10'] },
  },
  {
    name: 'more rows than are listed',
    schema: { postgresql: ['CREATE TABLE many (id int PRIMARY KEY, v int)', 'INSERT INTO many SELECT i, i FROM generate_series(1, 500) AS i'], mysql: ['CREATE TABLE many (id int PRIMARY KEY, v int)', `INSERT INTO many VALUES ${Array.from({ length: 500 }, (_, index) => `(${String(index + 1)}, ${String(index + 1)})`).join(', ')}`] },
    change: ['UPDATE many SET v = v + 1 WHERE id > 100', 'DELETE FROM many WHERE id <= 50', 'UPDATE many SET v = v WHERE id BETWEEN 51 AND 100', 'INSERT INTO many SELECT id + 1000, v FROM many WHERE id > 450', 'UPDATE many SET id = id + 2000 WHERE id BETWEEN 101 AND 130'],
    maxRows: 40,
    incomplete: { many: /Only \d+ of/ },
  },
  {
    name: 'more rows than are listed, without a key',
    schema: { postgresql: ['CREATE TABLE many (v int)', 'INSERT INTO many SELECT i FROM generate_series(1, 300) AS i'], mysql: ['CREATE TABLE many (v int)', `INSERT INTO many VALUES ${Array.from({ length: 300 }, (_, index) => `(${String(index + 1)})`).join(', ')}`] },
    change: ['UPDATE many SET v = v + 1000 WHERE v > 200', 'DELETE FROM many WHERE v <= 50'],
    maxRows: 40,
    incomplete: { many: /Only \d+ of/ },
  },
  {
    name: 'rows that row security hides',
    schema: [
      'CREATE ROLE :role LOGIN',
      'CREATE TABLE secured (id int PRIMARY KEY, mine bool, v text)',
      "INSERT INTO secured VALUES (1, true, 'a'), (2, false, 'b')",
      'ALTER TABLE secured ENABLE ROW LEVEL SECURITY',
      'CREATE POLICY own ON secured USING (mine)',
      'GRANT ALL ON secured TO :role',
      "CREATE FUNCTION touch() RETURNS void LANGUAGE sql SECURITY DEFINER AS $$ UPDATE secured SET v = v || '!' $$",
    ],
    change: ['SELECT touch()'],
    asRole: true,
    incomplete: { secured: /[Rr]ow security/ },
    uncounted: ['secured'],
    skip: noRowSecurity,
  },
  {
    name: 'a cascaded child that may not be read',
    schema: [...family, 'CREATE ROLE :role LOGIN', 'GRANT SELECT, DELETE ON parents TO :role'],
    change: ['DELETE FROM parents WHERE id = 1'],
    asRole: true,
    causes: { children: 'cascade' },
    incomplete: { children: /no SELECT right/ },
    uncounted: ['children'],
    skip: { mysql: 'what the role may not read it may not delete from', mariadb: 'what the role may not read it may not delete from' },
  },
  {
    name: 'a key that only row security tells apart',
    schema: [...family, 'CREATE ROLE :role LOGIN', 'GRANT ALL ON parents, children TO :role', 'ALTER TABLE children ENABLE ROW LEVEL SECURITY', 'CREATE POLICY odd ON children USING (id % 2 = 1)'],
    change: ['DELETE FROM parents WHERE id = 1'],
    asRole: true,
    incomplete: { children: /[Rr]ow security/ },
    uncounted: ['children'],
    skip: noRowSecurity,
  },
];

const items = ['CREATE TABLE items (id int PRIMARY KEY, v varchar(40))', "INSERT INTO items VALUES (1, 'a'), (2, 'b')"];
const noSuch = { mysql: 'has no such statement', mariadb: 'has no such statement' };

export const refusedCases: readonly RefusedCase[] = [
  { name: 'rows from the client', schema: items, change: ['COPY items FROM STDIN'], says: /Nothing was sent/, skip: noSuch },
  { name: 'a COMMIT inside of a DO block', schema: items, change: ['DO $$ BEGIN DELETE FROM items; COMMIT; END $$'], says: /COMMIT or ROLLBACK inside/, skip: noSuch },
  { name: 'a COMMIT inside of a procedure', schema: [...items, 'CREATE PROCEDURE work() LANGUAGE plpgsql AS $$ BEGIN DELETE FROM items; COMMIT; END $$'], change: ['CALL work()'], says: /COMMIT or ROLLBACK inside/, skip: noSuch },
  { name: 'a key that is there already, after other statements', schema: items, change: ['DELETE FROM items WHERE id = 2', "INSERT INTO items VALUES (1, 'x')"], says: /./ },
  { name: 'a deferred constraint that does not hold', schema: [...items, 'CREATE TABLE kids (id int PRIMARY KEY, item int REFERENCES items DEFERRABLE INITIALLY DEFERRED)'], change: ['INSERT INTO kids VALUES (1, 99)'], says: /checked at the end/, skip: { mysql: 'has no deferred constraints', mariadb: 'has no deferred constraints' } },
];
