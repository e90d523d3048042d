/** A table without transactions: only the server knows, and only when the change begins. Nobody gets around the others that way. */
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { createStage, type Subject } from './subjects.ts';

const text = 'DELETE FROM notes WHERE id = 1';

export function describeUntransactional(name: string, open: () => Promise<Subject>, skip: string | false): void {
  const stage = createStage(open);
  const scene = async () => {
    const found = await stage.scene();
    for (const statement of ['DROP TABLE IF EXISTS notes', 'CREATE TABLE notes (id int PRIMARY KEY) ENGINE=MyISAM', 'INSERT INTO notes VALUES (1), (2)']) await found.subject.query(statement);
    return { ...found, notes: async () => (await found.subject.query('SELECT id FROM notes ORDER BY id')).map(({ id }) => Number(id)) };
  };
  describe(`${name}: a table without transactions`, { skip }, () => {
    after(async () => await stage.end());
    test('typing is not enough', async () => {
      const { world, notes } = await scene();
      world.consents = [{ kind: 'commit', typed: 'delete' }, { kind: 'commit', typed: 'delete notes' }, { kind: 'commit', typed: 'delete 1 row' }];
      const outcome = await world.ask(text);
      assert.deepEqual([outcome.kind, world.refusals.length, await notes()], ['cancelled', 3, [1, 2]]);
    });
    test('what was approved runs once, and what was not does not', async () => {
      const { world, notes } = await scene();
      const entry = await world.asked(text);
      assert.equal(world.body(entry).effect, null);
      assert.equal((await world.run(entry)).kind, 'waiting');
      assert.deepEqual(await notes(), [1, 2]);
      await world.deliver(entry, await world.answer(entry, 'bob'));
      const end = await world.run(entry);
      assert.deepEqual([end.kind === 'ran' && end.outcome.kind, await notes()], ['committed', [2]], JSON.stringify(end));
    });
    test('what was approved as something a rollback undoes is not run when it no longer is', async () => {
      const { world, subject, notes } = await scene();
      await subject.query('ALTER TABLE notes ENGINE=InnoDB');
      const entry = await world.asked(text);
      assert.notEqual(world.body(entry).effect, null);
      await world.deliver(entry, await world.answer(entry, 'bob'));
      await subject.query('ALTER TABLE notes ENGINE=MyISAM');
      const end = await world.run(entry);
      assert.deepEqual([end.kind === 'ran' && end.outcome.kind, await notes()], ['failed', [1, 2]], JSON.stringify(end));
    });
  });
}
