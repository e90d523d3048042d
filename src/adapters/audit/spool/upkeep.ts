/** The spool's own care: a sign of life every hour, old delivered records removed, and a bound for what waits. */
import type { Clock } from '../../../app/ports.ts';
import type { Actor, UpkeepRecord } from '../../../core/audit/record.ts';
import type { SpoolUse } from './prune.ts';
import type { Spool } from './spool.ts';

export type SpoolBounds = {
  /** How long delivered records stay here. */
  readonly keepMs: number;
  /** Above, delivered records go sooner; and as much may wait for endpoints. */
  readonly maxBytes: number;
};

export type UpkeepPorts = {
  readonly spool: Spool;
  /** The spool's. */
  readonly folder: string;
  readonly clock: Clock;
  readonly actor: Actor;
  readonly note: (record: UpkeepRecord) => Promise<void>;
  /** Names of the endpoints that keep records, now. */
  readonly keepers: () => Promise<readonly string[]>;
  readonly bounds: () => SpoolBounds;
};

export interface Upkeep {
  /** Why no more may wait for the endpoints; `undefined` while more may. */
  whyFull(): string | undefined;
  /** Endpoints took something: what waits may be less. */
  delivered(): void;
  /** Looks through the spool now. Never rejects. */
  tidy(): Promise<void>;
  close(): void;
}

const minute = 60_000;
export const heartbeatMs = 60 * minute;
const tidyMs = 15 * minute;
/** After the program began: nothing of it is urgent. */
const firstTidyMs = 30_000;
const looksAgainMs = 2000;

export function startUpkeep({ spool, folder, clock, actor, note, keepers, bounds }: UpkeepPorts): Upkeep {
  let use: SpoolUse = { bytes: 0, undelivered: 0 };
  /** Since the spool was looked through. */
  let appended = 0;
  let tidying: Promise<void> | undefined;
  const timers = new Set<() => void>();
  const later = (milliseconds: number, act: () => void): void => {
    const stop = clock.after(milliseconds, () => {
      timers.delete(stop);
      act();
    });
    timers.add(stop);
  };

  const tidy = async (): Promise<void> => {
    tidying ??= lookThrough().finally(() => (tidying = undefined));
    await tidying;
  };
  const lookThrough = async (): Promise<void> => {
    const before = appended;
    const endpoints = await keepers();
    // Without an endpoint this is the only copy: nothing goes, and nothing waits.
    use = endpoints.length === 0 ? { bytes: 0, undelivered: 0 } : await prune(endpoints).catch(() => use);
    appended -= before;
  };

  const prune = async (endpoints: readonly string[]): Promise<SpoolUse> => {
    const { pruneSpool } = await import('./prune.ts');
    return await pruneSpool({ folder, spool, endpoints, clock, actor, ...bounds() });
  };

  const tidyRegularly = (): void => {
    void tidy();
    later(tidyMs, tidyRegularly);
  };
  const beat = (): void => {
    // Only a program that recorded something says that it is still there: others have nothing to prove.
    if (spool.head) void note({ kind: 'heartbeat', time: clock.now(), actor, records: spool.head.seq });
    later(heartbeatMs, beat);
  };
  later(firstTidyMs, tidyRegularly);
  later(heartbeatMs, beat);
  const stopListening = spool.onAppended((events) => {
    appended += events.reduce((sum, event) => sum + JSON.stringify(event).length, 0);
  });

  let lookedAt = -Infinity;
  const isFull = (): boolean => use.undelivered > 0 && use.undelivered + appended >= bounds().maxBytes;
  const lookAgain = (): void => {
    if (!isFull() || clock.now() - lookedAt < looksAgainMs) return;
    lookedAt = clock.now();
    void tidy();
  };
  return {
    whyFull() {
      if (!isFull()) return undefined;
      lookAgain();
      return `Nothing was changed: ${String(Math.round(bounds().maxBytes / 1024 / 1024))} MB of records wait for their endpoints, which is the most that may wait (setting countersign.audit.spoolMegabytes), and your policy allows no write without a receipt. Reads go on and are recorded here. Check that the endpoints can be reached, or allow more to wait.`;
    },
    delivered: lookAgain,
    tidy,
    close() {
      stopListening();
      for (const stop of timers) stop();
    },
  };
}
