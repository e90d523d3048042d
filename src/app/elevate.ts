/** Leases on write access: started with a recorded reason, ended by time, by the person, or because the ground shifted. */
import type { Actor, AuditRecord } from '../core/audit/record.ts';
import { isRunning, leaseEndText, startLease } from '../core/policy/accessLease.ts';
import type { LeaseEnd, LeaseRequest, LeaseStart, WriteLease } from '../core/policy/accessLease.ts';
import { toFailure } from '../core/errors.ts';
import { describeTarget } from '../core/profile/connection.ts';
import type { ConnectionId, ConnectionProfile } from '../core/profile/connection.ts';
import type { Clock, Journal } from './ports.ts';

export type LeasePorts = {
  readonly clock: Clock;
  readonly journal: Journal;
  readonly actor: Actor;
  /** A new id that joins the records of one lease. */
  readonly newRun: () => string;
  /** A lease started or ended; `end` is absent for a start. */
  changed(lease: WriteLease, end?: LeaseEnd): void;
};

export type ElevationRequest = Pick<LeaseRequest, 'access' | 'reason' | 'minutes' | 'maxMinutes'> & { readonly profile: ConnectionProfile };

/** Lives in memory only: a restart ends every lease. */
export interface Leases {
  /** Never rejects. A start that cannot be recorded is no start. */
  start(request: ElevationRequest): Promise<LeaseStart>;
  running(id: ConnectionId): WriteLease | undefined;
  all(): readonly WriteLease[];
  end(id: ConnectionId, why: LeaseEnd): void;
  /** Ends what `judge` gives a reason for: the connection changed, or access to it was blocked. */
  review(judge: (lease: WriteLease) => LeaseEnd | undefined): void;
}

type Held = { readonly lease: WriteLease; readonly record: Recorder; readonly stopTimer: () => void };
type Recorder = (reason: string) => AuditRecord;

export function createLeases(ports: LeasePorts): Leases {
  const held = new Map<ConnectionId, Held>();
  const starting = new Set<ConnectionId>();

  const running = (id: ConnectionId): WriteLease | undefined => {
    const lease = held.get(id)?.lease;
    // Timers stand still while the machine sleeps; the clock does not.
    return lease && isRunning(lease, ports.clock.now()) ? lease : undefined;
  };

  const end = (id: ConnectionId, why: LeaseEnd): void => {
    const entry = held.get(id);
    if (!entry) return;
    held.delete(id);
    entry.stopTimer();
    ports.changed(entry.lease, why);
    void ports.journal.outcome(entry.record(`writes no longer allowed: ${leaseEndText[why]}`));
  };

  const hold = (lease: WriteLease, record: Recorder): void => {
    end(lease.connection, 'expired');
    const stopTimer = ports.clock.after(lease.expiresAt - ports.clock.now(), () => end(lease.connection, 'expired'));
    held.set(lease.connection, { lease, record, stopTimer });
    ports.changed(lease);
  };

  const start = async (request: ElevationRequest): Promise<LeaseStart> => {
    const { profile, access, reason, minutes, maxMinutes } = request;
    if (starting.has(profile.id)) return { kind: 'refused', message: 'Allowing writes here is already under way.' };
    const asked = { connection: profile.id, target: describeTarget(profile), access, protected: profile.protected, reason, minutes, maxMinutes };
    const decided = startLease({ ...asked, now: ports.clock.now() }, running(profile.id));
    if (decided.kind === 'refused') return decided;
    const record = createRecorder(ports, profile);
    starting.add(profile.id);
    try {
      await ports.journal.intent(record(`writes allowed for ${String(minutes)} min: ${decided.lease.reason}`));
      hold(decided.lease, record);
      return decided;
    } catch (error) {
      return { kind: 'refused', message: `Writes stay forbidden, because the permission could not be recorded: ${toFailure(error).message}` };
    } finally {
      starting.delete(profile.id);
    }
  };

  return {
    start,
    running,
    all: () => [...held.keys()].flatMap((id) => running(id) ?? []),
    end,
    review: (judge) => {
      for (const { lease } of held.values()) {
        const why = judge(lease);
        if (why !== undefined) end(lease.connection, why);
      }
    },
  };
}

function createRecorder({ clock, actor, newRun }: LeasePorts, profile: ConnectionProfile): Recorder {
  const run = newRun();
  const target = { connection: profile.id, environment: profile.environment, address: describeTarget(profile) };
  return (reason) => ({ kind: 'elevation', run, time: clock.now(), actor, target, reason });
}
