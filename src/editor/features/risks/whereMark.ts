/** Underlines the WHERE of the UPDATE or DELETE at the caret: what decides how much is touched is seen at a glance. */
import { Disposable, Range, ThemeColor, window, workspace } from 'vscode';
import type { TextEditor } from 'vscode';
import type { Analyser } from '../../../adapters/sql/analyser.ts';
import type { RisksOfDocuments } from './documentRisks.ts';
import { knownAt } from './statements.ts';

const pauseMs = 150;

export function createWhereMark(risks: RisksOfDocuments, analyser: Pick<Analyser, 'condition'>): Disposable {
  const type = window.createTextEditorDecorationType({ borderStyle: 'dotted', borderWidth: '0 0 1px 0', borderColor: new ThemeColor('countersign.changed') });
  const isOn = (): boolean => workspace.getConfiguration('countersign.editor').get('highlightStatement', true);
  let timer: NodeJS.Timeout | undefined;
  const paint = async (editor: TextEditor): Promise<void> => {
    const { version } = editor.document;
    const ranges = isOn() ? await rangesIn(editor, risks, analyser) : [];
    if (editor.document.version === version) editor.setDecorations(type, [...ranges]);
  };
  const paintSoon = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      if (window.activeTextEditor) void paint(window.activeTextEditor);
    }, pauseMs);
  };
  paintSoon();
  return Disposable.from(
    type,
    risks.onDidChange(paintSoon),
    window.onDidChangeTextEditorSelection(paintSoon),
    window.onDidChangeActiveTextEditor(paintSoon),
    workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration('countersign.editor.highlightStatement')) paintSoon();
    }),
    { dispose: () => clearTimeout(timer) },
  );
}

async function rangesIn({ document, selection }: TextEditor, risks: RisksOfDocuments, analyser: Pick<Analyser, 'condition'>): Promise<readonly Range[]> {
  const found = risks.of(document);
  const known = found && knownAt(found.statements, document.offsetAt(selection.active));
  if (!known || (known.statement.kind !== 'update' && known.statement.kind !== 'delete')) return [];
  const place = await analyser.condition(known.statement.text, found.dialect);
  return place ? [new Range(document.positionAt(known.start + place.start), document.positionAt(known.start + place.end))] : [];
}
