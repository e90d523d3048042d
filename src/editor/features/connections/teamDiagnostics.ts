/** Problems of a team file, underlined where they are; for the text on screen while it is open, else for the file. */
import { Diagnostic, DiagnosticSeverity, Disposable, languages, Range, workspace } from 'vscode';
import type { DiagnosticCollection, TextDocument, WorkspaceFolder } from 'vscode';
import type { LocatedProblem } from '../../../adapters/teamFile.ts';
import { parseTeamText, teamFileUri } from './teamFiles.ts';
import type { TeamFiles } from './teamFiles.ts';

const settleMs = 200;

export function createTeamDiagnostics(files: TeamFiles): Disposable {
  const collection = languages.createDiagnosticCollection('countersign.team');
  let timer: NodeJS.Timeout | undefined;
  const refresh = (): void => void showAll(collection, files);
  const refreshSoon = (document: TextDocument): void => {
    if (!folderOf(document)) return;
    clearTimeout(timer);
    timer = setTimeout(refresh, settleMs);
  };
  refresh();
  return Disposable.from(
    collection,
    files.onDidChange(refresh),
    workspace.onDidChangeTextDocument(({ document }) => refreshSoon(document)),
    workspace.onDidOpenTextDocument(refreshSoon),
    { dispose: () => clearTimeout(timer) },
  );
}

async function showAll(collection: DiagnosticCollection, files: TeamFiles): Promise<void> {
  const open = workspace.textDocuments.flatMap((document) => {
    const folder = folderOf(document);
    return folder && workspace.isTrusted ? [{ document, folder }] : [];
  });
  const parsed = await Promise.all(open.map(async ({ document, folder }) => ({ document, ...(await parseTeamText(folder, document.getText())) })));
  collection.clear();
  for (const { uri, text, problems } of files.loaded) collection.set(uri, problems.map((problem) => diagnostic(problem, positionsIn(text))));
  for (const { document, problems } of parsed) collection.set(document.uri, problems.map((problem) => diagnostic(problem, (start, end) => rangeIn(document, start, end))));
}

type ToRange = (start: number, end: number) => Range;

function diagnostic({ severity, message, start, end }: LocatedProblem, toRange: ToRange): Diagnostic {
  const shown = new Diagnostic(toRange(start, end), message, severity === 'error' ? DiagnosticSeverity.Error : DiagnosticSeverity.Warning);
  shown.source = 'Countersign';
  return shown;
}

function rangeIn(document: TextDocument, start: number, end: number): Range {
  return new Range(document.positionAt(start), document.positionAt(end));
}

/** Lines and columns of a text that is not open. */
export function positionsIn(text: string): ToRange {
  const position = (index: number): [line: number, character: number] => {
    const lines = text.slice(0, index).split(/\r\n|\r|\n/u);
    return [lines.length - 1, lines.at(-1)?.length ?? 0];
  };
  return (start, end) => new Range(...position(start), ...position(end));
}

function folderOf(document: TextDocument): WorkspaceFolder | undefined {
  const name = document.uri.toString();
  return (workspace.workspaceFolders ?? []).find((folder) => teamFileUri(folder)?.toString() === name);
}
