/** A secret store in memory, or in a file that several processes share. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { SecretStore } from '../../../src/adapters/credentials/secretStore.ts';

export type Vault = SecretStore & { readonly values: Map<string, string> };

export function createVault(): Vault {
  const values = new Map<string, string>();
  return {
    label: 'a map',
    values,
    read: (key) => Promise.resolve(values.has(key) ? { kind: 'found', value: values.get(key) ?? '' } : { kind: 'absent' }),
    write: (key, value) => (values.set(key, value), Promise.resolve({ kind: 'done' })),
    remove: (key) => (values.delete(key), Promise.resolve({ kind: 'done' })),
  };
}

export function fileVault(file: string): SecretStore {
  const read = (): Record<string, string> => (existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>) : {});
  return {
    label: 'a file',
    read: (key) => Promise.resolve(Object.hasOwn(read(), key) ? { kind: 'found', value: read()[key] ?? '' } : { kind: 'absent' }),
    write: (key, value) => (writeFileSync(file, JSON.stringify({ ...read(), [key]: value })), Promise.resolve({ kind: 'done' })),
    remove: () => Promise.resolve({ kind: 'done' }),
  };
}
