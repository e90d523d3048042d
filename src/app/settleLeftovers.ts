/**
 * Announced commits without a recorded end, settled with the first session to their connection: the server is asked, and what it
 * says is recorded. What it cannot say is recorded as unknown, and never guessed.
 */
import { describeTarget, type ConnectionProfile } from '../core/profile/connection.ts';
import type { Leftover } from '../core/audit/leftovers.ts';
import type { Settlement } from '../core/outcome.ts';
import type { Clock, Journal, Session, Sessions } from './ports.ts';

export type LeftoverPorts = {
  /** Those of this machine, without the runs of programs that are still there. Never rejects. */
  find(): Promise<readonly Leftover[]>;
  readonly journal: Journal;
  readonly clock: Clock;
  /** Told of each that was settled. */
  settled?(leftover: Leftover, settlement: Settlement): void;
};

/** Sessions that settle what is left over for a connection when its first one opens. Nobody waits for it. */
export function settlingSessions(sessions: Sessions, ports: LeftoverPorts): Sessions {
  const seen = new Set<string>();
  return {
    async acquire(document, connection, signal) {
      const start = await sessions.acquire(document, connection, signal);
      const address = addressOf(connection);
      if (start.kind === 'open' && !seen.has(address)) {
        seen.add(address);
        void settleFor(connection, start.session, ports);
      }
      return start;
    },
  };
}

/** Never rejects. One at a time: each may have to wait for a transaction that still runs. */
export async function settleFor(connection: ConnectionProfile, session: Session, ports: LeftoverPorts): Promise<void> {
  const here = (await ports.find()).filter(({ target }) => `${target.connection} ${target.address}` === addressOf(connection));
  for (const leftover of here) {
    const settlement = leftover.transactionId === undefined ? 'unknown' : await session.settle(leftover.transactionId, leftover.transactionMark ?? '');
    // Still running: the next program asks again.
    if (settlement === 'in-progress') continue;
    await ports.journal.outcome({ ...leftover, kind: 'settled', time: ports.clock.now(), reason: settlement });
    ports.settled?.(leftover, settlement);
  }
}

function addressOf(connection: ConnectionProfile): string {
  return `${connection.id} ${describeTarget(connection)}`;
}
