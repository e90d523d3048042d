/** What can be done instead of an open change that destroys: offered beside it, run as a change of its own. */
import { window, workspace } from 'vscode';
import type { ReviewRequest } from '../../../app/ports.ts';
import { trashQuery, type SoftDrop } from '../../../core/undo/softDrop.ts';
import type { ConnectionCatalogue } from '../../catalogue.ts';
import type { Bindings } from '../binding/bindings.ts';
import { freezeAll } from '../run/freeze.ts';
import type { RunControl } from '../run/runControl.ts';
import type { KnownUndos } from './knownUndos.ts';
import { insteadScript } from './undoText.ts';

export type InsteadPorts = { readonly catalogue: ConnectionCatalogue; readonly bindings: Bindings; readonly control: RunControl; readonly known: KnownUndos };

/** Opens the text in a document of its own and previews it. Never rejects. */
export async function runInstead({ bindings, control, known }: InsteadPorts, { connection, statements }: ReviewRequest, instead: SoftDrop): Promise<void> {
  const text = insteadScript(statements[0]?.text ?? '', instead);
  const document = await workspace.openTextDocument({ language: 'sql', content: text });
  bindings.bind(document.uri, connection);
  await window.showTextDocument(document);
  known.addReversible(text, instead.wayBack);
  await control.start({ document, version: document.version, profile: connection, frozen: freezeAll(document.getText()), mode: 'preview', facts: known.of(document.getText()) });
}

/** “Show the Trash…”: what waits there, and the statement that would remove it, which has to pass like any other. */
export async function showTrash({ catalogue, bindings, control }: InsteadPorts): Promise<void> {
  const active = window.activeTextEditor && bindings.of(window.activeTextEditor.document.uri);
  const profile = active?.kind === 'bound' ? active.profile : await catalogue.pick('Whose Trash to Show');
  if (!profile) return;
  const document = await workspace.openTextDocument({ language: 'sql', content: trashQuery(profile.dialect) });
  bindings.bind(document.uri, profile);
  await window.showTextDocument(document);
  await control.start({ document, version: document.version, profile, frozen: freezeAll(document.getText()), mode: 'run' });
}
