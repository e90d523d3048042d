/** Secrets in VS Code's own secret storage. */
import type { SecretStorage } from 'vscode';
import type { SecretStore, SecretWrite } from '../adapters/credentials/secretStore.ts';

const prefix = 'countersign.password/';

export function createEditorSecretStore(secrets: SecretStorage): SecretStore {
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
