/** One process at a time: a lock made of a folder, so that it works on every file system and without packages. */
import { rmSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isRunning } from './processes.mjs';

/**
 * Runs `work` while no other process that asked for the same lock does.
 * A lock whose owner no longer runs is taken over.
 *
 * @template T
 * @param {string} file path of the lock
 * @param {() => Promise<T>} work
 * @param {() => void} [onWait] called once when another process has it; may throw instead of waiting
 * @returns {Promise<T>}
 */
export async function withLock(file, work, onWait = () => undefined) {
  await mkdir(path.dirname(file), { recursive: true });
  for (let waits = 0; !(await tryLock(file)); ) {
    if (await isAbandoned(file)) await rm(file, { recursive: true, force: true });
    else {
      if (waits++ === 0) onWait();
      await delay(200);
    }
  }
  // A signal may end the process in the middle of the work; its number can be another process's tomorrow.
  const release = () => rmSync(file, { recursive: true, force: true });
  process.once('exit', release);
  try {
    return await work();
  } finally {
    process.off('exit', release);
    release();
  }
}

async function tryLock(file) {
  try {
    await mkdir(file);
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
  await writeFile(path.join(file, 'pid'), String(process.pid));
  return true;
}

async function isAbandoned(file) {
  for (let attempt = 0; attempt < 10; attempt++) {
    const pid = Number(await readFile(path.join(file, 'pid'), 'utf8').catch(() => ''));
    if (pid > 0) return !isRunning(pid);
    // The owner is between making the folder and writing its number; one that died there never writes it.
    await delay(100);
  }
  return true;
}
