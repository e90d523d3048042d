/** A real PostgreSQL server of our own, from the npm package or this machine's, on a free port of the loopback address. */
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chown, cp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import { cachedFolder } from './npm.mjs';
import { root } from './paths.mjs';
import { packageBinaries, runServerProgram, serverEnvironment, systemBinaries } from './postgresBinaries.mjs';
import { endGuarded, removeFolder, spawnGuarded, temporaryFolder } from './reaper.mjs';
import { runOrThrow } from './run.mjs';
import { makeServerFolder, serverHome, serverUser } from './serverHome.mjs';
export { whyNoSystemPostgres } from './postgresBinaries.mjs';

const superuser = 'postgres';
const host = '127.0.0.1';

/** Fast and forgetful: for servers that do not survive the run. */
const forgetful = { fsync: 'off', full_page_writes: 'off', shared_buffers: '32MB', max_wal_size: '256MB', autovacuum_naptime: '1h' };

/**
 * Starts a server; a new one in a temporary folder unless `folder` names its home.
 *
 * @param {object} [options]
 * @param {string} [options.name] shown in process lists and logs
 * @param {Record<string, string | number>} [options.settings] server settings, over ours
 * @param {'trust' | 'scram'} [options.auth] how roles other than the superuser log in; the superuser always has a password
 * @param {boolean | {certificate: string, key: string}} [options.tls] `true`: with the certificate of the tests
 * @param {string} [options.folder] keeps the data there: started again, it is the same server, and it syncs to disk
 * @param {number} [options.port] a free one when absent
 * @param {'package' | 'system'} [options.from] whose programs: the npm package's, or the other version this machine has
 */
export async function startPostgres(options = {}) {
  const { name = 'countersign', settings = {}, auth = 'trust', tls = false, folder, from = 'package' } = options;
  const user = await serverUser();
  const binaries = await (from === 'system' ? systemBinaries() : packageBinaries());
  const home = folder ?? (await temporaryFolder('countersign-pg-'));
  await makeServerFolder(home, user);
  const data = path.join(home, 'data');
  const password = await createCluster(binaries, user, data);
  await writeServerFile(path.join(data, 'pg_hba.conf'), accessRules(auth), user);
  const allSettings = {
    ...(folder ? {} : forgetful),
    cluster_name: name,
    listen_addresses: host,
    unix_socket_directories: '',
    timezone: 'UTC',
    log_timezone: 'UTC',
    ...(binaries.major >= 16 ? { scram_iterations: 1 } : {}),
    ...(tls ? await tlsSettings(data, tls, user) : {}),
    ...settings,
  };
  const { child, port, log } = await launch(binaries, user, data, allSettings, options.port);
  return {
    host,
    port,
    user: superuser,
    password,
    pid: child.pid,
    /** The server's last lines. */
    log,
    url: (database = 'postgres', role = superuser) => urlOf(port, database, role, role === superuser ? password : undefined),
    query: (text, values, database = 'postgres') => query(port, password, database, text, values),
    createDatabase: (database, template) => createDatabase(port, password, database, template),
    /** `fast` rolls back and disconnects everybody; `crash` is kill -9. */
    async stop(how = 'fast') {
      await endGuarded(child, how === 'crash' ? 'SIGKILL' : 'SIGINT', 10_000);
      if (!folder) await removeFolder(home);
    },
  };
}

function urlOf(port, database, role, password) {
  const login = password === undefined ? encodeURIComponent(role) : `${encodeURIComponent(role)}:${encodeURIComponent(password)}`;
  return `postgresql://${login}@${host}:${port}/${encodeURIComponent(database)}`;
}

/** Makes the data folder when there is none. @returns the superuser's password */
async function createCluster(binaries, user, data) {
  if (!existsSync(path.join(data, 'PG_VERSION'))) {
    const template = await templateCluster(binaries, user);
    await rm(data, { recursive: true, force: true });
    await copyTree(path.join(template, 'data'), `${data}.new`, user);
    await rename(`${data}.new`, data);
  }
  return (await readFile(path.join(data, 'superuser'), 'utf8')).trim();
}

/** An initialised cluster to copy: initdb takes seconds, a copy does not. */
async function templateCluster(binaries, user) {
  return cachedFolder(
    `${binaries.name}-cluster`,
    async (target) => {
      if ('uid' in user) await chown(target, user.uid, user.gid);
      const data = path.join(target, 'data');
      const secret = path.join(target, 'superuser');
      await writeServerFile(secret, randomBytes(18).toString('base64url'), user);
      const builtIn = binaries.major >= 17 ? ['--locale-provider=builtin', '--builtin-locale=C.UTF-8'] : [];
      const locale = ['--encoding=UTF8', '--locale=C', ...builtIn];
      await runServerProgram(binaries, 'initdb', user, ['-D', data, '-U', superuser, '--auth=scram-sha-256', `--pwfile=${secret}`, '--no-sync', '--no-instructions', ...locale]);
      await copyTree(secret, path.join(data, 'superuser'), user);
    },
    await serverHome(),
  );
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

/** Everybody else on this machine can reach the port too: nobody becomes superuser without the password. */
function accessRules(auth) {
  const others = auth === 'trust' ? 'trust' : 'scram-sha-256';
  return [`host all ${superuser} ${host}/32 scram-sha-256`, `host all all ${host}/32 ${others}`, `host replication all ${host}/32 reject`, ''].join('\n');
}

async function tlsSettings(data, tls, user) {
  const folder = path.join(root, 'test/support/tls');
  const { certificate, key } = tls === true ? { certificate: path.join(folder, 'server.crt'), key: path.join(folder, 'server.key') } : tls;
  await writeServerFile(path.join(data, 'server.crt'), await readFile(certificate), user);
  await writeServerFile(path.join(data, 'server.key'), await readFile(key), user);
  return { ssl: 'on' };
}

async function launch(binaries, user, data, settings, wantedPort) {
  for (let attempt = 1; ; attempt++) {
    // Somebody may take the port between the look and the start.
    const port = wantedPort ?? (await freePort());
    const args = ['-D', data, '-p', String(port), ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
    const child = spawnGuarded(path.join(binaries.folder, 'bin', 'postgres'), args, {
      cwd: data,
      env: serverEnvironment(binaries),
      stdio: ['ignore', 'ignore', 'pipe'],
      // Fast shutdown: rolls back what is open and writes what is committed.
      endSignal: 'SIGINT',
      ...user,
    });
    const lines = [];
    if (await becomesReady(child, lines)) return { child, port, log: () => lines.join('\n') };
    const isTaken = lines.some((line) => line.includes('Address already in use'));
    if (!isTaken || wantedPort !== undefined || attempt === 5) throw new Error(`PostgreSQL did not start:\n${lines.join('\n')}`);
  }
}

/** Resolves with whether it did; goes on collecting its last lines afterwards. */
function becomesReady(child, lines) {
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', () => resolve(false));
    child.stderr.setEncoding('utf8');
    child.stderr.on('data', (text) => {
      lines.push(...text.split('\n').filter((line) => line !== ''));
      if (text.includes('database system is ready to accept connections')) {
        resolve(true);
        child.stderr.unref();
        child.unref();
      }
      lines.splice(0, Math.max(0, lines.length - 200));
    });
  });
}

/** A port nobody listens on, at this moment. */
export function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer().unref();
    probe.on('error', reject);
    probe.listen(0, host, () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

/** Whether nobody listens on a port of the loopback address, at this moment. */
export function isFree(port) {
  return new Promise((resolve) => {
    const probe = createServer().unref();
    probe.on('error', () => resolve(false));
    probe.listen(port, host, () => probe.close(() => resolve(true)));
  });
}

async function query(port, password, database, text, values = []) {
  const { default: pg } = await import('pg');
  const client = new pg.Client({ host, port, user: superuser, password, database });
  await client.connect();
  try {
    return await client.query(text, values);
  } finally {
    await client.end();
  }
}

async function createDatabase(port, password, database, template = 'template0') {
  const quoted = (name) => `"${name.replaceAll('"', '""')}"`;
  await query(port, password, 'postgres', `CREATE DATABASE ${quoted(database)} TEMPLATE ${quoted(template)} STRATEGY file_copy`);
}
