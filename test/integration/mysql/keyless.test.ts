/** Changed rows of a table without a key: told as updates where what stayed of them tells which is which. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { sharedServer } from '../../support/mysql.ts';
import { inLab } from './changeHarness.ts';

const schema = ['CREATE TABLE loose (code varchar(10), n int) ENGINE=InnoDB', "INSERT INTO loose VALUES ('a', 1), ('b', 2), ('c', 3), ('c', 4)"];

type Row = { readonly sql: string; readonly kinds: Readonly<Record<string, number>>; readonly totals: readonly [number, number, number]; readonly isSaid: boolean };

const rows: readonly Row[] = [
  { sql: 'UPDATE loose SET n = n + 10 WHERE n < 3', kinds: { updated: 2 }, totals: [0, 2, 0], isSaid: false },
  { sql: 'UPDATE loose SET n = n + 10 WHERE n > 1', kinds: { updated: 1, deleted: 2, inserted: 2 }, totals: [0, 3, 0], isSaid: true },
  { sql: "DELETE FROM loose WHERE code = 'a'", kinds: { deleted: 1 }, totals: [0, 0, 1], isSaid: false },
];

for (const dialect of ['mysql', 'mariadb'] as const) {
  const { skip } = await sharedServer(dialect);
  describe(`rows without a key on ${dialect}`, { skip }, () => {
    for (const { sql, kinds, totals, isSaid } of rows) {
      test(sql, async () => {
        await inLab(dialect, schema, async (lab) => {
          const change = await lab.change([sql]);
          const [image] = await change.images();
          await change.rollback();
          const counted: Record<string, number> = {};
          for (const { kind } of image?.changes ?? []) counted[kind] = (counted[kind] ?? 0) + 1;
          assert.deepEqual(counted, kinds);
          assert.deepEqual([image?.totals?.inserted, image?.totals?.updated, image?.totals?.deleted], totals);
          assert.equal(/has no key/.test(image?.incomplete ?? ''), isSaid);
        });
      });
    }
  });
}
