import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compareWords } from '../../../../src/core/approval/compareWords.ts';
import { teamChanges } from '../../../../src/core/approval/teamChanges.ts';
import type { Member, TeamBody } from '../../../../src/core/approval/team.ts';
import type { Rule } from '../../../../src/core/approval/terms.ts';

const key = { alg: 'es256', pub: 'AA', added: '2026-01-01T00:00:00Z', label: 'laptop' };
const alice: Member = { id: 'alice', name: 'Alice', roles: [], keys: [key] };
const bob: Member = { id: 'bob', name: 'Bob', roles: ['dba'], keys: [{ ...key, pub: 'BB', alg: 'webauthn-es256', rpId: 'localhost', label: 'phone' }] };
const rule: Rule = { match: { env: 'production', class: ['destructive'] }, approvals: 1, roles: [], assurance: 'uv', effectMatch: 'exact', ttlMinutes: 15, audit: 'spool', breakGlass: false };
const before: TeamBody = {
  v: 1, team: 'shop', version: 1, prev: null, issued: '2026-01-01T00:00:00Z', expires: '2027-01-01T00:00:00Z',
  admins: { threshold: 1, keyids: ['k1'] }, members: [alice], policy: { confirmations: [rule] }, connections: [{ name: 'prod', host: 'db-1' }],
};

const rows: readonly (readonly [change: Partial<TeamBody>, expected: readonly string[]])[] = [
  [{}, []],
  [{ version: 2, prev: 'x', issued: '2026-02-01T00:00:00Z', expires: '2027-02-01T00:00:00Z' }, []],
  [{ members: [alice, bob] }, ['Bob (bob) joins as dba, with 1 key: “phone” (passkey of localhost)']],
  [{ members: [alice, { ...bob, keys: [] }] }, ['Bob (bob) joins as dba, without a key']],
  [{ members: [bob] }, ['Alice (alice) is removed', 'Bob (bob) joins as dba, with 1 key: “phone” (passkey of localhost)']],
  [{ members: [{ ...alice, name: 'Alicia' }] }, ['Alice is called Alicia from now on']],
  [{ members: [{ ...alice, roles: ['dba'] }] }, ['Alice (alice): roles change from none to dba']],
  [{ members: [{ ...alice, keys: [{ ...key, revoked: '2026-02-01T00:00:00Z' }] }] }, ['Alice (alice): the key “laptop” (software key) is revoked']],
  [{ members: [{ ...alice, keys: [key, { ...key, pub: 'CC', alg: 'sshsig', label: 'yubikey' }] }] }, ['Alice (alice) gets another key: “yubikey” (SSH key)']],
  [{ members: [{ ...alice, keys: [{ ...key, pub: 'CC' }] }] }, ['Alice (alice): the key “laptop” (software key) is removed', 'Alice (alice) gets another key: “laptop” (software key)']],
  [{ members: [{ ...alice, enc: 'EE' }] }, ['Alice (alice): requests are sealed to another key']],
  [{ members: [{ ...alice, keys: [{ ...key, label: 'desk' }] }] }, ['Alice (alice): what stands about the key “desk” (software key) changes']],
  [{ admins: { threshold: 2, keyids: ['k2', 'k3'] } }, ['the key k2 may sign the team file from now on', 'the key k3 may sign the team file from now on', 'the key k1 may not sign the team file any more', '2 administrators instead of 1 must sign the team file']],
  [{ policy: { confirmations: [] } }, ['a rule goes: production, destructive | 1 other person, key at least “uv”, effect “exact”, within 15 minutes, record “spool”, no exception for emergencies']],
  [{ policy: { confirmations: [{ ...rule, assurance: 'software', ttlMinutes: 60, breakGlass: true, all: [{ approvals: 2, roles: ['dba', 'lead'] }] }] } }, [
    'a rule changes: production, destructive | 1 other person and 2 other persons (dba or lead) instead of 1 other person; key at least “software” instead of key at least “uv”; within 60 minutes instead of within 15 minutes; emergencies may go ahead instead of no exception for emergencies',
  ]],
  [{ policy: { confirmations: [rule, { ...rule, match: {} }] } }, ['a rule comes: wherever it is protected, every change | 1 other person, key at least “uv”, effect “exact”, within 15 minutes, record “spool”, no exception for emergencies']],
  [{ connections: [{ name: 'prod', host: 'db-2' }, { name: 'staging', host: 'db-3' }] }, ['the connection prod changes | host: "db-2" instead of "db-1"', 'the connection staging is added']],
  [{ connections: [{ name: 'prod', environment: 'development' }] }, ['the connection prod changes | host: nothing instead of "db-1"; environment: "development" instead of nothing']],
  [{ connections: [] }, ['the connection prod is removed']],
  [{ servers: ['https://confirm.example.com'] }, ['confirmation servers change']],
  [{ policy: { confirmations: [rule], masking: [{ columns: ['*.*.email'], strategy: 'show' }, { columns: ['public.notes.*', '*.*.note'], strategy: 'hide' }] } }, ['about values this comes: *.*.email: shown to reviewers as they are', 'about values this comes: public.notes.*, *.*.note: hidden from reviewers']],
  [{ policy: { confirmations: [], masking: [{ columns: ['*.*.email'], strategy: 'partial' }] } }, ['a rule goes: production, destructive | 1 other person, key at least “uv”, effect “exact”, within 15 minutes, record “spool”, no exception for emergencies', 'about values this comes: *.*.email: shown to reviewers in part']],
  [{ policy: { confirmations: [rule], masking: [] } }, []],
  [{ policy: { confirmations: [rule], maskOnScreen: ['production', 'staging'] } }, ['members see what is hidden from reviewers only after they reveal it, on production, staging']],
  [{ risks: [{ code: 'x' }] }, ['rules about risks change']],
];

for (const [change, expected] of rows) {
  test(`a team file in words: ${expected[0] ?? `nothing for ${JSON.stringify(change)}`}`, () => {
    assert.deepEqual(teamChanges(before, { ...before, ...change }).map(({ text, detail }) => (detail === undefined ? text : `${text} | ${detail}`)), expected);
  });
}

test('who may sign is told by name where the key is known', () => {
  const [change, other] = teamChanges(before, { ...before, admins: { threshold: 1, keyids: ['k1', 'k2', 'k3'] } }, (keyid) => (keyid === 'k2' ? 'Bob, with “desk” (software key),' : undefined));
  assert.deepEqual([change?.text, other?.text], ['Bob, with “desk” (software key), may sign the team file from now on', 'the key k3 may sign the team file from now on']);
});

test('rules in another order are told: the first that fits holds', () => {
  const other = { ...rule, approvals: 2 };
  const [change] = teamChanges({ ...before, policy: { confirmations: [rule, other] } }, { ...before, policy: { confirmations: [other, rule] } });
  assert.equal(change?.about, 'rules');
});

const six = ['abandon', 'ability', 'act', 'zoo', 'oven', 'legal'];
const heard: readonly (readonly [text: string, expected: ReturnType<typeof compareWords>])[] = [
  ['abandon ability act zoo oven legal', { kind: 'same' }],
  ['  Abandon, ABILITY; act / zoo - oven. Legal! ', { kind: 'same' }],
  ['1. aban 2. abil 3. act 4. zoo 5. oven 6. lega', { kind: 'same' }],
  ['aba ability act zoo oven legal', { kind: 'other', at: [1] }],
  ['abandon ability actor zoo oven legal', { kind: 'other', at: [3] }],
  ['ability abandon act zoo oven legal', { kind: 'other', at: [1, 2] }],
  ['abandon ability act zoo oven', { kind: 'count', heard: 5 }],
  ['', { kind: 'count', heard: 0 }],
  ['abandonment ability act zoo oven legal', { kind: 'other', at: [1] }],
];
for (const [text, expected] of heard) {
  test(`words as they were heard: ${JSON.stringify(text)}`, () => assert.deepEqual(compareWords(six, text), expected));
}

test('what is told of values in another order is told: the first that fits holds', () => {
  const [a, b] = [{ columns: ['*.*.email'], strategy: 'show' }, { columns: ['*.*.*'], strategy: 'hide' }] as const;
  const changes = teamChanges({ ...before, policy: { confirmations: [], masking: [a, b] } }, { ...before, policy: { confirmations: [], masking: [b, a] } });
  assert.deepEqual(changes, [{ about: 'rules', text: 'what is told of values stands in another order; of two that fit, the first holds' }]);
});
