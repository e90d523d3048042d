/** The stored password of a connection: only for the very target it was stored for. */
import { bindingOf, lookUpPassword, parsePasswords, serialisePasswords } from '../../core/profile/binding.ts';
import type { BoundPassword } from '../../core/profile/binding.ts';
import type { ConnectionId, ConnectionProfile } from '../../core/profile/connection.ts';
import type { SecretStore, SecretWrite } from './secretStore.ts';

export type StoredPassword =
  | { readonly kind: 'found'; readonly password: string }
  /** There is one, but the connection leads elsewhere by now. */
  | { readonly kind: 'changed'; readonly changes: readonly string[] }
  /** `note`: what stood in the way of knowing, in words. */
  | { readonly kind: 'none'; readonly note?: string };

export interface Passwords {
  find(profile: ConnectionProfile): Promise<StoredPassword>;
  save(profile: ConnectionProfile, password: string): Promise<SecretWrite>;
  forget(id: ConnectionId): Promise<SecretWrite>;
}

/** @param store - the store in use right now; asked for each time, since a setting can change it */
export function createPasswords(store: () => SecretStore): Passwords {
  return {
    async find(profile) {
      const read = await store().read(profile.id);
      switch (read.kind) {
        case 'found': {
          const entries = parsePasswords(read.value);
          return entries ? lookUpPassword(entries, bindingOf(profile)) : { kind: 'none', note: 'What is stored for this connection cannot be read.' };
        }
        case 'absent':
          return { kind: 'none' };
        default:
          return { kind: 'none', note: read.message };
      }
    },
    save: async (profile, password) => {
      const others = await readEntries(store(), profile.id);
      return store().write(profile.id, serialisePasswords(others, { binding: bindingOf(profile), password }));
    },
    forget: (id) => store().remove(id),
  };
}

async function readEntries(store: SecretStore, id: ConnectionId): Promise<readonly BoundPassword[]> {
  const read = await store.read(id);
  return read.kind === 'found' ? (parsePasswords(read.value) ?? []) : [];
}
