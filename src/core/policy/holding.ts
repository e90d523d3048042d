/** Hold or replay: whether an open change may wait for a person. */
import type { HeldLock } from '../effect/preview.ts';

/**
 * Whether a change may wait for a person with its locks held. Locks that keep writers or readers of an existing table out do
 * not wait for anybody: such a change is rolled back at once, and run again after consent.
 */
export function mayWait(locks: readonly HeldLock[] | undefined): boolean {
  return (locks ?? []).every(({ blocks: kept }) => kept === 'nothing' || kept === 'definitions');
}
