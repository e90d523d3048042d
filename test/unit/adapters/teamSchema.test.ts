/** The schema that editors use and the parser that counts must say the same. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { readTeamFile } from '../../../src/adapters/teamFile.ts';
import { assurances } from '../../../src/core/approval/signatureCheck.ts';
import { isTeamBody } from '../../../src/core/approval/team.ts';
import { accessLevels, environments, tlsModes } from '../../../src/core/profile/connection.ts';
import { isMaskingRule } from '../../../src/core/masking/rules.ts';
import { strategies } from '../../../src/core/masking/strategy.ts';
import { parseConnection } from '../../../src/core/profile/parseConnection.ts';
import { parseRiskPolicy } from '../../../src/core/profile/parseRiskPolicy.ts';
import { riskSeverities } from '../../../src/core/sql/risks.ts';
import { statementClasses, statementTags } from '../../../src/core/sql/verdict.ts';
import { teamFileTemplate } from '../../../src/editor/features/connections/teamTemplate.ts';

type Property = { readonly enum?: readonly string[]; readonly enumDescriptions?: readonly string[]; readonly properties?: Readonly<Record<string, Property>> };
type Schema = { readonly definitions: { readonly risk: { readonly properties: Readonly<Record<string, { readonly enum?: readonly string[]; readonly items?: { readonly enum?: readonly string[] } }>> }; readonly connection: { readonly required: readonly string[]; readonly properties: Readonly<Record<string, Property | false>> } } };

const schema = JSON.parse(readFileSync(new URL('../../../media/team.schema.json', import.meta.url), 'utf8')) as Schema;
const { properties, required } = schema.definitions.connection;
const allowed = Object.entries(properties).filter((entry): entry is [string, Property] => entry[1] !== false);
const origin = { source: 'team' as const, resolveFile: (file: string) => file };

function complaints(value: object): readonly string[] {
  return parseConnection(value, [], origin).problems.map(({ message }) => message);
}

test('every property of the schema is known to the parser', () => {
  const unknown = complaints(Object.fromEntries(allowed.map(([name]) => [name, undefined]))).filter((message) => message.includes('is not known here'));
  assert.deepEqual(unknown, []);
});

test('every property the schema forbids is a secret to the parser', () => {
  for (const [name, property] of Object.entries(properties)) {
    if (property === false) assert.match(complaints({ [name]: 'x' }).join(' '), /No password or other secret/u);
  }
});

test('what the schema requires, the parser misses', () => {
  const missing = complaints({}).flatMap((message) => /^“(\w+)” is missing/u.exec(message)?.[1] ?? []);
  assert.deepEqual(missing.toSorted(), [...required].toSorted());
});

test('both offer the same values, each with a description', () => {
  const tls = allowed.find(([name]) => name === 'tls')?.[1].properties?.['mode'];
  const enums = Object.fromEntries(allowed.map(([name, property]) => [name, property]));
  assert.deepEqual([enums['environment']?.enum, enums['access']?.enum, tls?.enum], [environments, accessLevels, tlsModes]);
  for (const property of [...Object.values(enums), tls]) assert.equal(property?.enum?.length, property?.enumDescriptions?.length);
});

test('a new team file loads without a complaint', () => {
  assert.deepEqual(readTeamFile(teamFileTemplate, (file) => file), { profiles: [], risks: { rules: [], raised: [] }, problems: [] });
});

test('the example in a new team file is right', () => {
  const example = teamFileTemplate.replaceAll(/^(\s*)\/\/ (?=[{}]|\s+")/gmu, '$1');
  const { profiles, problems } = readTeamFile(example, (file) => file);
  assert.deepEqual([profiles.map(({ id }) => id), problems], [['team:shop-prod'], []]);
});

test('the schema and the parser know the same about rules', () => {
  const risk = schema.definitions.risk.properties;
  assert.deepEqual([risk['severity']?.enum, risk['classes']?.items?.enum, risk['tags']?.items?.enum], [riskSeverities, statementClasses, statementTags]);
  const stray = parseRiskPolicy([Object.fromEntries([...Object.keys(risk), 'other'].map((key) => [key, undefined]))], []).problems.flatMap(({ message }) => /^“(\w+)” is not known here/u.exec(message)?.[1] ?? []);
  assert.deepEqual(stray, ['other']);
});

/** Names and enums of a schema's object, against the guard that counts. */
const whole = JSON.parse(readFileSync(new URL('../../../media/team.schema.json', import.meta.url), 'utf8')) as { readonly properties: Readonly<Record<string, Property>>; readonly definitions: Readonly<Record<'key' | 'member' | 'rule', { readonly properties: Readonly<Record<string, Property>> }>> };

test('the schema and the parser know the same about a file with people', () => {
  const key = { alg: 'webauthn-es256', pub: 'AA', added: '2026-01-01T00:00:00Z', label: 'phone', revoked: '2026-02-01T00:00:00Z', rpId: 'localhost', origins: ['http://localhost:1'], credentialId: 'AA' };
  const member = { id: 'bob', name: 'Bob', roles: ['dba'], keys: [key], enc: 'AA', github: 'bob' };
  const rule = { match: { env: 'production', class: ['write'] }, approvals: 1, roles: [], all: [{ approvals: 1, roles: [] }], assurance: 'uv', effectMatch: 'exact', ttlMinutes: 15, audit: 'spool', breakGlass: false };
  const body = {
    $schema: 'x', v: 1, team: 'shop', version: 2, prev: 'A'.repeat(43), issued: '2026-01-01T00:00:00Z', expires: '2027-01-01T00:00:00Z', admins: { threshold: 1, keyids: ['A'.repeat(43)] },
    members: [member], policy: { confirmations: [rule] }, connections: [], risks: [], servers: ['https://confirm.example.com'], audit: { logs: [{ origin: 'x', pub: 'AA' }], mode: 'spool' },
  };
  assert.ok(isTeamBody(body));
  assert.deepEqual(Object.keys(whole.properties).toSorted(), Object.keys(body).toSorted());
  for (const [name, example] of [['key', key], ['member', member], ['rule', rule]] as const) assert.deepEqual(Object.keys(whole.definitions[name].properties).toSorted(), Object.keys(example).toSorted(), name);
  assert.deepEqual(whole.definitions.rule.properties['assurance']?.enum, assurances);
  assert.deepEqual(Object.keys(whole.properties['policy']?.properties ?? {}).toSorted(), ['confirmations', 'maskOnScreen', 'masking']);
  assert.ok(!isTeamBody({ ...body, other: 1 }));
});

test('the schema and the parser know the same about what reviewers see of values', () => {
  const { items } = (JSON.parse(readFileSync(new URL('../../../media/team.schema.json', import.meta.url), 'utf8')) as { readonly properties: { readonly policy: { readonly properties: { readonly masking: { readonly items: { readonly properties: { readonly strategy: Property; readonly columns: { readonly items: { readonly pattern: string } } } } } } } } }).properties.policy.properties.masking;
  const { strategy, columns } = items.properties;
  assert.deepEqual([strategy.enum, strategy.enumDescriptions?.length], [strategies, strategies.length]);
  for (const glob of ['*.*.email', 'public.users.*', 'email', 'users.email', 'a.b.c.d', 'a..c', '']) assert.equal(new RegExp(columns.items.pattern, 'u').test(glob), isMaskingRule({ columns: [glob], strategy: 'hide' }), glob);
  assert.deepEqual(Object.keys(items.properties).toSorted(), ['columns', 'strategy']);
});
