/** How a run ended, in words: what happened, what it means for the data, what to do next. One source for panel, results and record. */
import type { Outcome, RollbackReason } from '../outcome.ts';
import type { Failure } from '../errors.ts';
import { unreachable } from '../unreachable.ts';
import { describeTotal, rows } from './describe.ts';

export type OutcomeWords = { readonly level: 'info' | 'warning' | 'error'; readonly title: string; readonly text: string };

export function describeOutcome(outcome: Outcome): OutcomeWords {
  switch (outcome.kind) {
    case 'read':
      return { level: 'info', title: 'Read', text: `${rows(outcome.rows)}. Nothing was changed.` };
    case 'committed':
      return { level: 'info', title: 'Committed', text: committed(outcome) };
    case 'rolled-back':
      return { level: outcome.why === 'declined' ? 'info' : 'warning', title: 'Rolled back', text: `${rollbackWords[outcome.why]} ${unchanged}` };
    case 'refused':
      return { level: 'warning', title: 'Not run', text: outcome.reasons.map(({ message }) => message).join('\n') };
    case 'cancelled':
      return { level: 'info', title: 'Cancelled', text: `The server stopped the statement. ${unchanged}` };
    case 'failed':
      return { level: 'error', title: 'Failed', text: failureText(outcome.failure) };
    case 'in-doubt':
      return { level: 'error', title: 'In doubt', text: inDoubt(outcome.transactionId) };
    default:
      return unreachable(outcome);
  }
}

/** Message, detail and hint of a failure, one line each, with the server's code. */
export function failureText({ message, detail, hint, sqlState }: Failure): string {
  const first = sqlState === undefined ? message : `${message} (${sqlState})`;
  return [first, detail, hint === undefined ? undefined : `Hint: ${hint}`].filter((line) => line !== undefined).join('\n');
}

const unchanged = 'The data is as it was before.';

const rollbackWords: Readonly<Record<RollbackReason, string>> = {
  declined: 'You chose not to commit.',
  expired: 'The time to decide ran out.',
  cancelled: 'The run was stopped before its effect was known.',
  closed: 'The panel or the document was closed before a decision.',
  'server-timeout': 'The server ended the transaction because nobody decided in time.',
  'connection-lost': 'The connection to the server was lost before the change was final.',
  'access-ended': 'The permission to write ended before a decision.',
};

function committed({ preview }: Extract<Outcome, { kind: 'committed' }>): string {
  if (!preview) return 'The statements ran and are final.';
  const touched = preview.effects.length > 0 ? `${describeTotal(preview.effects)} changed. ` : 'No rows changed. ';
  return `${touched}The change is final${preview.transactionId === undefined ? '' : ` (transaction ${preview.transactionId})`}.`;
}

function inDoubt(transactionId: string | undefined): string {
  const where = transactionId === undefined ? '' : ` Ask the server with: SELECT pg_xact_status('${transactionId}');`;
  return `COMMIT was sent and its answer was lost. The change may or may not be final; nobody may guess. Do not run it again before you know.${where}`;
}
