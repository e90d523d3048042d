import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ConnectionId, ConnectionProfile } from '../../../../src/core/profile/connection.ts';
import { mergeProfiles } from '../../../../src/core/profile/merge.ts';
import { connectionId } from '../../../../src/core/profile/parseConnection.ts';

function profile(source: ConnectionProfile['source'], name: string, facts: Partial<ConnectionProfile> = {}): ConnectionProfile {
  const environment = facts.environment ?? 'development';
  return {
    id: connectionId(source, name), name, source, dialect: 'postgresql', environment, protected: environment === 'production',
    host: 'db-1', port: 5432, user: 'app', database: name, tls: { mode: 'require' }, ...facts,
  };
}

test('production comes last, then names in order', () => {
  const merged = mergeProfiles(
    [profile('personal', 'b', { environment: 'production' }), profile('personal', 'c', { environment: 'staging' }), profile('personal', 'a', { environment: 'production' })],
    [{ folder: 'repo', profiles: [profile('team', 'd')] }],
  );
  assert.deepEqual(merged.map(({ name }) => name), ['d', 'c', 'a', 'b']);
});

test('a team profile of the same name stands beside the personal one', () => {
  const merged = mergeProfiles([profile('personal', 'shop')], [{ folder: 'repo', profiles: [profile('team', 'shop', { host: 'elsewhere' })] }]);
  assert.deepEqual(merged.map(({ id, host }) => [id, host]), [['personal:shop', 'db-1'], ['team:shop', 'elsewhere']]);
});

test('two folders with one name: the plain id means neither of them', () => {
  const merged = mergeProfiles([], [
    { folder: 'a', profiles: [profile('team', 'shop'), profile('team', 'x')] },
    { folder: 'b', profiles: [profile('team', 'shop', { host: 'db-2' })] },
  ]);
  assert.deepEqual(merged.map(({ id, host }): [ConnectionId, string] => [id, host]).toSorted(), [['team:a/shop', 'db-1'], ['team:b/shop', 'db-2'], ['team:x', 'db-1']]);
});

const tightening: readonly (readonly [what: string, own: Partial<ConnectionProfile>, theirs: Partial<ConnectionProfile>, expected: string])[] = [
  ['the same database', { environment: 'production' }, {}, 'production protected'],
  ['the same host in other letters', { environment: 'production', host: 'db-1.example.com' }, { host: 'DB-1.Example.com.' }, 'production protected'],
  ['another user', { environment: 'production' }, { user: 'root' }, 'production protected'],
  ['another database', { environment: 'production' }, { database: 'other' }, 'development open'],
  ['another port', { environment: 'production' }, { port: 5433 }, 'development open'],
  ['a database the person protects', { protected: true }, {}, 'development protected'],
  ['a database the person leaves open', {}, { environment: 'production' }, 'production protected'],
];

for (const [what, own, theirs, expected] of tightening) {
  test(`a team file calls ${what} development: ${expected}`, () => {
    const merged = mergeProfiles([profile('personal', 'shop', own)], [{ folder: 'repo', profiles: [profile('team', 'shop', theirs)] }]);
    const team = merged.find(({ source }) => source === 'team');
    assert.equal(`${team?.environment ?? ''} ${team?.protected === true ? 'protected' : 'open'}`, expected);
  });
}

const access: readonly (readonly [own: ConnectionProfile['access'], theirs: ConnectionProfile['access'], expected: ConnectionProfile['access']])[] = [
  ['blocked', undefined, 'blocked'],
  ['blocked', 'preview', 'blocked'],
  ['readOnly', 'preview', 'readOnly'],
  ['preview', 'readOnly', 'readOnly'],
  [undefined, 'readOnly', 'readOnly'],
  [undefined, undefined, undefined],
];

for (const [own, theirs, expected] of access) {
  test(`the person's own profile of a database says ${own ?? 'nothing'}, the team file ${theirs ?? 'nothing'}: ${expected ?? 'nothing'}`, () => {
    const wish = (level: ConnectionProfile['access']): Partial<ConnectionProfile> => ({ environment: 'production', ...(level === undefined ? {} : { access: level }) });
    const merged = mergeProfiles([profile('personal', 'shop', wish(own))], [{ folder: 'repo', profiles: [profile('team', 'shop', wish(theirs))] }]);
    assert.equal(merged.find(({ source }) => source === 'team')?.access, expected);
  });
}

const signedRows: readonly (readonly [what: string, source: ConnectionProfile['source'], facts: Partial<ConnectionProfile>, signed: Partial<ConnectionProfile>, expected: string])[] = [
  ['an edited team file calls development', 'team', {}, { environment: 'production' }, 'production protected'],
  ['the person calls development', 'personal', {}, { environment: 'production' }, 'production protected'],
  ['an edited team file leaves open', 'team', {}, { protected: true }, 'development protected'],
  ['an edited team file moved elsewhere', 'team', { host: 'db-2' }, { environment: 'production' }, 'development open'],
  ['is called production here', 'personal', { environment: 'production' }, {}, 'production protected'],
];

for (const [what, source, facts, signed, expected] of signedRows) {
  test(`what the accepted team file says of a database that ${what}: ${expected}`, () => {
    const own = profile(source, 'shop', facts);
    const [merged] = source === 'personal' ? mergeProfiles([own], [], [profile('team', 'shop', signed)]) : mergeProfiles([], [{ folder: 'repo', profiles: [own] }], [profile('team', 'shop', signed)]);
    assert.equal(`${merged?.environment ?? ''} ${merged?.protected === true ? 'protected' : 'open'}`, expected);
  });
}
