/** What asking another person needs, as this editor has it. Loaded with the first question about a team. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { Uri, window, workspace } from 'vscode';
import type { ExtensionContext } from 'vscode';
import { createConfirmation } from '../../../adapters/confirmation/confirmation.ts';
import type { Confirmation } from '../../../adapters/confirmation/confirmation.ts';
import type { OwnServerOptions } from '../../../adapters/confirmation/ownServer.ts';
import { teamPlace } from '../../../adapters/confirmation/teamFolder.ts';
import type { TeamPlace } from '../../../adapters/confirmation/teamFolder.ts';
import { createKeychainStore } from '../../../adapters/credentials/keychainStore.ts';
import type { Clock } from '../../../app/ports.ts';
import { loadEmbeddedServer } from '../../lazy.ts';
import { plainText } from '../../plainText.ts';
import { createEditorSecretStore } from '../../secretStore.ts';
import type { RecordControl } from '../audit/controlChanges.ts';
import { chosenServer, teamFilePath, usesKeychain } from '../connections/configuration.ts';
import { tellFirstUse } from './tellFirstUse.ts';

/** `record`: says in the records that a control was changed. */
export type EditorConfirmationPorts = { readonly clock: Clock; readonly record: RecordControl };

export function createEditorConfirmation(context: Pick<ExtensionContext, 'secrets' | 'globalStorageUri' | 'extensionUri'>, { clock, record }: EditorConfirmationPorts): Confirmation {
  const stores = { editor: createEditorSecretStore(context), keychain: createKeychainStore() };
  const confirmation: Confirmation = createConfirmation({
    folder: path.join(context.globalStorageUri.fsPath, 'confirmation'),
    records: path.join(context.globalStorageUri.fsPath, 'audit'),
    secrets: () => (usesKeychain() ? stores.keychain : stores.editor),
    places: openPlaces,
    chosenServer,
    startServer: startIn(context.extensionUri),
    now: clock.now,
    onTrouble: (message) => void window.showWarningMessage(plainText(message)),
    onFirstUse: (team) => void tellFirstUse(confirmation, team),
    onAccepted: ({ body, digest }) => void record('team-changed', [`team ${body.team}: version ${String(body.version)} accepted, digest ${digest}`]),
  });
  return confirmation;
}

/** Folders on the machine where the extension runs; what lies elsewhere has no file to sign. */
export function openPlaces(): readonly TeamPlace[] {
  const relative = teamFilePath();
  return (workspace.workspaceFolders ?? []).flatMap(({ uri }) => (uri.scheme === 'file' ? [teamPlace(uri.fsPath, relative, workspace.isTrusted)] : []));
}

function startIn(extensionUri: Uri): OwnServerOptions['start'] {
  return async (options) => {
    const { serveEmbedded } = await loadEmbeddedServer();
    const read = async (name: string): Promise<string> => await readFile(Uri.joinPath(extensionUri, 'dist', 'webview', name).fsPath, 'utf8');
    const page = { script: await read('confirm.js'), style: await read('confirm.css') };
    // Nobody reads a log of one's own loopback.
    return await serveEmbedded({ ...options, page, write: () => undefined });
  };
}
