/**
 * One run of the product on a real server with a real store, in a process of its own that can be killed at the worst moment:
 * `oneRun.ts URL FOLDER KEY MOMENT SQL`.
 */
import { createHash } from 'node:crypto';
import type { IntentReceipt, Review } from '../../../src/app/ports.ts';
import { runStatement } from '../../../src/app/runStatement.ts';
import { createAnalyser } from '../../../src/adapters/sql/analyser.ts';
import type { SecretStore } from '../../../src/adapters/credentials/secretStore.ts';
import { createUndoStore, type FileUndoStore } from '../../../src/adapters/undo/undoStore.ts';
import type { Clock } from '../../../src/app/ports.ts';
import type { Outcome } from '../../../src/core/outcome.ts';
import { systemClock } from '../../support/clock.ts';
import { openTestSession, testProfile } from '../../support/postgresSession.ts';

/** When something happens to the run. */
export type Moment = 'never' | 'told' | 'committing';

export function storeIn(folder: string, clock: Clock = systemClock): FileUndoStore {
  const value = createHash('sha256').update('the key of the tests').digest('base64');
  const secrets: SecretStore = { label: 'memory', read: () => Promise.resolve({ kind: 'found', value }), write: () => Promise.resolve({ kind: 'done' }), remove: () => Promise.resolve({ kind: 'done' }) };
  return createUndoStore({ folder, secrets: () => secrets, clock, retentionDays: () => 7 });
}

export type OneRun = { readonly url: string; readonly folder: string; readonly sql: string; /** Called at that moment. */ readonly at?: { readonly moment: Moment; readonly act: () => void | Promise<void> }; readonly said?: (line: string) => void };

/** Commits whatever is shown, as often as it is asked. */
export async function runOnce({ url, folder, sql, at, said = () => undefined }: OneRun): Promise<Outcome> {
  const { hostname: host, port, username: user, password, pathname } = new URL(url);
  const where = { host, port: Number(port), user: decodeURIComponent(user), password: decodeURIComponent(password), database: pathname.slice(1) };
  const session = await openTestSession(where);
  const analyser = createAnalyser();
  const reach = async (moment: Moment) => (at?.moment === moment ? await at.act() : undefined);
  const review: Review = {
    decision: async () => {
      await told;
      return { kind: 'commit', typed: '' };
    },
    images: () => undefined,
    undo: (notice) => {
      said(notice.kind === 'none' ? `none: ${notice.reason}` : notice.kind);
      void reach('told');
      isTold();
    },
    refuse: said,
    committing: () => void reach('committing'),
    end: (outcome) => said(`end: ${outcome.kind}`),
  };
  let isTold: () => void = () => undefined;
  const told = new Promise<void>((resolve) => (isTold = resolve));
  try {
    return await runStatement(
      {
        analyser,
        sessions: { acquire: () => Promise.resolve({ kind: 'open', session }) },
        reviewer: { open: () => review },
        results: { begin: () => ({ sink: () => ({ columns: () => undefined, rows: () => undefined, notice: () => undefined }), ended: () => undefined, finished: () => undefined }) },
        journal: { intent: () => Promise.resolve({ id: '1' } as IntentReceipt), outcome: () => Promise.resolve() },
        clock: systemClock,
        undo: storeIn(folder),
      },
      {
        run: 'run-1',
        actor: { kind: 'human', osUser: 'test', host: 'test' },
        document: 'file:///a.sql',
        connection: testProfile(where),
        policy: { access: 'preview', elevated: false, typedConfirmation: false },
        text: sql,
        mode: 'run',
        limits: { lockTimeoutMs: 2000, statementTimeoutMs: 10_000, holdMs: 30_000, maxRows: 50, rowLimit: 50, byteLimit: 1e6 },
        signal: new AbortController().signal,
      },
    );
  } finally {
    await session.close();
    await analyser.dispose();
  }
}

if (process.argv[1] === import.meta.filename) {
  const [, , url = '', folder = '', moment = 'never', sql = ''] = process.argv;
  await runOnce({ url, folder, sql, at: { moment: moment as Moment, act: () => void process.kill(process.pid, 'SIGKILL') } });
}
