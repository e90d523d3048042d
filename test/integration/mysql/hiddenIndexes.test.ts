/** Indexes that queries may not use, because they are invisible, hold expressions or parts of columns: rows are found all the same. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { sharedServer } from '../../support/mysql.ts';
import { inLab } from './changeHarness.ts';

const invisible = { mysql: 'INVISIBLE', mariadb: 'IGNORED' } as const;

for (const dialect of ['mysql', 'mariadb'] as const) {
  const { skip } = await sharedServer(dialect);
  describe(`indexes of ${dialect}`, { skip }, () => {
    test('that are hidden or cut are not asked for', async () => {
      const schema = [
        `CREATE TABLE p (id int PRIMARY KEY AUTO_INCREMENT, u int NOT NULL, name varchar(20), UNIQUE KEY own (u) ${invisible[dialect]}) ENGINE=InnoDB`,
        `CREATE TABLE c (id int PRIMARY KEY, u int, note varchar(20), KEY other (u), KEY cut (note(3)), CONSTRAINT f FOREIGN KEY (u) REFERENCES p (u) ON DELETE CASCADE) ENGINE=InnoDB`,
        "INSERT INTO p (u, name) VALUES (1, 'a'), (2, 'b')",
        "INSERT INTO c VALUES (1, 1, 'x'), (2, 2, 'y'), (3, 2, 'z')",
        `ALTER TABLE c ADD KEY spare (u, id), ALTER INDEX other ${dialect === 'mysql' ? 'INVISIBLE' : 'IGNORED'}`,
      ];
      await inLab(dialect, schema, async (lab) => {
        const change = await lab.change(['DELETE FROM p WHERE u = 2']);
        const images = await change.images();
        await change.rollback();
        assert.deepEqual(change.preview.effects.map(({ table, deleted, exactness }) => [table.table, deleted, exactness]).toSorted(), [['c', 2, 'exact'], ['p', 1, 'exact']]);
        assert.deepEqual(images.map(({ table, totals }) => [table.table, totals?.deleted]).toSorted(), [['c', 2], ['p', 1]]);
      });
    });
  });
}
