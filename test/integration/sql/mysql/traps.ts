/** A database in which nearly everything that can be called writes, and somebody who may write in it. */
import mysql from 'mysql2/promise';
import { computingFunctions, versionDependent } from './generatedReads.ts';
import { startMariadb, startMysql, type MysqlDatabase, type MysqlDialect, type MysqlServer, type MysqlUser } from '../../../support/mysql.ts';

export type TrappedServer = {
  readonly server: MysqlServer;
  readonly database: MysqlDatabase;
  readonly user: MysqlUser;
  /** Names of functions that write. */
  readonly shadows: readonly string[];
  /** Somebody else's look at everything: definitions, rows, accounts, rights, settings. */
  readonly hashOfEverything: () => Promise<string>;
  readonly stop: () => Promise<void>;
};

/** A stored function can have any of these names too; which one a call means depends on how and where it is written. */
async function shadowNames(server: MysqlServer): Promise<readonly string[]> {
  const keywords = await server.query('SELECT word AS name FROM information_schema.keywords');
  const words = keywords.map(({ name }) => String(name)).filter((name) => /^\w+$/u.test(name));
  return [...new Set([...computingFunctions, ...words, 'COLUMNS', 'NEXTVAL', 'SETVAL', 'SLEEP', 'GET_LOCK'])].filter((name) => !versionDependent.includes(name));
}

const setup = `
  CREATE TABLE t (id int PRIMARY KEY AUTO_INCREMENT, a text, b text, c int, x int, y int, z int, j json, KEY (c)) ENGINE=InnoDB;
  CREATE TABLE u (id int, t_id int, b text, x int);
  CREATE TABLE v (id int, c text);
  CREATE TABLE w (id int, d text);
  CREATE TABLE log (what text);
  INSERT INTO t (a, c, x, j) VALUES ('x1', 1, 1, '{"a": 1}'), ('x2', 2, 2, '[1, 2]'), ('x3', 3, 3, NULL);
  INSERT INTO u VALUES (1, 1, 'b', 1), (2, 2, 'b', 0);
  INSERT INTO v VALUES (1, 'c');
  CREATE PROCEDURE p() INSERT INTO log VALUES ('p');
  CREATE PROCEDURE fp() INSERT INTO log VALUES ('fp');
`;

const writer = (name: string, parameters: string) => `CREATE FUNCTION \`${name}\`(${parameters}) RETURNS int NOT DETERMINISTIC MODIFIES SQL DATA BEGIN INSERT INTO log VALUES ('${name}'); RETURN 1; END;`;

const start = { mysql: startMysql, mariadb: startMariadb };

/** A server of its own: what is counted for the whole server is counted for these texts alone. */
export async function startTrapped(dialect: MysqlDialect): Promise<TrappedServer> {
  const server = await start[dialect]({ settings: { log_bin_trust_function_creators: 'ON', event_scheduler: 'OFF' } });
  const database = await server.createDatabase(setup);
  const shadows = await shadowNames(server);
  await database.query([writer('fw', ''), writer('f', ''), writer('g', 'a int'), ...shadows.map((name) => writer(name, 'a int'))].join('\n'));
  if (dialect === 'mariadb') await database.query('CREATE SEQUENCE s NOCACHE');
  const user = await database.createUser();
  // To see what the session keeps.
  if (dialect === 'mysql') await server.query(`GRANT SELECT ON performance_schema.user_variables_by_thread TO '${user.user}'@'%'`);
  return { server, database, user, shadows, hashOfEverything: () => hashOfEverything(database), stop: () => server.stop() };
}

/** Change without anybody changing them. */
const restless = /^(gtid_|timestamp|rand_seed|pseudo_|innodb_.*(lsn|buffer_pool_resize)|mariadb_.*pos|debug)/u;

async function hashOfEverything({ query, database }: MysqlDatabase): Promise<string> {
  const parts: unknown[] = [];
  // In an order of our own: what a server sorts by some columns, it gives in any order where these are equal.
  const add = async (text: string) => parts.push([text, (await query(text)).map((row) => JSON.stringify(row)).sort()]);
  await add("SELECT table_schema, table_name, table_type FROM information_schema.tables WHERE table_schema NOT IN ('performance_schema')");
  for (const schema of [database, 'mysql']) {
    const tables = await query(`SELECT table_name AS name FROM information_schema.tables WHERE table_schema = '${schema}' AND table_type = 'BASE TABLE' AND table_name NOT LIKE '%stat%' AND table_name NOT IN ('slow_log', 'general_log', 'gtid_executed', 'gtid_slave_pos') ORDER BY 1`);
    for (const { name } of tables) await add(`CHECKSUM TABLE \`${schema}\`.\`${name}\``);
    for (const { name } of schema === 'mysql' ? [] : tables) await add(`SHOW CREATE TABLE \`${name}\``);
  }
  for (const what of ['routines', 'triggers', 'events', 'user_privileges', 'schema_privileges', 'table_privileges']) {
    await add(`SELECT * FROM information_schema.${what} WHERE '${database}' IN (${what.includes('privileges') ? `'${database}'` : `${what === 'triggers' ? 'trigger' : what === 'events' ? 'event' : 'routine'}_schema`})`);
  }
  const variables = await query('SHOW GLOBAL VARIABLES');
  parts.push(variables.filter(({ Variable_name: name }) => !restless.test(name)));
  return JSON.stringify(parts, undefined, 1);
}

/**
 * A connection as a careless program makes it: several statements at once, each committed as it comes, and a gap before the
 * parenthesis makes a stored function of many a name.
 */
export function connectAs({ database, user }: TrappedServer): Promise<mysql.Connection> {
  return mysql.createConnection({ uri: database.url(user), multipleStatements: true, charset: 'utf8mb4', flags: ['-IGNORE_SPACE'] });
}
