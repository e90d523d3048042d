/** Where database servers live: PostgreSQL refuses to run as root, so as root it needs another user and folders that one can reach. */
import { chown, lstat, mkdir, readFile, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { cacheDir } from './paths.mjs';

/**
 * The user servers run as.
 *
 * @returns {Promise<{uid: number, gid: number} | {}>} empty when it is ours
 */
export async function serverUser() {
  if (process.getuid?.() !== 0) return {};
  const users = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'));
  const nobody = users.find(([name]) => name === 'nobody') ?? users.find(([, , uid]) => Number(uid) > 0);
  if (!nobody) throw new Error('PostgreSQL refuses to run as root, and there is no other user on this machine. Create one: useradd --system nobody');
  return { uid: Number(nobody[2]), gid: Number(nobody[3]) };
}

/** A folder for binaries and kept data that the server's user can reach: the cache, or outside of a closed home. */
export async function serverHome() {
  if (process.getuid?.() !== 0) return make(cacheDir);
  for (const folder of [cacheDir, '/var/cache/countersign', path.join(os.tmpdir(), 'countersign-root')]) {
    if ((await make(folder).catch(() => undefined)) && (await isReachable(folder))) return folder;
  }
  throw new Error('PostgreSQL needs a folder that users other than root can reach. Set COUNTERSIGN_CACHE to one.');
}

async function make(folder) {
  await mkdir(folder, { recursive: true, mode: 0o755 });
  return folder;
}

/** Open to all on the whole way down, and nobody else's. */
async function isReachable(folder) {
  if ((await lstat(folder)).uid !== 0) return false;
  for (let at = folder; ; at = path.dirname(at)) {
    if (((await stat(at)).mode & 0o001) === 0) return false;
    if (at === path.dirname(at)) return true;
  }
}

/** A folder for the server alone. */
export async function makeServerFolder(folder, user) {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  if ('uid' in user) await chown(folder, user.uid, user.gid);
  return folder;
}
