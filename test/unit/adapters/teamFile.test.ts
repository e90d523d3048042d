import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readTeamFile } from '../../../src/adapters/teamFile.ts';

const shop = '"name": "shop", "environment": "production", "host": "db-1", "user": "app", "database": "shop"';

/** Ids of what was loaded, then `severity «marked text»` for each problem. */
function summary(text: string): readonly string[] {
  const { profiles, problems } = readTeamFile(text, (file) => file);
  return [...profiles.map(({ id }) => id), ...problems.map(({ severity, start, end }) => `${severity} «${text.slice(start, end)}»`)];
}

const rows: readonly (readonly [what: string, text: string, expected: readonly string[]])[] = [
  ['comments and trailing commas', `// shared\n{ "version": 1, /* all */ "connections": [ { ${shop}, }, ], }`, ['team:shop']],
  ['a byte order mark', `\uFEFF{ "version": 1, "connections": [ { ${shop} } ] }`, ['team:shop']],
  ['nothing', '', ['error «»']],
  ['white space', ' \n\t', ['error « »']],
  ['only a comment', '// nothing yet', ['error «»']],
  ['half a file', `{ "version": 1, "connections": [ { ${shop}`, ['error «»', 'error «»', 'error «»']],
  ['a missing comma', `{ "version": 1 "connections": [ { ${shop} } ] }`, ['error «"connections"»']],
  ['something behind the end', `{ "version": 1, "connections": [ { ${shop} } ] } x`, ['error «x»']],
  ['no JSON at all', 'connections:\n  - shop', ['error «connections»', 'error «:»']],
  ['a NUL', '{ "version": 1, \u0000"connections": [] }', ['error «\u0000»']],
  ['a merge conflict', `{ "version": 1,\n<<<<<<< HEAD\n"connections": [] }`, ['error «<<<<<<<»', 'error «HEAD»']],
  ['a password', `{ "version": 1, "connections": [ { ${shop}, "password": "hunter2" } ] }`, ['error «"hunter2"»']],
  ['a wrong environment', `{ "version": 1, "connections": [ { ${shop.replace('production', 'prod')} } ] }`, ['error «"prod"»']],
  ['a missing host', `{ "version": 1, "connections": [ { ${shop.replace(/"host": "db-1", /u, '')} } ] }`, ['error «{»']],
  ['a host given twice', `{ "version": 1, "connections": [ { ${shop}, "host": "db-2" } ] }`, ['error «"host"»']],
  ['a version given twice', `{ "version": 1, "connections": [], "version": 1 }`, ['error «"version"»']],
  ['__proto__', `{ "version": 1, "connections": [ { ${shop}, "__proto__": { "protected": false } } ] }`, ['team:shop', 'warning «{»']],
];

for (const [what, text, expected] of rows) {
  test(`team file with ${what}: ${expected.join(', ')}`, () => {
    assert.deepEqual(summary(text), expected);
  });
}

test('a file nested a hundred thousand levels deep is refused, not followed', () => {
  const { profiles, problems } = readTeamFile('['.repeat(100_000), (file) => file);
  assert.deepEqual([profiles.length, problems.length > 0], [0, true]);
});

test('a file of more than a million characters is refused', () => {
  const { profiles, problems } = readTeamFile(`{ "version": 1 } ${' '.repeat(1_000_000)}`, (file) => file);
  assert.deepEqual([profiles.length, problems.length], [0, 1]);
});
