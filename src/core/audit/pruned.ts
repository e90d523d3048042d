/** Which delivered events were removed from this machine, as the records say themselves. */
import type { ChainHead, EventBody } from './chain.ts';
import type { Actor } from './record.ts';
import type { EpochMs } from '../brand.ts';

/** Recorded before anything is removed, so that a missing beginning is either accounted for or somebody's doing. */
export type PrunedRecord = {
  readonly kind: 'pruned';
  readonly time: EpochMs;
  readonly actor: Actor;
  /** Every event of a stream up to and with this one is removed. */
  readonly heads: readonly ChainHead[];
  /** The endpoints that had them. */
  readonly endpoints: readonly string[];
};

/** By stream; several where more was removed later. Pure. */
export function removedHeads(bodies: readonly EventBody[]): ReadonlyMap<string, readonly ChainHead[]> {
  const byStream = new Map<string, ChainHead[]>();
  for (const { kind, heads } of bodies) {
    if (kind !== 'pruned' || !Array.isArray(heads)) continue;
    for (const head of heads as ChainHead[]) byStream.set(head.stream, [...(byStream.get(head.stream) ?? []), head]);
  }
  return byStream;
}

/** Whether an event is among those that were removed. */
export function isRemoved(removed: ReadonlyMap<string, readonly ChainHead[]>, { stream, seq, hash }: ChainHead): boolean {
  return (removed.get(stream) ?? []).some((head) => head.seq > seq || (head.seq === seq && head.hash === hash));
}
