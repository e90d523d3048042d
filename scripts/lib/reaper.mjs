/** Processes and temporary folders that must not outlive this process, even when it is killed. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { isRunning } from './processes.mjs';

let watchdog;

function order(message) {
  if (!watchdog) {
    // In a session of its own: Ctrl+C must not reach it before it has done its work.
    watchdog = spawn(process.execPath, [fileURLToPath(new URL('watchdog.mjs', import.meta.url))], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
    watchdog.unref();
    watchdog.stdin.unref();
    // Somebody ended the watchdog first. Nothing to save any more, and no reason to fail.
    watchdog.stdin.on('error', () => undefined);
  }
  watchdog.stdin.write(`${JSON.stringify(message)}\n`);
}

/**
 * Starts a process in a group of its own that ends with this one.
 *
 * @param {string} file
 * @param {readonly string[]} args
 * @param {import('node:child_process').SpawnOptions & {endSignal?: NodeJS.Signals}} options `endSignal`: how to end it; SIGTERM
 */
export function spawnGuarded(file, args, { endSignal = 'SIGTERM', ...options }) {
  const child = spawn(file, args, { ...options, detached: process.platform !== 'win32' });
  if (child.pid !== undefined) {
    const pid = child.pid;
    order({ process: { pid, group: process.platform !== 'win32', signal: endSignal } });
    child.once('exit', () => void endGroup(pid, { ref: false }));
  }
  return child;
}

/** What a process leaves of its group has no one to wait for. @param {{ref: boolean}} timing whether this process waits for it */
async function endGroup(pid, timing) {
  signalGroup(pid, 'SIGTERM');
  for (let waited = 0; waited < 3000 && signalGroup(pid, 0); waited += 50) await delay(50, undefined, timing);
  killGroup(pid);
}

function killGroup(pid) {
  signalGroup(pid, 'SIGKILL');
  order({ releaseProcess: pid });
}

/**
 * Ends a guarded process and everything in its group, and resolves when it is gone.
 *
 * @param {import('node:child_process').ChildProcess} child
 * @param {NodeJS.Signals} signal
 * @param {number} patienceMs after that it is killed
 */
export async function endGuarded(child, signal = 'SIGTERM', patienceMs = 5000) {
  if (child.pid === undefined) return;
  if (child.exitCode === null && child.signalCode === null) {
    const exit = once(child, 'exit');
    child.ref();
    signalTree(child, signal);
    const timer = setTimeout(() => signalTree(child, 'SIGKILL'), patienceMs);
    await exit;
    clearTimeout(timer);
  }
  if (signal === 'SIGKILL') killGroup(child.pid);
  else await endGroup(child.pid, { ref: true });
}

function signalTree(child, signal) {
  if (process.platform === 'win32') child.kill(signal);
  else signalGroup(child.pid, signal);
}

/** @returns whether the group still has a member */
function signalGroup(pid, signal) {
  if (process.platform === 'win32') return isRunning(pid);
  try {
    process.kill(-pid, signal);
    return true;
  } catch {
    // No such group: all of it has ended.
    return false;
  }
}

/** A folder that is removed when this process ends, if not before by `removeFolder`. */
export async function temporaryFolder(prefix = 'countersign-') {
  const folder = await mkdtemp(path.join(await realpath(os.tmpdir()), prefix));
  order({ folder });
  return folder;
}

export async function removeFolder(folder) {
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  order({ releaseFolder: folder });
}
