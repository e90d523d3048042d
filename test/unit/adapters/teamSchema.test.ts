/** The schema that editors use and the parser that counts must say the same. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { readTeamFile } from '../../../src/adapters/teamFile.ts';
import { accessLevels, environments, tlsModes } from '../../../src/core/profile/connection.ts';
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
