/** At most so many calls from one address within a minute, spread evenly after a first burst. */

export interface RateLimit {
  /** Takes one; false when there is none left. */
  take(address: string, now: number): boolean;
}

type Bucket = { tokens: number; at: number };
const maxAddresses = 50_000;

export function createRateLimit(perMinute: number): RateLimit {
  const buckets = new Map<string, Bucket>();
  const perMs = perMinute / 60_000;
  return {
    take(address, now) {
      const bucket = buckets.get(address) ?? { tokens: perMinute, at: now };
      bucket.tokens = Math.min(perMinute, bucket.tokens + Math.max(0, now - bucket.at) * perMs);
      bucket.at = now;
      // Moved to the end, so that the addresses at the front are those not heard of for longest.
      buckets.delete(address);
      buckets.set(address, bucket);
      if (buckets.size > maxAddresses) for (const oldest of buckets.keys()) { buckets.delete(oldest); break; }
      if (bucket.tokens < 1) return false;
      bucket.tokens -= 1;
      return true;
    },
  };
}
