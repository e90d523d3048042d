/** Mutated texts, called reads, on a real server as somebody who may write. One test file for each server, so that they share the processors. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type mysql from 'mysql2/promise';
import { classifyMysql } from '../../../../src/core/sql/mysql/classifyMysql.ts';
import { tokenize } from '../../../../src/core/sql/mysql/tokenize.ts';
import { tokenText } from '../../../../src/core/sql/mysql/tokens.ts';
import type { MysqlDialect } from '../../../support/mysql.ts';
import { assertUntouched, hunt, type Hunted } from '../hunt.ts';
import { createMutations, fuzzCount, fuzzSeed } from '../mutations.ts';
import { mysqlCorpus } from './corpus.ts';
import { computingFunctions, expressionsEverywhere, functionCalls, wordsEverywhere } from './generatedReads.ts';
import { connectAs, startTrapped, type TrappedServer } from './traps.ts';

const nasty: readonly string[] = [
  'fw()', '`fw`()', 'g(1)', 'test.fw()', 'now (1)', '`now`(1)', '`count`(1)', 'count (1)', '; DROP TABLE t', '; DELETE FROM t', "'", '"', '`', "\\'", '\\', '--', '-- ', '--1', '#', '/*', '*/', '/*!', '/*!50000', '/*!090000', '/*M!', '/*+', '*/ ',
  '\n', '\r', '\t', '(', ')', ',', '.', ';', '@a := 1', '@', '@@', 'FOR UPDATE', 'FOR SHARE', 'LOCK IN SHARE MODE', 'INTO @a', "INTO OUTFILE '/tmp/x'", 'INTO', 'INTO t', 'PROCEDURE ANALYSE()', 'RETURNING *', 'ANALYZE', 'EXPLAIN', 'EXPLAIN ANALYZE',
  'ANALYZE FORMAT=JSON', 'SET STATEMENT max_statement_time=1 FOR', 'NEXT VALUE FOR s', 's.nextval', 'nextval(s)', 'NEXTVAL', 'SELECT', 'FROM t', 'TABLE', 'VALUES', 'VALUES ROW(1)', 'WITH x AS (SELECT 1)', 'UNION', "get_lock('a', 0)", 'sleep(0)', 'last_insert_id(5)',
  "N'", "X'", "_utf8'", '_gbk', '$$', '$a$', 'é', '💣', '；', '\u00a0', 'HANDLER t OPEN', 'SHOW', 'CREATE', 'DO', 'CALL p()', '||', '->>', "'$.a'", 'OVER', 'OVER ()', 'BINARY', 'INTERVAL', '1e', '0x', '{d', '}', 'SQL_CALC_FOUND_ROWS', 'LIMIT 1', 'PARTITION (p)', 'FOR SYSTEM_TIME ALL', 'CHECKSUM TABLE', 'HELP', 'json_table(1)', 'JSON_TABLE(', 'COLUMNS (', 'columns(1)', 'path(1)', 'value(1)', 'values(1)', 'minus(1)', 'of(1)', 'any(1)', 'against(1)', 'lateral(1)', 'point(1)', 'rank(1)', 'rank()', 'md5 (1)', 'sum (1)', 'rownum(1)', 'median(1)', 'row(1)', 'grouping(1)', 'interval(1)', 'binary(1)', 'char (1)', 'sequence(1)', 'DESC', 'IF', 'BEGIN NOT ATOMIC', 'END',
]; // prettier-ignore

/** Counted for everything that reads, and for our own looks. */
const harmlessCounters = /^Com_(select|show_.*|checksum|help|explain_other|ha_read|empty_query|stmt_close|change_db|set_option|admin_commands)$/u;
/** `EXPLAIN DELETE` is counted as a DELETE. Those texts are judged by what they leave behind. */
const planned = new Set(['explain', 'describe']);

export function fuzz(dialect: MysqlDialect): void {
  describe(`what is called a read on ${dialect}`, () => {
    let trapped: TrappedServer;
    let line: mysql.Connection;
    let witness: mysql.Connection;

    // No text of a run needs it; it has to be longer than a busy machine needs for the look at the traces.
    const limit = dialect === 'mysql' ? 'SET SESSION max_execution_time = 10000' : 'SET SESSION max_statement_time = 10';

    before(async () => {
      trapped = await startTrapped(dialect);
      [line, witness] = await Promise.all([connectAs(trapped), connectAs(trapped)]);
      await line.query(limit);
    });
    after(async () => {
      line.destroy();
      witness.destroy();
      await trapped.stop();
    });

    const rows = async (connection: mysql.Connection, text: string): Promise<mysql.RowDataPacket[]> => (await connection.query<mysql.RowDataPacket[]>(text))[0];
    const ownVariables = { mysql: 'SELECT variable_name, variable_value FROM performance_schema.user_variables_by_thread WHERE thread_id = ps_current_thread_id()', mariadb: 'SELECT * FROM information_schema.user_variables' }[dialect];

    async function sessionTraces(): Promise<unknown[]> {
      return [
        await rows(line, 'SELECT RELEASE_ALL_LOCKS() AS locks, DATABASE() AS name, CURRENT_USER() AS user, LAST_INSERT_ID() AS lastId'),
        (await rows(line, 'SHOW SESSION VARIABLES')).filter(({ Variable_name: name }) => !/^(timestamp|rand_seed|pseudo_|error_count|warning_count|last_gtid|gtid_|in_transaction|statement_id)/u.test(name)),
        await rows(line, ownVariables),
        await rows(witness, `CHECKSUM TABLE t, u, v, w, log${dialect === 'mariadb' ? ', s' : ''}`),
      ];
    }

    const counters = async () => (await rows(line, "SHOW SESSION STATUS LIKE 'Com\\_%'")).filter(({ Variable_name: name }) => !harmlessCounters.test(name));

    async function execute(text: string): Promise<boolean> {
      try {
        await line.query(text);
        return true;
      } catch (error) {
        // Most mutated texts make no sense to the server.
        const { errno = 0, fatal = false } = error as { errno?: number; fatal?: boolean };
        assert.ok(errno > 0 && !fatal, `the line broke at ${JSON.stringify(text)}: ${String(error)}`);
        return false;
      }
    }

    const plain: Hunted = { execute, traces: async () => JSON.stringify([await counters(), await sessionTraces()]) };
    const plans: Hunted = { execute, traces: async () => JSON.stringify(await sessionTraces()) };

    it(`${String(fuzzCount)} mutated texts: what is called a read leaves no trace with a user who may write`, { timeout: 3_600_000 }, async (test) => {
      const untouched = await trapped.hashOfEverything();
      const texts = reads(dialect);
      const [first, second] = [await hunt(texts.plain, plain), await hunt(texts.plans, plans)];
      const executed = first.executed + second.executed;
      test.diagnostic(`seed ${String(fuzzSeed)}: ${String(fuzzCount)} texts, ${String(first.reads + second.reads)} called reads, ${String(executed)} accepted by the server`);
      assert.ok(executed > fuzzCount / 100, `only ${String(executed)} ran`);
      assertUntouched(untouched, await trapped.hashOfEverything());
    });

    it('reads by the thousand are read, accepted by a read-only session, and leave no trace in a writing one', { timeout: 600_000 }, async (test) => {
      const reader = await connectAs(trapped);
      await reader.query(limit);
      await reader.query('SET SESSION TRANSACTION READ ONLY');
      await reader.query('START TRANSACTION READ ONLY');
      const accepted: string[] = [];
      const refused: string[] = [];
      const found = new Set<string>();
      const offer = async (text: string): Promise<boolean> => {
        const { class: worst } = classifyMysql(text, dialect, { source: 'message' });
        if (worst !== 'read') return false;
        try {
          await reader.query(text);
        } catch (error) {
          if ((error as mysql.QueryError).code === 'ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION') refused.push(text);
          return false;
        }
        accepted.push(text);
        return true;
      };
      for (const { name, text } of functionCalls()) if (await offer(text)) found.add(name);
      let shapes = 0;
      let places = 0;
      for (const text of expressionsEverywhere(dialect)) {
        assert.equal(classifyMysql(text, dialect, { source: 'message' }).class, 'read', text);
        if (await offer(text)) shapes++;
      }
      for (const text of wordsEverywhere(trapped.shadows)) if (await offer(text)) places++;
      reader.destroy();
      assert.deepEqual(refused, [], 'called reads, and refused as writes');
      test.diagnostic(`${String(accepted.length)} reads accepted: ${String(found.size)} of ${String(computingFunctions.length)} functions, ${String(shapes)} shapes, ${String(places)} words in odd places; no call fitted ${computingFunctions.filter((name) => !found.has(name)).join(' ')}`);
      assert.ok(found.size > 300 && shapes > 500, `only ${String(found.size)} functions and ${String(shapes)} shapes`);
      const untouched = await trapped.hashOfEverything();
      await hunt(accepted.filter((text) => !/^(EXPLAIN|ANALYZE|SET)/u.test(text)), plain);
      assertUntouched(untouched, await trapped.hashOfEverything());
    });

    it('a write would be noticed', async () => {
      for (const text of ['SELECT fw()', "SET @a = UUID()", "SELECT GET_LOCK('a', 0)", 'SELECT `now`(1)', 'SELECT 1; INSERT INTO log VALUES (1)', 'COMMIT']) {
        await assert.rejects(hunt(['SELECT 1', text], plain), /changed something/u, text);
      }
      await assert.rejects(hunt(['EXPLAIN SELECT 1', "INSERT INTO log VALUES ('x')"], plans), /changed something/u);
    });
  });
}

/** Each statement that is called a read, one by one; those that are only planned apart. */
function reads(dialect: MysqlDialect): { readonly plain: Iterable<string>; readonly plans: Iterable<string> } {
  const rows = mysqlCorpus(dialect).filter(({ sql, ctx }) => sql !== '' && sql.isWellFormed() && !sql.includes('\0') && ctx === undefined);
  const texts = rows.map(({ sql }) => tokens(sql, dialect));
  const game = rows.filter((row) => row.class === 'read').map(({ sql }) => tokens(sql, dialect));
  const mutations = createMutations({ texts, game, nasty, seed: fuzzSeed });
  const plans: string[] = [];
  function* plain(): Generator<string> {
    for (let index = 0; index < fuzzCount; index++) {
      for (const { class: found, kind, text } of classifyMysql(mutations.next(), dialect, { source: 'message' }).statements) {
        if (found !== 'read') continue;
        if (planned.has(kind)) plans.push(text);
        else yield text;
      }
    }
  }
  return { plain: plain(), plans };
}

function tokens(text: string, dialect: MysqlDialect): readonly string[] {
  const found = tokenize(text, { dialect, ansiQuotes: false, noBackslashEscapes: false, swallowingCharset: false });
  return Array.from({ length: found.count }, (_, index) => tokenText(found, index));
}
