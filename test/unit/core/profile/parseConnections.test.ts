import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parsePersonalConnections, parseTeamConnections } from '../../../../src/core/profile/parseConnections.ts';
import type { ParsedConnections } from '../../../../src/core/profile/parseConnections.ts';

const shop = { name: 'shop', environment: 'production', host: 'db-1', user: 'app', database: 'shop' };
const billing = { ...shop, name: 'billing' };

function summary({ profiles, problems }: ParsedConnections): readonly string[] {
  return [...profiles.map(({ id }) => id), ...problems.map(({ severity, path }) => `${severity} ${path.join('.')}`.trim())];
}

const anywhere = (text: string): string => text;

const teamRows: readonly (readonly [what: string, value: unknown, expected: readonly string[]])[] = [
  ['two connections', { version: 1, connections: [shop, billing] }, ['team:shop', 'team:billing']],
  ['with a schema', { $schema: 'x', version: 1, connections: [shop] }, ['team:shop']],
  ['no connections', { version: 1 }, []],
  ['an empty list', { version: 1, connections: [] }, []],
  ['a list as the whole', [shop], ['error']],
  ['nothing', undefined, ['error']],
  ['a text', 'x', ['error']],
  ['no version', { connections: [shop] }, ['error']],
  ['a newer version', { version: 2, connections: [shop] }, ['error version']],
  ['a version as text', { version: '1', connections: [shop] }, ['error version']],
  ['connections that are no list', { version: 1, connections: { shop } }, ['error connections']],
  ['an unknown key', { version: 1, connections: [shop], policies: [] }, ['team:shop', 'warning policies']],
  ['a secret beside the connections', { version: 1, password: 'x', connections: [shop] }, ['team:shop', 'error password']],
  ['one broken connection', { version: 1, connections: [shop, { ...billing, port: 0 }] }, ['team:shop', 'error connections.1.port']],
  ['a password in one', { version: 1, connections: [{ ...shop, password: 'x' }, billing] }, ['team:billing', 'error connections.0.password']],
  ['the same name twice', { version: 1, connections: [shop, billing, shop] }, ['team:billing', 'error connections.0.name', 'error connections.2.name']],
  ['names that differ in case', { version: 1, connections: [shop, { ...shop, name: 'SHOP' }] }, ['error connections.0.name', 'error connections.1.name']],
  ['a name used by a broken one too', { version: 1, connections: [shop, { name: 'shop' }] }, [
    ...Array<string>(4).fill('error connections.1'), 'error connections.0.name', 'error connections.1.name',
  ]],
  ['of a team with people and keys', { v: 1, team: 'shop', version: 7, prev: null, issued: '', expires: '', admins: {}, members: [], policy: {}, servers: [], audit: {}, connections: [shop] }, ['team:shop']],
  ['of a team, with an unknown key', { v: 1, version: 7, connections: [shop], policies: [] }, ['team:shop', 'warning policies']],
  ['of a team, in a newer format', { v: 2, version: 7, connections: [shop] }, ['error v']],
  ['of a team, without a version of its own', { v: 1, connections: [shop] }, ['error']],
  ['people and keys in a plain file', { version: 1, members: [], connections: [shop] }, ['team:shop', 'warning members']],
  ['too many', { version: 1, connections: Array.from({ length: 501 }, (_, index) => ({ ...shop, name: `c${String(index)}` })) }, ['error connections']],
];

for (const [what, value, expected] of teamRows) {
  test(`team file, ${what}: ${expected.join(', ') || 'nothing'}`, () => {
    assert.deepEqual(summary(parseTeamConnections(value, anywhere)), expected);
  });
}

const personalRows: readonly (readonly [what: string, value: unknown, expected: readonly string[]])[] = [
  ['nothing', undefined, []],
  ['null', null, []],
  ['one', [shop], ['personal:shop']],
  ['an object', { shop }, ['error']],
  ['a broken one', [{ ...shop, host: '' }, billing], ['personal:billing', 'error 0.host']],
];

for (const [what, value, expected] of personalRows) {
  test(`settings, ${what}: ${expected.join(', ') || 'nothing'}`, () => {
    assert.deepEqual(summary(parsePersonalConnections(value, anywhere)), expected);
  });
}
