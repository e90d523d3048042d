/** Where things live: the repository and the cache that outlives it. */
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** Root of the repository. */
export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

/** Things too big for a devDependency, shared by every clone: a newer Node, the editor, a browser, the demo database. */
export const cacheDir =
  process.env['COUNTERSIGN_CACHE'] ??
  (process.env['XDG_CACHE_HOME'] ? path.join(process.env['XDG_CACHE_HOME'], 'countersign') : path.join(os.homedir(), '.cache', 'countersign'));

/** `linux`, `darwin`, `win`: the operating system as the npm packages of Node name it. */
export const platformName = process.platform === 'win32' ? 'win' : process.platform;
