/** Highlights the statement that would run, softly. */
import { Disposable, ThemeColor, window, workspace } from 'vscode';
import type { TextEditor } from 'vscode';
import type { CaretStatement } from './caretStatement.ts';

export function createStatementMark(caret: CaretStatement): Disposable {
  const type = window.createTextEditorDecorationType({
    isWholeLine: true,
    backgroundColor: new ThemeColor('countersign.statement'),
    borderColor: new ThemeColor('countersign.statementBorder'),
    borderStyle: 'solid',
    borderWidth: '0 0 0 1px',
  });
  const isOn = (): boolean => workspace.getConfiguration('countersign.editor').get('highlightStatement', true);
  const paint = (editor: TextEditor | undefined): void => editor?.setDecorations(type, isOn() ? caret.in(editor) : []);
  return Disposable.from(
    type,
    caret.onDidChange(paint),
    window.onDidChangeActiveTextEditor(() => {
      // Only one editor has the caret that runs something.
      for (const editor of window.visibleTextEditors) if (editor !== window.activeTextEditor) editor.setDecorations(type, []);
    }),
    workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration('countersign.editor.highlightStatement')) paint(window.activeTextEditor);
    }),
  );
}
