/** Puts the caret at a statement and shows what is known of it. */
import { commands, Range, Selection, window } from 'vscode';
import type { Position, TextEditor } from 'vscode';
import type { RisksOfDocuments } from './documentRisks.ts';
import { knownAt } from './statements.ts';

/** @param argument - the range of the lens that was clicked; else the caret counts */
export async function explainAt(risks: RisksOfDocuments, argument: unknown): Promise<void> {
  const editor = window.activeTextEditor;
  const start = editor && (argument instanceof Range ? argument.start : await startAtCaret(risks, editor));
  if (!editor || !start) return;
  editor.selection = new Selection(start, start);
  await commands.executeCommand('editor.action.showHover', { focus: 'noAutoFocus' });
}

async function startAtCaret(risks: RisksOfDocuments, { document, selection }: TextEditor): Promise<Position | undefined> {
  const found = await risks.ask(document);
  const known = found && knownAt(found.statements, document.offsetAt(selection.active));
  return known && document.positionAt(known.start);
}
