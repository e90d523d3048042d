/** Runs texts. Loaded with the first run: it brings the use case, the policy and the sessions with it. */
import { window } from 'vscode';
import { readLeftovers } from '../../../adapters/audit/leftovers.ts';
import { wasAnnounced } from '../../../adapters/audit/runFates.ts';
import { recordConnects } from '../../../adapters/audit/recordConnects.ts';
import { createAnalyser } from '../../../adapters/sql/analyser.ts';
import { createSessions, type DocumentSessions } from '../../../adapters/sessions.ts';
import { exportRead, type ExportEnd, type ExportRequest } from '../../../app/exportRead.ts';
import type { Clock, Journal, Results, Reviewer, Sessions, SqlAnalyser } from '../../../app/ports.ts';
import type { ResultSink } from '../../../app/resultSink.ts';
import type { UndoStore } from '../../../app/undoPort.ts';
import type { RunRequest } from '../../../app/run.ts';
import type { Approvals, PendingRequest } from '../../../app/approvalPorts.ts';
import { askAfterwards, type AfterwardsOrder } from '../../../app/askAfterwards.ts';
import type { ApprovedOrder } from '../../../app/approvedExecution.ts';
import { cancelRequest, type CancelOrder, type Cancelled } from '../../../app/cancelRequest.ts';
import { recordAnswer, type GivenAnswer } from '../../../app/recordAnswer.ts';
import { runApproved, type ApprovedEnd } from '../../../app/runApproved.ts';
import { runStatement } from '../../../app/runStatement.ts';
import { settlingSessions } from '../../../app/settleLeftovers.ts';
import type { Actor } from '../../../core/audit/record.ts';
import type { Leftover } from '../../../core/audit/leftovers.ts';
import type { Outcome, Settlement } from '../../../core/outcome.ts';
import type { PreviewQuery } from '../../../core/sql/postgres/previewQuery.ts';
import type { Dialect, ScriptVerdict } from '../../../core/sql/verdict.ts';
import type { ConnectionProfile } from '../../../core/profile/connection.ts';
import type { ConnectionCatalogue } from '../../catalogue.ts';
import { plainText } from '../../plainText.ts';

export type RunnerOptions = { readonly catalogue: ConnectionCatalogue; readonly journal: Journal; readonly clock: Clock; readonly actor: Actor; readonly newId: () => string; readonly undo: UndoStore; readonly approvals: () => Promise<Approvals>; /** Folder of the records. */ readonly records: string };

export type RunnerPorts = {
  readonly reviewer: Reviewer;
  readonly results: Results;
  /** What the text was understood as, before anything else happens. */
  readonly analysed: (verdict: ScriptVerdict) => void;
  /** The session was lost before and is a new one now. */
  readonly reopened: () => void;
};

export interface Runner {
  readonly sessions: DocumentSessions;
  /** Never rejects. */
  run(request: RunRequest, ports: RunnerPorts): Promise<Outcome>;
  /** Runs what others have confirmed. Never rejects. */
  runApproved(order: ApprovedOrder, ports: Pick<RunnerPorts, 'results'> & { /** Nobody is asked for a password. */ readonly quiet: boolean }): Promise<ApprovedEnd>;
  /** Takes back a request: no window runs it from then on. Rejects when that cannot be kept. */
  cancelRequest(order: CancelOrder): Promise<Cancelled>;
  /** Rejects when it cannot be made durable. */
  recordAnswer(answer: Omit<GivenAnswer, 'run'>): Promise<void>;
  /** Asks others to review what was committed without them; else why not, in words. Never rejects. */
  askAfterwards(order: AfterwardsOrder): Promise<PendingRequest | string>;
  /** Reads once more, whole, for a file. Never rejects. */
  exportRead(request: ExportRequest, sink: ResultSink): Promise<ExportEnd>;
  /** Queries that read the rows a statement would touch; `undefined` where none surely do. Never rejects. */
  touchedRows(text: string, dialect: Dialect): Promise<PreviewQuery | undefined>;
  /** Ends every session and the parser. */
  close(): Promise<void>;
}

export function createRunner({ catalogue, journal, clock, actor, newId, undo, records, approvals }: RunnerOptions): Runner {
  /** Connections that are used for a run nobody in front of the screen started. */
  const quiet = new Set<ConnectionProfile['id']>();
  const sessions = createSessions({
    password: async (profile) => await catalogue.knownPassword(profile),
    askPassword: async (profile) => (quiet.has(profile.id) ? undefined : await catalogue.password(profile)),
    osUser: actor.osUser,
    clock,
  });
  const recording = recordConnects(sessions, { journal, clock, actor, newRun: newId });
  const settling = settlingSessions(recording, { find: async () => await readLeftovers(records), journal, clock, settled: tellSettled });
  const analyser = createAnalyser();
  return {
    sessions,
    run: async (request, { reviewer, results, analysed, reopened }) =>
      await runStatement({ analyser: telling(analyser, analysed), sessions: watching(settling, catalogue, reopened), reviewer, results, journal, clock, undo, approvals: await approvals() }, request),
    recordAnswer: async (answer) => await recordAnswer({ analyser, journal, clock, actor }, { run: newId(), ...answer }),
    cancelRequest: async (order) => await cancelRequest({ analyser, journal, clock, approvals: await approvals() }, order),
    askAfterwards: async (order) => await askAfterwards({ analyser, journal, clock, approvals: await approvals() }, order),
    async runApproved(order, { results, quiet: isQuiet }) {
      const { id } = order.connection;
      if (isQuiet) quiet.add(id);
      try {
        return await runApproved({ analyser, sessions: watching(settling, catalogue, () => undefined), reviewer: nobody, results, journal, clock, undo, approvals: await approvals(), ranBefore: async ({ run, created }) => await wasAnnounced(records, run, created) }, order);
      } finally {
        quiet.delete(id);
      }
    },
    exportRead: async (request, sink) => await exportRead({ analyser, sessions: watching(settling, catalogue, () => undefined), journal, clock }, request, sink),
    touchedRows: async (text, dialect) => await analyser.preview(text, dialect),
    async close() {
      await Promise.all([sessions.closeAll(), analyser.dispose()]);
    },
  };
}

/** What others have confirmed asks nobody again. */
const nobody: Reviewer = {
  open() {
    throw new Error('Nobody is asked about what was confirmed.');
  },
};

/** Somebody saw a window crash while it committed and does not know since. */
function tellSettled({ target }: Leftover, settlement: Settlement): void {
  const connection = target.connection.replace(/^\w+:/u, '');
  const said: Record<Exclude<Settlement, 'in-progress'>, string> = {
    committed: `A change on ${connection} that was being committed when its window ended is committed: the server says so.`,
    'rolled-back': `A change on ${connection} that was being committed when its window ended was rolled back: the server says so, nothing of it is there.`,
    unknown: `Nobody can say whether a change on ${connection}, which was being committed when its window ended, is committed: look at the data.`,
  };
  if (settlement !== 'in-progress') void window.showWarningMessage(plainText(said[settlement]));
}

function telling(analyser: SqlAnalyser, analysed: (verdict: ScriptVerdict) => void): SqlAnalyser {
  return {
    async analyse(text, dialect) {
      const verdict = await analyser.analyse(text, dialect);
      analysed(verdict);
      return verdict;
    },
  };
}

function watching(sessions: Sessions, catalogue: ConnectionCatalogue, reopened: () => void): Sessions {
  return {
    async acquire(document, connection, signal) {
      const start = await sessions.acquire(document, connection, signal);
      if (start.kind === 'failed' && start.failure.code === 'credentials') await catalogue.passwordRefused(connection);
      if (start.kind === 'open' && start.reopened === true) reopened();
      return start;
    },
  };
}
