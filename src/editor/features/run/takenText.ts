/** The text of the active editor at the moment a command was given. What the person saw then is what runs. */
import { Position, Range, window } from 'vscode';
import type { TextDocument } from 'vscode';
import type { SelectedRange } from './freeze.ts';

export type TakenText = {
  readonly document: TextDocument;
  readonly version: number;
  readonly text: string;
  readonly selections: readonly SelectedRange[];
};

/** @param argument - of the command: where the CodeLens or the hover stands that gave it, if one did */
export function takeText(argument: unknown): TakenText | undefined {
  const editor = window.activeTextEditor;
  if (!editor) return undefined;
  const { document } = editor;
  // A lens may be older than the text: only its place counts, the statement is looked up again.
  const place = placeOf(argument);
  const chosen = place ? [new Range(place, place)] : editor.selections;
  const selections = chosen.map(({ start, end }) => ({ start: document.offsetAt(start), end: document.offsetAt(end) }));
  return { document, version: document.version, text: document.getText(), selections };
}

/** A link of a hover hands on numbers only. */
function placeOf(argument: unknown): Position | undefined {
  if (argument instanceof Range) return argument.start;
  if (typeof argument !== 'object' || argument === null || !('line' in argument) || !('character' in argument)) return undefined;
  const { line, character } = argument;
  const isPlace = Number.isInteger(line) && Number.isInteger(character) && Number(line) >= 0 && Number(character) >= 0;
  return isPlace ? new Position(Number(line), Number(character)) : undefined;
}
