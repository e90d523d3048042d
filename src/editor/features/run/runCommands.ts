/** What the commands do. Every way to run a text ends in `control.start`. */
import { commands, window } from 'vscode';
import type { TextDocument, Uri } from 'vscode';
import type { RunRequest } from '../../../app/run.ts';
import type { ConnectionProfile } from '../../../core/profile/connection.ts';
import type { Bindings } from '../binding/bindings.ts';
import type { ReviewHost } from '../review/review.ts';
import type { KnownUndos } from '../undo/knownUndos.ts';
import { freezeAll, freezeSelections } from './freeze.ts';
import type { RunControl } from './runControl.ts';
import type { Runner } from './runner.ts';
import type { TakenText } from './takenText.ts';
import { touchedRowsText } from './touchedRows.ts';
import { plainText } from '../../plainText.ts';

export type RunCommandPorts = { readonly runner: Runner; readonly bindings: Bindings; readonly review: ReviewHost; readonly control: RunControl; readonly known: KnownUndos };

export interface RunCommands {
  run(taken: TakenText, mode: RunRequest['mode'], part: 'carets' | 'all'): Promise<void>;
  /** Reads the rows the statement at the caret would touch. */
  showTouchedRows(taken: TakenText): Promise<void>;
  cancel(): Promise<void>;
  showReview(): void;
  rollBack(): void;
}

export function createRunCommands(ports: RunCommandPorts): RunCommands {
  const { review, control } = ports;
  return {
    async run(taken, mode, part) {
      const document = taken.document.uri.toString();
      // Asking for a preview again while one is open means that one.
      if (mode === 'preview' && review.openOf(document)) return review.reveal(document);
      await runTaken(ports, taken, mode, part);
    },
    showTouchedRows: async (taken) => await readTouchedRows(ports, taken),
    async cancel() {
      const document = currentDocument(ports);
      if (document !== undefined) await control.stop(document, 'declined');
    },
    showReview() {
      const document = currentDocument(ports);
      if (document !== undefined) review.reveal(document);
    },
    rollBack() {
      const document = currentDocument(ports);
      if (document !== undefined) review.openOf(document)?.rollBack('declined');
    },
  };
}

async function readTouchedRows(ports: RunCommandPorts, { document, version, text, selections }: TakenText): Promise<void> {
  const profile = await profileFor(ports.bindings, document);
  if (!profile) return;
  const statement = freezeSelections(text, selections, profile.dialect);
  const query = statement && (await ports.runner.touchedRows(statement.text, profile.dialect));
  if (!query) {
    window.setStatusBarMessage('$(info) Nothing was run: no change at the caret whose rows can be shown.', 8000);
    return;
  }
  const frozen = touchedRowsText(statement, query);
  if (await isFree(ports, document.uri)) await ports.control.start({ document, version, profile, frozen, mode: 'run' });
}

async function runTaken(ports: RunCommandPorts, { document, version, text, selections }: TakenText, mode: RunRequest['mode'], part: 'carets' | 'all'): Promise<void> {
  const profile = await profileFor(ports.bindings, document);
  if (!profile) return;
  const frozen = part === 'all' ? freezeAll(text) : freezeSelections(text, selections, profile.dialect);
  if (!frozen) {
    window.setStatusBarMessage('$(info) There is no statement at the caret. Nothing was run.', 5000);
    return;
  }
  if (await isFree(ports, document.uri)) await ports.control.start({ document, version, profile, frozen, mode, facts: ports.known.of(frozen.text) });
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
  const choice = await window.showWarningMessage(plainText(message), 'Connect…');
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
