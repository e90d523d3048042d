/** Shapes of statements: whatever is written, what it did is seen. */
import type { EffectsCase } from '../effectsSubject.ts';

const items = ['CREATE TABLE items (id int PRIMARY KEY, v varchar(40), n int DEFAULT 0)', "INSERT INTO items VALUES (1, 'a', 1), (2, 'b', 2), (3, 'c', 3), (4, 'd', 4), (5, NULL, 5)"];
const loose = ['CREATE TABLE loose (v varchar(40), n int)', "INSERT INTO loose VALUES ('x', 1), ('x', 1), ('y', 2), ('z', 3)"];
const noMerge = { mysql: 'has no MERGE', mariadb: 'has no MERGE' };
const noSuchWith = { mysql: 'WITH cannot change data', mariadb: 'WITH cannot change data' };
const noConflict = { mysql: 'writes it as ON DUPLICATE KEY UPDATE', mariadb: 'writes it as ON DUPLICATE KEY UPDATE' };
const noRules = { mysql: 'has no rules', mariadb: 'has no rules' };
const noInstead = { mysql: 'has no INSTEAD OF triggers', mariadb: 'has no INSTEAD OF triggers' };
const noDo = { mysql: 'has no blocks outside of routines', mariadb: 'its BEGIN NOT ATOMIC is refused before it is sent' };
const noCall = { mysql: 'the statements of a routine cannot be known beforehand', mariadb: 'the statements of a routine cannot be known beforehand' };
const noInherit = { mysql: 'has no inheritance', mariadb: 'has no inheritance' };
const noTruncate = { mysql: 'TRUNCATE commits by itself', mariadb: 'TRUNCATE commits by itself' };
const noReturning = { mysql: 'has no RETURNING', mariadb: 'has RETURNING for INSERT and DELETE only' };

export const shapeCases: readonly EffectsCase[] = [
  { name: 'UPDATE', schema: items, change: ["UPDATE items SET v = 'new' WHERE id IN (2, 3)"], causes: { items: 'statement' } },
  { name: 'UPDATE of every row, with an expression', schema: items, change: ['UPDATE items SET n = n * 10'] },
  { name: 'UPDATE that changes nothing', schema: items, change: ['UPDATE items SET v = v WHERE id = 1'] },
  { name: 'UPDATE that changes some and leaves others', schema: items, change: ["UPDATE items SET v = 'a'"] },
  { name: 'UPDATE of the key', schema: items, change: ['UPDATE items SET id = id + 100 WHERE id < 3'] },
  { name: 'UPDATE that shifts the keys', schema: items, change: ['UPDATE items SET id = id - 1'], skip: { postgresql: 'checks the key after each row' } },
  { name: 'UPDATE that changes keys and rows at once', schema: items, change: ["UPDATE items SET id = id + 4, v = 'moved'  WHERE id IN (4, 5)", "UPDATE items SET v = 'kept' WHERE id = 1"] },
  { name: 'UPDATE with a join', schema: [...items, ...loose], change: { postgresql: ['UPDATE items SET v = l.v FROM loose l WHERE l.n = items.n'], mysql: ['UPDATE items JOIN (SELECT DISTINCT v, n FROM loose) l ON l.n = items.n SET items.v = l.v'] } },
  { name: 'UPDATE with a subquery', schema: [...items, ...loose], change: ['UPDATE items SET n = (SELECT max(n) FROM loose) WHERE id IN (SELECT n FROM loose)'] },
  { name: 'UPDATE … RETURNING', schema: items, change: ["UPDATE items SET v = 'r' WHERE id < 4 RETURNING *"], skip: noReturning },
  { name: 'DELETE', schema: items, change: ['DELETE FROM items WHERE id > 3'], causes: { items: 'statement' } },
  { name: 'DELETE of every row', schema: items, change: ['DELETE FROM items'] },
  { name: 'DELETE with a join', schema: [...items, ...loose], change: { postgresql: ['DELETE FROM items USING loose l WHERE l.n = items.n'], mysql: ['DELETE items FROM items JOIN loose l ON l.n = items.n'] } },
  { name: 'DELETE without a hit', schema: items, change: ['DELETE FROM items WHERE id = 99'] },
  { name: 'INSERT', schema: items, change: ["INSERT INTO items VALUES (6, 'f', 6), (7, NULL, NULL)"], causes: { items: 'statement' } },
  { name: 'INSERT … SELECT', schema: [...items, ...loose], change: ['INSERT INTO items SELECT n + 10, v, n FROM loose WHERE n > 1'] },
  {
    name: 'INSERT … ON CONFLICT DO UPDATE',
    schema: items,
    change: { postgresql: ["INSERT INTO items VALUES (1, 'x', 0), (2, 'b', 2), (11, 'y', 0) ON CONFLICT (id) DO UPDATE SET v = excluded.v, n = excluded.n"], mysql: ["INSERT INTO items VALUES (1, 'x', 0), (2, 'b', 2), (11, 'y', 0) ON DUPLICATE KEY UPDATE v = VALUES(v), n = VALUES(n)"] },
  },
  { name: 'INSERT … ON CONFLICT DO NOTHING', schema: items, change: ["INSERT INTO items VALUES (1, 'x', 0), (11, 'y', 0) ON CONFLICT DO NOTHING"], skip: noConflict },
  { name: 'MERGE', schema: [...items, ...loose], change: ["MERGE INTO items USING (VALUES (1, 'u'), (2, ''), (77, 'i')) AS s(id, v) ON items.id = s.id WHEN MATCHED AND s.v = '' THEN DELETE WHEN MATCHED THEN UPDATE SET v = s.v WHEN NOT MATCHED THEN INSERT VALUES (s.id, s.v, 0)"], causes: { items: 'statement' }, skip: noMerge },
  { name: 'a WITH that changes two tables', schema: [...items, ...loose], change: ['WITH gone AS (DELETE FROM items WHERE id < 3 RETURNING v, n) INSERT INTO loose SELECT v, n FROM gone'], causes: { items: 'statement', loose: 'statement' }, skip: noSuchWith },
  { name: 'a SELECT whose WITH changes data', schema: items, change: ["WITH changed AS (UPDATE items SET v = 'w' WHERE id = 1 RETURNING *) SELECT * FROM changed"], causes: { items: 'statement' }, skip: noSuchWith },
  { name: 'rows without a key', schema: loose, change: ["UPDATE loose SET v = 'q' WHERE n = 1"] },
  { name: 'one row without a key', schema: loose, change: ["UPDATE loose SET v = 'q' WHERE n = 2"] },
  { name: 'rows without a key go and come', schema: loose, change: ['DELETE FROM loose WHERE n = 3', "INSERT INTO loose VALUES ('x', 1)"] },
  { name: 'a key of two columns', schema: ['CREATE TABLE pairs (a int, b varchar(10), v int, PRIMARY KEY (a, b))', "INSERT INTO pairs VALUES (1, 'x', 1), (1, 'y', 2), (2, 'x', 3)"], change: ["UPDATE pairs SET v = v + 1 WHERE b = 'x'", "DELETE FROM pairs WHERE b = 'y'", "INSERT INTO pairs VALUES (2, 'y', 4)"] },
  { name: 'a key in another order than the columns', schema: ['CREATE TABLE pairs (a int, b varchar(10), v int, PRIMARY KEY (b, a))', "INSERT INTO pairs VALUES (1, 'x', 1), (1, 'y', 2), (2, 'x', 3)"], change: ['UPDATE pairs SET v = v + 1 WHERE a = 1'] },
  { name: 'a row that comes and goes', schema: items, change: ["INSERT INTO items VALUES (50, 'own', 0)", 'DELETE FROM items WHERE id = 50'] },
  { name: 'a row that goes and comes back as it was', schema: items, change: ['DELETE FROM items WHERE id = 1', "INSERT INTO items VALUES (1, 'a', 1)"] },
  { name: 'a row that goes and comes back changed', schema: items, change: ['DELETE FROM items WHERE id = 1', "INSERT INTO items VALUES (1, 'again', 1)"] },
  { name: 'a row that is changed many times', schema: items, change: Array.from({ length: 20 }, (_, index) => `UPDATE items SET n = ${String(index)} WHERE id = 1`) },
  { name: 'several statements on several tables', schema: [...items, ...loose], change: ["UPDATE items SET v = 'one' WHERE id = 1", 'DELETE FROM loose WHERE n = 1', "INSERT INTO items VALUES (8, 'h', 8)", 'UPDATE items SET n = 0 WHERE id = 8'] },
  { name: 'a statement that reads among others that write', schema: items, change: ['DELETE FROM items WHERE id = 1', 'SELECT count(*) FROM items', 'DELETE FROM items WHERE id = 2'] },
  {
    name: 'a rule that does something else instead',
    schema: [...items, ...loose, 'CREATE RULE keep AS ON DELETE TO items DO INSTEAD INSERT INTO loose VALUES (old.v, old.n)'],
    change: ['DELETE FROM items WHERE id < 3'],
    skip: noRules,
  },
  { name: 'a rule that does something as well', schema: [...items, ...loose, 'CREATE RULE also AS ON DELETE TO items DO ALSO INSERT INTO loose VALUES (old.v, old.n)'], change: ['DELETE FROM items WHERE id < 3'], skip: noRules },
  { name: 'a view', schema: [...items, 'CREATE VIEW front AS SELECT id, v FROM items WHERE id < 4'], change: ["UPDATE front SET v = 'seen' WHERE id > 1"], causes: { items: 'statement' } },
  {
    name: 'an INSTEAD OF trigger',
    schema: [
      ...items,
      'CREATE VIEW front AS SELECT id, v FROM items',
      "CREATE FUNCTION instead() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN UPDATE items SET v = 'gone' WHERE id = OLD.id; RETURN OLD; END $$",
      'CREATE TRIGGER instead INSTEAD OF DELETE ON front FOR EACH ROW EXECUTE FUNCTION instead()',
    ],
    change: ['DELETE FROM front WHERE id IN (2, 4)'],
    causes: { items: 'trigger' },
    skip: noInstead,
  },
  {
    name: 'a procedure',
    schema: [...items, "CREATE PROCEDURE work(which int) LANGUAGE plpgsql AS $$ BEGIN UPDATE items SET v = 'p' WHERE id = which; DELETE FROM items WHERE id = which + 1; END $$"],
    change: ['CALL work(1)'],
    skip: noCall,
  },
  { name: 'a function that is called', schema: [...items, "CREATE FUNCTION work() RETURNS int LANGUAGE sql AS $$ UPDATE items SET v = 'f' WHERE id = 1 RETURNING id $$"], change: ['SELECT work()'], skip: noCall },
  { name: 'a DO block', schema: items, change: ["DO $$ BEGIN FOR i IN 1..3 LOOP UPDATE items SET n = n + i; END LOOP; END $$"], skip: noDo },
  {
    name: 'an exception that is swallowed',
    schema: items,
    change: ["DO $$ BEGIN BEGIN UPDATE items SET n = 99; DELETE FROM items; RAISE EXCEPTION 'no'; EXCEPTION WHEN OTHERS THEN NULL; END; UPDATE items SET v = 'kept' WHERE id = 1; END $$"],
    skip: noDo,
  },
  {
    name: 'a savepoint that is kept',
    schema: items,
    change: ["DO $$ BEGIN BEGIN UPDATE items SET v = 'sub' WHERE id < 3; EXCEPTION WHEN OTHERS THEN NULL; END; BEGIN INSERT INTO items VALUES (9, 'sub', 9); EXCEPTION WHEN OTHERS THEN NULL; END; END $$"],
    skip: noDo,
  },
  { name: 'TRUNCATE', schema: items, change: ['TRUNCATE items'], exclusive: true, incomplete: { items: /lost/ }, skip: noTruncate },
  {
    name: 'TRUNCATE … CASCADE',
    schema: [...items, 'CREATE TABLE kids (id int PRIMARY KEY, item int REFERENCES items)', 'INSERT INTO kids VALUES (1, 1), (2, 2)', 'CREATE TABLE grandkids (id int PRIMARY KEY, kid int REFERENCES kids)', 'INSERT INTO grandkids VALUES (1, 1)'],
    change: ['TRUNCATE items CASCADE'], exclusive: true,
    causes: { items: 'statement', kids: 'cascade', grandkids: 'cascade' },
    incomplete: { items: /lost/, kids: /lost/, grandkids: /lost/ },
    skip: noTruncate,
  },
  { name: 'TRUNCATE and new rows', schema: [...items, ...loose], change: ['TRUNCATE items', "INSERT INTO items VALUES (9, 'new', 9)", "UPDATE loose SET v = 'w' WHERE n = 2"], exclusive: true, incomplete: { items: /lost/ }, uncounted: ['items'], skip: noTruncate },
  { name: 'a deletion that is taken back, then TRUNCATE', schema: items, change: ["DO $$ BEGIN BEGIN DELETE FROM items WHERE id = 1; RAISE EXCEPTION 'no'; EXCEPTION WHEN OTHERS THEN NULL; END; END $$", 'TRUNCATE items'], exclusive: true, incomplete: { items: /lost/ }, skip: noTruncate },
  { name: 'TRUNCATE of an empty table', schema: ['CREATE TABLE empty (id int PRIMARY KEY)'], change: ['TRUNCATE empty'], exclusive: true, incomplete: { empty: /lost/ }, skip: noTruncate },
  {
    name: 'a table and the tables that inherit from it',
    schema: ['CREATE TABLE base (id int PRIMARY KEY, v text)', 'CREATE TABLE derived (extra int) INHERITS (base)', "INSERT INTO base VALUES (1, 'b')", "INSERT INTO derived VALUES (2, 'd', 7)"],
    change: ["UPDATE base SET v = v || '!'"],
    causes: { base: 'statement', derived: 'statement' },
    skip: noInherit,
  },
  { name: 'a table that is made and filled', schema: items, change: ['CREATE TABLE made AS SELECT * FROM items'], uncounted: ['made'], skip: { mysql: 'CREATE TABLE commits by itself', mariadb: 'CREATE TABLE commits by itself' } },
];
