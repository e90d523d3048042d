/** Quick fixes: safer ways to write a statement. Each is an edit the person sees; none is offered that the parser refuses. */
import { CodeAction, CodeActionKind, languages, Range, SnippetString, SnippetTextEdit, TextEdit, WorkspaceEdit } from 'vscode';
import type { CodeActionProvider, Diagnostic, Disposable, TextDocument } from 'vscode';
import type { SqlAnalyser } from '../../../app/ports.ts';
import type { Fix } from '../../../core/sql/fixes/fix.ts';
import { fixesFor, withFix } from '../../../core/sql/fixes/fixes.ts';
import type { RisksOfDocuments } from './documentRisks.ts';
import { riskOf } from './riskDiagnostics.ts';
import type { KnownStatement } from './statements.ts';

export function createRiskFixes(risks: RisksOfDocuments, analyser: Pick<SqlAnalyser, 'analyse'>, now: () => Date): Disposable {
  const provider: CodeActionProvider = {
    async provideCodeActions(document, range, { diagnostics }) {
      const found = await risks.ask(document);
      const [start, end] = [document.offsetAt(range.start), document.offsetAt(range.end)];
      const touched = found?.statements.filter((each) => each.start <= end && each.end >= start) ?? [];
      // Of several at once it would not be clear which one is meant.
      const [known] = touched;
      if (!found || !known || touched.length > 1) return [];
      const fixes = fixesFor(known.statement, found.dialect, stampOf(now()));
      const accepted = await Promise.all(fixes.map(async (fix) => (await analyser.analyse(withFix(known.statement, fix), found.dialect)).error === undefined));
      return fixes.filter((_fix, index) => accepted[index]).map((fix) => toAction(document, known, fix, diagnostics));
    },
  };
  return languages.registerCodeActionsProvider({ language: 'sql' }, provider, { providedCodeActionKinds: [CodeActionKind.QuickFix, CodeActionKind.RefactorRewrite] });
}

function toAction(document: TextDocument, known: KnownStatement, fix: Fix, diagnostics: readonly Diagnostic[]): CodeAction {
  // Without a risk there is nothing to fix, only something to rewrite: no light bulb at every SELECT.
  const action = new CodeAction(fix.title, fix.risk === undefined ? CodeActionKind.RefactorRewrite : CodeActionKind.QuickFix);
  const { start, end, text } = fix.edit;
  const range = new Range(document.positionAt(known.start + start), document.positionAt(known.start + end));
  action.edit = new WorkspaceEdit();
  action.edit.set(document.uri, [fix.blanks ? SnippetTextEdit.replace(range, toSnippet(text, fix.blanks)) : TextEdit.replace(range, text)]);
  action.diagnostics = diagnostics.filter((diagnostic) => riskOf(diagnostic) === fix.risk);
  action.isPreferred = fix.code === 'add-where';
  return action;
}

/** The words to replace become stops of the Tab key. */
function toSnippet(text: string, blanks: readonly string[]): SnippetString {
  const snippet = new SnippetString();
  let rest = text;
  for (const blank of blanks) {
    const at = rest.indexOf(blank);
    snippet.appendText(rest.slice(0, at)).appendPlaceholder(blank);
    rest = rest.slice(at + blank.length);
  }
  return snippet.appendText(rest);
}

/** `20260101T0915`, UTC. */
function stampOf(now: Date): string {
  return now.toISOString().slice(0, 16).replaceAll(/[-:]/gu, '');
}
