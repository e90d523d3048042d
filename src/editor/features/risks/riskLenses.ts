/** CodeLenses above risky statements, and one that shows the rows a write is about before anything is written. */
import { CodeLens, Disposable, EventEmitter, languages, Range, workspace } from 'vscode';
import type { CodeLensProvider, TextDocument } from 'vscode';
import type { DocumentRisks, RisksOfDocuments } from './documentRisks.ts';
import { lensTitle } from './explanation.ts';
import type { KnownStatement } from './statements.ts';

/** Beyond these, drawing them would slow down typing. */
const mostLenses = 60;

export function createRiskLenses(risks: RisksOfDocuments): Disposable {
  const changed = new EventEmitter<void>();
  const isOn = (): boolean => workspace.getConfiguration('countersign.editor').get('codeLens', true);
  /** While a text is typed the lenses stay where they were, so that no line jumps. */
  const last = new Map<string, readonly CodeLens[]>();
  const provider: CodeLensProvider = {
    onDidChangeCodeLenses: changed.event,
    provideCodeLenses: (document) => (isOn() ? [...(last.get(document.uri.toString()) ?? [])] : []),
  };
  return Disposable.from(
    changed,
    languages.registerCodeLensProvider({ language: 'sql' }, provider),
    risks.onDidChange((document) => {
      const found = risks.of(document);
      if (found) last.set(document.uri.toString(), lensesOf(found));
      else last.delete(document.uri.toString());
      changed.fire();
    }),
  );
}

function lensesOf({ document, dialect, statements }: DocumentRisks): readonly CodeLens[] {
  if (statements.length > mostLenses) return [];
  return statements.flatMap((known) => lensesFor(document, known, dialect === 'postgresql'));
}

function lensesFor(document: TextDocument, { start, statement, risks }: KnownStatement, canShowRows: boolean): readonly CodeLens[] {
  const at = document.positionAt(start);
  const range = new Range(at, at);
  const title = lensTitle(risks);
  const warning = title === undefined ? [] : [new CodeLens(range, { title: `$(warning)\u00a0${title}`, tooltip: 'What this is about, and what to do instead', command: 'countersign.explainStatement', arguments: [range] })];
  const isChange = statement.kind === 'update' || statement.kind === 'delete';
  const rows = canShowRows && isChange ? [new CodeLens(range, { title: 'Show Rows', tooltip: 'Read the rows it would touch. Nothing is written.', command: 'countersign.showTouchedRows', arguments: [range] })] : [];
  return [...warning, ...rows];
}
