/** Commands that run, stop and decide. Every way to run a text ends in `order`. */
import { commands, Disposable, Range, window } from 'vscode';
import type { TextDocument, TextEditor, Uri } from 'vscode';
import type { RunRequest } from '../../../app/run.ts';
import type { ConnectionProfile } from '../../../core/profile/connection.ts';
import type { Bindings } from '../binding/bindings.ts';
import type { ReviewHost } from '../review/review.ts';
import { freezeAll, freezeSelections, type FrozenText } from './freeze.ts';
import type { RunControl } from './runControl.ts';

export type RunCommandPorts = { readonly bindings: Bindings; readonly review: ReviewHost; readonly control: RunControl };

type What = (text: string, editor: TextEditor) => FrozenText | undefined;

export function registerRunCommands(ports: RunCommandPorts): Disposable {
  const { review, control } = ports;
  const onDocument = (use: (document: string) => unknown) => (): void => {
    const document = currentDocument(ports);
    if (document !== undefined) void use(document);
  };
  return Disposable.from(
    commands.registerCommand('countersign.runStatement', async (argument?: unknown) => await runEditor(ports, 'run', atCarets(argument))),
    commands.registerCommand('countersign.runAll', async () => await runEditor(ports, 'run', freezeAll)),
    commands.registerCommand('countersign.previewChanges', async (argument?: unknown) => {
      const document = window.activeTextEditor?.document.uri.toString();
      if (document !== undefined && review.openOf(document)) review.reveal(document);
      else await runEditor(ports, 'preview', atCarets(argument));
    }),
    commands.registerCommand('countersign.cancelQuery', onDocument(async (document) => await control.stop(document, 'declined'))),
    commands.registerCommand('countersign.openReview', onDocument((document) => review.reveal(document))),
    commands.registerCommand('countersign.rollback', onDocument((document) => review.openOf(document)?.rollBack('declined'))),
  );
}

/** The statement a CodeLens stands above, else the one at each caret. */
function atCarets(argument: unknown): What {
  return (text, editor) => {
    const { document, selections } = editor;
    // A lens may be older than the text: only its line counts, the statement is looked up again.
    const chosen = argument instanceof Range ? [new Range(argument.start, argument.start)] : selections;
    return freezeSelections(text, chosen.map(({ start, end }) => ({ start: document.offsetAt(start), end: document.offsetAt(end) })));
  };
}

async function runEditor(ports: RunCommandPorts, mode: RunRequest['mode'], what: What): Promise<void> {
  const editor = window.activeTextEditor;
  if (!editor) return;
  const { document } = editor;
  // Frozen before anything is asked or awaited: what the person saw is what runs.
  const frozen = what(document.getText(), editor);
  const profile = await profileFor(ports.bindings, document);
  if (!profile) return;
  if (!frozen) {
    window.setStatusBarMessage('$(info) There is no statement at the caret. Nothing was run.', 5000);
    return;
  }
  if (await isFree(ports, document.uri)) await ports.control.start({ document, profile, frozen, mode });
}

/** The connection of the document. Where there is none, or not the one the person chose, nothing runs and binding is offered. */
async function profileFor(bindings: Bindings, document: TextDocument): Promise<ConnectionProfile | undefined> {
  await bindings.ready;
  const binding = bindings.of(document.uri);
  if (binding?.kind === 'bound') return binding.profile;
  if (binding?.kind === 'loading') {
    window.setStatusBarMessage(`$(loading~spin) ${binding.name} is still being looked up. Nothing was run; try again in a moment.`, 5000);
    return undefined;
  }
  const message = binding === undefined
    ? 'This document is not connected. Nothing was run.'
    : binding.kind === 'missing'
      ? `The connection ${binding.name} is gone from the settings and the team file. Nothing was run.`
      : `The team file changed where ${binding.profile.name} leads (${binding.changes.join(', ')}). Nothing was run. Connect again only if you trust that change.`;
  const choice = await window.showWarningMessage(message, 'Connect…');
  if (choice !== undefined) await commands.executeCommand('countersign.bindDocument', document.uri);
  return undefined;
}

/** One run at a time for each document. A second one says what is in the way. */
async function isFree({ control, review }: RunCommandPorts, uri: Uri): Promise<boolean> {
  const document = uri.toString();
  if (!control.runOf(document)) return true;
  if (review.openOf(document)) {
    review.reveal(document);
    window.setStatusBarMessage('$(info) A change of this document is still open. Commit it or roll it back first.', 8000);
    return false;
  }
  const choice = await window.showInformationMessage('A statement of this document is still running. Nothing else was run.', 'Cancel It');
  if (choice !== undefined) await control.stop(document, 'declined');
  return false;
}

/** The document in front, or the only one that has something going on. */
function currentDocument({ control, review }: RunCommandPorts): string | undefined {
  const active = window.activeTextEditor?.document.uri.toString();
  if (active !== undefined && control.runOf(active)) return active;
  const reviewed = review.visible() ?? review.open()[0]?.document;
  return reviewed ?? control.runs()[0]?.document;
}
