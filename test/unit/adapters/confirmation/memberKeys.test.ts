import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createMemberKeys } from '../../../../src/adapters/confirmation/memberKeys.ts';
import type { SecretStore } from '../../../../src/adapters/credentials/secretStore.ts';
import { utf8 } from '../../../../src/core/approval/bytes.ts';
import { openFromSender, sealToMember } from '../../../../src/core/approval/seal.ts';
import { readKey, verifySignature } from '../../../../src/core/approval/keyRecord.ts';
import { crypto } from '../../../support/confirmation/keys.ts';
import { createVault } from '../../../support/confirmation/vault.ts';
import type { Vault } from '../../../support/confirmation/vault.ts';

const noon = Date.UTC(2026, 10, 21, 12);
const keysIn = (store: SecretStore) => createMemberKeys(crypto, () => store, () => noon);

async function made(vault: Vault) {
  const read = await keysIn(vault).findOrMake('shop', 'laptop');
  assert.equal(read.kind, 'found');
  return read.key;
}

describe('the editor’s own keys', () => {
  test('are made once, and sign and open after a restart', async () => {
    const vault = createVault();
    const key = await made(vault);
    const again = await made(vault);
    assert.equal(again.keyid, key.keyid);
    assert.deepEqual(again.record, { alg: 'es256', pub: key.record.pub, added: '2026-11-21T12:00:00Z', label: 'laptop' });
    const usable = readKey(again.record);
    assert.ok(usable !== 'weak' && usable !== 'unknown');
    const signed = utf8('what is signed');
    assert.deepEqual(await verifySignature(crypto, usable, await again.signer.sign(signed), signed), { kind: 'valid', assurance: 'software' });
    const sealed = await sealToMember(crypto, again.enc.publicKey, 'r_1', utf8('a secret'));
    assert.deepEqual(sealed && (await openFromSender(crypto, again.enc, 'r_1', sealed)), utf8('a secret'));
  });

  test('are one pair for each team', async () => {
    const vault = createVault();
    const [shop, billing] = [await made(vault), await keysIn(vault).findOrMake('billing', 'laptop')];
    assert.ok(billing.kind === 'found' && billing.key.keyid !== shop.keyid);
  });

  test('are not there before they are made', async () => {
    assert.deepEqual(await keysIn(createVault()).find('shop'), { kind: 'absent' });
  });

  const damages: readonly (readonly [name: string, damage: (text: string, other: string) => string])[] = [
    ['cut off', (text) => text.slice(0, -9)],
    ['of another team', (text) => text.replace('"shop"', '"billing"')],
    ['with the public part of another key', (text, other) => JSON.stringify({ ...JSON.parse(text), sign: { ...JSON.parse(text).sign, pub: JSON.parse(other).sign.pub } })],
    ['with another name', (text, other) => JSON.stringify({ ...JSON.parse(text), keyid: JSON.parse(other).keyid })],
  ];
  for (const [name, damage] of damages) {
    test(`a key ${name} is not used and not replaced`, async () => {
      const [vault, other] = [createVault(), createVault()];
      await made(vault);
      await made(other);
      const damaged = damage(vault.values.get('team-key/shop') ?? '', other.values.get('team-key/shop') ?? '');
      vault.values.set('team-key/shop', damaged);
      const read = await keysIn(vault).findOrMake('shop', 'laptop');
      assert.equal(read.kind, 'failed');
      assert.equal(vault.values.get('team-key/shop'), damaged);
    });
  }

  const stores: readonly (readonly [name: string, store: SecretStore, expected: RegExp])[] = [
    ['that cannot be read', { ...createVault(), read: () => Promise.resolve({ kind: 'failed', message: 'The keyring is locked.' }) }, /locked/],
    ['that cannot be written', { ...createVault(), write: () => Promise.resolve({ kind: 'failed', message: 'The keyring is locked.' }) }, /locked/],
    ['that forgets', { ...createVault(), write: () => Promise.resolve({ kind: 'done' }) }, /was not kept/],
  ];
  for (const [name, store, expected] of stores) {
    test(`a store ${name} is said`, async () => {
      const read = await keysIn(store).findOrMake('shop', 'laptop');
      assert.ok(read.kind === 'failed' && expected.test(read.message));
    });
  }

  test('are not used where the cryptography gives wrong answers', async () => {
    const broken = { ...crypto, sha256: async () => await Promise.resolve(new Uint8Array(32)) };
    const read = await createMemberKeys(broken, () => createVault(), () => noon).findOrMake('shop', 'laptop');
    assert.ok(read.kind === 'failed' && /SHA-256/.test(read.message));
  });
});
