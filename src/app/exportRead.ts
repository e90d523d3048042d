/**
 * Reads a statement once more, whole, and hands its rows to a file: analyse → settle names → only if it is a read → recorded →
 * read on the document's own session → recorded again, with how many rows it was.
 */
import { recordedFailure } from '../core/audit/recordedFailure.ts';
import type { AuditRecord } from '../core/audit/record.ts';
import { toFailure, type Failure } from '../core/errors.ts';
import { decide } from '../core/policy/decide.ts';
import type { ClassifiedStatement } from '../core/sql/verdict.ts';
import type { ReadEnd } from './ports.ts';
import type { ResultSink } from './resultSink.ts';
import { createRecorder, type Run, type RunPorts, type RunRequest } from './run.ts';
import { settleVerdict } from './settleVerdict.ts';

export type ExportPorts = Pick<RunPorts, 'analyser' | 'sessions' | 'journal' | 'clock'>;

/** `to`: where the rows go, as what, in words. */
export type ExportRequest = Omit<RunRequest, 'mode'> & { readonly to: string };

export type ExportEnd =
  | { readonly kind: 'done'; readonly rows: number }
  | { readonly kind: 'cancelled'; readonly rows: number }
  /** Nothing was read: it is no read, or it must not run here. */
  | { readonly kind: 'refused'; readonly message: string }
  | { readonly kind: 'failed'; readonly failure: Failure };

/** Never rejects. Holds no rows: the sink says when it is full. */
export async function exportRead(ports: ExportPorts, request: ExportRequest, sink: ResultSink): Promise<ExportEnd> {
  try {
    const asRun: RunRequest = { ...request, mode: 'run' };
    const { verdict, failure } = await settleVerdict(ports, asRun, await ports.analyser.analyse(request.text, request.connection.dialect));
    if (failure) return { kind: 'failed', failure };
    const decision = decide({ verdict, connection: request.connection, policy: request.policy, mode: 'run' });
    if (decision.effect === 'deny') return { kind: 'refused', message: decision.reasons.map(({ message }) => message).join(' ') };
    const [statement, ...others] = decision.path === 'read' ? decision.statements : [];
    if (!statement || others.length > 0) return { kind: 'refused', message: 'Only what surely reads is run again for a file. Nothing was sent.' };
    return await readRecorded(ports, request, { statement, sink, record: createRecorder(ports.clock, request, verdict) });
  } catch (thrown) {
    return { kind: 'failed', failure: toFailure(thrown) };
  }
}

type Step = { readonly statement: ClassifiedStatement; readonly sink: ResultSink; readonly record: Run['record'] };

async function readRecorded({ sessions, journal, clock }: ExportPorts, request: ExportRequest, { statement, sink, record }: Step): Promise<ExportEnd> {
  const { connection, document, signal, limits, to } = request;
  const start = await sessions.acquire(document, connection, signal);
  if (start.kind === 'failed') return { kind: 'failed', failure: start.failure };
  // No record, no file.
  await journal.intent(record('export', { to }));
  const startedAt = clock.now();
  const end = await start.session.read({ statement, sink, rowLimit: Number.MAX_SAFE_INTEGER, byteLimit: Number.POSITIVE_INFINITY, statementTimeoutMs: limits.statementTimeoutMs, signal });
  await journal.outcome(record('export', { to, durationMs: clock.now() - startedAt, ...factsOf(end) }));
  return endOf(end);
}

function factsOf(end: ReadEnd): Partial<AuditRecord> {
  switch (end.kind) {
    case 'done':
      return { rows: end.rows };
    case 'cancelled':
      return { rows: end.rows, outcome: 'cancelled' };
    case 'failed':
      return { outcome: 'failed', reason: recordedFailure(end.failure) };
  }
}

function endOf(end: ReadEnd): ExportEnd {
  // A row that no line can carry: the rest would be missing from the file without a word.
  if (end.kind === 'done' && end.truncated !== undefined) return { kind: 'failed', failure: { code: 'sql', message: 'A row is larger than can be read (256 MB).' } };
  return end.kind === 'done' ? { kind: 'done', rows: end.rows } : end;
}
