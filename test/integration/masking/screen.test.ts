/** What of a result is shown masked, by what real servers say about it and what the text proves. Nothing here may show the canary. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { createAnalyser } from '../../../src/adapters/sql/analyser.ts';
import type { Session } from '../../../src/app/ports.ts';
import { screenMasks } from '../../../src/core/masking/screenMasks.ts';
import type { ScreenRules } from '../../../src/core/masking/screenRules.ts';
import { createMaskedRows } from '../../../src/core/results/maskedRows.ts';
import { createRowStore } from '../../../src/core/results/rowStore.ts';
import type { Dialect } from '../../../src/core/sql/verdict.ts';
import type { Row } from '../../../src/core/effect/preview.ts';
import { read } from '../../contract/session.contract.ts';
import { sharedServer } from '../../support/mysql.ts';
import { openMysqlTestSession } from '../../support/mysqlSession.ts';
import { createTestDatabase } from '../../support/postgres.ts';
import { openTestSession } from '../../support/postgresSession.ts';

/** `people.note` has a harmless name, and so has `secrets.x`: only the rules say that they are hidden. */
const rules: ScreenRules = [{ team: [{ columns: ['*.people.note', '*.secrets.*', '*.whole.note'], strategy: 'hide' }, { columns: ['*.known.note'], strategy: 'show' }], hidden: [] }];

const canary = 'canary-4711';

/** `masked`: `x` for each masked column, `.` for each that is shown. */
type Case = readonly [sql: string, masked: string];

const everywhere: readonly Case[] = [
  ['SELECT id, note, email FROM people', '.xx'],
  ['SELECT * FROM people', '.xx.'],
  ['SELECT p.note AS id, p.id AS email FROM people AS p', 'x.'],
  ['SELECT id FROM plain WHERE EXISTS (SELECT 1 FROM people WHERE plain.id = people.id)', '?'],
  ['SELECT o.*, p.note AS remark FROM plain AS o JOIN people AS p ON p.id = o.id', '..x'],
  ['SELECT DISTINCT note AS n FROM people', 'x'],
  ['SELECT note AS n, count(*) AS c FROM people GROUP BY note ORDER BY 1', 'x.'],
  ['SELECT lower(note) AS n, id FROM people', 'x.'],
  ['SELECT concat(note, id) AS n FROM people', 'x'],
  ['SELECT max(note) AS n FROM people', 'x'],
  ['SELECT count(*) AS n, sum(id) AS s FROM people', '..'],
  ['SELECT coalesce(note, 1) AS n FROM secrets_of_none', 'missing'],
  ['SELECT (SELECT note FROM people LIMIT 1) AS n', 'x'],
  ['SELECT CASE WHEN id > 0 THEN note END AS n FROM people', 'x'],
  ['SELECT note AS n FROM people UNION ALL SELECT body FROM plain', 'x'],
  ['SELECT body AS n FROM plain UNION ALL SELECT note FROM people', 'x'],
  ['WITH plain AS (SELECT note AS body, id FROM people) SELECT body, id FROM plain', 'x?'],
  ['SELECT body FROM (SELECT note AS body FROM people) AS plain', 'x'],
  ['SELECT plain.body FROM (SELECT p.note AS body FROM people AS p) AS plain', 'x'],
  ['WITH x AS (SELECT body FROM plain) SELECT body, lower(body) AS l FROM x', '..'],
  ['SELECT id, body FROM plain', '..'],
  ['SELECT lower(body) AS l, 1 AS one FROM plain', '..'],
  ['SELECT 1 AS phone', 'x'],
  ['SELECT body AS password FROM plain', '.'],
  ['SELECT lower(body) AS password FROM plain', 'x'],
  ['SELECT remark FROM behind', 'x'],
  ['SELECT note FROM known', '.'],
  ['SELECT lower(note) AS n FROM known', 'x'],
  ['SELECT x FROM secrets', 'x'],
  ['SELECT x + 1 AS y FROM secrets', 'x'],
  ['SELECT max(x) AS y FROM secrets', 'x'],
  ['SELECT id, x = 4711 AS same FROM secrets', 'x?'],
  ['EXPLAIN SELECT note FROM people', 'plan'],
];

const tables = `
  CREATE TABLE people (id int PRIMARY KEY, note varchar(40), email varchar(40), town varchar(40));
  CREATE TABLE plain (id int PRIMARY KEY, body varchar(40));
  CREATE TABLE secrets (id int PRIMARY KEY, x bigint);
  INSERT INTO people VALUES (1, '${canary}', '${canary}@example.com', 'Graz');
  INSERT INTO plain VALUES (1, 'hello');
  INSERT INTO secrets VALUES (1, 4711);
  CREATE VIEW behind AS SELECT id, note AS remark FROM people;
  CREATE VIEW known AS SELECT id, town AS note FROM people`;

const postgres: readonly Case[] = [
  ['SELECT people FROM people', 'x'],
  ['SELECT (p).note AS n FROM (SELECT people AS p FROM people) AS q', 'x'],
  ['SELECT (people).* FROM people', '?xx?'],
  ['SELECT row_to_json(people) AS j FROM people', 'x'],
  ['SELECT to_jsonb(people) AS j FROM people', 'x'],
  ['SELECT string_agg(note, $$,$$) AS n FROM people', 'x'],
  ['SELECT array_agg(note) AS n FROM people', 'x'],
  ["SELECT note::varchar(20) AS n, note || '' AS m FROM people", 'xx'],
  ['SELECT right(note, 4)::int AS n FROM people', 'x'],
  ['SELECT * FROM part', '.x'],
  ['SELECT note FROM part', 'x'],
  ['SELECT ctid FROM people', '.'],
  ['TABLE people', '.xx.'],
  ["SELECT query_to_xml('SELECT note FROM people', true, true, '') AS q", 'x'],
  ["SELECT most_common_vals FROM pg_stats WHERE tablename = 'people'", 'x'],
  ['SELECT n FROM people, LATERAL (SELECT people.note AS n) AS l', '?'],
  ['SELECT note IS NULL AS empty, length(note) AS l FROM people', '..'],
  ['SELECT remark FROM kept', 'x'],
  ['SELECT p FROM people AS p ORDER BY p.id', 'x'],
];
const postgresTables = `
  CREATE TABLE whole (id int, note text) PARTITION BY RANGE (id);
  CREATE TABLE part PARTITION OF whole FOR VALUES FROM (0) TO (10);
  INSERT INTO part VALUES (1, '${canary}');
  CREATE MATERIALIZED VIEW kept AS SELECT note AS remark FROM people;
  ANALYZE people`;

const mysql: readonly Case[] = [
  ["SELECT IFNULL(note, '') AS n, CONCAT(note, '') AS m, HEX(note) AS h FROM people", 'xxx'],
  ['SELECT RIGHT(note, 4) + 0 AS n FROM people', 'x'],
  ['SELECT SUM(RIGHT(note, 4)) AS n FROM people', 'x'],
  ['SELECT CAST(RIGHT(note, 4) AS UNSIGNED) AS n FROM people', 'x'],
  ['SELECT RIGHT(note, 4) | 0 AS n FROM people', 'x'],
  ['SELECT GROUP_CONCAT(note) AS n, MIN(note) AS m FROM people', 'xx'],
  ['SELECT note AS n FROM people PROCEDURE ANALYSE()', 'any'],
  ['SELECT /*!50000 note */ AS n FROM people', 'any'],
  ["SELECT j.body FROM people, JSON_TABLE(JSON_ARRAY(note), '$[*]' COLUMNS (body varchar(40) PATH '$')) AS j", 'any'],
  ['(SELECT body AS n FROM plain) UNION (SELECT note FROM people)', 'x'],
  ['SELECT t.body FROM plain AS o, (SELECT note AS body FROM people) AS t', 'x'],
  ['SELECT `People`.note AS n FROM people AS `People`', 'x'],
];

type Opened = { readonly session: Session; readonly dialect: Dialect };

function describeCases(cases: readonly Case[], opened: () => Opened): void {
  const analyser = createAnalyser();
  after(() => analyser.dispose());
  for (const [sql, expected] of cases) {
    test(sql, async () => {
      const { session, dialect } = opened();
      const [statement] = (await analyser.analyse(sql, dialect)).statements;
      assert.ok(statement);
      const batches: Row[] = [];
      let masks: ReturnType<typeof screenMasks> = [];
      const { end } = await read(session, sql, {
        statement,
        sink: {
          wantsLineage: true,
          columns: (columns, lineage) => (masks = screenMasks(rules, { statement, dialect, columns, lineage })),
          rows: (rows) => batches.push(...rows),
          notice: () => undefined,
        },
      });
      if (expected === 'missing' || expected === 'any' && end.kind === 'failed') return assert.equal(end.kind, 'failed');
      assert.equal(end.kind, 'done', JSON.stringify(end));
      const rows = createMaskedRows(createRowStore(masks.length), { strategies: masks, pseudonym: () => '#name' });
      rows.append(batches);
      assert.doesNotMatch(JSON.stringify(rows.window(0, 100)), /canary|4711/u);
      const got = masks.map((mask) => (mask === 'show' ? '.' : 'x')).join('');
      if (expected === 'plan') return assert.match(got, /^\.+$/u);
      if (expected !== 'any') assert.equal([...got].map((each, index) => (expected[index] === '?' ? '?' : each)).join(''), expected);
    });
  }
}

describe('PostgreSQL', () => {
  let session: Session;
  before(async () => {
    session = await openTestSession(await createTestDatabase(`${tables};${postgresTables}`));
  });
  after(() => session.close());
  const rest = everywhere.filter(([sql]) => !sql.startsWith('SELECT coalesce'));
  describeCases([...rest, ...postgres], () => ({ session, dialect: 'postgresql' }));
});

for (const dialect of ['mariadb', 'mysql'] as const) {
  const { server, skip } = await sharedServer(dialect);
  describe(dialect, { skip }, () => {
    let session: Session;
    before(async () => {
      const database = await server?.createDatabase(tables);
      const user = await database?.createUser();
      assert.ok(database && user);
      session = await openMysqlTestSession(dialect, database, user);
    });
    after(() => session.close());
    describeCases([...everywhere, ...mysql], () => ({ session, dialect }));
  });
}
