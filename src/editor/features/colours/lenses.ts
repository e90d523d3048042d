/** CodeLenses: the connection above the first line, Run and Preview Changes above statements. */
import { CodeLens, Disposable, EventEmitter, languages, Range, window, workspace } from 'vscode';
import type { CodeLensProvider, Position, TextDocument } from 'vscode';
import { textLength } from '../../textLength.ts';
import type { CaretStatement } from './caretStatement.ts';
import type { DocumentColours } from './documentColours.ts';
import type { DocumentSplit } from './documentSplit.ts';
import type { LensSlot, StatementLenses } from './lensSlot.ts';
import type { Presentation } from './presentation.ts';

/** Above every statement in short documents; in longer ones only above the one at the caret, or typing would slow down. */
const mostLenses = 60;
const shortText = 50_000;

export type LensParts = { readonly caret: CaretStatement; readonly slot: LensSlot; readonly split: DocumentSplit };

export function createLenses(colours: DocumentColours, { caret, slot, split }: LensParts): Disposable {
  const changed = new EventEmitter<void>();
  const isOn = (): boolean => workspace.getConfiguration('countersign.editor').get('codeLens', true);
  const provider: CodeLensProvider = {
    onDidChangeCodeLenses: changed.event,
    provideCodeLenses(document) {
      const shown = isOn() ? colours.of(document.uri) : undefined;
      if (!shown) return [];
      return [connectionLens(shown), ...statementStarts(document, shown, { caret, split }).flatMap((start) => statementLenses(start, shown, slot.at(document, start.line)))];
    },
  };
  return Disposable.from(
    changed,
    languages.registerCodeLensProvider({ language: 'sql' }, provider),
    colours.onDidChange(() => changed.fire()),
    slot.onDidChange(() => changed.fire()),
    split.onDidLoad(() => changed.fire()),
    caret.onDidChange(({ document }) => {
      if (!isShort(document)) changed.fire();
    }),
    workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration('countersign.editor.codeLens')) changed.fire();
    }),
  );
}

function connectionLens({ word, name, access, where, problem }: Presentation): CodeLens {
  const title = problem === undefined ? `$(database)\u00a0${word} · ${name} · ${access}` : `$(warning)\u00a0${word} · ${name} · ${where}`;
  return new CodeLens(new Range(0, 0, 0, 0), { title, tooltip: problem ?? where, command: 'countersign.bindDocument' });
}

function statementLenses(start: Position, { problem }: Presentation, { before, after }: StatementLenses): readonly CodeLens[] {
  if (problem !== undefined) return [];
  const range = new Range(start, start);
  return [
    ...before,
    new CodeLens(range, { title: '$(play)\u00a0Run', tooltip: 'Run this statement', command: 'countersign.runStatement', arguments: [range] }),
    new CodeLens(range, { title: 'Preview Changes', tooltip: 'Run it in a transaction that is not committed, and show what it did', command: 'countersign.previewChanges', arguments: [range] }),
    ...after,
  ];
}

function statementStarts(document: TextDocument, { dialect }: Presentation, { caret, split }: Pick<LensParts, 'caret' | 'split'>): readonly Position[] {
  const all = isShort(document) && dialect ? split.all(document.getText(), dialect) : [];
  if (isShort(document) && all.length <= mostLenses) return firstOfLines(all.map(({ start }) => document.positionAt(start)));
  const editor = window.visibleTextEditors.find((candidate) => candidate.document === document);
  return editor ? caret.in(editor).map(({ start }) => start) : [];
}

/** Two statements on one line would get lenses that nobody can tell apart. */
function firstOfLines(starts: readonly Position[]): readonly Position[] {
  return starts.filter(({ line }, index) => line !== starts[index - 1]?.line);
}

function isShort(document: TextDocument): boolean {
  return document.lineCount <= 1000 && textLength(document) <= shortText;
}
