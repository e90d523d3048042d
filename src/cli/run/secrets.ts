/** The password of a run: from the URL, the environment, the password file, the keychain, or a person at a terminal. */
import { createKeychainStore } from '../../adapters/credentials/keychainStore.ts';
import { findInPasswordFile } from '../../adapters/credentials/passwordFile.ts';
import { createPasswords } from '../../adapters/credentials/passwords.ts';
import type { ConnectionProfile } from '../../core/profile/connection.ts';
import { unreachable } from '../../core/unreachable.ts';
import type { Terminal } from './terminal.ts';

export type SecretSources = { readonly fromUrl: string | undefined; readonly env: NodeJS.ProcessEnv; readonly terminal: Terminal | undefined; /** False for a target that no profile describes. */ readonly stored: boolean };

/** What is known without asking. */
export async function findPassword(profile: ConnectionProfile, { fromUrl, env, stored }: SecretSources): Promise<string | undefined> {
  return fromUrl ?? (await fromSurroundings(profile, env)) ?? (stored ? await fromKeychain(profile) : undefined);
}

/** `undefined` when there is nobody to ask. */
export async function askPassword(profile: ConnectionProfile, { terminal }: SecretSources): Promise<string | undefined> {
  return await terminal?.askHidden(`Password of ${profile.user} on ${profile.host}: `);
}

async function fromSurroundings(profile: ConnectionProfile, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  switch (profile.dialect) {
    case 'postgresql':
      return env['PGPASSWORD'] ?? (await findInPasswordFile(profile, env));
    case 'mysql':
    case 'mariadb':
      return env['MYSQL_PWD'];
    default:
      return unreachable(profile.dialect);
  }
}

async function fromKeychain(profile: ConnectionProfile): Promise<string | undefined> {
  const passwords = createPasswords(() => createKeychainStore());
  const found = await passwords.find(profile);
  return found.kind === 'found' ? found.password : undefined;
}
