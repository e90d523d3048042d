/** At an address where no passkey of the team works, the page says where they do. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { takesPasskeys, whyNobodyHere } from '../../../webview/confirm/passkeySites.ts';
import { passkey, softwareKey } from '../../support/confirmation/keys.ts';
import { team } from '../../support/confirmation/people.ts';

const [alice, aliceToo, bob, carol] = [await softwareKey(), await passkey(), await passkey(), await softwareKey()];
const ours = await team([{ id: 'alice', keys: [alice, aliceToo] }, { id: 'bob', keys: [bob] }, { id: 'carol', keys: [carol] }]);
const site = bob.record.rpId ?? assert.fail('it has one');

test('the sites of the others are named', () => assert.match(whyNobodyHere(ours, 'alice', '127.0.0.1'), new RegExp(`this address, 127\\.0\\.0\\.1; theirs belong to ${site}\\.`, 'u')));
test('one’s own passkey is not of the others', async () => {
  const two = await team([{ id: 'alice', keys: [alice, aliceToo] }, { id: 'carol', keys: [carol] }]);
  assert.equal(whyNobodyHere(two, 'alice', 'localhost'), '');
});
for (const [host, takes] of [['localhost', true], ['confirm.example.com', true], ['127.0.0.1', false], ['10.0.0.7', false], ['[::1]', false]] as const) test(`passkeys at ${host}: ${String(takes)}`, () => assert.equal(takesPasskeys(host), takes));
