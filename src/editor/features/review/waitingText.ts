/** Who waits for an open change, in one short line. */
import type { Waiter } from '../../../core/effect/preview.ts';

/** `2 clients wait for this change (app, 4 s)`; empty when nobody does. */
export function describeWaiters(waiters: readonly Waiter[]): string {
  const longest = waiters.toSorted((a, b) => b.waitingMs - a.waitingMs)[0];
  if (!longest) return '';
  const who = longest.application === '' ? longest.user : longest.application;
  const count = waiters.length === 1 ? '1 client waits' : `${String(waiters.length)} clients wait`;
  return `${count} for this change (${who === '' ? '' : `${who}, `}${String(Math.round(longest.waitingMs / 1000))} s)`;
}
