/** Says at the file that it is not in force, and offers to sign it there. */
import path from 'node:path';
import { CodeAction, CodeActionKind, Diagnostic, DiagnosticSeverity, Disposable, languages, Range, Uri, workspace } from 'vscode';
import type { CodeActionProvider } from 'vscode';
import { signaturesFile } from '../../../adapters/confirmation/teamFolder.ts';
import type { TeamReport } from '../../../adapters/confirmation/teamFolder.ts';
import { describeTeamRefusal } from '../../../core/approval/refusalText.ts';
import { teamFreshness } from '../../../core/approval/teamChain.ts';
import { watchPath } from '../../watchPath.ts';
import { openPlaces } from './editorConfirmation.ts';
import { expiryText } from './teamNodes.ts';
import type { TeamContext } from './teamContext.ts';

export interface TeamNotices extends Disposable {
  refresh(): Promise<void>;
}

const settleMs = 200;
const code = 'team-not-in-force';

export function createTeamNotices(context: TeamContext): TeamNotices {
  const collection = languages.createDiagnosticCollection('countersign.teamInForce');
  let latest = 0;
  const refresh = async (): Promise<void> => {
    latest += 1;
    const turn = latest;
    context.confirmation.team.forget();
    const report = await context.confirmation.team.report();
    const signed = await context.confirmation.team.connections();
    // A slower look at how the files were before does not speak last.
    if (turn !== latest) return;
    collection.clear();
    const found = diagnosticOf(report, context.clock.now());
    const uri = report.kind === 'none' ? undefined : Uri.file(report.place.file);
    if (found !== undefined && uri !== undefined) collection.set(uri, [found]);
    const problem = found && uri && { severity: found.severity === DiagnosticSeverity.Error ? ('error' as const) : ('warning' as const), message: `Team file: ${found.message}`, place: { uri, range: found.range } };
    context.noteTeam({ signed, ...(problem === undefined ? {} : { problem }) });
    context.changed();
  };
  let timer: NodeJS.Timeout | undefined;
  const soon = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => void refresh(), settleMs);
  };
  let watchers: readonly Disposable[] = [];
  const watch = (): void => {
    for (const watcher of watchers) watcher.dispose();
    watchers = openPlaces().flatMap(({ folder, file }) => [file, signaturesFile(file)].map((name) => watchFile(folder, name, soon)));
    soon();
  };
  watch();
  const parts = Disposable.from(
    collection,
    workspace.onDidChangeWorkspaceFolders(watch),
    workspace.onDidGrantWorkspaceTrust(soon),
    languages.registerCodeActionsProvider({ scheme: 'file', pattern: '**/*.jsonc' }, signAction, { providedCodeActionKinds: [CodeActionKind.QuickFix] }),
  );
  return {
    refresh,
    dispose() {
      clearTimeout(timer);
      for (const watcher of watchers) watcher.dispose();
      parts.dispose();
    },
  };
}

function watchFile(folder: string, name: string, changed: () => void): Disposable {
  return watchPath(Uri.file(folder), path.relative(folder, name).replaceAll('\\', '/'), changed);
}

function diagnosticOf(report: TeamReport, now: number): Diagnostic | undefined {
  if (report.kind === 'none') return undefined;
  if (report.kind === 'refused') return diagnostic(`Not in force: ${report.detail ?? describeTeamRefusal(report.code)}. Until that is settled nothing can be confirmed.`, report.code === 'team-unsigned' ? code : undefined, DiagnosticSeverity.Error);
  const expiry = expiryText(report.team, teamFreshness(report.team, now), now);
  return expiry === undefined ? undefined : diagnostic(`${expiry}. An administrator renews it with “Renew the Team File”.`, undefined, DiagnosticSeverity.Warning);
}

function diagnostic(message: string, actionCode: string | undefined, severity: DiagnosticSeverity): Diagnostic {
  const shown = new Diagnostic(new Range(0, 0, 0, 1), message, severity);
  shown.source = 'Countersign';
  if (actionCode !== undefined) shown.code = actionCode;
  return shown;
}

const signAction: CodeActionProvider = {
  provideCodeActions(_document, _range, { diagnostics }) {
    const found = diagnostics.find((each) => each.source === 'Countersign' && each.code === code);
    if (found === undefined) return [];
    const action = new CodeAction('Sign the Team File', CodeActionKind.QuickFix);
    action.diagnostics = [found];
    action.isPreferred = true;
    action.command = { command: 'countersign.signTeamFile', title: 'Sign the Team File' };
    return [action];
  },
};
