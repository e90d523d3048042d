/** Where the session has switched something off, the change is still told as it is, and so is what was off. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { sharedServer, type MysqlDialect } from '../../support/mysql.ts';
import { inLab, receipt } from './changeHarness.ts';

const schema = [
  'CREATE TABLE parents (id int PRIMARY KEY)', 'INSERT INTO parents VALUES (1), (2)',
  'CREATE TABLE children (id int PRIMARY KEY, parent int, FOREIGN KEY (parent) REFERENCES parents (id) ON DELETE CASCADE)', 'INSERT INTO children VALUES (1, 1), (2, 2)',
];

for (const dialect of ['mariadb', 'mysql'] as const satisfies readonly MysqlDialect[]) {
  const { skip } = await sharedServer(dialect);
  describe(dialect, { skip }, () => {
    test('foreign keys', async () => {
      await inLab(dialect, schema, async (lab) => {
        const change = await lab.change(['SET foreign_key_checks = 0', 'DELETE FROM parents WHERE id = 1']);
        const { effects, notices } = change.preview;
        assert.deepEqual(effects.map(({ table, deleted, exactness }) => [table.table, deleted, exactness ?? 'exact']), [['parents', 1, 'exact']]);
        assert.match(notices.join('\n'), /Foreign keys were switched off/);
        const undo = await change.undo?.();
        assert.match(undo?.kind === 'none' ? undo.reason : JSON.stringify(undo), /foreign keys were switched off/);
        assert.deepEqual(await change.commit(receipt), { kind: 'acknowledged' });
        assert.deepEqual(await lab.database.query('SELECT id FROM children ORDER BY id'), [{ id: 1 }, { id: 2 }]);
        // It stays off in this session.
        const later = await lab.change(['DELETE FROM parents WHERE id = 2']);
        await later.rollback();
        assert.match(later.preview.notices.join('\n'), /Foreign keys were switched off/);
      });
    });

    test('nothing is said where nothing is off', async () => {
      await inLab(dialect, schema, async (lab) => {
        const change = await lab.change(['DELETE FROM parents WHERE id = 1']);
        await change.rollback();
        assert.deepEqual([change.preview.notices, change.preview.effects.length], [[], 2]);
      });
    });
  });
}
