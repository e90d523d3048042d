import assert from 'node:assert/strict';
import { test } from 'node:test';
import { draftOf, emptyDraft, profileOfDraft, suggestName } from '../../../../src/editor/features/connections/connectionDraft.ts';

const answered = { ...emptyDraft, host: ' [::1] ', user: 'app', database: 'shop', name: 'shop-dev' };

test('the answers make a profile with the defaults of its environment', () => {
  const { host, tls, protected: isProtected } = profileOfDraft(answered);
  assert.deepEqual([host, tls, isProtected], ['::1', { mode: 'disable' }, false]);
  const production = profileOfDraft({ ...answered, environment: 'production', host: 'db-1' });
  assert.deepEqual([production.tls, production.protected], [{ mode: 'verify-full' }, true]);
});

test('editing keeps what is not asked about', () => {
  const original = { ...profileOfDraft(answered), access: 'readOnly' as const, protected: true };
  const edited = profileOfDraft({ ...draftOf(original), host: 'db-2' });
  assert.deepEqual([edited.access, edited.protected, edited.host], ['readOnly', true, 'db-2']);
});

test('a copy of a team connection is personal', () => {
  const original = { ...profileOfDraft(answered), source: 'team' as const };
  assert.deepEqual([profileOfDraft(draftOf(original)).source, profileOfDraft(draftOf(original)).id], ['personal', 'personal:shop-dev']);
});

test('the suggested name says database and environment, and is free', () => {
  assert.equal(suggestName({ ...answered, environment: 'production' }, () => false), 'shop-prod');
  assert.equal(suggestName(answered, (name) => ['shop-dev', 'shop-dev-2'].includes(name)), 'shop-dev-3');
});
