import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lookUpPassword, parsePasswords, serialisePasswords } from '../../../../src/core/profile/binding.ts';
import type { PasswordBinding } from '../../../../src/core/profile/binding.ts';

const home: PasswordBinding = { dialect: 'postgresql', host: 'db-1', port: 5432, user: 'app', database: 'shop', tls: 'verify-full' };
const stored = [{ binding: home, password: 'hunter2' }];

const rows: readonly (readonly [what: string, target: Partial<PasswordBinding>, expected: readonly string[]])[] = [
  ['nothing changed', {}, []],
  ['the host', { host: 'evil' }, ['host: db-1 → evil']],
  ['the case of the host', { host: 'DB-1' }, []],
  ['the port', { port: 5433 }, ['port: 5432 → 5433']],
  ['the user', { user: 'App' }, ['user: app → App']],
  ['the database', { database: 'shop2' }, ['database: shop → shop2']],
  ['the dialect', { dialect: 'mysql' }, ['database system: postgresql → mysql']],
  ['a weaker line', { tls: 'require' }, ['TLS: verify-full → require']],
  ['no TLS', { tls: 'disable' }, ['TLS: verify-full → disable']],
  ['other authorities', { caFile: '/repo/ca.pem' }, ['certificate file: of the system → /repo/ca.pem']],
  ['host and port', { host: 'evil', port: 1 }, ['host: db-1 → evil', 'port: 5432 → 1']],
];

for (const [what, target, changes] of rows) {
  test(`password stored for a target, then ${what} changes: ${changes.length === 0 ? 'used' : 'not used'}`, () => {
    const expected = changes.length === 0 ? { kind: 'found', password: 'hunter2' } : { kind: 'changed', changes };
    assert.deepEqual(lookUpPassword(stored, { ...home, ...target }), expected);
  });
}

test('a better secured line may have the password', () => {
  const weak = [{ binding: { ...home, tls: 'require' } as const, password: 'hunter2' }];
  assert.equal(lookUpPassword(weak, home).kind, 'found');
});

test('nothing stored is not a change', () => {
  assert.deepEqual(lookUpPassword([], home), { kind: 'none' });
});

test('each target keeps its own password, and what is closest is compared', () => {
  const two = parsePasswords(serialisePasswords(stored, { binding: { ...home, host: 'db-2', port: 6432 }, password: 'other' })) ?? [];
  assert.deepEqual(lookUpPassword(two, home), { kind: 'found', password: 'hunter2' });
  assert.deepEqual(lookUpPassword(two, { ...home, host: 'db-2', port: 6432 }), { kind: 'found', password: 'other' });
  assert.deepEqual(lookUpPassword(two, { ...home, host: 'db-3' }), { kind: 'changed', changes: ['host: db-1 → db-3'] });
});

test('a new password for the same target replaces the old one', () => {
  assert.deepEqual(parsePasswords(serialisePasswords(stored, { binding: home, password: 'new' })), [{ binding: home, password: 'new' }]);
});

test('the stored text never grows beyond what every store holds', () => {
  let text = '{"v":1,"entries":[]}';
  for (let port = 1; port <= 50; port += 1) text = serialisePasswords(parsePasswords(text) ?? [], { binding: { ...home, port }, password: 'hunter2' });
  assert.ok(text.length <= 1200);
  assert.equal(lookUpPassword(parsePasswords(text) ?? [], { ...home, port: 50 }).kind, 'found');
});

for (const damaged of ['', 'hunter2', '[]', '{"v":2,"entries":[]}', '{"v":1}', '{"v":1,"entries":[{"password":"x"}]}', '{"v":1,"entries":[{"password":"x","binding":{"host":"a"}}]}']) {
  test(`a stored text that is not ours holds nothing: ${damaged || '(empty)'}`, () => {
    assert.equal(parsePasswords(damaged), undefined);
  });
}
