/** Random tables of MySQL and MariaDB with everything that makes rows hard to follow, the same for the same seed. */
import type { MysqlDialect } from '../../support/mysql.ts';
import type { Random } from '../undo/randomSchemas.ts';

type Column = { readonly name: string; readonly values: readonly string[] };

export type WideMysqlTable = {
  readonly name: string;
  readonly key: 'id' | 'pair' | 'auto' | 'text' | 'caseless' | 'binary' | 'decimal' | 'datetime' | 'unique' | 'nullable' | 'none' | 'partitioned';
  readonly columns: readonly Column[];
  readonly ref: string | undefined;
  readonly hasView: boolean;
};

const types: readonly (readonly [type: string, values: readonly string[]])[] = [
  ['tinyint unsigned', ['0', '255', 'NULL']],
  ['bigint unsigned', ['18446744073709551615', '0', 'NULL']],
  ['bigint', ['-9223372036854775808', '1', 'NULL']],
  ['varchar(20)', ["''", "'a'", "'A'", "'a '", "'ä'", "'it''s'", "'ü😀'", "'\\\\'", "'NULL'", "'%_'", 'NULL']],
  ['varchar(20) COLLATE utf8mb4_bin', ["'a'", "'A'", 'NULL']],
  ['varchar(20) CHARACTER SET latin1', ["'ÿ'", "'é'", "''", 'NULL']],
  ['char(5)', ["'a'", "'abcde'", "''", 'NULL']],
  ['binary(4)', ["x'00'", "x'00ff00ff'", 'NULL']],
  ['varbinary(9)', ["x''", "x'5c27'", "x'00'", 'NULL']],
  ['blob', ["x'00ff'", "''", 'NULL']],
  ['longtext', ["REPEAT('x', 200000)", "'short'", 'NULL']],
  ['decimal(8,3)', ['0', '1.5', '-99999.999', 'NULL']],
  ['float', ['0.1', '1e30', '-0', '16777217', 'NULL']],
  ['double', ['0.1', '1e300', '0.30000000000000004', 'NULL']],
  ['date', ["'2026-02-28'", "'0000-00-00'", "'2026-00-00'", 'NULL']],
  ['datetime(3)', ["'2026-03-29 01:30:00.123'", "'0000-00-00 00:00:00'", 'NULL']],
  ['timestamp NULL', ["'2026-07-25 00:30:00'", "'0000-00-00 00:00:00'", 'NULL']],
  ['timestamp(6) NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6)', ["'2026-07-25 00:30:00.000001'", 'NULL']],
  ['time(6)', ["'-838:59:59'", "'12:00:00.000001'", 'NULL']],
  ['year', ['2026', '0', 'NULL']],
  ['json', ["'{\"a\": [1, null]}'", "'1.0'", "'\"\\\\u00e9\"'", 'NULL']],
  ["enum('x','y','')", ["'x'", "'y'", "''", 'NULL']],
  ["set('x','y')", ["'x'", "'x,y'", "''", 'NULL']],
  ['bit(9)', ["b'000000001'", "b'100000000'", 'NULL']],
  ['point', ["ST_GeomFromText('POINT(1 2)')", 'NULL']],
  ['boolean', ['true', 'false', 'NULL']],
];

const keys: Readonly<Record<WideMysqlTable['key'], string>> = {
  id: 'id int PRIMARY KEY',
  pair: "id int, part varchar(5) DEFAULT 'p', PRIMARY KEY (part, id)",
  auto: 'id int AUTO_INCREMENT PRIMARY KEY',
  text: 'id varchar(20) COLLATE utf8mb4_bin PRIMARY KEY',
  caseless: 'id varchar(20) PRIMARY KEY',
  binary: 'id varbinary(9) PRIMARY KEY',
  decimal: 'id decimal(12,4) PRIMARY KEY',
  datetime: 'id datetime(6) PRIMARY KEY',
  unique: 'id int NOT NULL UNIQUE',
  nullable: 'id int UNIQUE',
  none: 'id int',
  partitioned: 'id int PRIMARY KEY',
};

export function keyValue({ key }: Pick<WideMysqlTable, 'key'>, number: number): string {
  switch (key) {
    case 'text': case 'caseless':
      return `'${number % 2 === 0 ? 'Key' : 'kEy'}${String(number)}'`;
    case 'binary':
      return `x'5c${String(number).padStart(2, '0')}'`;
    case 'decimal':
      return `${String(number)}.5`;
    case 'datetime':
      return `'2026-01-01 00:00:00.${String(number).padStart(6, '0')}'`;
    default:
      return String(number);
  }
}

const names = ['t0', '`Ta ble.1`', '`t``2`', '`select`'];
const columnNames = ['w', '`order`', '`Ünï`', '`a``b`', 'countersign', '`x y`'];

export type WideMysql = { readonly tables: readonly WideMysqlTable[]; readonly sql: readonly string[] };

export function createWideMysql(random: Random, dialect: MysqlDialect): WideMysql {
  const sql = ['CREATE TABLE log (id int AUTO_INCREMENT PRIMARY KEY, what varchar(40), at timestamp DEFAULT CURRENT_TIMESTAMP)', 'CREATE TABLE sums (name varchar(20) PRIMARY KEY, n int NOT NULL)', "INSERT INTO sums VALUES ('all', 0)"];
  const bind: string[] = [];
  const tables: WideMysqlTable[] = [];
  for (const name of names.slice(0, 2 + random.below(3))) {
    const key = random.pick(['id', 'id', 'pair', 'auto', 'auto', 'text', 'caseless', 'binary', 'decimal', 'datetime', 'unique', 'nullable', 'none', 'partitioned'] as const);
    const spare = [...columnNames];
    const typed = Array.from({ length: 1 + random.below(4) }, () => {
      const [type, values] = random.pick(types);
      return { name: spare.splice(random.below(spare.length), 1)[0] ?? 'w', type, values };
    });
    // Foreign keys and partitions exclude each other.
    const parents = key === 'partitioned' ? [] : [...tables.filter((table) => table.key !== 'partitioned').map((table) => table.name), name];
    const ref = parents.length > 0 && random.chance(60) ? random.pick(parents) : undefined;
    const table: WideMysqlTable = { name, key, columns: typed, ref, hasView: random.chance(30) };
    const invisible = dialect === 'mysql' && random.chance(20) ? ['hidden int DEFAULT 4 INVISIBLE'] : [];
    sql.push(`CREATE TABLE ${name} (${[keys[key], `n int${key === 'partitioned' ? '' : ' UNIQUE'}`, 'stamp int DEFAULT 0', `g int AS (stamp * 2) ${random.pick(['STORED', 'VIRTUAL'])}`, ...typed.map((column) => `${column.name} ${column.type}`), 'ref int', ...invisible].join(', ')})${key === 'partitioned' ? ' PARTITION BY HASH (id) PARTITIONS 3' : ''}`);
    for (let number = 1; number <= 6; number += 1) sql.push(wideMysqlInsert(table, number, random));
    if (ref !== undefined) bind.push(`UPDATE ${name} SET ref = 1 + n % 6`, `ALTER TABLE ${name} ADD FOREIGN KEY (ref) REFERENCES ${ref} (n) ON DELETE ${random.pick(['CASCADE', 'CASCADE', 'SET NULL', 'RESTRICT'])} ON UPDATE ${ref === name ? 'RESTRICT' : random.pick(['CASCADE', 'SET NULL', 'RESTRICT'])}`);
    bind.push(...random.pick(triggers)(name, tables.length));
    if (table.hasView) bind.push(`CREATE VIEW view${String(tables.length)} AS SELECT n, stamp FROM ${name} WHERE n < 5`);
    tables.push(table);
  }
  return { tables, sql: [...sql, ...bind] };
}

const triggers: readonly ((table: string, index: number) => readonly string[])[] = [
  () => [], () => [], () => [], () => [],
  (table, index) => ['INSERT', 'UPDATE', 'DELETE'].map((event) => `CREATE TRIGGER g${String(index)}_${event} AFTER ${event} ON ${table} FOR EACH ROW INSERT INTO log (what) VALUES ('${event}')`),
  (table, index) => [`CREATE TRIGGER g${String(index)} BEFORE UPDATE ON ${table} FOR EACH ROW SET NEW.stamp = OLD.stamp + 1`],
  (table, index) => [`CREATE TRIGGER g${String(index)} AFTER INSERT ON ${table} FOR EACH ROW UPDATE sums SET n = n + 1`, `CREATE TRIGGER h${String(index)} AFTER DELETE ON ${table} FOR EACH ROW UPDATE sums SET n = n - 1`],
  (table, index) => [`CREATE TRIGGER g${String(index)} AFTER UPDATE ON ${table} FOR EACH ROW SET @seen = COALESCE(@seen, 0) + 1`],
  (table, index) => [`CREATE TRIGGER g${String(index)} BEFORE INSERT ON ${table} FOR EACH ROW SET NEW.stamp = 77`],
];

/** The server gives the key. */
const isGiven = ({ key }: WideMysqlTable) => key === 'auto';

function wideMysqlInsert(table: WideMysqlTable, number: number, random: Random, { verb = 'INSERT', behind = '' } = {}): string {
  const columns = [...(isGiven(table) ? [] : ['id']), 'n', ...table.columns.map(({ name }) => name)];
  const row = [...(isGiven(table) ? [] : [keyValue(table, number)]), String(number), ...table.columns.map(({ values }) => random.pick(values))];
  return `${verb} INTO ${table.name} (${columns.join(', ')}) VALUES (${row.join(', ')})${behind}`;
}

const conditions = ['n < 3', 'n = 1', 'n = 4', 'n > 2', 'n > 0', 'n IN (2, 3)', 'n < 5 ORDER BY n LIMIT 2'];

export function wideMysqlChange(tables: readonly WideMysqlTable[], random: Random): string {
  return Array.from({ length: 1 + random.below(2) }, () => wideStatement(tables, random)).join(';\n');
}

function wideStatement(tables: readonly WideMysqlTable[], random: Random): string {
  const index = random.below(tables.length);
  const table = tables[index] as WideMysqlTable;
  const other = random.pick(tables.filter((each) => each !== table));
  const { name, key, columns, ref, hasView } = table;
  const where = random.pick(conditions);
  const plain = random.pick(conditions.slice(0, -1));
  const column = random.pick(columns);
  const value = () => random.pick(column.values);
  const choices: (() => string)[] = [
    () => `UPDATE ${name} SET ${column.name} = ${value()} WHERE ${where}`,
    () => `UPDATE ${name} SET ${columns.map((each) => `${each.name} = ${random.pick(each.values)}`).join(', ')} WHERE ${where}`,
    () => `UPDATE ${name} SET n = n + ${String(10 + random.below(3))} WHERE ${plain}`,
    () => `UPDATE ${name} SET ${column.name} = ${column.name} WHERE ${plain}`,
    () => `DELETE FROM ${name} WHERE ${where}`,
    () => wideMysqlInsert(table, 7 + random.below(6), random),
    () => wideMysqlInsert(table, 1 + random.below(9), random, { verb: 'INSERT IGNORE' }),
    () => wideMysqlInsert(table, 1 + random.below(9), random, { verb: 'REPLACE' }),
    () => wideMysqlInsert(table, 1 + random.below(9), random, { behind: ` ON DUPLICATE KEY UPDATE stamp = stamp + 1, ${column.name} = VALUES(${column.name})` }),
    () => `UPDATE ${name} AS a JOIN ${other.name} AS b ON a.n = b.n SET a.stamp = 5, b.stamp = 6 WHERE b.${plain}`,
    () => `DELETE a, b FROM ${name} AS a JOIN ${other.name} AS b ON a.n = b.n + 1 WHERE a.${plain}`,
    () => `DELETE FROM a USING ${name} AS a LEFT JOIN ${other.name} AS b ON a.n = b.n WHERE b.n IS NULL`,
    () => `UPDATE ${name} SET stamp = (SELECT MAX(n) FROM ${other.name}) WHERE ${plain}`,
    () => `UPDATE ${name} SET stamp = stamp + 1 WHERE ${plain};\nUPDATE ${name} SET stamp = stamp - 1 WHERE ${plain}`,
    () => `DELETE FROM ${name} WHERE n = 1;\n${wideMysqlInsert(table, 1, random)}`,
  ];
  if (isGiven(table)) choices.push(() => `INSERT INTO ${name} (n) SELECT n + 20 FROM ${other.name} WHERE ${plain}`);
  else choices.push(() => `UPDATE ${name} SET id = ${keyValue(table, 60 + random.below(3))} WHERE n = ${String(1 + random.below(6))}`);
  if (key === 'caseless') choices.push(() => `UPDATE ${name} SET id = UPPER(id) WHERE ${plain}`, () => `UPDATE ${name} SET id = LOWER(id)`);
  if (key === 'none') choices.push(() => `INSERT INTO ${name} (id) SELECT id FROM ${other.key === 'none' ? name : 't0'}`, () => `UPDATE ${name} SET id = 4`);
  if (key === 'pair') choices.push(() => `UPDATE ${name} SET part = 'q' WHERE ${plain}`);
  if (ref !== undefined) choices.push(() => `UPDATE ${name} SET ref = ${random.pick(['NULL', '1', '3', 'n'])} WHERE ${plain}`);
  if (hasView) choices.push(() => `UPDATE view${String(index)} SET stamp = 8 WHERE ${plain}`, () => `DELETE FROM view${String(index)} WHERE ${plain}`);
  return random.pick(choices)();
}
