/** What saving a result needs of the rest: the document's own session to read again, the journal, and the masks in force. */
import { workspace } from 'vscode';
import type { ExportEnd, ExportRequest } from '../../../app/exportRead.ts';
import type { Clock, Journal } from '../../../app/ports.ts';
import type { ResultSink } from '../../../app/resultSink.ts';
import type { Actor, AuditRecord } from '../../../core/audit/record.ts';
import { recordedText } from '../../../core/audit/recordedText.ts';
import type { Row } from '../../../core/effect/preview.ts';
import { screenMasks } from '../../../core/masking/screenMasks.ts';
import { maskValue, type Strategy } from '../../../core/masking/strategy.ts';
import type { ConfirmationPolicy } from '../../../core/policy/confirmation.ts';
import { describeTarget, type ConnectionProfile } from '../../../core/profile/connection.ts';
import type { AccessControl } from '../../catalogue.ts';
import { currentLimits } from '../run/limits.ts';
import { rowsInView } from './arranged.ts';
import type { ExportPorts } from './exportResult.ts';
import { createPseudonyms } from './resultSink.ts';
import type { RunView, StatementResult } from './runView.ts';

export type ExportOptions = {
  readonly journal: Journal;
  readonly clock: Clock;
  readonly actor: Actor;
  readonly newId: () => string;
  readonly access: AccessControl;
  readonly policy: () => Promise<ConfirmationPolicy>;
  /** A connection, no less protected than the team says. */
  readonly tightened: (profile: ConnectionProfile) => Promise<ConnectionProfile>;
  /** As a run of the document: `undefined` when it has another one. Never rejects. */
  readonly exportRead: (request: Omit<ExportRequest, 'signal'>, sink: ResultSink, signal: AbortSignal) => Promise<ExportEnd>;
};

export function createExportPorts(options: ExportOptions): ExportPorts {
  const { journal, clock, actor, newId, access, policy, tightened, exportRead } = options;
  return {
    async readAgain(run, result, { to, sink, signal }) {
      const { profile, document } = run;
      const connection = await tightened(profile);
      const request = { run: newId(), actor, document, connection, policy: { ...access.policyFor(connection), confirmation: await policy() }, text: result.statement.text, limits: { ...currentLimits(), statementTimeoutMs: exportTimeoutMs() }, to };
      return await exportRead(request, run.screen ? maskingSink(run, result, sink) : sink, signal);
    },
    async recorded(run, result, to, write) {
      const { statement } = result;
      const { profile: connection } = run;
      const target = { connection: connection.id, environment: connection.environment, address: describeTarget(connection) };
      const id = newId();
      const record = (facts: Partial<AuditRecord>): AuditRecord => ({ kind: 'export', run: id, time: clock.now(), actor, target, sql: recordedText(statement.text, { statements: [statement] }), class: statement.class, to, ...facts });
      // No record, no file.
      await journal.intent(record({ rows: rowsInView(result).rowCount }));
      const startedAt = clock.now();
      let written = 0;
      try {
        written = await write();
      } finally {
        await journal.outcome(record({ rows: written, durationMs: clock.now() - startedAt }));
      }
    },
  };
}

/** Decides anew for these rows; a column that is revealed on screen is revealed here, as long as it is the same one. */
function maskingSink({ screen, profile }: RunView, { statement, columns: shown, rows: onScreen }: StatementResult, sink: ResultSink): ResultSink {
  const pseudonym = createPseudonyms();
  let masks: readonly Strategy[] = [];
  const mask = (value: string | null, column: number): string | null => {
    const strategy = masks[column] ?? 'hide';
    return value === null ? null : maskValue(value, { strategy, isKey: false }, strategy === 'pseudonym' ? pseudonym(value) : '');
  };
  return {
    ...sink,
    wantsLineage: true,
    columns(columns, lineage) {
      const isSame = columns.length === shown.length && columns.every(({ name, type }, index) => name === shown[index]?.name && type === shown[index]?.type);
      const decided = screenMasks(screen ?? [], { statement, dialect: profile.dialect, columns, lineage });
      masks = decided.map((strategy, column) => (isSame && onScreen.revealed.has(column) ? 'show' : strategy));
      sink.columns(columns);
    },
    rows: (rows) => sink.rows(rows.map((row): Row => row.map(mask))),
  };
}

/** How long a read may take that feeds a file. */
function exportTimeoutMs(): number {
  const value = workspace.getConfiguration('countersign').get<unknown>('export.timeoutSeconds');
  return (typeof value === 'number' && Number.isFinite(value) ? Math.min(Math.max(Math.round(value), 1), 86_400) : 600) * 1000;
}
