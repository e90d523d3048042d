/** Waits for a state instead of a time. */
import { setTimeout as pause } from 'node:timers/promises';

/** Nothing was found wrong; what was waited for did not come. The runner tells such a failure by its name from others. */
export function outOfPatience(message: string): Error {
  return Object.assign(new Error(message), { name: 'TimeoutError' });
}

/** Resolves when `holds` says yes; fails with `what` after the patience ran out. */
export async function until(what: string, holds: () => boolean | Promise<boolean>, patienceMs = 30_000): Promise<void> {
  for (const end = Date.now() + patienceMs; Date.now() < end; await pause(25)) if (await holds()) return;
  throw outOfPatience(`Waited ${String(patienceMs)} ms in vain until ${what}`);
}
