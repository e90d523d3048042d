/** Runs the way back where it would have to begin, and takes it back: the proof that the server accepts it. */
import type { Remaining } from '../../core/undo/beyond.ts';
import type { UndoStep } from '../../core/undo/undo.ts';
import type { Line } from './line.ts';
import { apart, apartBefore, measureStep, parseMeasured, type Measured } from './measure.ts';
import { sqlFailure } from './sqlFailure.ts';

const limit = '10s';

const undone = [{ text: 'ROLLBACK TO SAVEPOINT countersign_undo' }, { text: 'RELEASE SAVEPOINT countersign_undo' }] as const;

const begin = [
  { text: 'SAVEPOINT countersign_undo' },
  { text: `SET LOCAL statement_timeout = '${limit}'` },
  // The change may have switched triggers and foreign keys off; when the way back runs, they are on.
  { text: "SELECT pg_catalog.set_config('session_replication_role', 'origin', true) WHERE pg_catalog.current_setting('session_replication_role') OPERATOR(pg_catalog.<>) 'origin'" },
] as const;

export type Tried = { readonly line: Line; readonly step: UndoStep; readonly signal: AbortSignal; /** Whether everything is as it was. */ readonly prove: (behind: Measured) => Promise<Remaining> };

/**
 * Runs under the person's own search path, as the way back will. Triggers fire and are taken back with it.
 *
 * @returns why it does not bring everything back, or what else it leaves. Never rejects, unless `prove` does.
 */
export async function tryUndo({ line, step, signal, prove }: Tried): Promise<Remaining> {
  const end = await line.run([...begin, { text: step.sql }, ...apart([measureStep])], { deadlineMs: 20_000, signal });
  switch (end.kind) {
    case 'complete': {
      try {
        const missed = end.results[begin.length]?.rows ?? [];
        const [first] = missed;
        if (first) return { reason: `${String(missed.length)} of the rows would not come back, the first in ${first[0] ?? 'a table'} (${first[2] ?? ''}).`, leaves: [] };
        return await prove(parseMeasured(end.results[begin.length + 1 + apartBefore]));
      } finally {
        await line.run(undone, { deadlineMs: 5000 });
      }
    }
    case 'error': {
      await line.run(undone, { deadlineMs: 5000 });
      return { reason: `the server refused it when it was tried: ${sqlFailure(end.error).message.replace(/\.$/u, '')}.`, leaves: [] };
    }
    case 'lost':
    case 'unsent':
      return { reason: 'the connection was lost while it was tried.', leaves: [] };
  }
}
