import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createPasswords } from '../../../../src/adapters/credentials/passwords.ts';
import type { SecretRead, SecretStore } from '../../../../src/adapters/credentials/secretStore.ts';
import { connectionId } from '../../../../src/core/profile/parseConnection.ts';
import type { ConnectionProfile } from '../../../../src/core/profile/connection.ts';

const shop: ConnectionProfile = {
  id: connectionId('team', 'shop'), name: 'shop', source: 'team', dialect: 'postgresql', environment: 'production', protected: true,
  host: 'db-1', port: 5432, user: 'app', database: 'shop', tls: { mode: 'verify-full' },
};

function inMemory(unreadable?: SecretRead): SecretStore {
  const values = new Map<string, string>();
  const read = (key: string): SecretRead => {
    const value = values.get(key);
    return unreadable ?? (value === undefined ? { kind: 'absent' } : { kind: 'found', value });
  };
  return {
    label: 'memory',
    read: (key) => Promise.resolve(read(key)),
    write: (key, value) => Promise.resolve(values.set(key, value)).then(() => ({ kind: 'done' })),
    remove: (key) => Promise.resolve(values.delete(key)).then(() => ({ kind: 'done' })),
  };
}

test('a pulled file that changes the host gets no stored password, and it is said what changed', async () => {
  const store = inMemory();
  const passwords = createPasswords(() => store);
  await passwords.save(shop, 'hunter2');
  assert.deepEqual(await passwords.find(shop), { kind: 'found', password: 'hunter2' });
  assert.deepEqual(await passwords.find({ ...shop, host: 'evil' }), { kind: 'changed', changes: ['host: db-1 → evil'] });
});

test('another profile that leads to the same place has no claim to the password', async () => {
  const store = inMemory();
  const passwords = createPasswords(() => store);
  await passwords.save(shop, 'hunter2');
  assert.deepEqual(await passwords.find({ ...shop, id: connectionId('team', 'shop2') }), { kind: 'none' });
  assert.deepEqual(await passwords.find({ ...shop, id: connectionId('personal', 'shop') }), { kind: 'none' });
});

test('two targets of one name keep their own passwords', async () => {
  const store = inMemory();
  const passwords = createPasswords(() => store);
  await passwords.save(shop, 'one');
  await passwords.save({ ...shop, host: 'db-2' }, 'two');
  assert.deepEqual(await passwords.find(shop), { kind: 'found', password: 'one' });
  assert.deepEqual(await passwords.find({ ...shop, host: 'db-2' }), { kind: 'found', password: 'two' });
});

test('forgetting takes all of them', async () => {
  const store = inMemory();
  const passwords = createPasswords(() => store);
  await passwords.save(shop, 'hunter2');
  await passwords.forget(shop.id);
  assert.deepEqual(await passwords.find(shop), { kind: 'none' });
});

const unreadable: readonly (readonly [what: string, read: SecretRead])[] = [
  ['cannot tell', { kind: 'unknown', message: 'may be locked' }],
  ['fails', { kind: 'failed', message: 'no keyring' }],
  ['holds something else', { kind: 'found', value: 'not ours' }],
];

for (const [what, read] of unreadable) {
  test(`a store that ${what}: no password, and a note says why`, async () => {
    const store = inMemory(read);
    const found = await createPasswords(() => store).find(shop);
    assert.equal(found.kind, 'none');
    assert.ok(found.kind === 'none' && found.note !== undefined && found.note !== '');
  });
}
