/** The whole way of a text, as the editor runs it: analysed, decided, run on a real session. For tests that try to get around it. */
import assert from 'node:assert/strict';
import { createAnalyser } from '../../src/adapters/sql/analyser.ts';
import { createSessions } from '../../src/adapters/sessions.ts';
import type { Consent, IntentReceipt } from '../../src/app/ports.ts';
import { runStatement } from '../../src/app/runStatement.ts';
import type { RunPorts } from '../../src/app/run.ts';
import type { EffectivePolicy } from '../../src/core/policy/policy.ts';
import type { ConnectionProfile } from '../../src/core/profile/connection.ts';
import type { Outcome } from '../../src/core/outcome.ts';
import { request } from '../fakes/ports.ts';
import { systemClock } from './clock.ts';

/** `reading`: nobody allowed writes. `declining`: writes are allowed, and whoever is asked says no. */
export type Stance = 'reading' | 'declining';

const policies: Record<Stance, EffectivePolicy> = {
  reading: { access: 'readOnly', elevated: false, typedConfirmation: true },
  declining: { access: 'readOnly', elevated: true, typedConfirmation: true },
};

export type AttackPath = {
  /** One run in one document, on one pinned session. */
  run(text: string, stance: Stance, connection?: ConnectionProfile): Promise<Outcome>;
  /** Ends the pinned session. */
  close(): Promise<void>;
  dispose(): Promise<void>;
};

export function createAttackPath(connection: ConnectionProfile, password: string | undefined): AttackPath {
  const analyser = createAnalyser();
  const sessions = createSessions({ password: async () => password, askPassword: async () => undefined, osUser: 'test', clock: systemClock });
  const no: Consent = { kind: 'roll-back', why: 'declined' };
  const ports: RunPorts = {
    analyser,
    sessions,
    clock: systemClock,
    journal: { intent: async () => ({ id: 'test' }) as IntentReceipt, outcome: async () => undefined },
    reviewer: { open: () => ({ decision: async () => no, images: () => undefined, refuse: () => undefined, committing: () => undefined, end: () => undefined }) },
    results: { begin: () => ({ sink: () => ({ columns: () => undefined, rows: () => undefined, notice: () => undefined }), ended: () => undefined, finished: () => undefined }) },
  };
  return {
    run: async (text, stance, at = connection) =>
      await runStatement(ports, request({ document: 'attack', connection: at, policy: policies[stance], text, limits: { ...request().limits, statementTimeoutMs: 5000, lockTimeoutMs: 1000 } })),
    close: () => sessions.closeDocument('attack'),
    async dispose() {
      await sessions.closeAll();
      await analyser.dispose();
    },
  };
}

/** Whatever came of it, it is not final. */
export function assertNotFinal(outcome: Outcome, text: string): void {
  assert.ok(outcome.kind !== 'committed' && outcome.kind !== 'in-doubt', `${outcome.kind}: ${text}`);
}
