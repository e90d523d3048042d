/** The statement that would run: at the caret of the active editor, looked up when the person pauses. */
import { Disposable, EventEmitter, Range, window, workspace } from 'vscode';
import type { Event, TextDocument, TextEditor } from 'vscode';
import type { StatementRange } from '../../../core/sql/statementPlaces.ts';
import { textLength } from '../../textLength.ts';
import type { DocumentColours } from './documentColours.ts';
import type { DocumentSplit } from './documentSplit.ts';

export interface CaretStatement extends Disposable {
  /** Statements at the carets of this editor; none while it is not connected, too long, or being typed in. */
  in(editor: TextEditor): readonly Range[];
  readonly onDidChange: Event<TextEditor>;
}

/** Longer texts run, but are not looked at while somebody types. */
export const longestText = 1_500_000;
const pauseMs = 120;
/** Looking at a long text takes some milliseconds: not between two keys. */
const longText = 200_000;
const longPauseMs = 500;

export function createCaretStatement(colours: DocumentColours, split: DocumentSplit): CaretStatement {
  const changed = new EventEmitter<TextEditor>();
  let found: { readonly editor: TextEditor; readonly ranges: readonly Range[] } | undefined;
  let timer: NodeJS.Timeout | undefined;

  const look = (): void => {
    timer = undefined;
    const editor = window.activeTextEditor;
    const dialect = editor && colours.of(editor.document.uri)?.dialect;
    const ranges = editor && dialect ? rangesIn(editor, (text, offset) => split.at(text, offset, dialect)) : [];
    if (!editor || (found?.editor === editor && isSame(found.ranges, ranges))) return;
    found = { editor, ranges };
    changed.fire(editor);
  };
  const lookSoon = (): void => {
    clearTimeout(timer);
    const document = window.activeTextEditor?.document;
    timer = setTimeout(look, document && textLength(document) > longText ? longPauseMs : pauseMs);
  };
  lookSoon();
  const subscriptions = Disposable.from(
    changed,
    colours.onDidChange(lookSoon),
    split.onDidLoad(lookSoon),
    window.onDidChangeTextEditorSelection(({ textEditor }) => {
      if (textEditor === window.activeTextEditor) lookSoon();
    }),
    workspace.onDidChangeTextDocument(({ document }) => {
      if (document === window.activeTextEditor?.document) lookSoon();
    }),
    { dispose: () => clearTimeout(timer) },
  );
  return {
    in: (editor) => (found?.editor === editor ? found.ranges : []),
    onDidChange: changed.event,
    dispose: () => void subscriptions.dispose(),
  };
}

type FindAt = (text: string, offset: number) => StatementRange | undefined;

function rangesIn({ document, selections }: TextEditor, find: FindAt): readonly Range[] {
  if (textLength(document) > longestText) return [];
  const text = document.getText();
  return selections.flatMap(({ isEmpty, active }) => (isEmpty ? (rangeAt(document, find(text, document.offsetAt(active))) ?? []) : []));
}

function rangeAt(document: TextDocument, statement: StatementRange | undefined): Range | undefined {
  return statement && new Range(document.positionAt(statement.start), document.positionAt(statement.end));
}

function isSame(a: readonly Range[], b: readonly Range[]): boolean {
  return a.length === b.length && a.every((range, index) => b[index]?.isEqual(range) === true);
}
