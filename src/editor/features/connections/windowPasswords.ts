/** The passwords of this window: where they are kept, and who asks for them. Loaded with the first connection that is opened. */
import type { ExtensionContext } from 'vscode';
import { createKeychainStore } from '../../../adapters/credentials/keychainStore.ts';
import { createPasswords } from '../../../adapters/credentials/passwords.ts';
import { createEditorSecretStore } from '../../secretStore.ts';
import { usesKeychain } from './configuration.ts';
import { createPasswordKeeper, type PasswordKeeper } from './passwordKeeper.ts';

/** The keeper, and what only those need who already have it. */
export interface WindowPasswords extends PasswordKeeper {
  /** Where passwords are kept right now, for a sentence. */
  readonly storeLabel: string;
}

export function createWindowPasswords(context: Pick<ExtensionContext, 'secrets' | 'globalStorageUri'>): WindowPasswords {
  const stores = { editor: createEditorSecretStore(context), keychain: createKeychainStore() };
  const store = () => (usesKeychain() ? stores.keychain : stores.editor);
  const keeper = createPasswordKeeper(createPasswords(store), () => store().label);
  return {
    ...keeper,
    get storeLabel() {
      return store().label;
    },
  };
}
