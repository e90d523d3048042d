/** Questions about other processes. */
import { readFileSync } from 'node:fs';

/** Whether a process of that number runs, ours or another user's. */
export function isRunning(pid) {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
  return !isZombie(pid);
}

/** Ended, but not yet waited for: its parent is gone, and whoever inherited it takes its time. */
function isZombie(pid) {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'latin1').replace(/^.*\)/s, '').startsWith(' Z');
  } catch {
    // No /proc on this system: the signal was all there is to ask.
    return false;
  }
}
