/** Whether a change is worth what it costs the server, asked before anything of it ran. */
import { window } from 'vscode';
import type { CostlyRequest } from '../../../app/ports.ts';
import { groupDigits } from '../../../core/effect/describe.ts';
import { quoteStatement } from '../../../core/policy/irreversible.ts';
import { plainText } from '../../plainText.ts';

const run = 'Run It';

export async function askWorthIt({ connection, expectedRows, statement }: CostlyRequest, signal: AbortSignal): Promise<boolean> {
  const detail = `${quoteStatement(statement)}\n\nThe server has to change every one of them even for a preview, and to clean up after it when you roll back: log, dead rows, and locks meanwhile. Nothing ran so far. A narrower statement, or one part at a time, is shown faster.`;
  const picked = await window.showWarningMessage(plainText(`${connection.name} expects about ${groupDigits(expectedRows)} row operations. Run it to see what it does?`), { modal: true, detail: plainText(detail) }, run);
  return picked === run && !signal.aborted;
}
