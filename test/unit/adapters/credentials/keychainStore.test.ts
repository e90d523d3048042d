import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createKeychainStore, describeKeychainError } from '../../../../src/adapters/credentials/keychainStore.ts';
import type { Keychain } from '../../../../src/adapters/credentials/keychain.ts';

function fake(changes: Partial<Keychain> = {}): Keychain {
  return { getPassword: () => Promise.resolve('stored'), setPassword: () => Promise.resolve(), deletePassword: () => Promise.resolve(true), ...changes };
}

const never = (): Promise<never> => new Promise<never>(() => undefined);

test('the native module is not loaded before it is used, and only once', async () => {
  let loads = 0;
  const store = createKeychainStore(() => Promise.resolve(fake()).finally(() => (loads += 1)));
  assert.equal(loads, 0);
  assert.deepEqual(await store.read('a'), { kind: 'found', value: 'stored' });
  assert.deepEqual(await store.write('a', 'x'), { kind: 'done' });
  assert.equal(loads, 1);
});

test('nothing found means unknown: a locked keyring answers the same', async () => {
  const read = await createKeychainStore(() => Promise.resolve(fake({ getPassword: () => Promise.resolve(null) }))).read('a');
  assert.equal(read.kind, 'unknown');
});

test('a module that cannot be loaded is said, and tried again next time', async () => {
  let loads = 0;
  const store = createKeychainStore(() => {
    loads += 1;
    return loads === 1 ? Promise.reject(new Error('Failed to load keytar native addon')) : Promise.resolve(fake());
  });
  assert.equal((await store.read('a')).kind, 'failed');
  assert.equal((await store.read('a')).kind, 'found');
});

test('a keychain that does not answer does not hang anything', async () => {
  const store = createKeychainStore(() => Promise.resolve(fake({ getPassword: never, setPassword: never, deletePassword: never })), 1);
  const ends = await Promise.all([store.read('a'), store.write('a', 'x'), store.remove('a')]);
  assert.deepEqual(ends.map(({ kind }) => kind), ['failed', 'failed', 'failed']);
});

const messages: readonly (readonly [error: string, expected: RegExp])[] = [
  ['Failed to load keytar native addon, checked []', /install libsecret/u],
  ['libsecret-1.so.0: cannot open shared object file', /install libsecret/u],
  ['Cannot create an item in a locked collection', /keyring is locked/u],
  ['Cannot autolaunch D-Bus without X11 $DISPLAY', /no keyring service is running/u],
  ['The name org.freedesktop.secrets was not provided by any .service files', /no keyring service is running/u],
  ['The user name or passphrase you entered is not correct.', /denied access/u],
  ['something else', /reported an error/u],
];

for (const [error, expected] of messages) {
  test(`said in words: ${error}`, () => {
    const text = describeKeychainError(new Error(error));
    assert.match(text, expected);
    assert.ok(text.includes(error));
  });
}
