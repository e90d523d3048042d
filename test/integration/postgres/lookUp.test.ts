/** What names of a read lead to, asked of a real catalogue: the whole way from text to class, and to the refusal. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Session } from '../../../src/app/ports.ts';
import { createPostgresAnalyser } from '../../../src/adapters/sql/postgresAnalyser.ts';
import { settleNames } from '../../../src/core/sql/settleNames.ts';
import type { ScriptVerdict } from '../../../src/core/sql/verdict.ts';
import { begin, read } from '../../contract/session.contract.ts';
import { createTestDatabase, type TestDatabase } from '../../support/postgres.ts';
import { openTestSession } from '../../support/postgresSession.ts';

const analyser = createPostgresAnalyser();
let database: TestDatabase;
let session: Session;

before(async () => {
  database = await createTestDatabase(`
    CREATE EXTENSION citext; CREATE EXTENSION pg_trgm;
    CREATE TABLE orders (id int PRIMARY KEY, v varchar, note text, status text);
    CREATE TABLE traces (at timestamptz DEFAULT clock_timestamp());
    CREATE FUNCTION trace() RETURNS boolean LANGUAGE sql AS 'INSERT INTO public.traces DEFAULT VALUES RETURNING true';
    CREATE FUNCTION upper(varchar) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT pg_catalog.upper($1::text)';
    CREATE FUNCTION whole(orders) RETURNS text LANGUAGE sql AS 'SELECT public.trace()::text';
    CREATE FUNCTION v(int) RETURNS text LANGUAGE sql AS 'SELECT public.trace()::text';
    CREATE FUNCTION same(varchar, int) RETURNS boolean LANGUAGE sql AS 'SELECT public.trace()';
    CREATE OPERATOR <> (LEFTARG = varchar, RIGHTARG = int, FUNCTION = same);
    CREATE TYPE mood AS ENUM ('sad', 'ok');
    CREATE TYPE pair AS (a int, m mood);
    CREATE DOMAIN positive AS int CHECK (VALUE > 0);
    CREATE DOMAIN later AS date NOT NULL CHECK (VALUE > current_date - 1);
    CREATE DOMAIN mail AS citext CHECK (VALUE ~ '@');
    CREATE FUNCTION checks(int) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT public.trace()';
    CREATE DOMAIN traced AS int CHECK (checks(VALUE));
    CREATE SEQUENCE counter;
    CREATE DOMAIN counted AS int CHECK (nextval('counter') > 0);
    CREATE DOMAIN drawn AS float8 CHECK (random() > VALUE);
    CREATE DOMAIN behind AS traced;
    CREATE TYPE inside AS (a int, b behind);
    CREATE TYPE stretch AS RANGE (subtype = float8);
    CREATE TYPE tempo AS ENUM ('slow');
    CREATE FUNCTION hear(tempo) RETURNS int LANGUAGE sql AS 'SELECT public.trace()::int';
    CREATE CAST (tempo AS int) WITH FUNCTION hear(tempo);
    CREATE TYPE "Odd.Name" AS ENUM ('x');
    CREATE SCHEMA hidden;
    CREATE FUNCTION hidden.lower(varchar) RETURNS text LANGUAGE sql AS 'SELECT public.trace()::text';
    CREATE DOMAIN hidden.mood AS int CHECK (public.checks(VALUE));
    INSERT INTO orders VALUES (1, 'A', 'x', 'ok')`);
  session = await openTestSession(database);
});
after(async () => {
  await session.close();
  await analyser.dispose();
});

const { signal } = new AbortController();

async function settle(text: string, on: Session = session): Promise<ScriptVerdict> {
  const verdict = await analyser.analyse(text);
  const calls = verdict.statements.flatMap((statement) => statement.calls ?? []);
  assert.ok(on.lookUp);
  return settleNames(verdict, await on.lookUp(calls, signal), 'all');
}

describe('harmless names leave a read what it is, or make it one', () => {
  const rows: readonly string[] = [
    'SELECT lower(v), note = status FROM orders',
    "SELECT 'ok'::mood, 'ok'::public.mood, '{ok}'::mood[], CAST(NULL AS mood)",
    "SELECT '1'::positive, 'today'::later, 'a@b'::mail",
    "SELECT '(1,ok)'::pair, ('(1,ok)'::pair).m",
    "SELECT '[1,2]'::stretch",
    'SELECT \'x\'::"Odd.Name", \'x\'::public."Odd.Name"',
    "SELECT note = 'x'::citext, lower(note::citext) FROM orders",
    "SELECT note <-> 'x', 'a' <% note FROM orders",
    'SELECT o.v, o.note FROM orders o',
    'SELECT * FROM orders WHERE id IN (SELECT 1) AND id BETWEEN 1 AND 2 ORDER BY v',
  ];
  for (const text of rows) {
    test(text, async () => {
      const { class: settled, statements } = await settle(text);
      assert.deepEqual([settled, statements[0]?.reasons], ['read', []]);
      const { end } = await read(session, text);
      assert.equal(end.kind, 'done', JSON.stringify(end));
    });
  }
});

describe('a name that leads to code of users makes it unknown, and says which', () => {
  const rows: readonly (readonly [text: string, says: RegExp])[] = [
    ['SELECT upper(v) FROM orders', /^upper may run public\.upper\(character varying\)/],
    ['SELECT o.whole FROM orders o', /^whole is a function when there is no such column: public\.whole\(public\.orders\)/],
    ['SELECT (o).whole FROM orders o', /^whole is/],
    ['SELECT v <> 1 FROM orders', /^The operator <> .*public\.<>\(character varying,integer\)/],
    ["SELECT '1'::traced", /^Converting to traced runs the check traced_check of public\.traced/],
    ["SELECT '1'::public.behind", /^Converting to public\.behind runs the check/],
    ["SELECT '(1,2)'::inside", /^Converting to inside runs the check/],
    ["SELECT '{1}'::traced[]", /^Converting to traced runs the check/],
    ["SELECT '1'::counted", /runs the check counted_check/],
    ["SELECT '1'::drawn", /runs the check drawn_check/],
    ["SELECT 'slow'::tempo::int", /may run public\.hear\(public\.tempo\), the cast from public\.tempo to integer/],
    ["SELECT '1'::hidden.mood", /^Converting to hidden\.mood runs the check/],
    ["SELECT '1'::nowhere", /^Converting to nowhere finds no such type/],
    ['SELECT fresh(1)', /^Calls fresh, and what it does is not known/],
  ];
  for (const [text, says] of rows) {
    test(text, async () => {
      const { class: settled, statements } = await settle(text);
      assert.equal(settled, 'unknown');
      assert.match(statements[0]?.reasons[0]?.message ?? '', says);
    });
  }

  test('nothing of all that ran', async () => {
    assert.deepEqual(await database.query('SELECT count(*)::int AS traces FROM traces'), [{ traces: 0 }]);
  });
});

describe('names are looked up as the session finds them', () => {
  /** A session of its own whose path or temporary objects a change made. */
  async function withSession(texts: readonly string[], check: (own: Session) => Promise<void>): Promise<void> {
    const own = await openTestSession(database);
    try {
      for (const text of texts) {
        const { end } = await read(own, text, {}, 'execute');
        assert.equal(end.kind, 'done', JSON.stringify(end));
      }
      await check(own);
    } finally {
      await own.close();
    }
  }
  const rows: readonly (readonly [name: string, texts: readonly string[], text: string, settled: string])[] = [
    ['a schema that is not searched', [], 'SELECT lower(v) FROM orders', 'read'],
    ['a schema that is searched', ['SET search_path = hidden, public'], 'SELECT lower(v) FROM orders', 'unknown'],
    ['the server’s own schema last', ['SET search_path = public, hidden, pg_catalog'], 'SELECT lower(v) FROM orders', 'unknown'],
    ['a type found first in another schema', ['SET search_path = hidden, public'], "SELECT '1'::mood", 'unknown'],
    ['a temporary function has no name without its schema', ["CREATE FUNCTION pg_temp.lower(varchar) RETURNS text LANGUAGE sql AS 'SELECT 1::text'"], 'SELECT lower(v) FROM orders', 'read'],
    ['a temporary type comes first', ['CREATE DOMAIN pg_temp.mood AS int CHECK (public.checks(VALUE))'], "SELECT '1'::mood", 'unknown'],
    ['a temporary type takes the name of one of the server’s own', ['CREATE DOMAIN pg_temp.text AS int CHECK (public.checks(VALUE))'], "SELECT lower('1'::text)", 'unknown'],
    ['a temporary table takes such a name, and runs nothing', ['CREATE TEMP TABLE text (a int)'], "SELECT lower('1'::text)", 'read'],
    ['a temporary catalogue hides nothing', ['CREATE TEMP TABLE pg_proc AS SELECT * FROM pg_catalog.pg_proc WHERE false'], 'SELECT upper(v) FROM orders', 'unknown'],
  ];
  for (const [name, texts, text, settled] of rows) {
    test(name, async () => await withSession(texts, async (own) => assert.equal((await settle(text, own)).class, settled)));
  }
});

describe('answers are kept', () => {
  const text = 'SELECT initcap(v) FROM orders';
  const shadow = 'CREATE FUNCTION public.initcap(varchar) RETURNS text LANGUAGE sql AS $$ SELECT 1::text $$';

  test('until something was changed in the session', async () => {
    assert.equal((await settle(text)).class, 'read');
    const start = await begin(session, [shadow]);
    assert.ok(start.kind === 'open');
    assert.match((await settle(text)).statements[0]?.reasons[0]?.message ?? '', /could not be looked up \(a change of this document is still open\)/);
    await start.change.rollback();
    assert.equal((await settle(text)).class, 'read');
  });

  test('not when there was none', async () => {
    const own = await openTestSession(database);
    const stopped = await own.lookUp?.((await analyser.analyse(text)).statements.flatMap((each) => each.calls ?? []), AbortSignal.abort());
    assert.deepEqual(stopped, { kind: 'unanswered', message: 'it was stopped' });
    assert.equal((await settle(text, own)).class, 'read');
    await own.close();
    assert.equal((await settle('SELECT lower(v) FROM orders', own)).class, 'unknown');
  });
});
