/** The statement that would run: at the caret of the active editor, looked up when the person pauses. */
import { Disposable, EventEmitter, Range, window, workspace } from 'vscode';
import type { Event, TextDocument, TextEditor } from 'vscode';
import type { DocumentColours } from './documentColours.ts';
import { statementAt } from '../../../core/sql/postgres/split.ts';

export interface CaretStatement extends Disposable {
  /** Statements at the carets of this editor; none while it is not connected, too long, or being typed in. */
  in(editor: TextEditor): readonly Range[];
  readonly onDidChange: Event<TextEditor>;
}

/** Longer texts run, but are not looked at while somebody types. */
export const longestText = 1_500_000;
const pauseMs = 120;

export function createCaretStatement(colours: DocumentColours): CaretStatement {
  const changed = new EventEmitter<TextEditor>();
  let found: { readonly editor: TextEditor; readonly ranges: readonly Range[] } | undefined;
  let timer: NodeJS.Timeout | undefined;

  const look = (): void => {
    timer = undefined;
    const editor = window.activeTextEditor;
    const ranges = editor && colours.of(editor.document.uri) ? rangesIn(editor) : [];
    if (!editor || (found?.editor === editor && isSame(found.ranges, ranges))) return;
    found = { editor, ranges };
    changed.fire(editor);
  };
  const lookSoon = (): void => {
    clearTimeout(timer);
    timer = setTimeout(look, pauseMs);
  };
  lookSoon();
  const subscriptions = Disposable.from(
    changed,
    colours.onDidChange(lookSoon),
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

function rangesIn({ document, selections }: TextEditor): readonly Range[] {
  const text = document.getText();
  if (text.length > longestText) return [];
  return selections.flatMap(({ isEmpty, active }) => (isEmpty ? (rangeAt(document, text, document.offsetAt(active)) ?? []) : []));
}

function rangeAt(document: TextDocument, text: string, offset: number): Range | undefined {
  const statement = statementAt(text, offset);
  return statement && new Range(document.positionAt(statement.start), document.positionAt(statement.end));
}

function isSame(a: readonly Range[], b: readonly Range[]): boolean {
  return a.length === b.length && a.every((range, index) => b[index]?.isEqual(range) === true);
}
