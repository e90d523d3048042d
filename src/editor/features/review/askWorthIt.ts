/** Whether a change is worth what it costs the server, asked before anything of it ran. */
import { window } from 'vscode';
import type { CostlyRequest } from '../../../app/ports.ts';
import { groupDigits } from '../../../core/effect/describe.ts';
import { quoteStatement } from '../../../core/policy/irreversible.ts';
import { plainText } from '../../plainText.ts';

const run = 'Run It';

export async function askWorthIt({ connection, expectedRows, statement }: CostlyRequest, signal: AbortSignal): Promise<boolean> {
  const isDefinition = statement.class === 'ddl' || statement.class === 'admin' || statement.kind.startsWith('alter-');
  const cost = isDefinition
    ? 'The server has to read or write all of them even for a preview, and others wait for the table meanwhile; after your consent it does so once more. Nothing ran so far.'
    : 'The server has to change every one of them even for a preview, and to clean up after it when you roll back: log, dead rows, and locks meanwhile. Nothing ran so far. A narrower statement, or one part at a time, is shown faster.';
  const detail = `${quoteStatement(statement)}\n\n${cost}`;
  const expects = isDefinition ? `has about ${groupDigits(expectedRows)} rows in the table` : `expects about ${groupDigits(expectedRows)} row operations`;
  const picked = await window.showWarningMessage(plainText(`${connection.name} ${expects}. Run it to see what it does?`), { modal: true, detail: plainText(detail) }, run);
  return picked === run && !signal.aborted;
}
