/** What a statement reaches beyond the table it names: foreign keys, triggers, partitions. */
import type { EffectsCase } from '../effectsSubject.ts';

const family = (onDelete: string, onUpdate = '') => [
  'CREATE TABLE parents (id int PRIMARY KEY, name varchar(40))',
  `CREATE TABLE children (id int PRIMARY KEY, parent_id int, FOREIGN KEY (parent_id) REFERENCES parents (id) ON DELETE ${onDelete}${onUpdate})`,
  "INSERT INTO parents VALUES (1, 'a'), (2, 'b'), (3, 'c')",
  'INSERT INTO children VALUES (1, 1), (2, 1), (3, 2), (4, NULL)',
];
const threeDeep = [
  ...family('CASCADE'),
  'CREATE TABLE grandchildren (id int PRIMARY KEY, child_id int, FOREIGN KEY (child_id) REFERENCES children (id) ON DELETE CASCADE)',
  'CREATE TABLE toys (id int PRIMARY KEY, grandchild_id int, FOREIGN KEY (grandchild_id) REFERENCES grandchildren (id) ON DELETE CASCADE)',
  'INSERT INTO grandchildren VALUES (1, 1), (2, 1), (3, 2), (4, 3)',
  'INSERT INTO toys VALUES (1, 1), (2, 2), (3, 3), (4, 4), (5, 4)',
];
const logTable = { postgresql: 'CREATE TABLE log (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, what text, at timestamptz DEFAULT now())', mysql: 'CREATE TABLE log (id int AUTO_INCREMENT PRIMARY KEY, what text, at timestamp(6) DEFAULT CURRENT_TIMESTAMP(6))' };
const logged = {
  postgresql: [
    ...family('CASCADE'),
    logTable.postgresql,
    "CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO log (what) VALUES (tg_op || ' ' || tg_table_name); RETURN NULL; END $$",
    'CREATE TRIGGER note AFTER INSERT OR UPDATE OR DELETE ON parents FOR EACH ROW EXECUTE FUNCTION note()',
  ],
  mysql: [...family('CASCADE'), logTable.mysql, "CREATE TRIGGER note AFTER DELETE ON parents FOR EACH ROW INSERT INTO log (what) VALUES (concat('DELETE ', OLD.id))"],
};
const cascadeTrigger = { mysql: 'triggers do not fire for cascaded rows', mariadb: 'triggers do not fire for cascaded rows' };
const noDefer = { mysql: 'has no deferred constraints', mariadb: 'has no deferred constraints' };
const parts = {
  postgresql: [
    'CREATE TABLE parts (id int, region int, v text, PRIMARY KEY (id, region)) PARTITION BY LIST (region)',
    'CREATE TABLE parts_1 PARTITION OF parts FOR VALUES IN (1)',
    'CREATE TABLE parts_2 (v text, region int NOT NULL, gone int, id int NOT NULL)',
    'ALTER TABLE parts_2 DROP COLUMN gone',
    'ALTER TABLE parts ATTACH PARTITION parts_2 FOR VALUES IN (2)',
    "INSERT INTO parts SELECT i, 1 + i % 2, 'p' || i FROM generate_series(1, 8) AS i",
  ],
  mysql: [
    'CREATE TABLE parts (id int, region int, v varchar(40), PRIMARY KEY (id, region)) PARTITION BY LIST (region) (PARTITION parts_1 VALUES IN (1), PARTITION parts_2 VALUES IN (2))',
    "INSERT INTO parts VALUES (1, 2, 'p1'), (2, 1, 'p2'), (3, 2, 'p3'), (4, 1, 'p4'), (5, 2, 'p5'), (6, 1, 'p6'), (7, 2, 'p7'), (8, 1, 'p8')",
  ],
};
const noMoves = { mysql: 'partitions are not tables: a changed key is a changed key', mariadb: 'partitions are not tables: a changed key is a changed key' };

export const reachCases: readonly EffectsCase[] = [
  { name: 'a cascade', schema: family('CASCADE'), change: ['DELETE FROM parents WHERE id = 1'], causes: { parents: 'statement', children: 'cascade' } },
  { name: 'cascades three deep', schema: threeDeep, change: ['DELETE FROM parents WHERE id < 3'], causes: { children: 'cascade', grandchildren: 'cascade', toys: 'cascade' } },
  { name: 'ON DELETE SET NULL', schema: family('SET NULL'), change: ['DELETE FROM parents WHERE id = 1'], causes: { children: 'cascade' } },
  { name: 'ON DELETE SET DEFAULT', schema: [...family('SET DEFAULT'), 'ALTER TABLE children ALTER parent_id SET DEFAULT 3'], change: ['DELETE FROM parents WHERE id = 1'], causes: { children: 'cascade' }, skip: { mysql: 'its engine refuses SET DEFAULT', mariadb: 'its engine refuses SET DEFAULT' } },
  { name: 'ON UPDATE CASCADE', schema: family('CASCADE', ' ON UPDATE CASCADE'), change: ['UPDATE parents SET id = 10 WHERE id = 1'], causes: { children: 'cascade' } },
  {
    name: 'a table that references itself',
    schema: ['CREATE TABLE tree (id int PRIMARY KEY, up int, FOREIGN KEY (up) REFERENCES tree (id) ON DELETE CASCADE)', 'INSERT INTO tree VALUES (1, NULL), (2, 1), (3, 2), (4, 3), (5, NULL)'],
    change: ['DELETE FROM tree WHERE id = 1'],
  },
  {
    name: 'two ways to the same child',
    schema: [...family('CASCADE'), 'CREATE TABLE others (id int PRIMARY KEY)', 'INSERT INTO others VALUES (1), (2)', 'ALTER TABLE children ADD other_id int', 'ALTER TABLE children ADD FOREIGN KEY (other_id) REFERENCES others (id) ON DELETE SET NULL', 'UPDATE children SET other_id = 1 WHERE id > 1'],
    change: ['DELETE FROM parents WHERE id = 2', 'DELETE FROM others WHERE id = 1'],
    causes: { children: 'cascade' },
  },
  { name: 'a parent whose rows are only locked by its child', schema: family('CASCADE'), change: ['INSERT INTO children VALUES (9, 3)', 'UPDATE children SET parent_id = 2 WHERE id = 1'] },
  { name: 'a trigger that writes elsewhere', schema: logged, change: ['DELETE FROM parents WHERE id = 1'], causes: { log: 'trigger', children: 'cascade' } },
  {
    name: 'a statement and its trigger write the same table',
    schema: {
      postgresql: [...logged.postgresql, "INSERT INTO log (what) VALUES ('old')"],
      mysql: [...logged.mysql, "INSERT INTO log (what) VALUES ('old')"],
    },
    change: ["INSERT INTO log (what) VALUES ('by hand')", 'DELETE FROM parents WHERE id = 1'],
    causes: { log: 'mixed' },
  },
  {
    name: 'a trigger on cascaded rows',
    schema: { postgresql: [...logged.postgresql, 'CREATE TRIGGER note_child AFTER DELETE ON children FOR EACH ROW EXECUTE FUNCTION note()'] },
    change: ['DELETE FROM parents WHERE id = 1'],
    skip: cascadeTrigger,
  },
  {
    name: 'a trigger that changes the row before it is written',
    schema: {
      postgresql: [...family('CASCADE'), "CREATE FUNCTION loud() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.name := upper(NEW.name); RETURN NEW; END $$", 'CREATE TRIGGER loud BEFORE INSERT OR UPDATE ON parents FOR EACH ROW EXECUTE FUNCTION loud()'],
      mysql: [...family('CASCADE'), 'CREATE TRIGGER loud BEFORE UPDATE ON parents FOR EACH ROW SET NEW.name = upper(NEW.name)'],
    },
    change: ["UPDATE parents SET name = 'quiet' WHERE id = 2"],
  },
  {
    name: 'a trigger that writes the same table again',
    schema: {
      postgresql: [...family('CASCADE'), "CREATE FUNCTION again() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF pg_trigger_depth() = 1 THEN UPDATE parents SET name = name || '+' WHERE id = NEW.id; END IF; RETURN NULL; END $$", 'CREATE TRIGGER again AFTER UPDATE ON parents FOR EACH ROW EXECUTE FUNCTION again()'],
    },
    change: ["UPDATE parents SET name = 'x'"],
    skip: { mysql: 'a trigger cannot write its own table', mariadb: 'a trigger cannot write its own table' },
  },
  {
    name: 'a deferred constraint that holds at the end',
    schema: ['CREATE TABLE parents (id int PRIMARY KEY)', 'CREATE TABLE children (id int PRIMARY KEY, parent_id int REFERENCES parents ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED)', 'INSERT INTO parents VALUES (1)'],
    change: ['INSERT INTO children VALUES (1, 9)', 'INSERT INTO parents VALUES (9)'],
    skip: noDefer,
  },
  {
    name: 'a constraint that the text itself puts off',
    schema: ['CREATE TABLE parents (id int PRIMARY KEY)', 'CREATE TABLE children (id int PRIMARY KEY, parent_id int REFERENCES parents DEFERRABLE)', 'INSERT INTO parents VALUES (1)', 'INSERT INTO children VALUES (1, 1)'],
    change: ['SET CONSTRAINTS ALL DEFERRED', 'UPDATE children SET parent_id = 2', 'UPDATE parents SET id = 2'],
    skip: noDefer,
  },
  {
    name: 'a deferred trigger',
    schema: [
      ...family('CASCADE'),
      logTable.postgresql,
      "CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO log (what) VALUES (tg_op); RETURN NULL; END $$",
      'CREATE CONSTRAINT TRIGGER late AFTER DELETE ON parents DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION note()',
    ],
    change: ['DELETE FROM parents WHERE id = 3'],
    causes: { log: 'trigger' },
    skip: noDefer,
  },
  {
    name: 'an identity column',
    schema: { postgresql: ['CREATE TABLE log (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, what text)', "INSERT INTO log (what) VALUES ('old')"], mysql: ['CREATE TABLE log (id int AUTO_INCREMENT PRIMARY KEY, what text)', "INSERT INTO log (what) VALUES ('old')"] },
    change: ["INSERT INTO log (what) VALUES ('new'), ('newer')"],
    permanent: /log/,
  },
  {
    name: 'a parent and its child with generated keys',
    schema: {
      postgresql: ['CREATE TABLE orders (id int GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, what text)', 'CREATE TABLE lines (id serial PRIMARY KEY, order_id int NOT NULL REFERENCES orders, n int)'],
    },
    change: ["WITH made AS (INSERT INTO orders (what) VALUES ('one') RETURNING id) INSERT INTO lines (order_id, n) SELECT id, 1 FROM made", 'INSERT INTO lines (order_id, n) SELECT max(id), 2 FROM orders'],
    skip: { mysql: 'WITH cannot change data', mariadb: 'WITH cannot change data' },
  },
  {
    name: 'rows that come and rows that change, with generated keys',
    schema: ['CREATE TABLE people (number int GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, email text UNIQUE, n int DEFAULT 0, token uuid DEFAULT gen_random_uuid())', "INSERT INTO people (email) VALUES ('a'), ('b'), ('c')"],
    change: ["INSERT INTO people (email, n) VALUES ('b', 5), ('new', 6), ('newer', 7) ON CONFLICT (email) DO UPDATE SET n = excluded.n", "DELETE FROM people WHERE email = 'a'"],
    skip: { mysql: 'a fingerprint there leaves generated keys out only where nothing but rows was added', mariadb: 'a fingerprint there leaves generated keys out only where nothing but rows was added' },
  },
  {
    name: 'generated columns',
    schema: ['CREATE TABLE boxes (id int PRIMARY KEY, a int, area int GENERATED ALWAYS AS (a * a) STORED)', 'INSERT INTO boxes (id, a) VALUES (1, 2), (2, 3)'],
    change: ['UPDATE boxes SET a = a + 1', 'INSERT INTO boxes (id, a) VALUES (3, 9)'],
  },
  {
    name: 'now() in a change',
    schema: { postgresql: ['CREATE TABLE events (id int PRIMARY KEY, at timestamptz, day timestamp DEFAULT now())', "INSERT INTO events VALUES (1, '2001-01-01', '2001-01-01')"], mysql: ['CREATE TABLE events (id int PRIMARY KEY, at datetime(6))', "INSERT INTO events VALUES (1, '2001-01-01')"] },
    change: ['UPDATE events SET at = now()', 'INSERT INTO events (id, at) VALUES (2, now())'],
  },
  { name: 'clock_timestamp() in a change', schema: ['CREATE TABLE events (id int PRIMARY KEY, at timestamptz)', 'INSERT INTO events VALUES (1)'], change: ['UPDATE events SET at = clock_timestamp()'], unstable: 'the clock goes on', skip: { mysql: 'is called SYSDATE there, which replicates badly and is refused', mariadb: 'is called SYSDATE there' } },
  { name: 'partitions', schema: parts, change: ["UPDATE parts SET v = v WHERE id = 1", "UPDATE parts SET v = 'x' WHERE id < 4", 'DELETE FROM parts WHERE id = 8', "INSERT INTO parts VALUES (20, 1, 'new')"], causes: { parts: 'statement' } },
  { name: 'a partition by its own name', schema: parts, change: ["UPDATE parts_2 SET v = 'x'"], causes: { parts: 'statement' }, skip: noMoves },
  { name: 'rows that move to another partition', schema: parts, change: ['UPDATE parts SET region = 2 WHERE id IN (2, 4)'], identity: { parts: ['id'] }, skip: noMoves },
  { name: 'rows that move, change, stay, come and go', schema: parts, change: ["UPDATE parts SET region = 3 - region, v = 'm' WHERE id < 5", "UPDATE parts SET v = 's' WHERE id = 5", 'DELETE FROM parts WHERE id = 6', "INSERT INTO parts VALUES (30, 2, 'new')"], identity: { parts: ['id'] }, skip: noMoves },
  {
    name: 'rows without a key that move to another partition',
    schema: ['CREATE TABLE loose (v text, region int) PARTITION BY LIST (region)', 'CREATE TABLE loose_1 PARTITION OF loose FOR VALUES IN (1)', 'CREATE TABLE loose_2 PARTITION OF loose FOR VALUES IN (2)', "INSERT INTO loose VALUES ('a', 1), ('b', 1), ('c', 2)"],
    change: ['UPDATE loose SET region = 2'],
    skip: noMoves,
  },
  { name: 'TRUNCATE of a table with partitions', schema: parts, change: ['TRUNCATE parts'], exclusive: true, incomplete: { parts: /lost/ }, causes: { parts: 'statement' }, skip: { mysql: 'TRUNCATE commits by itself', mariadb: 'TRUNCATE commits by itself' } },
  {
    name: 'partitions of partitions',
    schema: ['CREATE TABLE deep (id int, a int, b int, v text, PRIMARY KEY (id, a, b)) PARTITION BY LIST (a)', 'CREATE TABLE deep_1 PARTITION OF deep FOR VALUES IN (1) PARTITION BY LIST (b)', 'CREATE TABLE deep_1_1 PARTITION OF deep_1 FOR VALUES IN (1)', 'CREATE TABLE deep_rest PARTITION OF deep DEFAULT', "INSERT INTO deep VALUES (1, 1, 1, 'x'), (2, 5, 5, 'y'), (3, 6, 6, 'z')"],
    change: ['UPDATE deep SET a = 1, b = 1 WHERE id = 2', "UPDATE deep SET v = 'q' WHERE id = 3"],
    identity: { deep: ['id'] },
    skip: noMoves,
  },
];
