/** MySQL and MariaDB for the contract of effects. */
import mysql from 'mysql2/promise';
import { sharedServer, type MysqlDatabase, type MysqlDialect } from '../support/mysql.ts';
import { openMysqlTestSession } from '../support/mysqlSession.ts';
import type { Dump, DumpedRow, EffectsDatabase, EffectsSubject } from './effectsSubject.ts';

/** The subject, or why there is no such server here. */
export async function mysqlEffects(dialect: MysqlDialect): Promise<EffectsSubject | { readonly skip: string }> {
  const { server, skip } = await sharedServer(dialect);
  if (!server) return { skip };
  return {
    name: server.name,
    dialect,
    async setUp(schema): Promise<EffectsDatabase> {
      const database = await server.createDatabase();
      const owner = await server.createUser(`ALL PRIVILEGES ON ${database.database}.*`, 'PROCESS ON *.*');
      if (dialect === 'mysql') await server.query(`GRANT SELECT ON performance_schema.* TO '${owner.user}'@'%'`);
      const plain = await server.createUser();
      for (const text of schema) await database.query(text.replaceAll(':role', `'${plain.user}'@'%'`));
      return {
        open: (asRole) => openMysqlTestSession(dialect, database, asRole ? plain : owner),
        dump: () => dumpMysql(database),
        async close() {
          await database.query(`DROP DATABASE ${database.database}; DROP USER '${owner.user}'@'%', '${plain.user}'@'%'`);
        },
      };
    },
  };
}

type Shape = { readonly columns: readonly string[]; readonly key: readonly string[]; readonly selected: readonly string[] };

/** Values as the server prints them, bytes as `0x…`. */
export async function dumpMysql(database: MysqlDatabase): Promise<Dump> {
  const connection = await mysql.createConnection({ uri: database.url(), charset: 'utf8mb4', rowsAsArray: true, typeCast: (field) => field.string('utf8') });
  try {
    const dumped = [];
    for (const [table, { columns, key, selected }] of await shapes(connection)) {
      const [rows] = await connection.query(`SELECT ${selected.join(', ')} FROM ${quoted(table)}`);
      dumped.push([table, { columns, key: key.map((name) => columns.indexOf(name)), rows: sorted(rows as DumpedRow[]) }] as const);
    }
    return new Map(dumped.toSorted(([a], [b]) => (a < b ? -1 : 1)));
  } finally {
    await connection.end();
  }
}

async function shapes(connection: mysql.Connection): Promise<ReadonlyMap<string, Shape>> {
  const [columns] = await connection.query(
    "SELECT c.TABLE_NAME, c.COLUMN_NAME, c.COLUMN_KEY, c.DATA_TYPE, CAST(c.NUMERIC_PRECISION AS CHAR) FROM information_schema.COLUMNS c JOIN information_schema.TABLES t USING (TABLE_SCHEMA, TABLE_NAME) WHERE TABLE_SCHEMA = DATABASE() AND t.TABLE_TYPE = 'BASE TABLE' ORDER BY c.TABLE_NAME, c.ORDINAL_POSITION",
  );
  const found = new Map<string, { columns: string[]; key: string[]; selected: string[] }>();
  for (const [table = '', column = '', key, type = '', bits] of columns as string[][]) {
    const shape = found.get(table) ?? { columns: [], key: [], selected: [] };
    found.set(table, shape);
    shape.columns.push(column);
    shape.selected.push(asText(quoted(column), type.toLowerCase(), Number(bits)));
    if (key === 'PRI') shape.key.push(column);
  }
  return found;
}

function asText(column: string, type: string, bits: number): string {
  if (type === 'bit') return `CONCAT('0x', LPAD(HEX(${column}), ${String(Math.ceil(bits / 8) * 2)}, '0'))`;
  return /binary|blob|point|geometry/.test(type) ? `CONCAT('0x', HEX(${column}))` : column;
}

function quoted(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``;
}

function sorted(rows: readonly DumpedRow[]): readonly DumpedRow[] {
  return rows.map((row) => ({ row, text: JSON.stringify(row) })).toSorted((a, b) => (a.text < b.text ? -1 : Number(a.text > b.text))).map(({ row }) => row);
}
