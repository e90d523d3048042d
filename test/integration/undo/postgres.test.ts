/** The way back on a real PostgreSQL: what is committed and taken back is as it was, or was refused with a reason before. */
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import type { Session } from '../../../src/app/ports.ts';
import { createTestDatabase, type TestDatabase } from '../../support/postgres.ts';
import { openTestSession } from '../../support/postgresSession.ts';
import { assertSteps, classify, closeAnalyser, commitWithUndo, contents, openChange, receipt, runUndo } from './undoRounds.ts';

let database: TestDatabase;
let session: Session;

const tables = ['parents', 'children', 'notes', 'tree', 'hens', 'eggs', 'numbered', 'computed', 'swaps', 'expr', 'nokey', 'doubles', 'moves_1', 'moves_2', 'base', 'derived', '"Odd Name"', 'log', 'sums', 'items', 'invoices', 'serials', 'pairs', 'stamps', 'laters'];

const schema = `
  CREATE TABLE parents (id int PRIMARY KEY, name text NOT NULL);
  CREATE TABLE children (id int PRIMARY KEY, parent int NOT NULL REFERENCES parents ON DELETE CASCADE ON UPDATE CASCADE, v text);
  CREATE TABLE notes (id int PRIMARY KEY, parent int REFERENCES parents ON DELETE SET NULL ON UPDATE CASCADE);
  CREATE TABLE tree (id int PRIMARY KEY, up int REFERENCES tree ON DELETE CASCADE, v text);
  CREATE TABLE hens (id int PRIMARY KEY, egg int NOT NULL);
  CREATE TABLE eggs (id int PRIMARY KEY, hen int NOT NULL REFERENCES hens ON DELETE CASCADE);
  ALTER TABLE hens ADD FOREIGN KEY (egg) REFERENCES eggs ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED;
  CREATE TABLE numbered (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, v text);
  CREATE TABLE computed (id int PRIMARY KEY, a int, twice int GENERATED ALWAYS AS (a * 2) STORED);
  CREATE TABLE swaps (id int PRIMARY KEY, place int UNIQUE, v text);
  CREATE TABLE expr (id int PRIMARY KEY, mail text);
  CREATE UNIQUE INDEX ON expr (lower(mail)) WHERE mail <> '';
  CREATE TABLE nokey (a int, b text);
  CREATE TABLE doubles (id int, v text, GENERATED int GENERATED ALWAYS AS IDENTITY, PRIMARY KEY (id));
  CREATE TABLE moves (id int, k int, v text, PRIMARY KEY (id, k)) PARTITION BY LIST (k);
  CREATE TABLE moves_1 PARTITION OF moves FOR VALUES IN (1);
  CREATE TABLE moves_2 (v text, k int NOT NULL, id int NOT NULL);
  ALTER TABLE moves ATTACH PARTITION moves_2 FOR VALUES IN (2);
  CREATE TABLE base (id int PRIMARY KEY, v text);
  CREATE TABLE derived (extra int) INHERITS (base);
  CREATE TABLE "Odd Name" ("The Id" text PRIMARY KEY, "t" text, "w" text, "countersign" text, "it's ""q""" text);
  CREATE TABLE log (id serial PRIMARY KEY, what text);
  CREATE TABLE sums (id int PRIMARY KEY, total int NOT NULL);
  CREATE TABLE items (id int PRIMARY KEY, sum int NOT NULL REFERENCES sums, price int NOT NULL);
  CREATE TABLE invoices (id serial PRIMARY KEY, item int REFERENCES items);
  CREATE TABLE serials (id serial PRIMARY KEY, v text);
  CREATE TABLE pairs (a int, b text, v int, PRIMARY KEY (b, a));
  CREATE TABLE stamps (id int PRIMARY KEY, at timestamptz, span interval, spent money, f float8);
  CREATE TABLE laters (id int PRIMARY KEY, place int UNIQUE DEFERRABLE INITIALLY DEFERRED);
  CREATE FUNCTION keep_log() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO log (what) VALUES (tg_op); RETURN NULL; END $$;
  CREATE TRIGGER keep_log AFTER INSERT OR UPDATE OR DELETE ON pairs FOR EACH ROW EXECUTE FUNCTION keep_log();
  CREATE FUNCTION keep_sum() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF tg_op <> 'INSERT' THEN UPDATE sums SET total = total - old.price WHERE id = old.sum; END IF;
    IF tg_op <> 'DELETE' THEN UPDATE sums SET total = total + new.price WHERE id = new.sum; END IF; RETURN NULL; END $$;
  CREATE TRIGGER keep_sum AFTER INSERT OR UPDATE OR DELETE ON items FOR EACH ROW EXECUTE FUNCTION keep_sum();
  CREATE FUNCTION invoice() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO invoices (item) VALUES (new.id); RETURN NULL; END $$;
  CREATE TRIGGER invoice AFTER INSERT ON items FOR EACH ROW EXECUTE FUNCTION invoice();
`;

const rows = `
  INSERT INTO parents SELECT i, 'p' || i FROM generate_series(1, 10) AS i;
  INSERT INTO children SELECT i, (i + 1) / 2, 'c' || i FROM generate_series(1, 20) AS i;
  INSERT INTO notes SELECT i, i FROM generate_series(1, 10) AS i;
  INSERT INTO tree SELECT i, nullif(i / 2, 0), 't' || i FROM generate_series(1, 20) AS i;
  BEGIN; INSERT INTO hens SELECT i, i FROM generate_series(1, 5) AS i; INSERT INTO eggs SELECT i, 1 + i % 5 FROM generate_series(1, 5) AS i; COMMIT;
  INSERT INTO numbered (v) SELECT 'n' || i FROM generate_series(1, 5) AS i;
  INSERT INTO computed SELECT i, i * 10 FROM generate_series(1, 5) AS i;
  INSERT INTO swaps SELECT i, i, 's' || i FROM generate_series(1, 6) AS i;
  INSERT INTO laters SELECT i, i FROM generate_series(1, 6) AS i;
  INSERT INTO expr SELECT i, 'Mail' || i FROM generate_series(1, 4) AS i;
  INSERT INTO nokey VALUES (1, 'x'), (1, 'x'), (1, 'x'), (2, NULL), (NULL, NULL), (NULL, '');
  INSERT INTO doubles (id, v) VALUES (1, 'one'), (2, 'two');
  INSERT INTO moves SELECT i, 1 + i % 2, 'm' || i FROM generate_series(1, 6) AS i;
  INSERT INTO base VALUES (1, 'b1'), (2, 'b2'); INSERT INTO derived VALUES (3, 'd3', 3), (4, 'd4', NULL);
  INSERT INTO "Odd Name" VALUES ('ä''"\\', 'x', 'y', E'line\\nbreak\\ttab', '{"json": true}'), ('2', NULL, '', 'NULL', '😀');
  INSERT INTO sums VALUES (1, 0), (2, 0); INSERT INTO items SELECT i, 1 + i % 2, i FROM generate_series(1, 6) AS i;
  INSERT INTO serials (v) VALUES ('a'), ('b');
  INSERT INTO pairs SELECT i, 'k' || i, i FROM generate_series(1, 5) AS i;
  INSERT INTO stamps VALUES (1, '2026-03-29 01:30:00+00', '-1 mons +2 days -03:04:05.678', 1234.56, 'NaN'), (2, 'infinity', '1 year', -0.01, '-0'), (3, '0044-03-15 12:00:00+00 BC', '0', NULL, 1e-320);
`;

before(async () => {
  database = await createTestDatabase(schema);
});

beforeEach(async () => {
  await database.query(`TRUNCATE ${tables.filter((table) => !/^moves_/.test(table)).join(', ')}, moves RESTART IDENTITY CASCADE; ${rows}`);
  session = await openTestSession(database);
});

afterEach(() => session.close());
after(closeAnalyser);

/** Tables that triggers of people write to again. */
type Round = readonly [text: string, except?: readonly string[]];

describe('what is taken back is as it was', () => {
  const rounds: readonly Round[] = [
    ["UPDATE parents SET name = 'x'"],
    ['DELETE FROM parents WHERE id < 6'],
    ['UPDATE parents SET id = id + 100'],
    ['UPDATE parents SET id = 99 WHERE id = 1; DELETE FROM parents WHERE id = 5'],
    ["INSERT INTO parents VALUES (50, 'new'); INSERT INTO children VALUES (50, 50, 'new')"],
    ['DELETE FROM tree WHERE id = 2'],
    ['DELETE FROM hens WHERE id = 1'],
    ["UPDATE numbered SET v = 'x' WHERE id < 3"],
    ['DELETE FROM numbered WHERE id < 3'],
    ["INSERT INTO numbered (v) VALUES ('new')"],
    ['UPDATE computed SET a = a + 1'],
    ['DELETE FROM computed; INSERT INTO computed VALUES (9, 9)'],
    ['UPDATE swaps SET place = CASE place WHEN 1 THEN 100 ELSE place + 200 END; UPDATE swaps SET place = 7 - id'],
    ["UPDATE swaps SET place = place + 10; UPDATE swaps SET place = 1 WHERE id = 6; INSERT INTO swaps VALUES (9, 2, 'new')"],
    ['DELETE FROM swaps WHERE id = 3; UPDATE swaps SET place = 3 WHERE id = 4'],
    ['UPDATE laters SET place = 7 - place'],
    ["UPDATE expr SET mail = 'x' || id; UPDATE expr SET mail = 'mail' || (5 - id)"],
    ["UPDATE nokey SET b = 'y' WHERE a = 1"],
    ['DELETE FROM nokey'],
    ["INSERT INTO nokey VALUES (1, 'x'), (1, 'x'), (NULL, NULL)"],
    ["DELETE FROM doubles WHERE id = 1; INSERT INTO doubles (id, v) VALUES (1, 'again')"],
    ['UPDATE moves SET k = 3 - k'],
    ["UPDATE moves SET v = 'x' WHERE id < 4; DELETE FROM moves WHERE id = 5; INSERT INTO moves VALUES (9, 1, 'new')"],
    ["UPDATE base SET v = 'x'"],
    ['DELETE FROM base'],
    [`UPDATE "Odd Name" SET "t" = "w", "countersign" = NULL, "it's ""q""" = '\\x'`],
    ['DELETE FROM "Odd Name"'],
    ["UPDATE pairs SET v = -v WHERE a < 3; DELETE FROM pairs WHERE a = 5; INSERT INTO pairs VALUES (7, 'k', 7)", ['log']],
    ["INSERT INTO serials (v) VALUES ('c')"],
    ["UPDATE stamps SET at = 'epoch', span = '5 min', spent = 5, f = 0.1"],
    ['DELETE FROM stamps'],
    ['UPDATE items SET price = price + 1; DELETE FROM items WHERE id = 99'],
    ['INSERT INTO items VALUES (50, 1, 7)'],
    ["MERGE INTO swaps USING (VALUES (1), (77)) AS s(id) ON swaps.id = s.id WHEN MATCHED THEN DELETE WHEN NOT MATCHED THEN INSERT VALUES (s.id, 50, 'm')"],
    ["WITH gone AS (DELETE FROM swaps WHERE id = 1 RETURNING v) INSERT INTO nokey SELECT 5, v FROM gone"],
    ["DO $$ BEGIN BEGIN UPDATE swaps SET v = 'no'; RAISE EXCEPTION 'no'; EXCEPTION WHEN OTHERS THEN NULL; END; UPDATE swaps SET v = 'yes' WHERE id = 1; END $$"],
    ["UPDATE swaps SET v = v"],
    ["UPDATE swaps SET v = 'a'; UPDATE swaps SET v = 'b'; DELETE FROM swaps WHERE id = 2; INSERT INTO swaps VALUES (2, 2, 's2')"],
  ];
  for (const [text, except = []] of rounds) {
    test(text, async () => {
      const kept = tables.filter((table) => !except.includes(table));
      const former = await contents(database, kept);
      const undo = await commitWithUndo(session, text);
      await runUndo(session, undo);
      assert.deepEqual(await contents(database, kept), former);
    });
  }
});

describe('what somebody changed since is left alone and listed', () => {
  type Case = readonly [text: string, meanwhile: string, listed: readonly (readonly [table: string, row: string, why: string])[], check: string];
  const cases: readonly Case[] = [
    ["UPDATE swaps SET v = 'x' WHERE id < 4", "UPDATE swaps SET v = 'theirs' WHERE id = 2; DELETE FROM swaps WHERE id = 3", [['public.swaps', '(2)', 'changed or gone since'], ['public.swaps', '(3)', 'changed or gone since']], "SELECT string_agg(id || v, ' ' ORDER BY id) AS found FROM swaps"],
    ['DELETE FROM swaps WHERE id < 3', "INSERT INTO swaps VALUES (1, 1, 'theirs')", [['public.swaps', '(1)', 'its place is taken']], "SELECT string_agg(id || v, ' ' ORDER BY id) AS found FROM swaps"],
    ["INSERT INTO swaps VALUES (7, 7, 'new'), (8, 8, 'new')", "UPDATE swaps SET v = 'theirs' WHERE id = 7", [['public.swaps', '(7)', 'changed or gone since']], "SELECT string_agg(id || v, ' ' ORDER BY id) AS found FROM swaps"],
    ["INSERT INTO nokey VALUES (9, 'z'), (9, 'z')", "UPDATE nokey SET b = 'theirs' WHERE ctid = (SELECT max(ctid) FROM nokey)", [['public.nokey', '(9,z)', 'changed or gone since']], "SELECT string_agg(a || b, ' ' ORDER BY a, b) AS found FROM nokey WHERE a IS NOT NULL AND b IS NOT NULL"],
  ];
  const left: Record<string, string> = {
    "UPDATE swaps SET v = 'x' WHERE id < 4": '1s1 2theirs 4s4 5s5 6s6',
    'DELETE FROM swaps WHERE id < 3': '1theirs 2s2 3s3 4s4 5s5 6s6',
    "INSERT INTO swaps VALUES (7, 7, 'new'), (8, 8, 'new')": '1s1 2s2 3s3 4s4 5s5 6s6 7theirs',
    "INSERT INTO nokey VALUES (9, 'z'), (9, 'z')": '1x 1x 1x 9theirs',
  };
  for (const [text, meanwhile, listed, check] of cases) {
    test(text, async () => {
      const undo = assertSteps(await commitWithUndo(session, text));
      await database.query(meanwhile);
      const change = await openChange(session, undo.steps[0]?.sql ?? '', { returnedRows: 10 });
      assert.deepEqual(change.preview.statements[0]?.returned, listed);
      await change.commit(receipt);
      assert.equal((await database.query(check))[0].found, left[text]);
    });
  }
});

describe('no way back is said before COMMIT, with the reason', () => {
  const cases: readonly (readonly [text: string, reason: RegExp, setUp?: string])[] = [
    ['TRUNCATE swaps', /rows of public\.swaps are dropped without being kept/],
    ['ALTER TABLE swaps ADD COLUMN more int', /alters definitions/],
    ['CREATE TABLE made AS SELECT 1 AS one', /alters definitions/],
    ["DO $$ BEGIN ALTER TABLE swaps ADD COLUMN sly int; UPDATE swaps SET v = 'x'; END $$", /alters or locks public\.swaps|alters definitions/],
    ['SELECT lo_create(0)', /large objects/],
    ["INSERT INTO swaps SELECT i, i, 'many' FROM generate_series(100, 10200) AS i", /more than 10000 rows changed/],
    ["INSERT INTO swaps SELECT i, i, repeat('x', 30000) FROM generate_series(100, 200) AS i", /2 MB/],
    ["UPDATE tight SET place = 3 - place", /exchanged values that must be unique, and rows elsewhere depend on them/, 'DROP TABLE IF EXISTS tight, hangs; CREATE TABLE tight (id int PRIMARY KEY, place int UNIQUE DEFERRABLE); CREATE TABLE hangs (on_tight int REFERENCES tight ON DELETE CASCADE); INSERT INTO tight VALUES (1, 1), (2, 2)'],
    ["UPDATE barred SET v = 2", /the server refused it when it was tried: no way/, `DROP TABLE IF EXISTS barred; CREATE TABLE barred (id int PRIMARY KEY, v int); INSERT INTO barred VALUES (1, 1);
      CREATE OR REPLACE FUNCTION bar() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF new.v < old.v THEN RAISE 'no way'; END IF; RETURN new; END $$;
      CREATE TRIGGER bar BEFORE UPDATE ON barred FOR EACH ROW EXECUTE FUNCTION bar()`],
  ];
  for (const [text, reason, setUp] of cases) {
    test(text, async () => {
      if (setUp !== undefined) await database.query(setUp);
      const change = await openChange(session, text);
      const undo = await change.undo?.();
      await change.rollback();
      assert.match(undo?.kind === 'none' ? undo.reason : JSON.stringify(undo), reason);
    });
  }

  test('a role that may not read or write a touched table', async () => {
    const role = `${database.database}_half`;
    await database.query(`CREATE ROLE ${role} LOGIN; GRANT SELECT, DELETE ON parents TO ${role}; GRANT SELECT ON children TO ${role}; GRANT SELECT ON notes TO ${role}; GRANT UPDATE (name) ON parents TO ${role}`);
    const half = await openTestSession({ ...database, user: role });
    const refused = await openChange(half, 'DELETE FROM parents WHERE id = 1');
    const undo = await refused.undo?.();
    await refused.rollback();
    assert.match(undo?.kind === 'none' ? undo.reason : '', /permission denied/);
    await database.query(`REVOKE SELECT ON notes FROM ${role}`);
    const blind = await openChange(half, 'DELETE FROM parents WHERE id = 1');
    const none = await blind.undo?.();
    await blind.rollback();
    assert.match(none?.kind === 'none' ? none.reason : '', /no SELECT right on public\.notes/);
    await half.close();
  });
});

describe('what a complete way back leaves', () => {
  test('triggers that fire again, logs they write to, numbers that stay used', async () => {
    const { leaves } = assertSteps(await commitWithUndo(session, "UPDATE pairs SET v = 0; INSERT INTO serials (v) VALUES ('new')"));
    assert.deepEqual(leaves, ['Numbers that new rows of public.serials took stay used.', 'The trigger keep_log on public.pairs fires again.', 'public.log is not restored: the trigger that wrote to it does so again.']);
  });

  test('nothing of the settings it was read under stays in the session', async () => {
    const change = await openChange(session, "UPDATE stamps SET f = 1");
    await change.images();
    const before = await database.query('SHOW timezone');
    assert.equal((await change.undo?.())?.kind, 'steps');
    await change.rollback();
    const seen: unknown[] = [];
    const [statement] = await classify("SELECT current_setting('datestyle'), current_setting('intervalstyle'), current_setting('timezone'), current_setting('search_path')");
    assert.ok(statement);
    await session.read({ statement, sink: { columns: () => undefined, rows: (found) => seen.push(...found), notice: () => undefined }, rowLimit: 1, byteLimit: 1000, statementTimeoutMs: 1000, signal: new AbortController().signal });
    assert.deepEqual(seen, [['ISO, MDY', 'postgres', before[0].TimeZone, '"$user", public']]);
  });
});
