/** Runs the way back where it would have to begin, and takes it back: the proof that the server accepts it. */
import type { UndoStep } from '../../core/undo/undo.ts';
import { ask, errnoOf } from './change/asking.ts';
import type { Line } from './line.ts';

const savepoint = 'countersign_undo';
const deadlineMs = 30_000;

/**
 * @param compare - why the rows are not as they were
 * @returns why it does not bring everything back, or `undefined` when it does. Throws `Unanswered` when the line is lost or the
 *   transaction may be over.
 */
export async function tryMysqlUndo(line: Line, steps: readonly UndoStep[], compare: () => Promise<string | undefined>, signal: AbortSignal): Promise<string | undefined> {
  // The rows are named by key, but a key of several columns is not always taken for one.
  await ask(line, 'SET SESSION sql_safe_updates = 0', { deadlineMs });
  await ask(line, `SAVEPOINT ${savepoint}`, { deadlineMs });
  let problem: string | undefined;
  try {
    for (const { sql, parts } of steps) if (parts.length > 0 && !signal.aborted) await ask(line, sql, { deadlineMs, signal });
    problem = signal.aborted ? 'it was stopped.' : await compare();
  } catch (thrown) {
    if (errnoOf(thrown) === undefined) throw thrown;
    problem = `the server refused it when it was tried: ${(thrown as Error).message.replace(/\.$/u, '')}.`;
  }
  // A deadlock has rolled everything back, and then there is no such savepoint: whoever asked has to know.
  await ask(line, `ROLLBACK TO SAVEPOINT ${savepoint}`, { deadlineMs });
  return problem;
}
