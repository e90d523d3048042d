import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ConnectionProfile } from '../../../src/core/profile/connection.ts';
import { bindTo, parseBindings, resolveBinding, serialiseBindings, type BoundDocument } from '../../../src/editor/features/binding/boundDocument.ts';
import { production } from '../../fakes/ports.ts';

const bound = bindTo(production);

const cases: readonly { readonly name: string; readonly now: Partial<ConnectionProfile>; readonly changes?: readonly string[] }[] = [
  { name: 'nothing changed', now: {} },
  { name: 'a display name does not matter', now: { name: 'shop' } },
  { name: 'another host', now: { host: 'db-9' }, changes: ['host: db-1 → db-9'] },
  { name: 'another user and database', now: { user: 'root', database: 'other' }, changes: ['user: app → root', 'database: shop → other'] },
  { name: 'weaker TLS', now: { tls: { mode: 'disable' } }, changes: ['TLS: verify-full → disable'] },
  { name: 'a looser environment', now: { environment: 'staging' }, changes: ['environment: production → staging'] },
  { name: 'protection taken away', now: { protected: false }, changes: ['protection: on → off'] },
];

for (const { name, now, changes } of cases) {
  test(`a team connection: ${name}`, () => {
    const profile = { ...production, ...now };
    assert.deepEqual(resolveBinding(bound, profile, true), changes ? { kind: 'changed', profile, changes } : { kind: 'bound', profile });
  });
  test(`the person's own connection: ${name}, and stays bound`, () => {
    const profile: ConnectionProfile = { ...production, ...now, source: 'personal' };
    assert.equal(resolveBinding(bound, profile, true).kind, 'bound');
  });
}

test('a stricter environment asks nobody', () => {
  const staging = bindTo({ ...production, environment: 'staging', protected: false });
  assert.equal(resolveBinding(staging, production, true).kind, 'bound');
});

test('a connection that is gone is missing, but not before connections were read', () => {
  assert.deepEqual(resolveBinding(bound, undefined, true), { kind: 'missing', name: 'shop-prod' });
  assert.deepEqual(resolveBinding(bound, undefined, false), { kind: 'loading', name: 'shop-prod' });
});

test('bindings survive being written and read', () => {
  const documents = new Map<string, BoundDocument>([['file:///a%20b.sql', bound], ['untitled:Untitled-1', bindTo({ ...production, environment: 'development' })]]);
  assert.deepEqual(parseBindings(serialiseBindings(documents)), documents);
});

for (const text of ['', 'no json', '[]', '{"v":2,"documents":{}}', '{"v":1}', '{"v":1,"documents":{"a":{"connection":"x"},"b":null,"c":{"connection":1}}}']) {
  test(`a damaged file binds nothing: ${text}`, () => assert.equal(parseBindings(text).size, 0));
}
