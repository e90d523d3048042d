/** Waits for a state instead of a time. */
import { setTimeout as pause } from 'node:timers/promises';

/** Resolves when `holds` says yes; fails with `what` after the patience ran out. */
export async function until(what: string, holds: () => boolean | Promise<boolean>, patienceMs = 15_000): Promise<void> {
  for (const end = Date.now() + patienceMs; Date.now() < end; await pause(25)) if (await holds()) return;
  throw Object.assign(new Error(`Waited ${String(patienceMs)} ms in vain until ${what}`), { name: 'TimeoutError' });
}
