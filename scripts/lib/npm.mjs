/** npm as a child process, and folders installed once. */
import { createHash } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { withLock } from './lock.mjs';
import { cacheDir, root } from './paths.mjs';
import { run } from './run.mjs';

const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--no-update-notifier', '--loglevel=error'];

/** Runs npm in `cwd` without install scripts. Rejects with npm's own words. */
export async function npm(cwd, ...args) {
  const viaNode = process.env['npm_execpath']?.endsWith('.js') ? process.env['npm_execpath'] : undefined;
  const file = viaNode ? process.execPath : process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const { code, output } = await run(file, [...(viaNode ? [viaNode] : []), ...args, ...flags], { cwd, env: cleanEnvironment(), quiet: true });
  if (code !== 0) throw new Error(`npm ${args.join(' ')} failed in ${cwd}:\n${output.trim()}`);
}

/** What an outer `npm start` leaves in the environment describes another package; its settings (registry, proxy) stay. */
function cleanEnvironment() {
  const drop = /^npm_(package|lifecycle)_|^npm_config_(local_prefix|prefix|noproxy)$|^NODE_OPTIONS$|^INIT_CWD$/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !drop.test(name)));
}

/**
 * A folder in the cache that is either complete or absent: made beside its place, then renamed.
 *
 * @param {string} name folder name; carries the version, so that a new version is a new folder
 * @param {(folder: string) => Promise<void>} make fills an empty folder
 * @param {string} [parent] where, if not in the cache
 * @returns {Promise<string>} the folder
 */
export async function cachedFolder(name, make, parent = cacheDir) {
  const target = path.join(parent, name);
  if (existsSync(target)) return target;
  return withLock(`${target}.lock`, async () => {
    if (existsSync(target)) return target;
    const unfinished = `${target}.unfinished`;
    await rm(unfinished, { recursive: true, force: true });
    await mkdir(unfinished, { recursive: true });
    await make(unfinished);
    await rename(unfinished, target);
    return target;
  });
}

/** Installs npm packages (`name@version`) into a folder of the cache. */
export function cachedPackages(name, packages) {
  return cachedFolder(name, async (folder) => {
    await writeFile(path.join(folder, 'package.json'), '{"private":true}\n');
    await npm(folder, 'install', '--no-save', '--omit=peer', ...packages);
  });
}

/** Installs the repository's own dependencies when they are missing, unfinished or older than the lock file. */
export async function ensureDependencies() {
  const modules = path.join(root, 'node_modules');
  const hash = createHash('sha256').update(await readFile(path.join(root, 'package-lock.json'))).digest('hex');
  const stamp = path.join(modules, '.countersign-lock');
  const isCurrent = async () => {
    // npm writes this file last: without it an install did not finish.
    const marker = path.join(modules, '.package-lock.json');
    if (!existsSync(marker)) return false;
    if ((await readFile(stamp, 'utf8').catch(() => '')) === hash) return true;
    return statSync(marker).mtimeMs >= statSync(path.join(root, 'package-lock.json')).mtimeMs;
  };
  if (await isCurrent()) return false;
  return withLock(path.join(cacheDir, `install-${createHash('sha256').update(root).digest('hex').slice(0, 12)}.lock`), async () => {
    if (await isCurrent()) return false;
    await npm(root, 'ci');
    await writeFile(stamp, hash);
    return true;
  });
}
