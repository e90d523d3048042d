/** Edits of a team file: each gives the next version of the chain, and leaves what people wrote alone. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { foundTeamText, nextTeamText } from '../../../src/adapters/confirmation/editTeamFile.ts';
import type { TeamEdit } from '../../../src/adapters/confirmation/editTeamFile.ts';
import { readTeamFile } from '../../../src/adapters/teamFile.ts';
import { utf8 } from '../../../src/core/approval/bytes.ts';
import { acceptTeam, signTeam } from '../../../src/core/approval/teamChain.ts';
import type { SignedTeam } from '../../../src/core/approval/teamChain.ts';
import type { Team } from '../../../src/core/approval/team.ts';
import { termsFor } from '../../../src/core/approval/terms.ts';
import { crypto, passkey, softwareKey } from '../../support/confirmation/keys.ts';
import type { OwnKey } from '../../support/confirmation/keys.ts';
import { noon } from '../../support/confirmation/people.ts';

const connections = `{
  // Read me first.
  "version": 1,
  "connections": [
    { "name": "shop", "environment": "production", "host": "db-1", "user": "app", "database": "shop" }, // the shop
  ],
}
`;
const [alice, aliceToo, bob] = await Promise.all([softwareKey(), passkey(), passkey()]);
const person = (id: string, key: OwnKey) => ({ id, name: id.toUpperCase(), roles: [], keys: [key.record] });
const founder = { team: 'shop', member: person('alice', alice), keyid: alice.keyid, now: noon };

async function signed(text: string, ...keys: readonly OwnKey[]): Promise<SignedTeam> {
  return { file: utf8(text), signatures: await signTeam(utf8(text), keys.map(({ signer }) => signer)) };
}

async function accepted(pinned: Team | undefined, text: string, ...keys: readonly OwnKey[]): Promise<Team> {
  const state = await acceptTeam(crypto, pinned, [await signed(text, ...keys)]);
  return state.kind === 'accepted' ? state.team : assert.fail(`${state.code}\n${text}`);
}

describe('founding a team', () => {
  const rows: readonly [name: string, text: string][] = [['from connections', connections], ['with Windows line breaks', connections.replaceAll('\n', '\r\n')], ['from nothing', ''], ['from an empty object', '{}'], ['from what is no file', 'hello']];
  for (const [name, text] of rows) {
    test(name, async () => {
      const founded = foundTeamText(text, founder);
      const team = await accepted(undefined, founded, alice);
      assert.deepEqual([team.body.version, team.body.prev, team.body.members.map(({ id }) => id)], [1, null, ['alice']]);
      assert.equal(founded.includes('// Read me first.') && founded.includes('// the shop'), text.includes('// Read me first.'));
      assert.equal(/[^\r]\n/.test(founded), !text.includes('\r\n'));
      const terms = termsFor(team.body.policy.confirmations, 'production', ['destructive']);
      assert.deepEqual([terms.assurance, terms.groups], ['uv', [{ approvals: 1, roles: [] }]]);
    });
  }

  test('rules that were written before are the ones that are signed', async () => {
    const rule = { match: {}, approvals: 2, roles: [], assurance: 'touch', effectMatch: 'exact', ttlMinutes: 30, audit: 'spool', breakGlass: false };
    const team = await accepted(undefined, foundTeamText(JSON.stringify({ policy: { confirmations: [rule] } }), founder), alice);
    assert.deepEqual(team.body.policy.confirmations, [rule]);
  });

  test('the connections are still there for those who only read them', () => {
    const { profiles, problems } = readTeamFile(foundTeamText(connections, founder), (file) => file);
    assert.deepEqual([profiles.map(({ name }) => name), problems], [['shop'], []]);
  });
});

describe('the next version', () => {
  const edits: readonly [name: string, edit: TeamEdit, check: (team: Team) => unknown, expected: unknown][] = [
    ['a person joins', { kind: 'add-member', member: person('bob', bob) }, (team) => team.keys.get(bob.keyid)?.member.id, 'bob'],
    ['a second key', { kind: 'add-key', member: 'alice', key: aliceToo.record }, (team) => team.keys.get(aliceToo.keyid)?.member.id, 'alice'],
    ['other administrators', { kind: 'set-admins', threshold: 1, keyids: [alice.keyid] }, (team) => team.body.admins.threshold, 1],
    ['other roles', { kind: 'set-roles', member: 'alice', roles: ['dba', 'on-call'] }, (team) => team.body.members[0]?.roles, ['dba', 'on-call']],
    ['another year', { kind: 'renew' }, (team) => [team.body.issued, team.body.expires], ['2026-11-22T12:00:00Z', '2027-11-22T12:00:00Z']],
  ];
  for (const [name, edit, check, expected] of edits) {
    test(name, async () => {
      const text = foundTeamText(connections, founder);
      const first = await accepted(undefined, text, alice);
      const next = nextTeamText(text, first, [edit], noon + 24 * 60 * 60 * 1000);
      const team = await accepted(first, next, alice);
      assert.deepEqual([team.body.version, check(team)], [2, expected]);
      assert.ok(next.includes('// Read me first.') && next.includes('// the shop'));
    });
  }

  test('a person joins, gets a key revoked, and leaves', async () => {
    let text = foundTeamText(connections, founder);
    let team = await accepted(undefined, text, alice);
    const step = async (edit: TeamEdit): Promise<Team> => {
      text = nextTeamText(text, team, [edit], noon);
      return (team = await accepted(team, text, alice));
    };
    await step({ kind: 'add-member', member: person('bob', bob) });
    assert.equal((await step({ kind: 'revoke-key', keyid: bob.keyid })).keys.get(bob.keyid)?.record.revoked, '2026-11-21T12:00:00Z');
    assert.deepEqual((await step({ kind: 'remove-member', member: 'bob' })).body.members.map(({ id }) => id), ['alice']);
    assert.equal(team.body.version, 4);
  });

  test('what does not make sense is refused when it is read, not written silently', async () => {
    const text = foundTeamText(connections, founder);
    const first = await accepted(undefined, text, alice);
    const rows: readonly [TeamEdit, string][] = [
      [{ kind: 'add-member', member: person('alice', bob) }, 'team-malformed'],
      [{ kind: 'add-member', member: person('bob', alice) }, 'key-in-two-persons'],
      [{ kind: 'revoke-key', keyid: alice.keyid }, 'team-malformed'],
      [{ kind: 'remove-member', member: 'alice' }, 'team-malformed'],
      [{ kind: 'set-admins', threshold: 2, keyids: [alice.keyid] }, 'team-malformed'],
    ];
    for (const [edit, code] of rows) {
      const state = await acceptTeam(crypto, first, [await signed(nextTeamText(text, first, [edit], noon), alice)]);
      assert.deepEqual(state, { kind: 'refused', code }, edit.kind);
    }
  });
});
