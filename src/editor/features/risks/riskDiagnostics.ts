/**
 * Risks underlined while typing. Information, however high: errors and warnings give the tab a colour of their own, and
 * that of production would be gone just where it matters.
 */
import { Diagnostic, DiagnosticSeverity, Disposable, languages, Range, Uri } from 'vscode';
import type { TextDocument } from 'vscode';
import type { RiskSeverity } from '../../../core/sql/risks.ts';
import type { RisksOfDocuments } from './documentRisks.ts';
import { sentence } from './explanation.ts';
import type { PlacedRisk } from './statements.ts';

const severities: Readonly<Record<RiskSeverity, DiagnosticSeverity>> = { high: DiagnosticSeverity.Information, medium: DiagnosticSeverity.Information, low: DiagnosticSeverity.Hint };
const mostShown = 200;

export function createRiskDiagnostics(risks: RisksOfDocuments): Disposable {
  const collection = languages.createDiagnosticCollection('countersign.risks');
  return Disposable.from(
    collection,
    risks.onDidChange((document) => {
      const found = risks.of(document)?.statements.flatMap((each) => each.risks) ?? [];
      if (found.length === 0) collection.delete(document.uri);
      else collection.set(document.uri, found.slice(0, mostShown).map((risk) => toDiagnostic(document, risk)));
    }),
  );
}

function toDiagnostic(document: TextDocument, { code, severity, message, remedy, link, start, end }: PlacedRisk): Diagnostic {
  const range = new Range(document.positionAt(start), document.positionAt(end));
  const diagnostic = new Diagnostic(range, `${sentence(message)} ${sentence(remedy)}`, severities[severity]);
  diagnostic.source = 'Countersign';
  diagnostic.code = link === undefined ? code : { value: code, target: Uri.parse(link, true) };
  return diagnostic;
}

/** The code of a risk, where a diagnostic is one of ours. */
export function riskOf({ source, code }: Diagnostic): string | undefined {
  if (source !== 'Countersign') return undefined;
  return typeof code === 'string' ? code : typeof code === 'object' ? String(code.value) : undefined;
}
