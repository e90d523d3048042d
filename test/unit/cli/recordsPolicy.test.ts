/** Where a run in a terminal sends its records. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readRecordsPolicy, secretVariableOf, type RecordsWish } from '../../../src/cli/run/recordsPolicy.ts';
import { UsageError } from '../../../src/cli/usage.ts';

const none: RecordsWish = { endpoints: [], required: false };
const loki = 'otlp=https://loki.example.com/v1/logs';
const own = { endpoints: [{ name: 'log', kind: 'syslog', url: 'tcp://log:514' }], required: false, sql: 'full' } as const;

type Row = readonly [what: string, wish: RecordsWish, env: Record<string, string>, own: Parameters<typeof readRecordsPolicy>[2], names: string, required: boolean];
const rows: readonly Row[] = [
  ['nothing', none, {}, undefined, '', false],
  ['the settings', none, {}, { ...own, required: true }, 'log syslog', true],
  ['a word', { endpoints: [loki], required: true }, {}, undefined, 'otlp otlp', true],
  ['a word with a name', { endpoints: ['team=webhook:https://example.com/r'], required: false }, {}, undefined, 'team webhook', false],
  ['words in the environment', none, { COUNTERSIGN_AUDIT_ENDPOINTS: `${loki} slack=`, COUNTERSIGN_AUDIT_REQUIRED: '1' }, undefined, 'otlp otlp, slack slack', true],
  ['a list in the environment', none, { COUNTERSIGN_AUDIT_ENDPOINTS: '[{ "name": "a", "kind": "otlp", "url": "https://a" }]' }, undefined, 'a otlp', false],
  ['all of them', { endpoints: [loki], required: false }, { COUNTERSIGN_AUDIT_ENDPOINTS: 'b=webhook:https://b' }, own, 'otlp otlp, b webhook, log syslog', false],
  ['an environment that asks for less', none, { COUNTERSIGN_AUDIT_REQUIRED: '0' }, { ...own, required: true }, 'log syslog', true],
];

describe('endpoints of a run', () => {
  for (const [what, wish, env, settings, names, required] of rows) {
    it(what, () => {
      const policy = readRecordsPolicy(wish, env, settings);
      assert.equal(policy.endpoints.map(({ name, kind }) => `${name} ${kind}`).join(', '), names);
      assert.equal(policy.required, required);
    });
  }

  for (const [what, wish, env] of [
    ['a word that is none', { endpoints: ['https://a'], required: false }, {}],
    ['an address without encryption', { endpoints: ['otlp=http://a'], required: false }, {}],
    ['a list that is none', none, { COUNTERSIGN_AUDIT_ENDPOINTS: '[{' }],
    ['the same name twice', { endpoints: [loki, 'otlp=https://b'], required: false }, {}],
  ] as const) {
    it(`refuses to guess: ${what}`, () => assert.throws(() => readRecordsPolicy(wish, env, undefined), UsageError));
  }

  it('secrets come by the name of the endpoint', () => assert.equal(secretVariableOf('my loki-2'), 'COUNTERSIGN_AUDIT_SECRET_MY_LOKI_2'));
});
