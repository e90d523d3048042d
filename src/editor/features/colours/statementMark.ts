/** Highlights the statement that would run, softly. */
import { Disposable, ThemeColor, window, workspace } from 'vscode';
import type { TextEditor, TextEditorDecorationType } from 'vscode';
import type { CaretStatement } from './caretStatement.ts';

export function createStatementMark(caret: CaretStatement): Disposable {
  /** Made for the first statement. */
  let type: TextEditorDecorationType | undefined;
  const isOn = (): boolean => workspace.getConfiguration('countersign.editor').get('highlightStatement', true);
  const paint = (editor: TextEditor | undefined): void => {
    const ranges = editor && isOn() ? caret.in(editor) : [];
    if (ranges.length > 0) type ??= createType();
    if (type) editor?.setDecorations(type, ranges);
  };
  return Disposable.from(
    { dispose: () => type?.dispose() },
    caret.onDidChange(paint),
    window.onDidChangeActiveTextEditor(() => {
      // Only one editor has the caret that runs something.
      for (const editor of window.visibleTextEditors) if (type && editor !== window.activeTextEditor) editor.setDecorations(type, []);
    }),
    workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration('countersign.editor.highlightStatement')) paint(window.activeTextEditor);
    }),
  );
}

function createType(): TextEditorDecorationType {
  return window.createTextEditorDecorationType({
    isWholeLine: true,
    backgroundColor: new ThemeColor('countersign.statement'),
    borderColor: new ThemeColor('countersign.statementBorder'),
    borderStyle: 'solid',
    borderWidth: '0 0 0 1px',
  });
}
