/** Statements of every shape on both servers: labelled exact, and exact. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { sharedServer } from '../../support/mysql.ts';
import { checkChange, imagesOf, inLab, receipt, type Expected } from './changeHarness.ts';

const family = [
  'CREATE TABLE parents (id int PRIMARY KEY, code varchar(10) NOT NULL UNIQUE, name varchar(40))',
  'CREATE TABLE children (id int PRIMARY KEY, parent_id int, v int, FOREIGN KEY (parent_id) REFERENCES parents (id) ON DELETE CASCADE ON UPDATE CASCADE)',
  'CREATE TABLE grandchildren (id int PRIMARY KEY, child_id int NOT NULL, FOREIGN KEY (child_id) REFERENCES children (id) ON DELETE CASCADE)',
  'CREATE TABLE notes (id int PRIMARY KEY, code varchar(10), FOREIGN KEY (code) REFERENCES parents (code) ON DELETE SET NULL ON UPDATE CASCADE)',
  "INSERT INTO parents VALUES (1, 'a', 'A'), (2, 'b', 'B'), (3, 'c', 'C'), (4, 'd', NULL)",
  'INSERT INTO children VALUES (10, 1, 1), (11, 1, 2), (20, 2, 3), (30, 3, 4), (90, NULL, 5)',
  'INSERT INTO grandchildren VALUES (100, 10), (101, 10), (110, 11), (200, 20)',
  "INSERT INTO notes VALUES (1, 'a'), (2, 'A'), (3, 'b'), (4, NULL)",
];
const tree = [
  'CREATE TABLE tree (id int PRIMARY KEY, up int, FOREIGN KEY (up) REFERENCES tree (id) ON DELETE CASCADE)',
  'INSERT INTO tree VALUES (1, NULL), (2, 1), (3, 2), (4, 3), (5, NULL), (6, 5)',
];
const circle = [
  'CREATE TABLE a (id int PRIMARY KEY, b int)',
  'CREATE TABLE b (id int PRIMARY KEY, a int, FOREIGN KEY (a) REFERENCES a (id) ON DELETE CASCADE)',
  'INSERT INTO a VALUES (1, 1), (2, 2), (3, NULL)',
  'INSERT INTO b VALUES (1, 2), (2, 1), (3, 3)',
  'ALTER TABLE a ADD FOREIGN KEY (b) REFERENCES b (id) ON DELETE CASCADE',
];
const items = ['CREATE TABLE items (id int AUTO_INCREMENT PRIMARY KEY, sku varchar(20) UNIQUE, n int DEFAULT 0)', "INSERT INTO items VALUES (1, 'x', 1), (2, 'y', 2), (3, 'z', 3), (4, NULL, 4)"];
const odd = [
  `CREATE TABLE odd (id int PRIMARY KEY, price int, doubled int GENERATED ALWAYS AS (price * 2) STORED, half int GENERATED ALWAYS AS (price DIV 2) VIRTUAL, hidden int DEFAULT 7 INVISIBLE, at timestamp DEFAULT '2001-01-01 00:00:00' ON UPDATE CURRENT_TIMESTAMP)`,
  "INSERT INTO odd (id, price, hidden) VALUES (1, 10, 1), (2, 20, 2)",
];
const log = 'CREATE TABLE log (id int AUTO_INCREMENT PRIMARY KEY, what varchar(60), at datetime(6) DEFAULT CURRENT_TIMESTAMP(6))';

type Case = readonly [name: string, schema: readonly string[], change: readonly string[], expected?: Expected];

const cases: readonly Case[] = [
  ['cascades, set null and case-blind keys', family, ['DELETE FROM parents WHERE id <= 2'], { effects: { parents: [0, 0, 2], children: [0, 0, 3], grandchildren: [0, 0, 4], notes: [0, 3, 0] } }],
  ['a changed key that is followed', family, ['UPDATE parents SET id = id + 100 WHERE id = 1'], { effects: { parents: [0, 1, 0], children: [0, 2, 0] } }],
  ['a changed unique column that is followed', family, ["UPDATE parents SET code = 'q' WHERE code = 'a'"], { effects: { parents: [0, 1, 0], notes: [0, 2, 0] } }],
  ['a referenced column that keeps its value', family, ['UPDATE parents SET id = id, code = code WHERE id < 4'], { effects: {} }],
  ['several tables deleted from', family, ['DELETE p, n FROM parents p JOIN notes n ON n.code = p.code WHERE p.id = 1'], { effects: { parents: [0, 0, 1], children: [0, 0, 2], grandchildren: [0, 0, 3], notes: [0, 1, 1] } }],
  ['DELETE FROM … USING', family, ["DELETE FROM g USING grandchildren AS g JOIN children AS c ON c.id = g.child_id WHERE c.v = 1"], { effects: { grandchildren: [0, 0, 2] } }],
  ['several tables updated', family, ["UPDATE parents p JOIN children c ON c.parent_id = p.id SET p.name = 'A', c.v = c.v + 1 WHERE p.id < 3"], { effects: { parents: [0, 1, 0], children: [0, 3, 0] } }],
  ['a join that takes a row twice', family, ["UPDATE parents p JOIN children c ON c.parent_id = p.id SET p.name = 'same'"], { effects: { parents: [0, 3, 0] } }],
  ['ORDER BY and LIMIT', family, ['DELETE FROM children ORDER BY v DESC LIMIT 2'], { effects: { children: [0, 0, 2] } }],
  ['LIMIT without an order', family, ['UPDATE children SET v = 0 LIMIT 3'], { effects: { children: [0, 3, 0] } }],
  ['a table that references itself', tree, ['DELETE FROM tree WHERE id = 1'], { effects: { tree: [0, 0, 4] } }],
  ['a table that references itself, and rows the cascade takes first', tree, ['DELETE FROM tree WHERE id IN (1, 2, 4, 5)'], { effects: { tree: [0, 0, 6] } }],
  ['tables that reference each other, where one server stops early', circle, ['DELETE FROM a WHERE id = 1']],
  ['INSERT with automatic numbers', items, ["INSERT INTO items (sku) VALUES ('p'), ('q'), (NULL)"], { effects: { items: [3, 0, 0] } }],
  ['INSERT … SELECT', items, ['INSERT INTO items (n) SELECT n + 10 FROM items WHERE n > 1'], { effects: { items: [3, 0, 0] } }],
  ['INSERT IGNORE', items, ["INSERT IGNORE INTO items (sku) VALUES ('x'), ('new')"], { effects: { items: [1, 0, 0] } }],
  ['ON DUPLICATE KEY UPDATE, one row that exists', items, ["INSERT INTO items (sku, n) VALUES ('x', 1) ON DUPLICATE KEY UPDATE n = n + 1"], { effects: { items: [0, 1, 0] } }],
  ['ON DUPLICATE KEY UPDATE, one row that stays', items, ["INSERT INTO items (sku, n) VALUES ('x', 1) ON DUPLICATE KEY UPDATE n = n"], { effects: {} }],
  ['ON DUPLICATE KEY UPDATE, one new row', items, ["INSERT INTO items (sku, n) VALUES ('new', 1) ON DUPLICATE KEY UPDATE n = n + 1"], { effects: { items: [1, 0, 0] } }],
  ['REPLACE of a row found by another key', items, ["REPLACE INTO items (id, sku) VALUES (50, 'x'), (2, 'y2'), (51, 'new')"], { effects: { items: [2, 1, 1] } }],
  ['generated, invisible and self-dating columns', odd, ['UPDATE odd SET price = price + 1 WHERE id = 1', 'INSERT INTO odd (id, price, hidden) VALUES (3, 5, 9)', 'DELETE FROM odd WHERE id = 2']],
  ['a row changed by every statement', items, ['UPDATE items SET n = 10 WHERE id = 1', 'UPDATE items SET n = 1 WHERE id = 1', "UPDATE items SET sku = 'w' WHERE id = 1"], { effects: { items: [0, 3, 0] } }],
  ['a row that comes and goes', items, ["INSERT INTO items VALUES (9, 'i', 9)", 'UPDATE items SET n = 10 WHERE id = 9', 'DELETE FROM items WHERE id = 9'], { effects: { items: [1, 1, 1] } }],
  ['a trigger that writes elsewhere', [...items, log, "CREATE TRIGGER t AFTER UPDATE ON items FOR EACH ROW INSERT INTO log (what) VALUES (concat(OLD.n, ' → ', NEW.n))"], ['UPDATE items SET n = n + 1 WHERE id < 3'], { effects: { items: [0, 2, 0], log: [2, 0, 0] } }],
  ['a trigger that updates and deletes elsewhere', [...family, ...items, "CREATE TRIGGER t BEFORE DELETE ON children FOR EACH ROW BEGIN UPDATE items SET n = n + 1 WHERE id = OLD.v; DELETE FROM notes WHERE id = OLD.v; END"], ['DELETE FROM children WHERE v IN (1, 3)'], { effects: { children: [0, 0, 2], grandchildren: [0, 0, 3], items: [0, 2, 0], notes: [0, 0, 2] } }],
  ['a trigger behind a trigger, through a procedure', [...items, log, 'CREATE TABLE sums (id int PRIMARY KEY, n int)', 'INSERT INTO sums VALUES (1, 0)', "CREATE PROCEDURE note(what varchar(60)) INSERT INTO log (what) VALUES (what)", "CREATE TRIGGER t AFTER DELETE ON items FOR EACH ROW CALL note('gone')", 'CREATE TRIGGER u AFTER INSERT ON log FOR EACH ROW UPDATE sums SET n = n + 1 WHERE id = 1'], ['DELETE FROM items WHERE id = 2'], { effects: { items: [0, 0, 1], log: [1, 0, 0], sums: [0, 1, 0] } }],
  ['a trigger that changes the row itself', [...items, "CREATE TRIGGER t BEFORE UPDATE ON items FOR EACH ROW SET NEW.sku = concat('s', NEW.n)"], ['UPDATE items SET n = n + 1 WHERE id = 1'], { effects: { items: [0, 1, 0] } }],
  ['a trigger that touches one row often', [...items, 'CREATE TABLE sums (id int PRIMARY KEY, n int)', 'INSERT INTO sums VALUES (1, 0)', 'CREATE TRIGGER t AFTER UPDATE ON items FOR EACH ROW UPDATE sums SET n = n + 1 WHERE id = 1'], ['UPDATE items SET n = n + 1'], { exactness: 'listed', unlisted: 3, effects: { items: [0, 4, 0], sums: [0, 1, 0] } }],
  ['partitions that rows move between', ['CREATE TABLE parts (id int, region int, v int, PRIMARY KEY (id, region)) PARTITION BY LIST (region) (PARTITION p1 VALUES IN (1), PARTITION p2 VALUES IN (2))', 'INSERT INTO parts VALUES (1, 1, 1), (2, 1, 2), (3, 2, 3)'], ['UPDATE parts SET region = 2 WHERE id = 1', 'UPDATE parts SET v = 0 WHERE region = 2']],
  ['a view', [...items, 'CREATE VIEW front AS SELECT id, n FROM items WHERE id < 4'], ['UPDATE front SET n = 0 WHERE id > 1', 'DELETE FROM front WHERE id = 1'], { effects: { items: [0, 2, 1] } }],
  ['names in quotes, mixed case and dots', ["CREATE TABLE `Odd ``Name``.x` (`The Id` int PRIMARY KEY, `Select` varchar(10), `a.b` int)", "INSERT INTO `Odd ``Name``.x` VALUES (1, 'a', 1), (2, 'b', 2)"], ["UPDATE `Odd ``Name``.x` AS `My Alias` SET `My Alias`.`Select` = 'z' WHERE `The Id` = 1", 'DELETE FROM `Odd ``Name``.x` WHERE `a.b` = 2']],
  ['keys of text, bytes and time', ["CREATE TABLE t (k varchar(20) COLLATE utf8mb4_bin PRIMARY KEY, v int)", "INSERT INTO t VALUES ('it''s', 1), ('é\\\\', 2), ('', 3), ('😀', 4), ('A', 5), ('a', 6)", 'CREATE TABLE u (k varbinary(10), d datetime(3), v int, PRIMARY KEY (k, d))', "INSERT INTO u VALUES (x'00', '2020-01-01 00:00:00.123', 1), (x'', '2020-01-01', 2)", 'CREATE TABLE w (k char(5) CHARACTER SET latin1 PRIMARY KEY, v int)', "INSERT INTO w VALUES ('ä', 1), ('ö', 2)"], ['UPDATE t SET v = v + 1', "DELETE FROM u WHERE k = x'00'", 'UPDATE u SET v = 9', "UPDATE w SET v = 5 WHERE k = 'ä'"]],
  ['rows without a key', ['CREATE TABLE loose (v varchar(10), n int)', "INSERT INTO loose VALUES ('x', 1), ('x', 1), ('y', 2)"], ["DELETE FROM loose WHERE n = 2", "UPDATE loose SET n = 5 LIMIT 1"]],
  ['a unique key in place of a primary one', ['CREATE TABLE uq (a int NOT NULL, b int, v int, UNIQUE (b), UNIQUE (a))', 'INSERT INTO uq VALUES (1, NULL, 1), (2, NULL, 2), (3, 3, 3)'], ['UPDATE uq SET v = 0 WHERE a < 3', 'DELETE FROM uq WHERE a = 3'], { effects: { uq: [0, 2, 1] } }],
  ['comments, and text that looks like clauses', items, ["UPDATE items /* WHERE */ SET sku = ' WHERE 1 LIMIT 1 -- ' # LIMIT 2\n WHERE /* ORDER BY */ id = 1"], { effects: { items: [0, 1, 0] } }],
];

for (const dialect of ['mariadb', 'mysql'] as const) {
  const { skip } = await sharedServer(dialect);
  describe(`changes on ${dialect}`, { skip }, () => {
    for (const [name, schema, change, expected] of cases) test(name, () => inLab(dialect, schema, (lab) => checkChange(lab, change, expected)));

    test('REPLACE on a parent tells of the children, whatever the server does with them', () =>
      inLab(dialect, family, async (lab) => {
        const before = await lab.dump();
        const change = await lab.change(["REPLACE INTO parents VALUES (1, 'a', 'new')"]);
        const images = await change.images();
        const { effects, notices } = change.preview;
        assert.ok(effects.every(({ exactness }) => exactness === 'exact'), notices.join(' '));
        await change.commit(receipt);
        const after = await lab.dump();
        for (const name of ['children', 'grandchildren', 'notes']) {
          const gone = (before.get(name)?.rows.length ?? 0) - (after.get(name)?.rows.length ?? 0);
          assert.equal(effects.find(({ table }) => table.table === name)?.deleted ?? 0, gone, name);
        }
        assert.equal(imagesOf(images, 'parents').changes.length, 1);
      }));

    test('each statement has its share', () =>
      inLab(dialect, family, async (lab) => {
        const change = await lab.change(["UPDATE parents SET name = 'n' WHERE id = 1", 'DELETE FROM parents WHERE id = 1', "INSERT INTO parents VALUES (9, 'i', 'I')"]);
        const shares = change.preview.statements.map(({ commandTag, rows, effects }) => [commandTag, rows, effects?.map(({ table, inserted, updated, deleted }) => `${table.table} ${String(inserted)} ${String(updated)} ${String(deleted)}`)]);
        assert.deepEqual(shares, [
          ['UPDATE 1', 1, ['parents 0 1 0']],
          ['DELETE 1', 1, ['children 0 0 2', 'grandchildren 0 0 3', 'notes 0 2 0', 'parents 0 0 1']],
          ['INSERT 1', 1, ['parents 1 0 0']],
        ]);
        await change.rollback();
      }));

    test('what reached a table is said', () =>
      inLab(dialect, [...family, log, "CREATE TRIGGER t AFTER DELETE ON parents FOR EACH ROW INSERT INTO log (what) VALUES ('gone')"], async (lab) => {
        const change = await lab.change(['DELETE FROM parents WHERE id = 1']);
        const said = Object.fromEntries(change.preview.effects.map(({ table, why, cause }) => [table.table, [why, cause]]));
        assert.deepEqual(said, {
          parents: ['statement', 'statement'],
          children: ['cascade from parents', 'cascade'],
          grandchildren: ['cascade from children', 'cascade'],
          notes: ['set null from parents', 'cascade'],
          log: ['trigger t on parents', 'trigger'],
        });
        assert.match(change.preview.permanent.join(), /numbers that rows of test_\w+\.log took stay used/);
        assert.equal(change.preview.effects.find(({ table }) => table.table === 'parents')?.tableRows, 4);
        await change.rollback();
      }));
  });
}
