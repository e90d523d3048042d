/** Prints how a run ended, and what the shell is told. */
import { groupDigits } from '../../core/effect/describe.ts';
import { describeOutcome } from '../../core/outcomeText.ts';
import type { Outcome } from '../../core/outcome.ts';
import type { ConnectionProfile } from '../../core/profile/connection.ts';
import { unreachable } from '../../core/unreachable.ts';
import { toDocument, type Ran } from './effectDocument.ts';
import { changeAsText, inspectionAsText, resultAsCsv, resultAsTable } from './textReport.ts';
import { visible } from '../visible.ts';

/** 0: read, or committed. 1: failed, or nobody knows. 3: not committed. */
export function exitCodeOf(outcome: Outcome): number {
  switch (outcome.kind) {
    case 'read':
    case 'committed':
      return 0;
    case 'failed':
    case 'in-doubt':
      return 1;
    case 'rolled-back':
    case 'refused':
    case 'awaiting-confirmation':
    case 'cancelled':
      return 3;
    default:
      return unreachable(outcome);
  }
}

/** The answer goes to standard output, how it ended to standard error. */
export function report(ran: Ran & { readonly terminal?: unknown }, format: 'table' | 'json' | 'csv', { name, dialect }: ConnectionProfile): void {
  switch (format) {
    case 'json':
      process.stdout.write(`${JSON.stringify(toDocument(ran), undefined, 2)}\n`);
      break;
    case 'csv':
      process.stdout.write(ran.reads.map((read) => resultAsCsv(read, dialect)).join('\r\n'));
      break;
    case 'table':
      process.stdout.write(ran.reads.map(resultAsTable).join('\n'));
      break;
    default:
      unreachable(format);
  }
  for (const notice of ran.reads.flatMap(({ notices }) => notices)) process.stderr.write(`The server says: ${visible(notice)}\n`);
  if (format !== 'json') warnIfCut(ran);
  // At a terminal it was shown before the question.
  if (ran.terminal === undefined && format !== 'json') {
    if (ran.change) process.stdout.write(changeAsText(ran.change));
    if (ran.change?.undo && ran.undo) process.stdout.write(`Undo: ${String(ran.undo.steps.length)} statements would take it back; --format json prints them.\n`);
    if (ran.inspection) process.stdout.write(inspectionAsText(ran.inspection));
  }
  if (ran.tooCostly !== undefined) process.stderr.write(`The server expects about ${groupDigits(ran.tooCostly)} row changes, and would have to make them to show them. To be asked run it at a terminal, or raise --ask-above.\n`);
  const { title, text } = describeOutcome(ran.outcome, name);
  process.stderr.write([title, text].filter((part) => part !== '').map((part) => `${part}\n`).join(''));
}

function warnIfCut({ reads }: Ran): void {
  const cut = reads.some(({ end }) => end.kind === 'done' && end.truncated !== undefined);
  if (cut) process.stderr.write('Not all rows are here: ask for more with --max-rows, or for fewer in the query.\n');
}
