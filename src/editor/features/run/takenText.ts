/** The text of the active editor at the moment a command was given. What the person saw then is what runs. */
import { Range, window } from 'vscode';
import type { TextDocument } from 'vscode';
import type { SelectedRange } from './freeze.ts';

export type TakenText = {
  readonly document: TextDocument;
  readonly version: number;
  readonly text: string;
  readonly selections: readonly SelectedRange[];
};

/** @param argument - of the command: where the CodeLens stands that gave it, if one did */
export function takeText(argument: unknown): TakenText | undefined {
  const editor = window.activeTextEditor;
  if (!editor) return undefined;
  const { document } = editor;
  // A lens may be older than the text: only its place counts, the statement is looked up again.
  const chosen = argument instanceof Range ? [new Range(argument.start, argument.start)] : editor.selections;
  const selections = chosen.map(({ start, end }) => ({ start: document.offsetAt(start), end: document.offsetAt(end) }));
  return { document, version: document.version, text: document.getText(), selections };
}
