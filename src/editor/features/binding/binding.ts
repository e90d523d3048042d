/** Connects documents: commands, context keys, and what is remembered. */
import path from 'node:path';
import { commands, Uri, window, workspace } from 'vscode';
import type { ExtensionContext, TextDocument } from 'vscode';
import type { ConnectionProfile } from '../../../core/profile/connection.ts';
import type { ConnectionCatalogue } from '../../catalogue.ts';
import { profileOf } from '../connections/commandArguments.ts';
import { createBindingFile } from './bindingFile.ts';
import { createBindings, type Bindings } from './bindings.ts';
import { pathsOf } from './paths.ts';
import { plainText } from '../../plainText.ts';

export function registerBinding(context: ExtensionContext, catalogue: ConnectionCatalogue): Bindings {
  const folder = context.storageUri ?? context.globalStorageUri;
  const bindings = createBindings({
    catalogue,
    file: createBindingFile(path.join(folder.fsPath, 'bindings.json')),
    onTrouble: (message) => void window.showWarningMessage(plainText(message)),
  });
  context.subscriptions.push(
    bindings,
    bindings.onDidChange(() => void publishPaths(bindings)),
    commands.registerCommand('countersign.bindDocument', async (argument?: unknown) => await bindDocument(bindings, catalogue, argument)),
    commands.registerCommand('countersign.unbindDocument', (argument?: unknown) => {
      const uri = argument instanceof Uri ? argument : window.activeTextEditor?.document.uri;
      if (uri) bindings.unbind(uri);
    }),
    commands.registerCommand('countersign.newQuery', async (argument?: unknown) => await newQuery(bindings, catalogue, argument)),
  );
  return bindings;
}

/** Keybindings and menus look here. */
async function publishPaths(bindings: Bindings): Promise<void> {
  await commands.executeCommand('setContext', 'countersign.boundPaths', bindings.uris().flatMap(pathsOf));
}

/** Asks what the document is to be connected to. True when it is connected afterwards. */
async function bindDocument(bindings: Bindings, catalogue: ConnectionCatalogue, argument: unknown): Promise<boolean> {
  const document = await documentOf(argument);
  if (!document) return false;
  const profile = await catalogue.pick(`Connection for ${path.posix.basename(document.uri.path)}`);
  if (!profile) return false;
  bindings.bind(document.uri, profile);
  return true;
}

async function documentOf(argument: unknown): Promise<TextDocument | undefined> {
  const document = argument instanceof Uri ? await workspace.openTextDocument(argument) : window.activeTextEditor?.document;
  if (document?.languageId === 'sql') return document;
  const choice = await window.showInformationMessage('Only SQL documents can be connected. Open one, or set the language of this document to SQL.', 'New Query');
  if (choice !== undefined) await commands.executeCommand('countersign.newQuery');
  return undefined;
}

async function newQuery(bindings: Bindings, catalogue: ConnectionCatalogue, argument: unknown): Promise<void> {
  const profile: ConnectionProfile | undefined = profileOf(argument, catalogue) ?? (await catalogue.pick('Connection for the New Query'));
  if (!profile) return;
  const document = await workspace.openTextDocument({ language: 'sql' });
  bindings.bind(document.uri, profile);
  await window.showTextDocument(document);
}
