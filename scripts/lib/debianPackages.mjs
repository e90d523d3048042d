/**
 * Programs of Debian, unpacked into a folder of their own and started with their own libraries: nothing is installed, no
 * service is started, no right is needed, and the suite need not be the machine's.
 */
import { accessSync, constants, existsSync, readdirSync } from 'node:fs';
import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { cachedFolder } from './npm.mjs';
import { runOrThrow } from './run.mjs';

const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';
/** Of no use to a server: half of what its packages need is for their installation. */
const useless = ['usr/share/doc', 'usr/share/man', 'usr/share/perl', 'usr/share/locale', 'usr/share/gdb', 'usr/share/lintian'];

/** @returns {string | undefined} why packages of Debian cannot be had here */
export function whyNoDebianPackages() {
  if (process.platform !== 'linux') return 'this is not Linux';
  const missing = ['apt-get', 'dpkg'].find((program) => programOnPath([program]) === undefined);
  if (missing) return `there is no ${missing}`;
  return existsSync(keyring) ? undefined : `${keyring}, which proves that a package is Debian's, is missing`;
}

/** @param {readonly string[]} names @returns {string | undefined} the first of these programs that can be run */
export function programOnPath(names) {
  // Servers are often in folders that only root has on its path.
  const folders = [...(process.env['PATH'] ?? '').split(path.delimiter), '/usr/sbin', '/usr/local/sbin'];
  return folders.filter((folder) => folder !== '').flatMap((folder) => names.map((name) => path.join(folder, name))).find(isExecutable);
}

function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    // Not there, or not ours to run: the next one may be.
    return false;
  }
}

/**
 * A package with all it needs, down to the C library.
 *
 * @param {{name: string, suite: string, parent: string}} wanted `parent`: the folder to keep it in
 * @returns {Promise<string>} where it is: as `/` is for an installed one
 */
export function unpackedPackage({ name, suite, parent }) {
  const reason = whyNoDebianPackages();
  if (reason !== undefined) throw new Error(`Debian's package ${name} cannot be had: ${reason}.`);
  return cachedFolder(`${name}-${suite}`, (folder) => unpack(name, suite, folder), parent);
}

async function unpack(name, suite, folder) {
  const apt = await privateApt(path.join(folder, 'apt'), suite);
  await apt('update');
  await apt('install', '--yes', '--no-install-recommends', '--download-only', name);
  const packages = path.join(folder, 'apt/cache/archives');
  for (const file of readdirSync(packages).filter((each) => each.endsWith('.deb'))) await runOrThrow('dpkg', ['--extract', path.join(packages, file), folder]);
  for (const part of ['apt', ...useless]) await rm(path.join(folder, part), { recursive: true, force: true });
  // The server's user must be able to reach it.
  await chmod(folder, 0o755);
}

/** An apt that knows of no installed package, so that it fetches everything, and leaves the machine's own lists alone. */
async function privateApt(folder, suite) {
  for (const part of ['state/lists/partial', 'cache/archives/partial', 'etc/apt.conf.d', 'etc/preferences.d']) await mkdir(path.join(folder, part), { recursive: true });
  // apt drops root's rights for what it fetches.
  await chmod(folder, 0o755);
  await writeFile(path.join(folder, 'state/status'), '');
  await writeFile(path.join(folder, 'etc/sources.list'), `deb [signed-by=${keyring}] ${await mirror()} ${suite} main\n`);
  const settings = [
    `Dir "${folder}";`,
    `Dir::State "${folder}/state";`,
    `Dir::State::status "${folder}/state/status";`,
    `Dir::Cache "${folder}/cache";`,
    `Dir::Etc "${folder}/etc";`,
    'Acquire::Languages "none";',
    // A mirror may be behind. What it has must be signed all the same.
    'Acquire::Check-Valid-Until "false";',
    'Acquire::Retries "3";',
  ];
  const config = path.join(folder, 'apt.conf');
  await writeFile(config, `${settings.join('\n')}\n`);
  return (...args) => runOrThrow('apt-get', args, { env: { ...process.env, APT_CONFIG: config, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C' } });
}

/** Debian's own, or the mirror this machine uses. */
async function mirror() {
  const files = ['/etc/apt/sources.list', ...(existsSync('/etc/apt/sources.list.d') ? readdirSync('/etc/apt/sources.list.d').map((name) => `/etc/apt/sources.list.d/${name}`) : [])];
  for (const file of files) {
    const text = await readFile(file, 'utf8').catch(() => '');
    const found = /^(?:URIs:|deb\b.*?)\s*(https?:\/\/\S+\/debian)\/?(?:\s|$)/m.exec(text);
    if (found) return found[1];
  }
  return 'http://deb.debian.org/debian';
}

/** How to start a program of an unpacked package. @returns {{file: string, args: string[]}} `args` come before the program's own */
export function unpackedProgram(folder, program) {
  const roots = ['usr/lib', 'lib', 'usr/lib64', 'lib64'].map((name) => path.join(folder, name)).filter((each) => existsSync(each));
  const libraries = roots.flatMap((each) => [each, ...readdirSync(each).filter((name) => name.includes('-linux-gnu')).map((name) => path.join(each, name))]);
  const loader = libraries.flatMap((each) => readdirSync(each).filter((name) => /^ld-linux.*\.so\.\d+$/.test(name)).map((name) => path.join(each, name)))[0];
  if (loader === undefined) throw new Error(`There is no loader in ${folder}.`);
  return { file: loader, args: ['--library-path', libraries.join(':'), path.join(folder, program)] };
}
