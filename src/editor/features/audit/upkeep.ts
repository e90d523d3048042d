/** The spool's own care: a sign of life every hour, old delivered records removed, and a bound for what waits. */
import type { Disposable } from 'vscode';
import { pruneSpool, type SpoolUse } from '../../../adapters/audit/spool/prune.ts';
import type { AuditPorts } from './audit.ts';
import { spoolBounds } from './auditSettings.ts';

export interface Upkeep extends Disposable {
  /** Why no more may wait for the endpoints; `undefined` while more may. */
  whyFull(): string | undefined;
  /** Endpoints took something: what waits may be less. */
  delivered(): void;
}

export type UpkeepPorts = Pick<AuditPorts, 'spool' | 'folder' | 'clock' | 'actor' | 'note'> & { readonly keepers: () => Promise<readonly string[]> };

const minute = 60_000;
const heartbeatMs = 60 * minute;
const tidyMs = 15 * minute;
/** After the window opened: nothing of it is urgent. */
const firstTidyMs = 30_000;
const looksAgainMs = 2000;

export function startUpkeep({ spool, folder, clock, actor, note, keepers }: UpkeepPorts): Upkeep {
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

  const tidy = (): void => {
    tidying ??= lookThrough().finally(() => (tidying = undefined));
  };
  const lookThrough = async (): Promise<void> => {
    const before = appended;
    const endpoints = await keepers();
    // Without an endpoint this is the only copy: nothing goes, and nothing waits.
    if (endpoints.length === 0) return;
    use = await pruneSpool({ folder, spool, endpoints, clock, actor, ...spoolBounds() }).catch(() => use);
    appended -= before;
  };

  const tidyRegularly = (): void => {
    tidy();
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

  let lookedAt = 0;
  const isFull = (): boolean => use.undelivered > 0 && use.undelivered + appended >= spoolBounds().maxBytes;
  const lookAgain = (): void => {
    if (!isFull() || clock.now() - lookedAt < looksAgainMs) return;
    lookedAt = clock.now();
    tidy();
  };
  return {
    whyFull() {
      if (!isFull()) return undefined;
      lookAgain();
      const { maxBytes } = spoolBounds();
      return `Nothing was changed: ${String(Math.round(maxBytes / 1024 / 1024))} MB of records wait for their endpoints, which is the most that may wait (setting countersign.audit.spoolMegabytes), and your policy allows no write without a receipt. Reads go on and are recorded here. Check that the endpoints can be reached, or allow more to wait.`;
    },
    delivered: lookAgain,
    dispose() {
      stopListening();
      for (const stop of timers) stop();
    },
  };
}
