/** A real MariaDB server of our own: `mariadbd` of this machine, else Debian's. */
import { existsSync, readdirSync } from 'node:fs';
import { readFile, realpath } from 'node:fs/promises';
import path from 'node:path';
import { programOnPath, unpackedPackage, unpackedProgram, whyNoDebianPackages } from './debianPackages.mjs';
import { startServer } from './mysqlServer.mjs';
import { run } from './run.mjs';
import { serverHome } from './serverHome.mjs';

const settings = { innodb_log_file_size: '16M' };

/** What makes the system tables, in this order; `mysql_` or `mariadb_` before it, by version. */
const systemTables = ['system_tables.sql', 'performance_tables.sql', 'system_tables_data.sql', 'sys_schema.sql'];

/** @param {import('./mysqlServer.mjs').MysqlServerOptions} [options] */
export async function startMariadb(options) {
  const { share, ...found } = (await installed()) ?? (await fromDebian());
  const initialise = (execute) => bootstrap(execute, share);
  return startServer({ dialect: 'mariadb', name: 'MariaDB', settings, initialise, ...found }, options);
}

async function installed() {
  const file = programOnPath(['mariadbd']);
  if (file === undefined) return undefined;
  const { output } = await run(file, ['--no-defaults', '--version'], { quiet: true });
  const version = /Ver (\d+\.\d+\.\d+)/.exec(output)?.[1];
  const prefix = path.dirname(path.dirname(await realpath(file)));
  const share = ['share/mariadb', 'share/mysql', 'share'].map((name) => path.join(prefix, name)).find(hasSystemTables);
  return version === undefined || share === undefined ? undefined : { key: `mariadb-${version}`, share, file, args: [], paths: [] };
}

async function fromDebian() {
  const reason = whyNoDebianPackages();
  if (reason !== undefined) {
    throw new Error(`There is no MariaDB server, and Debian's cannot be fetched: ${reason}. Install one (macOS: brew install mariadb), or set COUNTERSIGN_TEST_MARIADB_URL to mysql://user:password@host:port of one for tests.`);
  }
  const folder = await unpackedPackage({ name: 'mariadb-server-core', suite: 'bookworm', parent: await serverHome() });
  const share = path.join(folder, 'usr/share/mysql');
  const paths = [`--basedir=${path.join(folder, 'usr')}`, `--lc-messages-dir=${share}`, `--character-sets-dir=${path.join(share, 'charsets')}`];
  return { key: path.basename(folder), share, paths, ...unpackedProgram(folder, 'usr/sbin/mariadbd') };
}

function hasSystemTables(folder) {
  return existsSync(folder) && systemTables.every((name) => systemFile(folder, name) !== undefined);
}

function systemFile(folder, name) {
  return readdirSync(folder).find((each) => each === `mysql_${name}` || each === `mariadb_${name}`);
}

/** What mariadb-install-db does, without the shell and without accounts that have no password. */
async function bootstrap(execute, share) {
  const files = systemTables.map((name) => systemFile(share, name));
  const texts = await Promise.all(files.map((name) => readFile(path.join(share, name), 'utf8')));
  const input = ['CREATE DATABASE IF NOT EXISTS mysql;', 'USE mysql;', "SET @auth_root_socket=NULL;", ...texts, "DELETE FROM global_priv WHERE User IN ('', 'root');", ''].join('\n');
  await execute(['--bootstrap', '--silent-startup', `--innodb-log-file-size=${settings.innodb_log_file_size}`], input);
}
