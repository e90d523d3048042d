import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { hasSqlDetails, loadModule, parseSync } from 'libpg-query';
import pg from 'pg';
import { classifyPostgres, refuseBeforeParsing } from '../../../src/core/sql/postgres/classifyPostgres.ts';
import type { ClassifiedStatement, ScriptVerdict } from '../../../src/core/sql/verdict.ts';
import { createTestDatabase, type TestDatabase } from '../../support/postgres.ts';
import { corpus } from './corpus.ts';
import { createMutations } from './mutations.ts';

/** More, or other ones, on demand. */
const count = Number(process.env['COUNTERSIGN_FUZZ'] ?? 30_000);
const seed = Number(process.env['COUNTERSIGN_FUZZ_SEED'] ?? 1);

let database: TestDatabase;
let client: pg.Client;
const role = `fuzz_${String(process.pid)}`;

before(async () => {
  await loadModule();
  // An ordinary role that may write everything, in a place full of traps.
  database = await createTestDatabase(`
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
    CREATE ROLE ${role} LOGIN;
    GRANT ALL ON SCHEMA public TO ${role};
    GRANT ALL ON ALL TABLES IN SCHEMA public TO ${role};
    GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO ${role};
  `);
  client = await connect();
});
after(async () => {
  await client.end();
  await database.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
});

async function connect(): Promise<pg.Client> {
  const connection = new pg.Client({ connectionString: database.url(role), statement_timeout: 2000 });
  await connection.connect();
  return connection;
}

/** Everything a statement can leave behind in a transaction or a session, apart from locks that reading takes. */
const traces = `
  SELECT pg_current_xact_id_if_assigned()::text AS xact, current_user, session_user,
    (SELECT last_value::text || is_called FROM s) AS sequence,
    (SELECT md5(string_agg(name || '=' || setting, ';' ORDER BY name)) FROM pg_settings) AS settings,
    (SELECT count(*)::int FROM pg_locks WHERE pid = pg_backend_pid() AND locktype = 'advisory') AS advisory,
    (SELECT count(*)::int FROM pg_locks WHERE pid = pg_backend_pid() AND mode ~ 'Exclusive|RowShare|^Share' AND locktype NOT IN ('virtualxid', 'transactionid')) AS locks,
    (SELECT count(*)::int FROM pg_cursors WHERE name <> '') AS cursors,
    (SELECT count(*)::int FROM pg_prepared_statements) AS prepared,
    (SELECT count(*)::int FROM pg_listening_channels()) AS channels`;

async function readTraces(isPlanOnly: boolean): Promise<string> {
  const { rows } = await client.query(traces);
  // A plan takes the locks of the statement it is for.
  return JSON.stringify(isPlanOnly ? { ...rows[0], locks: 0 } : rows[0]);
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

describe('mutated texts', () => {
  it(`${String(count)} of them: boundaries agree, and what is called a read leaves no trace with a role that may write`, { timeout: 600_000 }, async () => {
    const mutations = createMutations(
      corpus.filter(({ sql }) => !sql.includes('\0')).map(({ sql }) => sql),
      seed,
    );
    let executed = 0;
    for (let index = 0; index < count; index++) {
      const text = mutations.next();
      const verdict = classify(text);
      assert.equal(verdict?.error, undefined, `two ways of splitting disagree: ${JSON.stringify(text)}`);
      for (const statement of verdict?.statements ?? []) {
        if (statement.class !== 'read' || isExcused(statement)) continue;
        if (await leavesNoTrace(statement.text, statement.kind === 'explain')) executed++;
      }
    }
    assert.ok(executed > count / 1000, `only ${String(executed)} ran`);
    assert.deepEqual(await database.query('SELECT count(*)::int AS logged FROM log'), [{ logged: 0 }]);
  });

  /**
   * COPY needs a reader. Assigning a transaction id is a trace that means nothing. And `t.fw` without parentheses looks like
   * a column in every way: that is left to the catalogue and to the server's read-only mode.
   */
  function isExcused({ kind, text }: ClassifiedStatement): boolean {
    return kind === 'copy' || /xact_id|txid_current|generate_series|\.\s*"?(?:fw|evil)\b/u.test(text);
  }

  /** Resolves with whether the server accepted the statement. */
  async function leavesNoTrace(text: string, isPlanOnly: boolean): Promise<boolean> {
    await client.query('BEGIN READ WRITE');
    const before = await readTraces(isPlanOnly);
    try {
      await client.query({ text, values: [] });
    } catch {
      // Most mutated texts make no sense to the server.
      await client.query('ROLLBACK');
      return false;
    }
    assert.equal(await readTraces(isPlanOnly), before, text);
    await client.query('ROLLBACK');
    return true;
  }
});
