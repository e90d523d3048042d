import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { hasSqlDetails, loadModule, parseSync } from 'libpg-query';
import pg from 'pg';
import { classifyPostgres, refuseBeforeParsing } from '../../../src/core/sql/postgres/classifyPostgres.ts';
import { endOfToken, skipTrivia } from '../../../src/core/sql/postgres/lexer.ts';
import type { ClassifiedStatement, ScriptVerdict } from '../../../src/core/sql/verdict.ts';
import { startPostgres, type PostgresServer } from '../../support/postgres.ts';
import { corpus } from './corpus.ts';
import { assertUntouched, hunt } from './hunt.ts';
import { callOf, expressionsEverywhere } from './postgresReads.ts';
import { createMutations, fuzzCount, fuzzSeed } from './mutations.ts';

const nasty: readonly string[] = [
  'fw()', 'fw(1)', "nextval('s')", "'x'::evil", '1 <=> 2', '; DROP TABLE t', '; DELETE FROM t', "'", '"', '$$', '$a$', "E'", "\\'", '--', '/*', '*/', '\n', '\r', '(', ')', ',', '.',
  'FOR UPDATE', 'INTO zz', 'INTO TEMP zz', "set_config('role', 'postgres', false)", 'WITH x AS (DELETE FROM t RETURNING *)', 'RETURNING *', 'ANALYZE', 'EXPLAIN', 'EXPLAIN ANALYZE', 'COPY', '::', 'evil', 'AS', 'UNION',
  'SELECT', 'FROM t', "U&'", "pg_notify('a', 'b')", 'lo_create(0)', 'pg_advisory_lock(1)', 'é', '💣', 'OPERATOR(public.<=>)', 'COLLATE', '.nextval', '.fw', '.pg_sleep', "('s'::regclass)",
]; // prettier-ignore

/** A server of its own: what is counted for the whole server is counted for these texts alone. */
let server: PostgresServer;
let client: pg.Client;
let witness: pg.Client;

/** A place full of traps. */
const setup = `
  CREATE TABLE t (id int, a text, b text, c numeric, x int, y int, z int, e int[], j jsonb);
  CREATE TABLE u (id int, t_id int, b text, x boolean);
  CREATE TABLE v (id int, c text);
  CREATE TABLE w (id int, d text);
  CREATE SEQUENCE s;
  CREATE TABLE log (what text);
  INSERT INTO t SELECT n, 'x' || n FROM generate_series(1, 20) n;
  INSERT INTO u SELECT n, n FROM generate_series(1, 5) n;
  CREATE FUNCTION fw() RETURNS int LANGUAGE plpgsql AS $$ BEGIN INSERT INTO log VALUES ('fw'); RETURN 1; END $$;
  CREATE FUNCTION fw(anyelement) RETURNS int LANGUAGE sql AS 'SELECT fw()';
  CREATE FUNCTION checked(text) RETURNS boolean LANGUAGE sql AS 'SELECT fw() = 1';
  CREATE DOMAIN evil AS text CHECK (checked(VALUE));
  CREATE FUNCTION compared(int, int) RETURNS int LANGUAGE sql AS 'SELECT fw()';
  CREATE OPERATOR <=> (LEFTARG = int, RIGHTARG = int, FUNCTION = compared);
  CREATE ROLE writer LOGIN;
  GRANT ALL ON SCHEMA public TO writer;
  GRANT ALL ON ALL TABLES IN SCHEMA public TO writer;
  GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO writer;
`;

before(async () => {
  await loadModule();
  server = await startPostgres({ name: 'fuzz', settings: { autovacuum: 'off' } });
  await server.createDatabase('fuzz');
  await server.query(setup, [], 'fuzz');
  client = new pg.Client({ connectionString: server.url('fuzz', 'writer'), statement_timeout: 500 });
  witness = new pg.Client({ connectionString: server.url('fuzz') });
  await Promise.all([client.connect(), witness.connect()]);
});
after(async () => {
  await Promise.all([client.end(), witness.end()]);
  await server.stop();
});

/** What stays in the session, and the next transaction's number: whatever writes, locks a row or notifies takes one. */
const sessionTraces = `
  SELECT pg_snapshot_xmax(pg_current_snapshot())::text AS xact, current_user, session_user, current_database(),
    (SELECT last_value::text || is_called FROM s) AS sequence,
    (SELECT md5(string_agg(name || '=' || setting, ';' ORDER BY name)) FROM pg_settings) AS settings,
    (SELECT count(*)::int FROM pg_locks WHERE pid = pg_backend_pid() AND locktype = 'advisory') AS advisory,
    (SELECT count(*)::int FROM pg_cursors WHERE name <> '') AS cursors,
    (SELECT count(*)::int FROM pg_prepared_statements) AS prepared,
    (SELECT count(*)::int FROM pg_listening_channels()) AS channels`;

async function readTraces(attempts = 20): Promise<string> {
  try {
    return JSON.stringify((await client.query(sessionTraces)).rows);
  } catch (error) {
    // The limit is for the texts; a busy machine may exceed it here.
    if (attempts > 1 && error instanceof pg.DatabaseError && error.code === '57014') return await readTraces(attempts - 1);
    throw error;
  }
}

/** Every row of every table, catalogs with roles and rights included, and the server's own counters of changed rows. */
async function hashOfEverything(): Promise<string> {
  const { rows: tables } = await witness.query<{ name: string }>("SELECT oid::regclass::text AS name FROM pg_class WHERE relkind IN ('r', 'S', 'm') AND oid <> 'pg_statistic'::regclass ORDER BY 1");
  const hashes: unknown[] = [];
  for (const { name } of tables) hashes.push((await witness.query(`SELECT '${name}' AS name, count(*), md5(string_agg(x::text, ';' ORDER BY x::text)) FROM (SELECT * FROM ${name}) x`)).rows);
  await witness.query('SELECT pg_stat_force_next_flush()');
  await client.query('SELECT pg_stat_force_next_flush()');
  hashes.push((await witness.query('SELECT datname, tup_inserted, tup_updated, tup_deleted, deadlocks FROM pg_stat_database ORDER BY 1')).rows);
  return JSON.stringify(hashes, undefined, 1);
}

function classify(text: string): ScriptVerdict | undefined {
  if (text === '' || refuseBeforeParsing(text)) return undefined;
  let tree: unknown;
  try {
    tree = parseSync(text);
  } catch (thrown) {
    assert.ok(hasSqlDetails(thrown), `the parser failed on ${JSON.stringify(text)}`);
    return undefined;
  }
  return classifyPostgres(text, tree);
}

function* reads(): Generator<string> {
  const rows = corpus.filter(({ sql }) => sql !== '' && !sql.includes('\0'));
  const game = rows.filter((row) => row.class === 'read').map(({ sql }) => tokens(sql));
  const mutations = createMutations({ texts: rows.map(({ sql }) => tokens(sql)), game, nasty, seed: fuzzSeed });
  for (let index = 0; index < fuzzCount; index++) {
    const text = mutations.next();
    const verdict = classify(text);
    assert.equal(verdict?.error, undefined, `two ways of splitting disagree: ${JSON.stringify(text)}`);
    for (const statement of verdict?.statements ?? []) if (statement.class === 'read' && !isExcused(statement)) yield statement.text;
  }
}

function tokens(text: string): readonly string[] {
  const list: string[] = [];
  for (let start = skipTrivia(text, 0); start < text.length; ) {
    const end = endOfToken(text, start);
    list.push(text.slice(start, end));
    start = skipTrivia(text, end);
  }
  return list;
}

/**
 * COPY needs a reader. Assigning a transaction id is a trace that means nothing. And `t.fw` without parentheses looks like
 * a column in every way: that is left to the catalogue and to the server's read-only mode.
 */
function isExcused({ kind, text }: ClassifiedStatement): boolean {
  return kind === 'copy' || /xact_id|txid_current|\.\s*"?(?:fw|evil)\b/u.test(text);
}

/** By the simple protocol, which would run a second statement too. */
async function execute(text: string): Promise<boolean> {
  try {
    await client.query(text);
    return true;
  } catch (error) {
    // Most mutated texts make no sense to the server.
    assert.ok(error instanceof pg.DatabaseError, `the line broke at ${JSON.stringify(text)}`);
    return false;
  }
}

describe('mutated texts', () => {
  it(`${String(fuzzCount)} of them: boundaries agree, and what is called a read leaves no trace with a role that may write`, { timeout: 3_600_000 }, async (test) => {
    const untouched = await hashOfEverything();
    const { reads: found, executed } = await hunt(reads(), { execute, traces: () => readTraces() });
    test.diagnostic(`seed ${String(fuzzSeed)}: ${String(fuzzCount)} texts, ${String(found)} called reads, ${String(executed)} accepted by the server`);
    assert.ok(executed > fuzzCount / 100, `only ${String(executed)} ran`);
    assertUntouched(untouched, await hashOfEverything());
  });

  it('reads by the thousand are read, accepted by a read-only session, and leave no trace in a writing one', { timeout: 600_000 }, async (test) => {
    const reader = new pg.Client({ connectionString: server.url('fuzz', 'writer'), statement_timeout: 500 });
    await reader.connect();
    const accepted: string[] = [];
    const refused: string[] = [];
    const offer = async (text: string): Promise<boolean> => {
      await reader.query('BEGIN READ ONLY; SELECT 1');
      try {
        await reader.query(text);
        accepted.push(text);
        return true;
      } catch (error) {
        if (error instanceof pg.DatabaseError && error.code === '25006') refused.push(text);
        return false;
      } finally {
        await reader.query('ROLLBACK');
      }
    };
    const { rows: signatures } = await witness.query<{ name: string; types: string[] }>(`
      SELECT proname AS name, ARRAY(SELECT format_type(a, NULL) FROM unnest(proargtypes) WITH ORDINALITY x(a, n) ORDER BY n) AS types
      FROM pg_proc WHERE pronamespace = 'pg_catalog'::regnamespace AND prokind = 'f' ORDER BY 1, 2`);
    let calls = 0;
    for (const { name, types } of signatures) {
      const text = `SELECT ${callOf(name, types)}`;
      if (classify(text)?.class === 'read' && (await offer(text))) calls++;
    }
    let shapes = 0;
    for (const text of expressionsEverywhere()) {
      assert.equal(classify(text)?.class, 'read', text);
      if (await offer(text)) shapes++;
    }
    await reader.end();
    assert.deepEqual(refused, [], 'called reads, and refused as writes');
    test.diagnostic(`${String(calls)} of ${String(signatures.length)} signatures and ${String(shapes)} shapes accepted`);
    assert.ok(calls > 1500 && shapes > 700, `only ${String(calls)} signatures and ${String(shapes)} shapes`);
    const untouched = await hashOfEverything();
    await hunt(accepted.filter((text) => !/xact_id|txid_current/u.test(text)), { execute, traces: () => readTraces() });
    assertUntouched(untouched, await hashOfEverything());
  });

  it('a write would be noticed', async () => {
    await assert.rejects(hunt(['SELECT 1', 'SELECT fw()'], { execute, traces: () => readTraces() }), /changed something: "SELECT fw\(\)"/u);
    await assert.rejects(hunt(["SET application_name = 'other'"], { execute, traces: () => readTraces() }), /changed something/u);
    await assert.rejects(hunt(["SELECT pg_notify('a', 'b')"], { execute, traces: () => readTraces() }), /changed something/u);
  });
});
