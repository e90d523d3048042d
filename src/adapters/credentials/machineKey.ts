/** Keys of this machine that seal what is kept on its disk: made once, kept where passwords are. */
import { randomBytes } from 'node:crypto';
import type { SecretStore } from './secretStore.ts';

export type MachineKey = { readonly kind: 'found'; readonly key: Uint8Array } | { readonly kind: 'absent' } | { readonly kind: 'failed'; readonly message: string };

/** Of AES-256. */
export const keyBytes = 32;

/** @param name - without a colon: connections have one in theirs */
export async function findMachineKey(store: SecretStore, name: string): Promise<MachineKey> {
  const read = await store.read(name);
  switch (read.kind) {
    case 'found': {
      const key = Buffer.from(read.value, 'base64');
      return key.length === keyBytes ? { kind: 'found', key } : { kind: 'failed', message: 'the key in the secret store is damaged' };
    }
    case 'absent':
    case 'unknown':
      return { kind: 'absent' };
    case 'failed':
      return { kind: 'failed', message: read.message };
  }
}

/** The key, made when there is none. What is read back counts, because another window may have been faster. */
export async function findOrMakeMachineKey(store: SecretStore, name: string): Promise<MachineKey> {
  const found = await findMachineKey(store, name);
  if (found.kind !== 'absent') return found;
  const written = await store.write(name, randomBytes(keyBytes).toString('base64'));
  if (written.kind === 'failed') return written;
  return await findMachineKey(store, name);
}
