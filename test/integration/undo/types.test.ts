/** Every type of PostgreSQL that people store comes back as it was, to the last digit, under whatever settings the session has. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Session } from '../../../src/app/ports.ts';
import { createTestDatabase, type TestDatabase } from '../../support/postgres.ts';
import { openTestSession } from '../../support/postgresSession.ts';
import { closeAnalyser, commitWithUndo, contents, runUndo } from './undoRounds.ts';

/** Name of a type → two values, as literals; the first row holds the first ones. */
const values: Readonly<Record<string, readonly [string, string]>> = {
  boolean: ['true', 'false'],
  smallint: ['-32768', '32767'],
  bigint: ['-9223372036854775808', '9223372036854775807'],
  numeric: ['NaN', '1' + '0'.repeat(200) + '.' + '9'.repeat(200)],
  'numeric(12,4)': ['-0.0001', '99999999.9999'],
  real: ['1e-45', '0.1'],
  'double precision': ['-0', '2.2250738585072011e-308'],
  text: [' \t\n"\'\\ 😀 ', ''],
  'character(5)': ['ab', ''],
  'character varying(7)': ['  ab  ', 'x'],
  '"char"': ['a', ''],
  name: ['a"b', 'x'],
  bytea: ['\\x00ff5c27', '\\x'],
  date: ['infinity', '0044-03-15 BC'],
  time: ['24:00:00', '00:00:00.000001'],
  'time with time zone': ['12:34:56.789+05:30', '00:00:00-15:59'],
  timestamp: ['-infinity', '294276-12-31 23:59:59.999999'],
  'timestamp with time zone': ['4713-01-01 00:00:00+00 BC', '2026-10-25 01:30:00+00'],
  interval: ['-1 years +2 mons -3 days +04:05:06.789', '178000000 years'],
  'interval day to second(3)': ['1 02:03:04.567', '-00:00:00.001'],
  uuid: ['00000000-0000-0000-0000-000000000000', 'ffffffff-ffff-ffff-ffff-ffffffffffff'],
  json: ['{"a" : 1,  "a":2, "b":"\\u00e4"}', '[]'],
  jsonb: ['{"a": [1, 2.50, null, "\\u0027"]}', '"x"'],
  jsonpath: ['$.a[*] ? (@ > 1)', '$'],
  xml: ['<a>x</a><b/>', '<?xml version="1.0"?><a/>'],
  money: ['-1234567.89', '0.01'],
  'bit(3)': ['101', '000'],
  'bit varying(9)': ['1', ''],
  point: ['(1.1,-2.2e-10)', '(NaN,Infinity)'],
  line: ['{1,2,3}', '{0,1,0.1}'],
  lseg: ['[(1,2),(3,4)]', '[(0,0),(0,0)]'],
  box: ['(3,4),(1,2)', '(0,0),(0,0)'],
  path: ['[(1,2),(3,4)]', '((1,2),(3,4))'],
  polygon: ['((1,2),(3,4),(5,6))', '((0,0))'],
  circle: ['<(1,2),3>', '<(0,0),0.1>'],
  inet: ['192.168.1.1/24', '::1'],
  cidr: ['10.0.0.0/8', '2001:db8::/32'],
  macaddr: ['08:00:2b:01:02:03', '00:00:00:00:00:00'],
  macaddr8: ['08:00:2b:01:02:03:04:05', '00:00:00:00:00:00:00:00'],
  tsvector: ["'a':1A 'b''c':2,3B", ''],
  tsquery: ["'a' & !'b':*C <-> 'c'", ''],
  int4range: ['[1,5)', 'empty'],
  tstzrange: ['["2026-01-01 00:00:00+00",infinity)', '(,)'],
  nummultirange: ['{[1.5,2),(3,)}', '{}'],
  pg_lsn: ['16/B374D848', '0/0'],
  oid: ['4294967295', '0'],
  regclass: ['public."Odd one"', 'pg_catalog.pg_class'],
  regtype: ['public.mood', 'integer'],
  pg_snapshot: ['10:20:10,14', '1:1:'],
  'integer[]': ['[0:1][2:3]={{1,2},{3,NULL}}', '{}'],
  'text[]': ['{NULL,"NULL","a,b","\\"","",\\\\}', '{x}'],
  'timestamp with time zone[]': ['{"2026-01-01 00:00:00+00",infinity}', '{}'],
  'numeric(5,2)[]': ['{1.50,NaN}', '{NULL}'],
  'public.mood': ['so "so"', "it's"],
  'public.mood[]': ['{"so \\"so\\"","it\'s"}', '{}'],
  'public.pair': ['(1,"a, ""b"" \\\\")', '(,)'],
  'public.pair[]': ['{"(1,x)","(,)"}', '{}'],
  'public.positive': ['1', '2147483647'],
  'public.floats': ['[0.1,1e300)', 'empty'],
  'public."Strange Type"': ['x', 'y'],
};

const setUp = `
  CREATE TYPE mood AS ENUM ('so "so"', 'it''s');
  CREATE TYPE "Strange Type" AS ENUM ('x', 'y');
  CREATE TYPE pair AS (n int, t text);
  CREATE DOMAIN positive AS int CHECK (value > 0);
  CREATE TYPE floats AS RANGE (subtype = float8);
  CREATE TABLE "Odd one" (id int);
`;

const types = Object.keys(values);
const column = (index: number) => `c${String(index)}`;
const literal = (text: string) => `'${text.replaceAll("'", "''")}'`;

let database: TestDatabase;
let session: Session;

before(async () => {
  database = await createTestDatabase(setUp);
  await database.query(`CREATE TABLE t (id int PRIMARY KEY, ${types.map((type, index) => `${column(index)} ${type}`).join(', ')}, sum int GENERATED ALWAYS AS (id * 2) STORED, number int GENERATED ALWAYS AS IDENTITY)`);
  for (const side of [0, 1] as const) {
    const row = types.map((type) => literal(values[type]?.[side] ?? ''));
    await database.query(`INSERT INTO t VALUES (${String(side + 1)}, ${row.join(', ')})`);
  }
  await database.query('INSERT INTO t (id) VALUES (3)');
  // What a role or a database may have set: none of it may matter.
  const strange = ["datestyle = 'SQL, DMY'", "intervalstyle = 'sql_standard'", "timezone = 'Asia/Kathmandu'", 'extra_float_digits = -5', "bytea_output = 'escape'", "xmloption = 'document'"];
  const role = `${database.database}_strange`;
  await database.query(`CREATE ROLE ${role} LOGIN; GRANT ALL ON t TO ${role}`);
  for (const setting of strange) await database.query(`ALTER ROLE ${role} SET ${setting}`);
  session = await openTestSession({ host: database.host, port: database.port, database: database.database, user: role });
});

after(async () => {
  await session.close();
  await closeAnalyser();
});

describe('every type', () => {
  const exact = async () => await contents(database, ['t']);
  const swap = (from: number, to: number) => `UPDATE t SET ${types.map((_, index) => `${column(index)} = (SELECT o.${column(index)} FROM t AS o WHERE o.id = ${String(from)})`).join(', ')} WHERE id = ${String(to)}`;
  const changes: readonly (readonly [name: string, text: string])[] = [
    ['one value for another', swap(1, 2)],
    ['the other way round', swap(2, 1)],
    ['NULL for a value', swap(3, 1)],
    ['a value for NULL', swap(2, 3)],
    ['deleted', 'DELETE FROM t'],
    ['inserted', `INSERT INTO t (id, ${types.map((_, index) => column(index)).join(', ')}) SELECT id + 10, ${types.map((_, index) => column(index)).join(', ')} FROM t`],
    ['the key', 'UPDATE t SET id = id + 100'],
  ];
  test('a change beyond the digits that the session prints is seen', async () => {
    const undo = await commitWithUndo(session, 'UPDATE t SET c6 = 0.1, c5 = 0.1 WHERE id = 2');
    await database.query('UPDATE t SET c6 = 0.1 + 1e-16 WHERE id = 2');
    const since = await exact();
    await runUndo(session, undo);
    assert.deepEqual(await exact(), since);
    await database.query('UPDATE t SET c6 = 0.1 WHERE id = 2');
    await runUndo(session, undo);
  });

  for (const [name, text] of changes) {
    test(name, async () => {
      const before = await exact();
      assert.equal(before['t']?.length, 3);
      const undo = await commitWithUndo(session, text);
      assert.notDeepEqual(await exact(), before);
      await runUndo(session, undo);
      assert.deepEqual(await exact(), before);
    });
  }
});
