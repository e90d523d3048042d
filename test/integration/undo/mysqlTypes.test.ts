/** Every type of MySQL and MariaDB that people store comes back as it was, whatever the session's time zone. */
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { sharedServer, type MysqlDialect } from '../../support/mysql.ts';
import { inLab } from '../mysql/changeHarness.ts';
import { closeMysqlAnalyser, commitWithUndo, mysqlContents, runUndo } from './mysqlRounds.ts';

/** Type → two values, as literals. */
const common: Readonly<Record<string, readonly [string, string]>> = {
  'tinyint unsigned': ['255', '0'],
  'bigint unsigned': ['18446744073709551615', '0'],
  bigint: ['-9223372036854775808', '9223372036854775807'],
  'decimal(65,30)': ['-99999999999999999999999999999999999.999999999999999999999999999999', '0.000000000000000000000000000001'],
  float: ['3.4028234e38', '0.1'],
  double: ['2.2250738585072014e-308', '-0.1'],
  'bit(10)': ["b'1000000001'", '0'],
  year: ['2155', '1901'],
  date: ["'1000-01-01'", "'9999-12-31'"],
  'time(6)': ["'-838:59:59.000000'", "'00:00:00.000001'"],
  'datetime(6)': ["'9999-12-31 23:59:59.999999'", "'1000-01-01 00:00:00'"],
  'timestamp(6) NULL': ["FROM_UNIXTIME(2147483647.999999)", 'FROM_UNIXTIME(1)'],
  'char(5)': ["'a\\0b'", "''"],
  'varchar(20)': ["' ä😀'' '", "'\\\\'"],
  'varchar(20) CHARACTER SET latin1': ["'äé'", "''"],
  'varchar(20) CHARACTER SET utf16': ["'ä😀'", "''"],
  'varchar(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin': ["'A'", "'a'"],
  text: ["REPEAT('x', 60000)", "'-- x'"],
  'binary(4)': ["x'00ff'", "x''"],
  'varbinary(10)': ["x'00ff5c27'", "x''"],
  blob: ["REPEAT(x'00ff', 1000)", "x''"],
  "enum('a','b','it''s')": ["'it''s'", "'a'"],
  "set('x','y','z')": ["'x,z'", "''"],
  json: ["'{\"a\": [1, 2.5, null, \"ä😀\"]}'", "'[]'"],
  point: ["ST_GeomFromText('POINT(1.1 -2.2)')", "ST_GeomFromText('POINT(0 0)')"],
  geometry: ["ST_GeomFromText('LINESTRING(0 0, 1 1)', 4326)", "ST_GeomFromText('POLYGON((0 0,0 1,1 1,0 0))')"],
};

const only: Readonly<Record<MysqlDialect, Readonly<Record<string, readonly [string, string]>>>> = {
  mysql: {},
  mariadb: { uuid: ["'00112233-4455-6677-8899-aabbccddeeff'", "'ffffffff-ffff-ffff-ffff-ffffffffffff'"], inet6: ["'::1'", "'2001:db8::ff'"], inet4: ["'10.0.0.1'", "'255.255.255.255'"] },
};

for (const dialect of ['mariadb', 'mysql'] as const satisfies readonly MysqlDialect[]) {
  const { skip } = await sharedServer(dialect);
  const values = { ...common, ...only[dialect] };
  const types = Object.keys(values);
  const names = types.map((_, index) => `c${String(index)}`);
  const schema = [
    `CREATE TABLE t (id int PRIMARY KEY, ${types.map((type, index) => `c${String(index)} ${type}`).join(', ')}, twice int AS (id * 2) STORED, hidden int ${dialect === 'mysql' ? 'INVISIBLE' : 'INVISIBLE'})`,
    ...[0, 1].map((side) => `INSERT INTO t (id, ${names.join(', ')}, hidden) VALUES (${String(side + 1)}, ${types.map((type) => values[type]?.[side] ?? 'NULL').join(', ')}, ${String(side)})`),
    'INSERT INTO t (id) VALUES (3)',
  ];
  const swap = (from: number, to: number) => `UPDATE t JOIN t AS o ON o.id = ${String(from)} SET ${names.map((name) => `t.${name} = o.${name}`).join(', ')} WHERE t.id = ${String(to)}`;
  const changes: readonly (readonly [name: string, text: string])[] = [
    ['one value for another', swap(1, 2)],
    ['NULL for a value', swap(3, 1)],
    ['a value for NULL', swap(2, 3)],
    ['deleted', 'DELETE FROM t WHERE id > 0'],
    ['inserted', `INSERT INTO t (id, ${names.join(', ')}) SELECT id + 10, ${names.join(', ')} FROM t`],
  ];
  describe(`${dialect}: every type`, { skip }, () => {
    for (const [name, text] of changes) {
      test(name, async () =>
        await inLab(dialect, schema, async (lab) => {
          const before = await mysqlContents(lab);
          const undo = await commitWithUndo(lab, text);
          assert.notDeepEqual(await mysqlContents(lab), before);
          assert.deepEqual(await runUndo(lab, undo), []);
          assert.deepEqual(await mysqlContents(lab), before);
        }),
      );
    }
  });
}

after(closeMysqlAnalyser);
