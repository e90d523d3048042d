/** Where ways back and their key are kept. */
import path from 'node:path';
import type { ExtensionContext } from 'vscode';
import { createKeychainStore } from '../../../adapters/credentials/keychainStore.ts';
import type { SecretStore } from '../../../adapters/credentials/secretStore.ts';
import { createEditorSecretStore } from '../../secretStore.ts';
import { usesKeychain } from '../connections/configuration.ts';

export type UndoPlaces = { readonly folder: string; /** The store in use right now. */ readonly secrets: () => SecretStore };

export function undoPlaces(context: Pick<ExtensionContext, 'secrets' | 'globalStorageUri'>): UndoPlaces {
  const editor = createEditorSecretStore(context);
  const keychain = createKeychainStore();
  return { folder: path.join(context.globalStorageUri.fsPath, 'undo'), secrets: () => (usesKeychain() ? keychain : editor) };
}
