/** How a server carries out a definition: what is forecast and what an empty copy tells is what it does to a table with rows. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createAnalyser } from '../../../src/adapters/sql/analyser.ts';
import type { Inspection } from '../../../src/core/effect/inspection.ts';
import { describeWay, type AlterWay } from '../../../src/core/effect/mysql/alterForecast.ts';
import { sharedServer } from '../../support/mysql.ts';
import { inLab, type Lab } from './changeHarness.ts';

const make = [
  "CREATE TABLE x (id int PRIMARY KEY AUTO_INCREMENT, a varchar(20) NOT NULL DEFAULT 'x', b int, p int, c char(5), e enum('a','b'), KEY kb (b)) ENGINE=InnoDB",
  "INSERT INTO x (b, p, e) VALUES (1, 1, 'a'), (2, 1, 'b')",
];
const schema = ['CREATE TABLE parent (id int PRIMARY KEY) ENGINE=InnoDB', 'INSERT INTO parent VALUES (1)', ...make];

const ways: readonly (readonly [AlterWay, string])[] = [
  ['instant', 'ALGORITHM=INSTANT'],
  ['inplace', 'ALGORITHM=INPLACE, LOCK=NONE'],
  ['inplace-shared', 'ALGORITHM=INPLACE, LOCK=SHARED'],
  ['copy', 'ALGORITHM=COPY, LOCK=SHARED'],
];

type Row = {
  readonly sql: string;
  /** Whether the manual is enough, or a schema for copies is needed; `never`: neither knows. */
  readonly known: 'forecast' | 'tried' | 'never';
  /** It concerns another table too: no copy is made. */
  readonly isOutside?: true;
};

const rows: readonly Row[] = [
  { sql: 'ALTER TABLE x ADD COLUMN z int', known: 'forecast' },
  { sql: 'ALTER TABLE x ADD z varchar(30) NOT NULL DEFAULT 5', known: 'forecast' },
  { sql: 'ALTER TABLE x ADD COLUMN z int FIRST', known: 'tried' },
  { sql: 'ALTER TABLE x ADD COLUMN z int GENERATED ALWAYS AS (b + 1) STORED', known: 'tried' },
  { sql: 'ALTER TABLE x DROP COLUMN c', known: 'tried' },
  { sql: 'ALTER TABLE x RENAME COLUMN c TO c2', known: 'forecast' },
  { sql: "ALTER TABLE x MODIFY a varchar(30) NOT NULL DEFAULT 'x'", known: 'tried' },
  { sql: "ALTER TABLE x MODIFY a varchar(300) NOT NULL DEFAULT 'x'", known: 'tried' },
  { sql: 'ALTER TABLE x CHANGE b b bigint', known: 'tried' },
  { sql: 'ALTER TABLE x ADD INDEX i (a)', known: 'forecast' },
  { sql: 'ALTER TABLE x DROP INDEX kb', known: 'forecast' },
  { sql: 'ALTER TABLE x RENAME INDEX kb TO kb2', known: 'forecast' },
  { sql: 'ALTER TABLE x ADD CONSTRAINT u UNIQUE (b)', known: 'forecast' },
  { sql: 'ALTER TABLE x ADD FULLTEXT f (a)', known: 'forecast' },
  { sql: 'ALTER TABLE x MODIFY id int NOT NULL, DROP PRIMARY KEY', known: 'tried' },
  { sql: 'ALTER TABLE x ADD CONSTRAINT fk FOREIGN KEY (p) REFERENCES parent (id)', known: 'forecast', isOutside: true },
  { sql: 'ALTER TABLE x ADD CHECK (b > 0)', known: 'forecast' },
  { sql: 'ALTER TABLE x CONVERT TO CHARACTER SET latin1', known: 'forecast' },
  { sql: 'ALTER TABLE x FORCE', known: 'forecast' },
  { sql: 'ALTER TABLE x RENAME TO y', known: 'forecast', isOutside: true },
  { sql: 'ALTER TABLE x ALTER COLUMN b SET DEFAULT 5', known: 'forecast' },
  { sql: "ALTER TABLE x COMMENT='x, y'", known: 'forecast' },
  { sql: 'ALTER TABLE x AUTO_INCREMENT = 500', known: 'forecast' },
  { sql: 'ALTER TABLE `x` ADD COLUMN z int, ADD INDEX i (a, b), ALTER c SET DEFAULT NULL', known: 'forecast' },
  { sql: "ALTER TABLE x MODIFY e enum('a','b','c'), ADD `PRIMARY` int", known: 'tried' },
];

const analyser = createAnalyser();

async function look(lab: Lab, sql: string, scratchSchema?: string): Promise<Inspection> {
  const { statements } = await analyser.analyse(sql, lab.dialect);
  const [statement] = statements;
  assert.ok(statement);
  const limits = { lockTimeoutMs: 1000, statementTimeoutMs: 10_000, ...(scratchSchema === undefined ? {} : { scratchSchema }) };
  const found = await lab.session.inspect?.({ statement, limits, signal: new AbortController().signal });
  assert.ok(found);
  return found;
}

const said = ({ facts }: Inspection): string | undefined => facts.find(({ label }) => label.startsWith('How the server'))?.text;

/** The cheapest way that the server accepts for the table itself; it is made anew each time. */
async function reallyDone(lab: Lab, sql: string): Promise<AlterWay> {
  for (const [way, clauses] of ways) {
    await lab.database.query('DROP TABLE IF EXISTS x, y');
    for (const text of make) await lab.database.query(text);
    try {
      await lab.database.query(`${sql}, ${clauses}`);
      return way;
    } catch (error) {
      assert.ok(['ER_ALTER_OPERATION_NOT_SUPPORTED', 'ER_ALTER_OPERATION_NOT_SUPPORTED_REASON'].includes((error as { code: string }).code), `${sql}, ${clauses}: ${String(error)}`);
    }
  }
  throw new Error(`${sql} cannot be done at all`);
}

for (const dialect of ['mariadb', 'mysql'] as const) {
  const { skip } = await sharedServer(dialect);
  describe(`how ${dialect} carries out`, { skip }, () => {
    for (const { sql, known, isOutside } of rows) {
      test(sql, async () => {
        await inLab(dialect, schema, async (lab) => {
          const before = await lab.dump();
          const [forecast, tried] = [await look(lab, sql), await look(lab, sql, lab.database.database)];
          assert.deepEqual(await lab.dump(), before, 'a look left something behind');
          const real = describeWay(await reallyDone(lab, sql));
          // What the manual says of MySQL and not of MariaDB is better than nothing.
          if (known === 'forecast' || said(forecast) !== undefined) assert.ok(said(forecast)?.startsWith(real), `forecast ${said(forecast) ?? 'nothing'}, really ${real}`);
          else assert.match(forecast.unknown.join('\n'), /countersign\.preview\.scratchSchema/);
          if (isOutside !== true) assert.ok(said(tried)?.startsWith(real) && said(tried)?.includes('Tried on an empty copy'), `tried ${said(tried) ?? tried.unknown.join()}, really ${real}`);
          else assert.doesNotMatch(said(tried) ?? '', /Tried/);
        });
      });
    }

    test('an index by its own statement, and a statement that says itself how', async () => {
      await inLab(dialect, schema, async (lab) => {
        for (const sql of ['CREATE INDEX i ON x (a)', 'CREATE UNIQUE INDEX i USING BTREE ON x (b)', 'DROP INDEX kb ON x']) {
          assert.match(said(await look(lab, sql)) ?? '', /^In place: .*not tried/);
          assert.match(said(await look(lab, sql, lab.database.database)) ?? '', /^(?:In place|At once): .*Tried on an empty copy/);
        }
        assert.match(said(await look(lab, 'ALTER TABLE x ADD z int, ALGORITHM=INSTANT', lab.database.database)) ?? '', /As the statement asks, ALGORITHM=INSTANT/);
        assert.equal(said(await look(lab, 'DROP TABLE x', lab.database.database)), undefined);
      });
    });

    test('where no copy can be made, that is said', async () => {
      await inLab(dialect, schema, async (lab) => {
        assert.match((await look(lab, 'ALTER TABLE x DROP COLUMN c', 'no_such_schema')).unknown.join('\n'), /not tried on an empty copy: /);
        assert.equal(lab.session.transactionState(), 'none');
        const change = await lab.change(['UPDATE x SET b = 3 WHERE id = 1']);
        await change.rollback();
      });
    });
  });
}
