/** Errors of the last run, underlined where they are. Gone with the next run or the first edit. */
import { Diagnostic, DiagnosticSeverity, Disposable, languages, Range, workspace } from 'vscode';
import type { TextDocument } from 'vscode';
import type { Problem } from './places.ts';

export interface RunDiagnostics extends Disposable {
  /** @param version - of the document when the text was taken; nothing is shown on another one */
  show(document: TextDocument, version: number, problems: readonly Problem[], severity: 'error' | 'warning'): void;
  clear(document: TextDocument): void;
}

export function createRunDiagnostics(): RunDiagnostics {
  const collection = languages.createDiagnosticCollection('countersign.run');
  const clear = (document: TextDocument): void => collection.delete(document.uri);
  const subscriptions = Disposable.from(
    collection,
    workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
      if (contentChanges.length > 0 && collection.has(document.uri)) clear(document);
    }),
    workspace.onDidCloseTextDocument(clear),
  );
  return {
    clear,
    show(document, version, problems, severity) {
      if (document.isClosed || document.version !== version) return;
      const level = severity === 'error' ? DiagnosticSeverity.Error : DiagnosticSeverity.Warning;
      const diagnostics = problems.map(({ start, end, message }) => {
        const diagnostic = new Diagnostic(new Range(document.positionAt(start), document.positionAt(end)), message, level);
        diagnostic.source = 'Countersign';
        return diagnostic;
      });
      collection.set(document.uri, diagnostics);
    },
    dispose: () => void subscriptions.dispose(),
  };
}
