/** The way back on real MySQL and MariaDB: what is committed and taken back is as it was, or was refused with a reason before. */
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { sharedServer, type MysqlDialect } from '../../support/mysql.ts';
import { inLab } from '../mysql/changeHarness.ts';
import { closeMysqlAnalyser, commitWithUndo, mysqlContents as contents, runUndo, statementsOf } from './mysqlRounds.ts';

const schema = [
  'CREATE TABLE parents (id int PRIMARY KEY, name varchar(40) NOT NULL)',
  'CREATE TABLE children (id int PRIMARY KEY, parent int NOT NULL, v varchar(40), FOREIGN KEY (parent) REFERENCES parents (id) ON DELETE CASCADE ON UPDATE CASCADE)',
  'CREATE TABLE notes (id int PRIMARY KEY, parent int, FOREIGN KEY (parent) REFERENCES parents (id) ON DELETE SET NULL ON UPDATE CASCADE)',
  'CREATE TABLE tree (id int PRIMARY KEY, up int, FOREIGN KEY (up) REFERENCES tree (id) ON DELETE CASCADE)',
  'CREATE TABLE computed (id int PRIMARY KEY, a int, twice int AS (a * 2) STORED)',
  'CREATE TABLE swaps (id int PRIMARY KEY, place int UNIQUE, v varchar(20))',
  'CREATE TABLE pairs (a int, b varchar(10), v int, PRIMARY KEY (b, a))',
  'CREATE TABLE numbered (id int AUTO_INCREMENT PRIMARY KEY, v varchar(20))',
  'CREATE TABLE stamped (id int PRIMARY KEY, v int, at timestamp(3) DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3))',
  'CREATE TABLE log (id int AUTO_INCREMENT PRIMARY KEY, what varchar(20))',
  'CREATE TABLE watched (id int PRIMARY KEY, v int)',
  'CREATE TRIGGER keep_log AFTER UPDATE ON watched FOR EACH ROW INSERT INTO log (what) VALUES ("update")',
  "INSERT INTO parents VALUES (1, 'p1'), (2, 'it''s'), (3, 'ü😀\\\\')",
  "INSERT INTO children VALUES (1, 1, 'c1'), (2, 1, NULL), (3, 2, 'c3')",
  'INSERT INTO notes VALUES (1, 1), (2, 2), (3, NULL)',
  'INSERT INTO tree VALUES (9, NULL), (5, 9), (1, 5), (2, 5)',
  'INSERT INTO computed (id, a) VALUES (1, 10), (2, 20)',
  "INSERT INTO swaps VALUES (1, 1, 'a'), (2, 2, 'b'), (3, 3, 'c')",
  "INSERT INTO pairs VALUES (1, 'x', 1), (2, 'x', 2), (1, 'y', 3)",
  "INSERT INTO numbered (v) VALUES ('a'), ('b')",
  "INSERT INTO stamped VALUES (1, 1, '2026-10-25 00:30:00.123'), (2, 2, '2001-01-01 00:00:00')",
  'INSERT INTO watched VALUES (1, 1), (2, 2)',
  'CREATE TABLE keyless (code varchar(10), n int, note varchar(20), twice int AS (n * 2) STORED)',
  "INSERT INTO keyless (code, n, note) VALUES ('a', 1, NULL), ('b', 2, 'x'), ('b', 3, 'y'), ('c', 2, NULL)",
];

for (const dialect of ['mariadb', 'mysql'] as const satisfies readonly MysqlDialect[]) {
  const { skip } = await sharedServer(dialect);
  describe(`${dialect}: what is taken back is as it was`, { skip }, () => {
    const rounds: readonly (readonly [text: string, except?: readonly string[]])[] = [
      ["UPDATE parents SET name = 'x' WHERE id < 3"],
      ['DELETE FROM parents WHERE id = 1'],
      ["INSERT INTO parents VALUES (50, 'new'); INSERT INTO children VALUES (50, 50, 'new')"],
      ['UPDATE children SET parent = 3, v = NULL WHERE id = 3; DELETE FROM parents WHERE id = 2'],
      ['DELETE FROM tree WHERE id = 5'],
      ['UPDATE computed SET a = a + 1 WHERE id = 1; DELETE FROM computed WHERE id = 2'],
      ['UPDATE swaps SET place = place + 10 WHERE id > 0; UPDATE swaps SET place = 4 - id WHERE id > 0'],
      ["DELETE FROM swaps WHERE id = 1; UPDATE swaps SET place = 1 WHERE id = 2; INSERT INTO swaps VALUES (7, 2, 'new')"],
      ['UPDATE pairs SET v = v + 1 WHERE a = 1; DELETE FROM pairs WHERE a = 2'],
      ["INSERT INTO numbered (v) VALUES ('c'); DELETE FROM numbered WHERE id = 1"],
      ['UPDATE stamped SET v = 9 WHERE id = 1; DELETE FROM stamped WHERE id = 2'],
      ['UPDATE watched SET v = v + 1 WHERE id = 1', ['log']],
      ['UPDATE watched SET v = v WHERE id = 1', ['log']],
      ["UPDATE keyless SET note = 'new' WHERE code = 'b'"],
      ['UPDATE keyless SET n = n + 1 WHERE n > 0'],
      ["UPDATE keyless SET code = concat('z', code), note = NULL WHERE n = 2"],
      ["DELETE FROM keyless WHERE code = 'b'; INSERT INTO keyless (code, n) VALUES ('d', 4); UPDATE keyless SET n = 7 WHERE code = 'a'"],
    ];
    for (const [text, except] of rounds) {
      test(text, async () =>
        await inLab(dialect, schema, async (lab) => {
          const before = await contents(lab, except);
          assert.deepEqual(await runUndo(lab, await commitWithUndo(lab, text)), []);
          assert.deepEqual(await contents(lab, except), before);
        }),
      );
    }
  });

  describe(`${dialect}: what somebody changed since is left alone and listed`, { skip }, () => {
    const cases: readonly (readonly [text: string, meanwhile: string, listed: readonly string[], left: string])[] = [
      ["UPDATE swaps SET v = 'x' WHERE id < 3", "UPDATE swaps SET v = 'theirs' WHERE id = 2", ['(2) changed since'], '1a 2theirs 3c'],
      ["UPDATE swaps SET v = 'x' WHERE id < 3", 'DELETE FROM swaps WHERE id = 2', [], '1a 3c'],
      ['DELETE FROM swaps WHERE id < 3', "INSERT INTO swaps VALUES (1, 1, 'theirs')", ['(1) its place is taken'], '1theirs 2b 3c'],
      ["INSERT INTO swaps VALUES (7, 7, 'new'), (8, 8, 'new')", "UPDATE swaps SET v = 'theirs' WHERE id = 7", ['(7) changed since'], '1a 2b 3c 7theirs'],
    ];
    for (const [text, meanwhile, listed, left] of cases) {
      test(`${text} … ${meanwhile}`, async () =>
        await inLab(dialect, schema, async (lab) => {
          const undo = await commitWithUndo(lab, text);
          await lab.database.query(meanwhile);
          assert.deepEqual((await runUndo(lab, undo)).map(([, row, why]) => `${row ?? ''} ${why ?? ''}`), listed);
          assert.equal((await lab.database.query("SELECT GROUP_CONCAT(id, v ORDER BY id SEPARATOR ' ') AS found FROM swaps"))[0].found, left);
        }),
      );
    }
  });

  describe(`${dialect}: no way back is said before COMMIT, with the reason`, { skip }, () => {
    const cases: readonly (readonly [text: string, reason: RegExp, setUp?: string])[] = [
      ["UPDATE plain SET v = 2 WHERE id = 1", /has no key by which its rows could be found again: all its columns together do not tell them apart/, 'CREATE TABLE plain (id int, v int); INSERT INTO plain VALUES (1, 1), (1, 1)'],
      ["DELETE FROM plain WHERE v = 1 LIMIT 1", /all its columns together do not tell them apart/, 'CREATE TABLE plain (v int); INSERT INTO plain VALUES (1), (1), (2)'],
      ["UPDATE plain SET v = 'a' WHERE v = 'x'", /all its columns together do not tell them apart/, "CREATE TABLE plain (v varchar(9)); INSERT INTO plain VALUES ('A'), ('x')"],
      ["INSERT INTO plain VALUES ('a')", /would keep others from writing to it/, 'CREATE TABLE plain (v varchar(9))'],
      ['DELETE FROM plain WHERE v = 1', /would keep others from writing to it/, 'CREATE TABLE plain (v int, KEY (v)); INSERT INTO plain VALUES (1), (2)'],
      ["DELETE FROM plain", /has no key/, 'CREATE TABLE plain (v int); INSERT INTO plain VALUES (NULL)'],
      ["UPDATE plain SET v = 1 WHERE id = 2", /all its columns together do not tell them apart/, 'CREATE TABLE plain (id int, v int); INSERT INTO plain VALUES (1, 1), (2, 1), (2, 2), (2, 3)'],
      ['UPDATE tight SET place = place + 10 WHERE id > 0; UPDATE tight SET place = 13 - place WHERE id > 0', /exchanged values that must be unique, and rows elsewhere depend on them/, 'CREATE TABLE tight (id int PRIMARY KEY, place int, UNIQUE (place)); INSERT INTO tight VALUES (1, 1), (3, 3); CREATE TABLE hangs (t int, FOREIGN KEY (t) REFERENCES tight (id)); UPDATE tight SET place = place - 1 WHERE id = 3'],
      ['DELETE FROM zero WHERE v = 1', /would not come back as they were|refused it when it was tried/, "CREATE TABLE zero (id int AUTO_INCREMENT PRIMARY KEY, v int); SET sql_mode = 'NO_AUTO_VALUE_ON_ZERO'; INSERT INTO zero VALUES (0, 1)"],
      ['UPDATE barred SET v = 2 WHERE id = 1', /refused it when it was tried: .*no way/, "CREATE TABLE barred (id int PRIMARY KEY, v int); INSERT INTO barred VALUES (1, 1); CREATE TRIGGER bar BEFORE UPDATE ON barred FOR EACH ROW BEGIN IF NEW.v < OLD.v THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'no way'; END IF; END"],
    ];
    for (const [text, reason, setUp] of cases) {
      test(text, async () =>
        await inLab(dialect, schema, async (lab) => {
          if (setUp !== undefined) await lab.database.query(setUp);
          const before = await contents(lab);
          const change = await lab.change(await statementsOf(lab, text));
          const undo = await change.undo?.();
          await change.rollback();
          assert.match(undo?.kind === 'none' ? undo.reason : JSON.stringify(undo), reason);
          assert.deepEqual(await contents(lab), before);
        }),
      );
    }
  });
}
after(closeMysqlAnalyser);
