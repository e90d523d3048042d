/** What one server takes on. */

export type Limits = {
  /** Decisions, sightings and enrolments kept for one request, each. */
  readonly messages: number;
  /** Open requests of one member. */
  readonly openRequests: number;
  /** Clients that wait at the same time. */
  readonly waiting: number;
  /** For each address: calls that write, and calls that read, within a minute. */
  readonly writesPerMinute: number;
  readonly readsPerMinute: number;
  /** Calls about records, for each member. */
  readonly auditPerMinute: number;
  /** How long an ended request can still be asked about. */
  readonly keepEndedMs: number;
};

export const defaultLimits: Limits = {
  messages: 32,
  openRequests: 100,
  waiting: 20_000,
  writesPerMinute: 120,
  readsPerMinute: 1200,
  auditPerMinute: 1200,
  keepEndedMs: 7 * 24 * 60 * 60 * 1000,
};
