/** What is wrong with a team file that was written by hand is said where it stands. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { utf8 } from '../../../../src/core/approval/bytes.ts';
import { describeTeamFault } from '../../../../src/core/approval/teamFault.ts';
import { passkey, softwareKey } from '../../../support/confirmation/keys.ts';
import { teamBody } from '../../../support/confirmation/people.ts';

const [alice, bob] = [await softwareKey(), await passkey()];
const body = teamBody([{ id: 'alice', keys: [alice] }, { id: 'bob', keys: [bob] }]);
const [first, second] = body.members;
const rule = { match: { env: 'production' }, approvals: 1, roles: [], assurance: 'uv', effectMatch: 'exact', ttlMinutes: 15, audit: 'spool', breakGlass: false };

const rows: readonly (readonly [value: unknown, said: string])[] = [
  [[], 'it is no object'],
  [{ ...body, members: [first, { ...second, name: 'x'.repeat(81) }] }, 'members[1].name is not what can stand there'],
  [{ ...body, members: [first, { ...second, roles: ['DBA'] }] }, 'members[1].roles[0] is not what can stand there'],
  [{ ...body, members: [{ ...first, role: 'dba' }, second] }, 'members[0].role is not known here'],
  [{ ...body, members: [{ id: 'alice', roles: [], keys: [] }] }, 'members[0].name is missing'],
  [{ ...body, policy: { confirmations: [{ ...rule, assurance: 'strong' }] } }, 'policy.confirmations[0].assurance is not what can stand there'],
  [{ ...body, policy: { confirmations: [{ ...rule, match: { env: 'prod' } }] } }, 'policy.confirmations[0].match.env is not what can stand there'],
  [{ ...body, policy: {} }, 'policy.confirmations is missing'],
  [{ ...body, members: [first, first] }, 'two members have the id “alice”'],
  [{ ...body, version: 2 }, 'prev is null in version 1 and nowhere else'],
  [{ ...body, expires: body.issued }, 'expires is not after issued'],
  [{ ...body, admins: { threshold: 2, keyids: [alice.keyid] } }, 'admins.threshold asks for 2, and fewer members have a key in force that admins.keyids names'],
];
describe('a team file that cannot be understood', () => {
  for (const [value, said] of rows) test(said, () => assert.equal(describeTeamFault(utf8(JSON.stringify(value))), said));
  test('is no JSON', () => assert.match(describeTeamFault(utf8('{ "v": 1,, }')) ?? '', /^it is not JSON/u));
});
