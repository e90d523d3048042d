/** Leases: a permission to write on one connection that ends by itself. Pure; time comes in. */
import type { EpochMs } from '../brand.ts';
import { epochMs } from '../brand.ts';
import type { Access, ConnectionId } from '../profile/connection.ts';

export type WriteLease = {
  readonly connection: ConnectionId;
  /** Where the connection led when the lease began: a lease never follows a connection elsewhere. */
  readonly target: string;
  readonly reason: string;
  readonly startedAt: EpochMs;
  readonly expiresAt: EpochMs;
};

export type LeaseRequest = {
  readonly connection: ConnectionId;
  readonly target: string;
  /** Access without elevation. */
  readonly access: Access;
  readonly protected: boolean;
  readonly reason: string;
  readonly minutes: number;
  /** Upper bound from the settings, in minutes. */
  readonly maxMinutes: number;
  readonly now: EpochMs;
};

export type LeaseStart = { readonly kind: 'started'; readonly lease: WriteLease } | { readonly kind: 'refused'; readonly message: string };

/** How a lease ended. */
export type LeaseEnd = 'expired' | 'ended-by-person' | 'connection-changed' | 'access-blocked' | 'window-closed';

const longestReason = 500;
const msPerMinute = 60_000;

/** Decides whether a lease may start. A lease is never extended: whoever needs longer ends it and gives a reason again. */
export function startLease(request: LeaseRequest, running: WriteLease | undefined): LeaseStart {
  const problem = elevationProblem(request) ?? reasonProblem(request.reason) ?? minutesProblem(request.minutes, request.maxMinutes);
  if (problem !== undefined) return { kind: 'refused', message: problem };
  if (running && isRunning(running, request.now)) return { kind: 'refused', message: 'Writes are already allowed here. A running permission is not extended; end it first.' };
  const { connection, target, now, minutes } = request;
  const lease = { connection, target, reason: request.reason.trim(), startedAt: now, expiresAt: epochMs(now + minutes * msPerMinute) };
  return { kind: 'started', lease };
}

/** Why writes cannot be, or need not be, allowed for a while on a connection. */
export function elevationProblem({ access, protected: isProtected }: Pick<LeaseRequest, 'access' | 'protected'>): string | undefined {
  if (!isProtected) return 'This connection is not protected, so writes are allowed already.';
  if (access === 'blocked') return 'Access to this connection is blocked by your settings or the team file. It cannot be lifted for a while; change the setting or ask your team.';
  return access === 'preview' ? 'Writes are allowed here already; each one is shown before it is final.' : undefined;
}

export function reasonProblem(reason: string): string | undefined {
  const length = reason.trim().length;
  if (length === 0) return 'Say why: the reason is recorded.';
  return length > longestReason ? `Keep the reason under ${String(longestReason)} characters.` : undefined;
}

export function minutesProblem(minutes: number, maxMinutes: number): string | undefined {
  if (Number.isInteger(minutes) && minutes >= 1 && minutes <= maxMinutes) return undefined;
  return maxMinutes === 1 ? 'Only one minute is allowed.' : `Enter a whole number of minutes from 1 to ${String(maxMinutes)}.`;
}

export function isRunning(lease: WriteLease, now: EpochMs): boolean {
  // A clock that was set back must not lengthen a lease.
  return now >= lease.startedAt && now < lease.expiresAt;
}

/** `12:05`, `0:07`; `0:00` once it is over. */
export function formatRemaining(lease: WriteLease, now: EpochMs): string {
  const seconds = remainingSeconds(lease, now);
  return `${String(Math.floor(seconds / 60))}:${String(seconds % 60).padStart(2, '0')}`;
}

/** `12 m`, rounded up, so that it never reads `0 m` while it still runs; `45 s` in the last minute. */
export function formatRemainingShort(lease: WriteLease, now: EpochMs): string {
  const seconds = remainingSeconds(lease, now);
  return seconds < 60 ? `${String(seconds)} s` : `${String(Math.ceil(seconds / 60))} m`;
}

function remainingSeconds(lease: WriteLease, now: EpochMs): number {
  return isRunning(lease, now) ? Math.ceil((lease.expiresAt - now) / 1000) : 0;
}

/** In words, for the person and for the record. */
export const leaseEndText: Readonly<Record<LeaseEnd, string>> = {
  expired: 'the time is over',
  'ended-by-person': 'ended on request',
  'connection-changed': 'the connection was changed or removed',
  'access-blocked': 'access to the connection was blocked',
  'window-closed': 'the window was closed or reloaded',
};
