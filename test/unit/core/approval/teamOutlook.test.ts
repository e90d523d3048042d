import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { administratorsWithout, signingKeysOf, unmetWithout } from '../../../../src/core/approval/teamOutlook.ts';
import type { Rule } from '../../../../src/core/approval/terms.ts';
import { passkey, softwareKey } from '../../../support/confirmation/keys.ts';
import { team } from '../../../support/confirmation/people.ts';

const [alice, bob, carol, old] = [await softwareKey(), await passkey(), await passkey(), await softwareKey()];
const rule = (env: 'production' | 'staging', change: Partial<Rule> = {}): Rule => ({ match: { env }, approvals: 1, roles: [], assurance: 'uv', effectMatch: 'exact', ttlMinutes: 15, audit: 'spool', breakGlass: false, ...change });
const ours = await team(
  [{ id: 'alice', keys: [alice, old], revoked: [1] }, { id: 'bob', keys: [bob], roles: ['dba'] }, { id: 'carol', keys: [carol] }],
  { policy: { confirmations: [rule('production'), rule('staging', { roles: ['dba'] }), rule('production', { match: { env: 'production', class: ['write'] }, approvals: 5 })] } },
);
const rules = ours.body.policy.confirmations;

const unmet: readonly (readonly [string, readonly string[], readonly number[]])[] = [
  ['nothing is lost', [], []],
  ['another one can still confirm', [carol.keyid], []],
  ['nobody with the role is left', [bob.keyid], [1]],
  ['nobody but the requester is left', [bob.keyid, carol.keyid], [0, 1]],
];
describe('rules nobody could meet any more', () => {
  for (const [name, lost, at] of unmet) test(name, () => assert.deepEqual(unmetWithout(ours, new Set(lost)), at.map((index) => rules[index])));
});

test('who could sign the next version', () => {
  assert.deepEqual(administratorsWithout(ours, new Set()).map(({ id }) => id), ['alice']);
  assert.deepEqual(administratorsWithout(ours, new Set([alice.keyid])), []);
});

test('only keys of editors that are in force sign team files', () => {
  assert.deepEqual([signingKeysOf(ours, 'alice'), signingKeysOf(ours, 'bob')], [[alice.keyid], []]);
});
