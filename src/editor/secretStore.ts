/** Secrets in VS Code's own secret storage. */
import path from 'node:path';
import { env, UIKind } from 'vscode';
import type { ExtensionContext, SecretStorage } from 'vscode';
import { refuseWhenStale } from '../adapters/credentials/staleWindow.ts';
import type { SecretStore, SecretWrite } from '../adapters/credentials/secretStore.ts';

const prefix = 'countersign.password/';

/** The page reads its secrets before the extension host is started for it. */
const openedBeforeMs = 30_000;

export function createEditorSecretStore({ secrets, globalStorageUri }: Pick<ExtensionContext, 'secrets' | 'globalStorageUri'>): SecretStore {
  const store = storeIn(secrets);
  // On a desktop all windows have one storage, and hear of each other's changes; tabs of a browser do not.
  return env.uiKind === UIKind.Web ? refuseWhenStale(store, { folder: path.join(globalStorageUri.fsPath, 'secrets'), openedAt: performance.timeOrigin - openedBeforeMs }) : store;
}

function storeIn(secrets: SecretStorage): SecretStore {
  return {
    label: "VS Code's secret storage",
    async read(key) {
      try {
        const value = await secrets.get(prefix + key);
        return value === undefined ? { kind: 'absent' } : { kind: 'found', value };
      } catch (error) {
        return { kind: 'failed', message: describe(error) };
      }
    },
    write: (key, value) => attempt(secrets.store(prefix + key, value)),
    remove: (key) => attempt(secrets.delete(prefix + key)),
  };
}

async function attempt(work: Thenable<void>): Promise<SecretWrite> {
  try {
    await work;
    return { kind: 'done' };
  } catch (error) {
    return { kind: 'failed', message: describe(error) };
  }
}

function describe(error: unknown): string {
  return `VS Code's secret storage cannot be used: ${error instanceof Error ? error.message : String(error)}`;
}
