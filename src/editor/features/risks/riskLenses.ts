/** Lenses of risky statements, and one that shows the rows a write is about before anything is written. */
import { CodeLens, Range } from 'vscode';
import type { TextDocument } from 'vscode';
import type { LensSource, StatementLenses } from '../colours/lensSlot.ts';
import type { DocumentRisks, RisksOfDocuments } from './documentRisks.ts';
import { lensTitle } from './explanation.ts';
import type { KnownStatement } from './statements.ts';

type LensesByLine = ReadonlyMap<number, { /** Of the line, when the lenses were made. */ readonly text: string; readonly lenses: StatementLenses }>;

export function createRiskLenses(risks: RisksOfDocuments): LensSource {
  /** While a text is typed the lenses of untouched lines stay where they were, so that nothing jumps. */
  const latest = new Map<string, { readonly found: DocumentRisks; readonly lenses: LensesByLine }>();
  const lensesOf = (document: TextDocument): LensesByLine | undefined => {
    const key = document.uri.toString();
    const found = risks.of(document);
    const known = latest.get(key);
    if (!found || known?.found === found) return known?.lenses;
    const lenses = new Map(found.statements.map((statement) => lensesFor(found, statement)));
    latest.set(key, { found, lenses });
    return lenses;
  };
  return {
    at(document, line) {
      const made = lensesOf(document)?.get(line);
      return made?.text === document.lineAt(line).text ? made.lenses : undefined;
    },
    onDidChange: (listener) =>
      risks.onDidChange((document) => {
        if (!risks.of(document)) latest.delete(document.uri.toString());
        listener(document);
      }),
  };
}

function lensesFor({ document, dialect }: DocumentRisks, { start, statement, risks }: KnownStatement): readonly [line: number, made: { text: string; lenses: StatementLenses }] {
  const at = document.positionAt(start);
  const range = new Range(at, at);
  const title = lensTitle(risks);
  const explains = { title: `$(warning)\u00a0${title ?? ''}`, tooltip: 'What this is about, and what to do instead', command: 'countersign.explainStatement', arguments: [range] };
  const shows = { title: 'Show Rows', tooltip: 'Read the rows it would touch. Nothing is written.', command: 'countersign.showTouchedRows', arguments: [range] };
  const isChange = dialect === 'postgresql' && (statement.kind === 'update' || statement.kind === 'delete');
  const lenses = { before: title === undefined ? [] : [new CodeLens(range, explains)], after: isChange ? [new CodeLens(range, shows)] : [] };
  return [at.line, { text: document.lineAt(at.line).text, lenses }];
}
