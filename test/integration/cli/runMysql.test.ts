/** `countersign run` against real MySQL and MariaDB servers. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { sharedServer, type MysqlDatabase } from '../../support/mysql.ts';
import { countersign } from '../../unit/cli/run.ts';

const setup = `
  CREATE TABLE parent (id int PRIMARY KEY, name varchar(40));
  CREATE TABLE child (id int PRIMARY KEY, parent int, FOREIGN KEY (parent) REFERENCES parent (id) ON DELETE CASCADE);
  INSERT INTO parent VALUES (1, 'a'), (2, 'b'), (3, 'c');
  INSERT INTO child VALUES (10, 1), (11, 1), (12, 2);`;

for (const dialect of ['mariadb', 'mysql'] as const) {
  const found = await sharedServer(dialect);
  describe(`countersign run on ${dialect}`, { skip: found.skip }, () => {
    let database: MysqlDatabase;
    let url = '';
    let folder = '';
    before(async () => {
      assert.ok(found.server);
      database = await found.server.createDatabase(setup);
      url = database.url().replace(/^mysql:/u, `${dialect}:`);
      folder = await mkdtemp(path.join(tmpdir(), 'countersign-'));
      process.env['HOME'] = folder;
      process.env['XDG_CONFIG_HOME'] = path.join(folder, 'config');
      process.env['XDG_STATE_HOME'] = path.join(folder, 'state');
    });
    after(async () => {
      await rm(folder, { recursive: true });
    });
    const counts = async () => (await database.query('SELECT (SELECT count(*) FROM parent) AS parents, (SELECT count(*) FROM child) AS children'))[0];

    it('reads', async () => {
      const { code, stdout, stderr } = await countersign(['run', '--url', url, '--format', 'csv'], 'SELECT id, name FROM parent ORDER BY id LIMIT 2');
      assert.equal(stdout, 'id,name\r\n1,a\r\n2,b\r\n', stderr);
      assert.equal(code, 0);
    });

    it('shows what a delete cascades to, exactly, and rolls back', async () => {
      const { code, stdout, stderr } = await countersign(['run', '--url', url, '--format', 'json'], 'DELETE FROM parent WHERE id = 1');
      assert.equal(code, 3, stderr);
      const { effect, undo } = JSON.parse(stdout);
      const tables = Object.fromEntries(effect.tables.map(({ name, deleted, exactness }: any) => [name.split('.').at(-1), [deleted, exactness]]));
      assert.deepEqual(tables, { parent: [1, 'exact'], child: [2, 'exact'] });
      assert.equal(effect.rows.length, 3);
      assert.ok(['steps', 'none'].includes(undo.kind));
      assert.deepEqual(await counts(), { parents: 3, children: 3 });
    });

    it('runs nothing that cannot be rolled back, and says what is known about it', async () => {
      const { code, stdout } = await countersign(['run', '--url', url, '--format', 'json'], 'TRUNCATE TABLE child');
      assert.equal(code, 3);
      const { outcome, class: scriptClass, inspection } = JSON.parse(stdout);
      assert.deepEqual([outcome.kind, scriptClass], ['cancelled', 'destructive']);
      assert.match(JSON.stringify(inspection), /Cannot be rolled back/u);
      assert.deepEqual(await counts(), { parents: 3, children: 3 });
    });

    it('takes either scheme for the protocol, and reads the text as the server that answers does', async () => {
      const other = url.replace(`${dialect}:`, dialect === 'mysql' ? 'mariadb:' : 'mysql:');
      const read = await countersign(['run', '--url', other, '--format', 'csv'], 'SELECT count(*) AS n FROM parent');
      assert.deepEqual([read.code, read.stdout], [0, 'n\r\n3\r\n'], read.stderr);
      const write = await countersign(['run', '--url', other, '--format', 'json'], 'DELETE FROM parent WHERE id = 1');
      assert.equal(write.code, 3, write.stderr);
      assert.deepEqual(JSON.parse(write.stdout).effect.tables.map(({ deleted }: any) => deleted).toSorted(), [1, 2]);
      assert.deepEqual(await counts(), { parents: 3, children: 3 });
    });
  });
}
