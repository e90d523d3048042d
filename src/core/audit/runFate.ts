/** What became of a run that was taken for execution, by its records alone: whether it may still be running, and whether it can have changed anything. */
import type { EventBody } from './chain.ts';
import type { AuditRecord } from './record.ts';

/** `in-doubt`: COMMIT may have been sent, or nothing is known. */
export type RunFate = 'running' | 'committed' | 'failed' | 'in-doubt';

/** The records of one program. */
export type ProgramRecords = { readonly living: boolean; readonly bodies: readonly EventBody[] };

/** COMMIT is sent behind its record, never before: a run without that record changed nothing. Pure. */
export function fateOf(run: string, programs: readonly ProgramRecords[]): RunFate {
  const mine = programs.flatMap(({ living, bodies }) => bodies.filter((body) => body['run'] === run).map((body) => ({ living, body: body as Partial<AuditRecord> })));
  const records = mine.toSorted((a, b) => (a.body.time ?? 0) - (b.body.time ?? 0));
  const taken = records.findIndex(({ body }) => body.kind === 'claim');
  // The claim is on record before anything is taken; only where nothing at all is left of the run can it have been removed.
  if (taken < 0) return records.length === 0 ? 'in-doubt' : 'failed';
  const since = records.slice(taken);
  const end = since.findLast(({ body }) => body.kind === 'outcome' || body.kind === 'settled')?.body;
  if (end) return endOf(end.kind === 'settled' ? end.reason : end.outcome);
  if (since.some(({ living }) => living)) return 'running';
  return since.some(({ body }) => body.kind === 'commit-intent') ? 'in-doubt' : 'failed';
}

function endOf(outcome: string | undefined): RunFate {
  switch (outcome) {
    case 'committed':
      return 'committed';
    case 'in-doubt':
    case 'unknown':
    case undefined:
      return 'in-doubt';
    default:
      return 'failed';
  }
}
