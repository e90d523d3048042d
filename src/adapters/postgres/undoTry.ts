/** Runs the way back where it would have to begin, and takes it back: the proof that the server accepts it. */
import type { UndoStep } from '../../core/undo/undo.ts';
import type { Line } from './line.ts';
import { sqlFailure } from './sqlFailure.ts';

const limit = '10s';

const undone = [{ text: 'ROLLBACK TO SAVEPOINT countersign_apart' }, { text: 'RELEASE SAVEPOINT countersign_apart' }] as const;

/**
 * Runs under the person's own search path, as the way back will. Triggers fire and are taken back with it.
 *
 * @returns why it does not bring everything back, or `undefined` when it does. Never rejects.
 */
export async function tryUndo(line: Line, { sql }: UndoStep, signal: AbortSignal): Promise<string | undefined> {
  const end = await line.run([{ text: 'SAVEPOINT countersign_apart' }, { text: `SET LOCAL statement_timeout = '${limit}'` }, { text: sql }, ...undone], { deadlineMs: 20_000, signal });
  switch (end.kind) {
    case 'complete': {
      const missed = end.results[2]?.rows ?? [];
      const [first] = missed;
      return first ? `${String(missed.length)} of the rows would not come back, the first in ${first[0] ?? 'a table'} (${first[2] ?? ''}).` : undefined;
    }
    case 'error': {
      await line.run(undone, { deadlineMs: 5000 });
      return `the server refused it when it was tried: ${sqlFailure(end.error).message.replace(/\.$/u, '')}.`;
    }
    case 'lost':
    case 'unsent':
      return 'the connection was lost while it was tried.';
  }
}
