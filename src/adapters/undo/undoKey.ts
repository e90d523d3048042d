/** The key that ways back are sealed with: made once, kept where passwords are. */
import { randomBytes } from 'node:crypto';
import type { SecretStore } from '../credentials/secretStore.ts';
import { keyBytes } from './sealed.ts';

export type UndoKey = { readonly kind: 'found'; readonly key: Uint8Array } | { readonly kind: 'absent' } | { readonly kind: 'failed'; readonly message: string };

/** Nothing else is called like this: connections have a colon in their name. */
const name = 'undo-key';

export async function findUndoKey(store: SecretStore): Promise<UndoKey> {
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
export async function findOrMakeUndoKey(store: SecretStore): Promise<UndoKey> {
  const found = await findUndoKey(store);
  if (found.kind !== 'absent') return found;
  const written = await store.write(name, randomBytes(keyBytes).toString('base64'));
  if (written.kind === 'failed') return written;
  return await findUndoKey(store);
}
