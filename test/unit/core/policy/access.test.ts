import assert from 'node:assert/strict';
import { test } from 'node:test';
import { effectiveAccess } from '../../../../src/core/policy/accessMerge.ts';
import type { Access, ConnectionProfile, Environment } from '../../../../src/core/profile/connection.ts';

type Row = readonly [source: ConnectionProfile['source'], environment: Environment, demand: Access | undefined, wish: Access | undefined, expected: Access];

const rows: readonly Row[] = [
  ['personal', 'production', undefined, undefined, 'readOnly'],
  ['personal', 'production', undefined, 'preview', 'preview'],
  ['personal', 'production', undefined, 'blocked', 'blocked'],
  ['personal', 'production', 'readOnly', 'preview', 'readOnly'],
  ['personal', 'production', 'preview', undefined, 'preview'],
  ['personal', 'production', 'preview', 'readOnly', 'readOnly'],
  ['personal', 'production', 'blocked', 'preview', 'blocked'],
  ['team', 'production', undefined, undefined, 'readOnly'],
  ['team', 'production', undefined, 'preview', 'readOnly'],
  ['team', 'production', undefined, 'blocked', 'blocked'],
  ['team', 'production', 'preview', undefined, 'preview'],
  ['team', 'production', 'preview', 'preview', 'preview'],
  ['team', 'production', 'preview', 'readOnly', 'readOnly'],
  ['team', 'production', 'readOnly', 'preview', 'readOnly'],
  ['team', 'production', 'blocked', 'preview', 'blocked'],
  ['team', 'staging', 'blocked', undefined, 'preview'],
  ['team', 'staging', undefined, 'readOnly', 'readOnly'],
  ['personal', 'development', undefined, 'blocked', 'blocked'],
];

for (const [source, environment, demand, access, expected] of rows) {
  test(`${source} ${environment}, setting ${demand ?? 'not set'}, profile ${access ?? 'says nothing'}: ${expected}`, () => {
    assert.equal(effectiveAccess({ source, environment, protected: true, ...(access === undefined ? {} : { access }) }, demand), expected);
  });
}

test('an unprotected connection is not restricted by the setting for production', () => {
  assert.equal(effectiveAccess({ source: 'personal', environment: 'development', protected: false }, 'blocked'), 'preview');
});
