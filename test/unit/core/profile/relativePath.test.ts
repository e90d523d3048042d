import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isInside } from '../../../../src/core/profile/relativePath.ts';

const rows: readonly (readonly [path: string, inside: boolean])[] = [
  ['ca.pem', true],
  ['.countersign/team.jsonc', true],
  ['./certs/ca.pem', true],
  ['a/../b', true],
  ['a/b/../../c', true],
  ['certs\\ca.pem', true],
  ['..', false],
  ['../ca.pem', false],
  ['a/../../b', false],
  ['a\\..\\..\\b', false],
  ['a/..', false],
  ['/etc/ssl/ca.pem', false],
  ['\\\\server\\share', false],
  ['C:\\ca.pem', false],
  ['c:ca.pem', false],
  ['~/ca.pem', false],
  ['a\u0000b', false],
  ['.', false],
  ['', false],
];

for (const [path, inside] of rows) {
  test(`${JSON.stringify(path)} ${inside ? 'stays inside' : 'leads out'}`, () => {
    assert.equal(isInside(path), inside);
  });
}
