/** Who may be asked, and how that is said. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { approversFor, describeTerms, lackingApprovers } from '../../../../src/core/approval/approvers.ts';
import { strictTerms } from '../../../../src/core/approval/terms.ts';
import type { Terms } from '../../../../src/core/approval/terms.ts';
import { passkey, softwareKey, sshKey } from '../../../support/confirmation/keys.ts';
import { team } from '../../../support/confirmation/people.ts';

const ours = await team([
  { id: 'alice', keys: [await softwareKey(), await passkey()] },
  { id: 'bob', keys: [await passkey()], roles: ['dba'] },
  { id: 'carol', keys: [await softwareKey()], roles: ['dba'] },
  { id: 'dmitri', keys: [await passkey()], revoked: [0] },
  { id: 'eva', keys: [await sshKey({ flags: 5 })] },
  { id: 'felix', keys: [await sshKey()] },
]);

const terms = (change: Partial<Terms>): Terms => ({ ...strictTerms, ...change });
const rows: readonly (readonly [string, Terms, readonly string[], number])[] = [
  ['with a passkey: not the requester, no software key, no revoked key', terms({}), ['bob', 'eva'], 0],
  ['with any key', terms({ assurance: 'software' }), ['bob', 'carol', 'eva', 'felix'], 0],
  ['with a role', terms({ assurance: 'software', groups: [{ approvals: 1, roles: ['dba'] }] }), ['bob', 'carol'], 0],
  ['with a role that only a weak key has', terms({ groups: [{ approvals: 2, roles: ['dba'] }] }), ['bob'], 1],
  ['with a role nobody has', terms({ groups: [{ approvals: 1, roles: ['owner'] }] }), [], 1],
  ['one person counts for one group', terms({ groups: [{ approvals: 1, roles: ['dba'] }, { approvals: 1, roles: ['dba'] }] }), ['bob'], 1],
];

for (const [name, wanted, ids, lacking] of rows) {
  test(name, () => {
    const found = approversFor(ours, wanted, 'alice');
    assert.deepEqual(found.map(({ id }) => id), ids);
    assert.equal(lackingApprovers(wanted, found), lacking);
  });
}

const said: readonly (readonly [Partial<Terms>, string])[] = [
  [{ assurance: 'software' }, 'One other member must confirm.'],
  [{}, 'One other member must confirm, with a passkey or a security key that asks who they are.'],
  [{ assurance: 'touch', groups: [{ approvals: 2, roles: ['dba', 'lead'] }] }, 'Two other members with the role dba or lead must confirm, with a passkey or a security key.'],
  [{ assurance: 'software', groups: [{ approvals: 1, roles: [] }, { approvals: 1, roles: ['lead'] }] }, 'One other member and one other member with the role lead must confirm.'],
];

for (const [change, text] of said) test(text, () => assert.equal(describeTerms(terms(change)), text));
