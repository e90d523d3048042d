import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeBytes, inspectionOf, type InspectedRelation } from '../../../../src/core/effect/inspectedObjects.ts';

const none = { keys: null, views: null, triggers: null, functions: null, grants: null, indexes: 0 };
const table: InspectedRelation = { ...none, name: 'public.t', kind: 'r', bytes: 123_456_789, rows: 1_234_567, dead: 12, indexes: 2, keys: ['a on public.b'], views: ['public.v', 'public.w'] };
const index: InspectedRelation = { ...none, name: 'public.i', kind: 'i', bytes: 8192, rows: null, scans: 0, of: 'public.t' };

for (const [name, found, named, lines] of [
  ['a table', { relations: [table], database: null, setting: null }, 1, ['Table: public.t: 118 MB, about 1,234,567 rows, 12 dead ones, 2 indexes', 'Foreign keys that reference it: a on public.b', 'Views that read it: public.v, public.w']],
  ['an index', { relations: [index], database: null, setting: null }, 1, ['Index: public.i on public.t: 8.0 kB, not used since statistics began']],
  ['a database', { relations: null, database: { name: 'shop', bytes: null, clients: 3 }, setting: null }, 0, ['Database: shop; connected now: 3']],
  ['a setting', { relations: null, database: null, setting: { name: 'shared_buffers', value: '16384 8kB', context: 'postmaster' } }, 0, ['Setting: shared_buffers is 16384 8kB now; the new value is in force after a restart of the server']],
  ['something that is not there', { relations: null, database: null, setting: null }, 1, ['? Some of what the statement names does not exist, or cannot be seen by this role.']],
] as const) {
  test(`${name} in words`, () => {
    const { facts, unknown } = inspectionOf(found, named);
    assert.deepEqual([...facts.map(({ label, text }) => `${label}: ${text}`), ...unknown.map((text) => `? ${text}`)], lines);
  });
}

test('sizes', () => {
  assert.deepEqual([0, 1, 1023, 1024, 10_239, 5 * 1024 ** 3, 2 ** 60].map(describeBytes), ['0 bytes', '1 bytes', '1023 bytes', '1.0 kB', '10.0 kB', '5.0 GB', '1048576 TB']);
});
