/** Sessions that record when a line to a database was opened, or could not be. Nothing waits for it. */
import type { Clock, Journal, Session, Sessions } from '../../app/ports.ts';
import { recordedFailure } from '../../core/audit/recordedFailure.ts';
import type { Actor, AuditRecord } from '../../core/audit/record.ts';
import { describeTarget, type ConnectionProfile } from '../../core/profile/connection.ts';

export type ConnectPorts = { readonly journal: Journal; readonly clock: Clock; readonly actor: Actor; readonly newRun: () => string };

export function recordConnects(sessions: Sessions, { journal, clock, actor, newRun }: ConnectPorts): Sessions {
  const known = new WeakSet<Session>();
  return {
    async acquire(document, connection, signal) {
      const startedAt = clock.now();
      const start = await sessions.acquire(document, connection, signal);
      if (start.kind === 'open' && known.has(start.session)) return start;
      const record: AuditRecord = { kind: 'connect', run: newRun(), time: clock.now(), actor, target: targetOf(connection), tls: connection.tls.mode, durationMs: clock.now() - startedAt };
      if (start.kind === 'failed') {
        void journal.outcome({ ...record, outcome: signal.aborted ? 'cancelled' : 'failed', reason: recordedFailure(start.failure) });
        return start;
      }
      known.add(start.session);
      const { version, database, user, encrypted } = start.session.server;
      void journal.outcome({ ...record, session: { version, database, user, encrypted } });
      return start;
    },
  };
}

function targetOf(connection: ConnectionProfile): AuditRecord['target'] {
  return { connection: connection.id, environment: connection.environment, address: describeTarget(connection) };
}
