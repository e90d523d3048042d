/** Real MySQL and MariaDB servers for tests: their own, or the ones all files of a run share. */
import { randomUUID } from 'node:crypto';
import mysql from 'mysql2/promise';
import { startMariadb as privateMariadb } from '../../scripts/lib/mariadb.mjs';
import { startMysql as privateMysql } from '../../scripts/lib/mysql.mjs';
import type { MysqlServerOptions, PrivateMysqlServer } from '../../scripts/lib/mysqlServer.mjs';
export type { MysqlServerOptions } from '../../scripts/lib/mysqlServer.mjs';

export type MysqlDialect = 'mysql' | 'mariadb';

/** A server, and what its administrator does for a test. */
export type MysqlServer = {
  readonly dialect: MysqlDialect;
  /** As people call it. */
  readonly name: 'MySQL' | 'MariaDB';
  readonly host: string;
  readonly port: number;
  /** `mysql://…` of the administrator, without a database. */
  readonly url: string;
  /** Runs SQL as administrator on a connection of its own: the independent look at what really is there. */
  readonly query: (text: string, values?: readonly unknown[]) => Promise<any[]>;
  /** An empty database of the test's own; `setup` may be several statements. */
  readonly createDatabase: (setup?: string) => Promise<MysqlDatabase>;
  /** A user with a name nobody else has. `rights` as in GRANT: `SELECT ON shop.*`. */
  readonly createUser: (...rights: readonly string[]) => Promise<MysqlUser>;
  /** Ends a private server; a shared one goes on. */
  readonly stop: (how?: 'fast' | 'crash') => Promise<void>;
};

export type MysqlUser = { readonly user: string; readonly password: string };

export type MysqlDatabase = {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  /** The administrator, or a user of the server. */
  readonly url: (user?: MysqlUser) => string;
  /** Runs SQL in this database as administrator on a connection of its own; several statements give the last one's rows. */
  readonly query: (text: string, values?: readonly unknown[]) => Promise<any[]>;
  /** A user with rights in this database: all when none is named. */
  readonly createUser: (...rights: readonly string[]) => Promise<MysqlUser>;
};

const names = { mysql: 'MySQL', mariadb: 'MariaDB' } as const;

/** Where the shared servers are, or why there is none; `scripts/test.mjs` sets them once per run, a person may. */
const variables = {
  mysql: { url: 'COUNTERSIGN_TEST_MYSQL_URL', missing: 'COUNTERSIGN_TEST_MYSQL_MISSING' },
  mariadb: { url: 'COUNTERSIGN_TEST_MARIADB_URL', missing: 'COUNTERSIGN_TEST_MARIADB_MISSING' },
} as const;

const own: { [D in MysqlDialect]?: Promise<MysqlServer> } = {};

/** A server that can be killed and started again. */
export type MortalServer = MysqlServer & Pick<PrivateMysqlServer, 'kill' | 'restart'>;

/** A private MySQL, for tests that change or stop a whole server. */
export async function startMysql(options?: MysqlServerOptions): Promise<MortalServer> {
  const server = await privateMysql(options);
  return { ...serverAt('mysql', server.url, server.stop), kill: server.kill, restart: server.restart };
}

/** A private MariaDB, for tests that change or stop a whole server. */
export async function startMariadb(options?: MysqlServerOptions): Promise<MortalServer> {
  const server = await privateMariadb(options);
  return { ...serverAt('mariadb', server.url, server.stop), kill: server.kill, restart: server.restart };
}

/**
 * The server all files of a run share; one is started when a test file runs alone.
 * When there is none, the reason is for `skip`: `const { server, skip } = await sharedServer('mysql'); describe('…', { skip }, …)`.
 */
export async function sharedServer(dialect: MysqlDialect): Promise<{ readonly server: MysqlServer; readonly skip: false } | { readonly server: undefined; readonly skip: string }> {
  const { url, missing } = variables[dialect];
  const address = process.env[url];
  if (address !== undefined) return { server: serverAt(dialect, address, async () => undefined), skip: false };
  const reason = process.env[missing];
  if (reason !== undefined) return { server: undefined, skip: reason };
  return { server: await (own[dialect] ??= dialect === 'mysql' ? startMysql() : startMariadb()), skip: false };
}

function serverAt(dialect: MysqlDialect, address: string, stop: MysqlServer['stop']): MysqlServer {
  const { hostname: host, port: portText } = new URL(address);
  const port = Number(portText || 3306);
  const query: MysqlServer['query'] = (text, values) => queryAt(address, text, values);
  const createUser: MysqlServer['createUser'] = async (...rights) => {
    const user = { user: uniqueName('u'), password: randomUUID() };
    // In one go: each query has a connection of its own.
    await query([`CREATE USER '${user.user}'@'%' IDENTIFIED BY '${user.password}'`, ...rights.map((right) => `GRANT ${right} TO '${user.user}'@'%'`)].join('; '));
    return user;
  };
  return { dialect, name: names[dialect], host, port, url: address, query, createUser, createDatabase: (setup = '') => createDatabase(address, setup, createUser), stop };
}

async function createDatabase(address: string, setup: string, createUser: MysqlServer['createUser']): Promise<MysqlDatabase> {
  const database = uniqueName('test');
  await queryAt(address, `CREATE DATABASE ${database} CHARACTER SET utf8mb4`);
  const url: MysqlDatabase['url'] = (user) => {
    const to = new URL(address);
    to.pathname = database;
    if (user !== undefined) [to.username, to.password] = [user.user, user.password];
    return to.href;
  };
  const { hostname: host, port } = new URL(address);
  const query: MysqlDatabase['query'] = (text, values) => queryAt(url(), text, values);
  if (setup !== '') await query(setup);
  return {
    host,
    port: Number(port || 3306),
    database,
    url,
    query,
    createUser: (...rights) => createUser(`${rights.length === 0 ? 'ALL PRIVILEGES' : rights.join(', ')} ON ${database}.*`),
  };
}

function uniqueName(prefix: string): string {
  return `${prefix}_${randomUUID().replaceAll('-', '').slice(0, 12)}`;
}

async function queryAt(uri: string, text: string, values: readonly unknown[] = []): Promise<any[]> {
  const connection = await mysql.createConnection({ uri, multipleStatements: true, charset: 'utf8mb4' });
  try {
    const [rows] = await connection.query(text, values as unknown[]);
    return Array.isArray(rows) ? rows : [rows];
  } finally {
    await connection.end();
  }
}
