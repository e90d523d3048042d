/** A private MySQL or MariaDB server: its own folder, a free port of the loopback address, an unprivileged user, gone with us. */
import { randomBytes } from 'node:crypto';
import { chown, cp, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { cachedFolder } from './npm.mjs';
import { root } from './paths.mjs';
import { freePort } from './postgres.mjs';
import { endGuarded, removeFolder, spawnGuarded, temporaryFolder } from './reaper.mjs';
import { runOrThrow } from './run.mjs';
import { makeServerFolder, serverHome, serverUser } from './serverHome.mjs';

const administrator = 'root';
const host = '127.0.0.1';

/** Small, fast and forgetful: these servers do not survive the run. */
const forgetful = {
  innodb_flush_log_at_trx_commit: 0,
  innodb_doublewrite: 'OFF',
  innodb_buffer_pool_size: '64M',
  innodb_lock_wait_timeout: 10,
  max_connections: 200,
  skip_log_bin: '',
};

/**
 * @typedef {object} Product
 * @property {'mysql' | 'mariadb'} dialect
 * @property {string} name as people call it
 * @property {string} key names the folder with an initialised data folder: another version has another
 * @property {string} file
 * @property {readonly string[]} args before the server's own
 * @property {readonly string[]} paths options that say where its files are
 * @property {Readonly<Record<string, string | number>>} settings
 * @property {(run: (args: readonly string[], input?: string) => Promise<unknown>, data: string) => Promise<void>} initialise
 */

/**
 * @param {Product} product
 * @param {object} options
 * @param {Record<string, string | number>} [options.settings] server settings, over ours; an empty text is an option without a value
 * @param {boolean} [options.tls] with the certificate of the tests
 */
export async function startServer(product, { settings = {}, tls = false } = {}) {
  const user = await serverUser();
  const home = await temporaryFolder(`countersign-${product.dialect}-`);
  await makeServerFolder(home, user);
  const data = path.join(home, 'data');
  await copyTree(await templateData(product, user), data, user);
  const password = randomBytes(18).toString('base64url');
  const greeting = path.join(home, 'first.sql');
  await writeServerFile(greeting, administratorStatements(password), user);
  const allSettings = {
    ...forgetful,
    ...product.settings,
    bind_address: host,
    socket: path.join(home, 'socket'),
    pid_file: path.join(home, 'pid'),
    tmpdir: home,
    init_file: greeting,
    skip_name_resolve: '',
    default_time_zone: '+00:00',
    character_set_server: 'utf8mb4',
    ...(tls ? await tlsSettings(home, user) : {}),
    ...settings,
  };
  let running = await launch(product, user, data, allSettings);
  const { port } = running;
  return {
    dialect: product.dialect,
    host,
    port,
    user: administrator,
    password,
    pid: running.child.pid,
    /** Where the server program itself is. */
    program: product.args.at(-1) ?? product.file,
    log: () => running.log(),
    /** `mysql://…` of the administrator. */
    url: `mysql://${administrator}:${password}@${host}:${port}`,
    /** `fast` rolls back and disconnects everybody; `crash` is kill -9. */
    async stop(how = 'fast') {
      await endGuarded(running.child, how === 'crash' ? 'SIGKILL' : 'SIGTERM', 20_000);
      await removeFolder(home);
    },
    /** kill -9; what is on disk stays for `restart`. */
    async kill() {
      await endGuarded(running.child, 'SIGKILL', 20_000);
    },
    /** After `kill`, on the same port and with the same data. */
    async restart() {
      running = await launch(product, user, data, allSettings, port);
    },
  };
}

/** The administrator comes over TCP only, with a password: everybody else on this machine can reach the port too. */
function administratorStatements(password) {
  const account = `'${administrator}'@'${host}'`;
  return [`CREATE USER IF NOT EXISTS ${account};`, `ALTER USER ${account} IDENTIFIED BY '${password}';`, `GRANT ALL PRIVILEGES ON *.* TO ${account} WITH GRANT OPTION;`, ''].join('\n');
}

/** An initialised data folder to copy: making one takes seconds, a copy does not. */
async function templateData(product, user) {
  const folder = await cachedFolder(
    `${product.key}-data`,
    async (target) => {
      if ('uid' in user) await chown(target, user.uid, user.gid);
      const data = path.join(target, 'data');
      const execute = (args, input) => runOrThrow(product.file, [...product.args, '--no-defaults', ...product.paths, `--datadir=${data}`, ...args], { cwd: '/', env: serverEnvironment(), input, ...user });
      await makeServerFolder(data, user);
      await product.initialise(execute, data);
    },
    await serverHome(),
  );
  return path.join(folder, 'data');
}

async function tlsSettings(home, user) {
  const folder = path.join(root, 'test/support/tls');
  const [certificate, key] = ['server.crt', 'server.key'].map((name) => path.join(home, name));
  for (const file of [certificate, key]) {
    await cp(path.join(folder, path.basename(file)), file);
    if ('uid' in user) await chown(file, user.uid, user.gid);
  }
  return { ssl_cert: certificate, ssl_key: key };
}

async function launch(product, user, data, settings, samePort) {
  for (let attempt = 1; ; attempt++) {
    // Somebody may take the port between the look and the start.
    const port = samePort ?? (await freePort());
    const values = Object.entries(settings).map(([name, value]) => `--${name}${value === '' ? '' : `=${value}`}`);
    const child = spawnGuarded(product.file, [...product.args, '--no-defaults', ...product.paths, `--datadir=${data}`, `--port=${port}`, ...values], {
      cwd: data,
      env: serverEnvironment(),
      stdio: ['ignore', 'ignore', 'pipe'],
      ...user,
    });
    const lines = [];
    if (await becomesReady(child, port, lines)) return { child, port, log: () => lines.join('\n') };
    const isTaken = lines.some((line) => line.includes('already in use'));
    if (!isTaken || attempt === 5) throw new Error(`${product.name} did not start:\n${lines.join('\n')}`);
  }
}

/** Resolves with whether it did; goes on collecting its last lines afterwards. */
function becomesReady(child, port, lines) {
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', () => resolve(false));
    child.stderr.setEncoding('utf8');
    child.stderr.on('data', (text) => {
      lines.push(...text.split('\n').filter((line) => line !== ''));
      if (text.includes(`port: ${port}`)) {
        resolve(true);
        child.stderr.unref();
        child.unref();
      }
      lines.splice(0, Math.max(0, lines.length - 200));
    });
  });
}

/** Without what would lead a server to files or addresses of another one. */
function serverEnvironment() {
  const keep = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(MYSQL|MARIADB|LC_|LANG|LD_)/.test(name)));
  return { ...keep, LC_ALL: 'C' };
}

/** As the server's user, so that the copy is the server's own. */
async function copyTree(from, to, user) {
  if ('uid' in user) await runOrThrow('cp', ['-R', from, to], { cwd: '/', ...user });
  else await cp(from, to, { recursive: true });
}

async function writeServerFile(file, text, user) {
  await rm(file, { force: true });
  await writeFile(file, text, { mode: 0o600 });
  if ('uid' in user) await chown(file, user.uid, user.gid);
}
