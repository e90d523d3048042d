/** A way back on MySQL and MariaDB that the servers accept and that yet would not lead back: refused, or said what it leaves. */
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { sharedServer, type MysqlDialect } from '../../support/mysql.ts';
import { inLab, receipt } from '../mysql/changeHarness.ts';
import { closeMysqlAnalyser, commitWithUndo, mysqlContents, runUndo, statementsOf } from './mysqlRounds.ts';
import { assertSteps } from './undoRounds.ts';

after(closeMysqlAnalyser);

const logged = (event: string) => ['CREATE TABLE people (id int PRIMARY KEY, name varchar(9))', "INSERT INTO people VALUES (1, 'Ada')", 'CREATE TABLE log (what varchar(9))', `CREATE TRIGGER g AFTER ${event} ON people FOR EACH ROW INSERT INTO log VALUES ('${event}')`];

for (const dialect of ['mariadb', 'mysql'] as const satisfies readonly MysqlDialect[]) {
  const { skip } = await sharedServer(dialect);
  describe(dialect, { skip }, () => {
    test('rows that hang on another unique column would be deleted with the row that comes back', async () => {
      const schema = ['CREATE TABLE orders (id int PRIMARY KEY, number int UNIQUE)', 'INSERT INTO orders VALUES (1, 100), (2, 200)', 'CREATE TABLE `lines` (id int PRIMARY KEY, number int, FOREIGN KEY (number) REFERENCES orders (number) ON DELETE CASCADE)', 'INSERT INTO `lines` VALUES (1, 100), (2, 200)'];
      await inLab(dialect, schema, async (lab) => {
        const change = await lab.change(await statementsOf(lab, 'UPDATE orders SET id = id + 10'));
        const undo = await change.undo?.();
        await change.rollback();
        assert.match(undo?.kind === 'none' ? undo.reason : JSON.stringify(undo), /taking it back would change 2 further rows over foreign keys|refused it when it was tried: (?:Duplicate|Cannot)/);
      });
    });

    test('a key that only changed its case is not said to be taken', async () => {
      await inLab(dialect, ['CREATE TABLE codes (code varchar(9) PRIMARY KEY, v int)', "INSERT INTO codes VALUES ('Abc', 1), ('Äx', 2), ('z', 3)"], async (lab) => {
        const before = await mysqlContents(lab);
        const undo = await commitWithUndo(lab, 'UPDATE codes SET code = UPPER(code)');
        assert.deepEqual(await runUndo(lab, undo), []);
        assert.deepEqual(await mysqlContents(lab), before);
      });
    });

    test('and one that somebody took since is', async () => {
      await inLab(dialect, ['CREATE TABLE codes (code varchar(9) PRIMARY KEY, v int)', "INSERT INTO codes VALUES ('Abc', 1)"], async (lab) => {
        const undo = await commitWithUndo(lab, "UPDATE codes SET code = 'ABC'");
        await lab.database.query("UPDATE codes SET code = 'abC'");
        const left = await runUndo(lab, undo);
        assert.deepEqual(new Set(left.map((row) => row[2])), new Set(['changed since', 'its place is taken']));
        assert.deepEqual(await lab.database.query('SELECT code FROM codes'), [{ code: 'abC' }]);
      });
    });

    test('a trigger that only the way back fires is named, with what it may write to', async () => {
      await inLab(dialect, logged('INSERT'), async (lab) => {
        const { leaves } = assertSteps(await commitWithUndo(lab, 'DELETE FROM people'));
        assert.match(leaves.join('\n'), /On the way back the trigger g on \w+\.people may write to \w+\.log/);
      });
    });

    test('a row that somebody put in its place is not touched by triggers', async () => {
      await inLab(dialect, ['CREATE TABLE people (id int PRIMARY KEY, seen int DEFAULT 0)', 'INSERT INTO people VALUES (1, 0)', 'CREATE TRIGGER g BEFORE UPDATE ON people FOR EACH ROW SET NEW.seen = OLD.seen + 1'], async (lab) => {
        const change = await lab.change(['DELETE FROM people']);
        const undo = await change.undo?.();
        await change.commit(receipt);
        assert.ok(undo?.kind === 'steps');
        assert.doesNotMatch(undo.steps.map(({ sql }) => sql).join(), /DUPLICATE/);
      });
    });
  });
}
