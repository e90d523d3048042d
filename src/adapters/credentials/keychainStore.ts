/** Secrets in the keychain of the operating system, with everything that can be in its way said in words. */
import type { Keychain } from './keychain.ts';
import type { SecretRead, SecretStore, SecretWrite } from './secretStore.ts';

const service = 'Countersign';
const answerTimeoutMs = 60_000;

/** @param load - brings the native module in; tests bring their own */
export function createKeychainStore(load: () => Promise<Keychain> = loadKeychain, timeoutMs = answerTimeoutMs): SecretStore {
  let loading: Promise<Keychain> | undefined;
  const use = async <Result>(work: (keychain: Keychain) => Promise<Result>): Promise<Result> => {
    loading ??= load();
    try {
      return await withTimeout(work(await loading), timeoutMs);
    } catch (error) {
      // What was missing may be there next time.
      loading = undefined;
      throw error;
    }
  };
  const write = async (work: (keychain: Keychain) => Promise<unknown>): Promise<SecretWrite> => {
    try {
      await use(work);
      return { kind: 'done' };
    } catch (error) {
      return { kind: 'failed', message: describeKeychainError(error) };
    }
  };
  return {
    label: 'the keychain of the operating system',
    async read(key): Promise<SecretRead> {
      try {
        const value = await use((keychain) => keychain.getPassword(service, key));
        // A locked keyring answers like an empty one, so "nothing" proves nothing.
        return value === null ? { kind: 'unknown', message: nothingReadable } : { kind: 'found', value };
      } catch (error) {
        return { kind: 'failed', message: describeKeychainError(error) };
      }
    },
    write: (key, value) => write((keychain) => keychain.setPassword(service, key, value)),
    remove: (key) => write((keychain) => keychain.deletePassword(service, key)),
  };
}

const nothingReadable = 'The keychain gave no password. Either none is stored for this connection, or the keyring is locked.';

async function loadKeychain(): Promise<Keychain> {
  return (await import('./keychain.ts')).keychain;
}

async function withTimeout<Result>(work: Promise<Result>, timeoutMs: number): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('timeout: no answer from the keychain')), timeoutMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

const explanations: readonly (readonly [pattern: RegExp, explanation: string])[] = [
  [/native addon|\.node\b|libsecret|cannot open shared object|Cannot find module/iu, 'its native module cannot be loaded here; on Linux, install libsecret (Debian: libsecret-1-0)'],
  [/locked|unlock|dismissed/iu, 'the keyring is locked; unlock it and try again'],
  [/autolaunch D-Bus|D-?Bus|DBUS|org\.freedesktop\.secrets|ServiceUnknown/iu, 'no keyring service is running in this session, which is usual on servers and in containers'],
  [/denied|-25293|user name or passphrase|interaction is not allowed/iu, 'the operating system denied access'],
  [/timeout/iu, 'it did not answer; it may be waiting for a prompt that nobody sees'],
];

/** What is in the way, and what to do. The original text stays, for whoever has to look further. */
export function describeKeychainError(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const explanation = explanations.find(([pattern]) => pattern.test(text))?.[1] ?? 'it reported an error';
  return `The keychain of the operating system cannot be used: ${explanation}. (${text}) You can also choose VS Code's secret storage in the setting “Credentials: Store”.`;
}
