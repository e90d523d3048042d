import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mentionsOf } from '../../../../../src/core/effect/mysql/mentions.ts';

const mode = { dialect: 'mysql', ansiQuotes: false, noBackslashEscapes: false, swallowingCharset: false } as const;

const rows: readonly (readonly [code: string, names: readonly string[], isDynamic: boolean])[] = [
  ["INSERT INTO Log VALUES ('audit')", ['insert', 'into', 'log', 'values'], false],
  ['UPDATE `a``b`.`C d` SET x = 1 -- other', ['update', 'a`b', 'c d', 'set', 'x'], false],
  ['BEGIN /* t */ EXECUTE s; END', ['begin', 'execute', 's', 'end'], true],
  ["SELECT 'not closed", ['select'], true],
];
for (const [code, names, isDynamic] of rows) {
  test(code, () => {
    const found = mentionsOf(code, mode);
    assert.deepEqual([[...found.names], found.isDynamic], [names, isDynamic]);
  });
}
