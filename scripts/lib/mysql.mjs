/** A real MySQL server of our own: `mysqld` of this machine when it is MySQL's, else Debian's. */
import path from 'node:path';
import { programOnPath, unpackedPackage, unpackedProgram, whyNoDebianPackages } from './debianPackages.mjs';
import { startServer } from './mysqlServer.mjs';
import { run } from './run.mjs';
import { serverHome } from './serverHome.mjs';

const settings = { mysqlx: 'OFF', secure_file_priv: 'NULL', innodb_redo_log_capacity: '16M' };

/** @param {import('./mysqlServer.mjs').MysqlServerOptions} [options] */
export async function startMysql(options) {
  const found = (await installed()) ?? (await fromDebian());
  return startServer({ dialect: 'mysql', name: 'MySQL', settings, initialise, ...found }, options);
}

async function installed() {
  const file = programOnPath(['mysqld']);
  if (file === undefined) return undefined;
  // MariaDB has a program of that name too.
  const { code, output } = await run(file, ['--no-defaults', '--version'], { quiet: true });
  const version = /Ver (\d+\.\d+\.\d+)/.exec(output)?.[1];
  return code !== 0 || version === undefined || output.includes('MariaDB') ? undefined : { key: `mysql-${version}`, file, args: [], paths: [] };
}

/** Only Debian's unstable suite has a MySQL. */
async function fromDebian() {
  const reason = whyNoDebianPackages();
  if (reason !== undefined) {
    throw new Error(`There is no MySQL server, and Debian's cannot be fetched: ${reason}. Install one (macOS: brew install mysql), or set COUNTERSIGN_TEST_MYSQL_URL to mysql://user:password@host:port of one for tests.`);
  }
  const folder = await unpackedPackage({ name: 'mysql-server-core', suite: 'unstable', parent: await serverHome() });
  const share = path.join(folder, 'usr/share/mysql');
  const paths = [`--basedir=${path.join(folder, 'usr')}`, `--lc-messages-dir=${share}`, `--character-sets-dir=${path.join(share, 'charsets')}`, `--plugin-dir=${path.join(folder, 'usr/lib/mysql/plugin')}`];
  return { key: path.basename(folder), paths, ...unpackedProgram(folder, 'usr/sbin/mysqld') };
}

async function initialise(execute) {
  await execute(['--initialize-insecure', `--innodb-redo-log-capacity=${settings.innodb_redo_log_capacity}`]);
}
