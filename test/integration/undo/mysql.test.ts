/** The way back on real MySQL and MariaDB: what is committed and taken back is as it was, or was refused with a reason before. */
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { createAnalyser } from '../../../src/adapters/sql/analyser.ts';
import { sharedServer, type MysqlDialect } from '../../support/mysql.ts';
import { inLab, receipt, type Lab } from '../mysql/changeHarness.ts';
import { assertSteps } from './undoRounds.ts';

const schema = [
  'CREATE TABLE parents (id int PRIMARY KEY, name varchar(40) NOT NULL)',
  'CREATE TABLE children (id int PRIMARY KEY, parent int NOT NULL, v varchar(40), FOREIGN KEY (parent) REFERENCES parents (id) ON DELETE CASCADE ON UPDATE CASCADE)',
  'CREATE TABLE notes (id int PRIMARY KEY, parent int, FOREIGN KEY (parent) REFERENCES parents (id) ON DELETE SET NULL ON UPDATE CASCADE)',
  'CREATE TABLE tree (id int PRIMARY KEY, up int, FOREIGN KEY (up) REFERENCES tree (id) ON DELETE CASCADE)',
  'CREATE TABLE computed (id int PRIMARY KEY, a int, twice int AS (a * 2) STORED)',
  'CREATE TABLE swaps (id int PRIMARY KEY, place int UNIQUE, v varchar(20))',
  'CREATE TABLE pairs (a int, b varchar(10), v int, PRIMARY KEY (b, a))',
  'CREATE TABLE numbered (id int AUTO_INCREMENT PRIMARY KEY, v varchar(20))',
  'CREATE TABLE stamped (id int PRIMARY KEY, v int, at timestamp(3) DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3))',
  'CREATE TABLE log (id int AUTO_INCREMENT PRIMARY KEY, what varchar(20))',
  'CREATE TABLE watched (id int PRIMARY KEY, v int)',
  'CREATE TRIGGER keep_log AFTER UPDATE ON watched FOR EACH ROW INSERT INTO log (what) VALUES ("update")',
  "INSERT INTO parents VALUES (1, 'p1'), (2, 'it''s'), (3, 'ü😀\\\\')",
  "INSERT INTO children VALUES (1, 1, 'c1'), (2, 1, NULL), (3, 2, 'c3')",
  'INSERT INTO notes VALUES (1, 1), (2, 2), (3, NULL)',
  'INSERT INTO tree VALUES (9, NULL), (5, 9), (1, 5), (2, 5)',
  'INSERT INTO computed (id, a) VALUES (1, 10), (2, 20)',
  "INSERT INTO swaps VALUES (1, 1, 'a'), (2, 2, 'b'), (3, 3, 'c')",
  "INSERT INTO pairs VALUES (1, 'x', 1), (2, 'x', 2), (1, 'y', 3)",
  "INSERT INTO numbered (v) VALUES ('a'), ('b')",
  "INSERT INTO stamped VALUES (1, 1, '2026-10-25 00:30:00.123'), (2, 2, '2001-01-01 00:00:00')",
  'INSERT INTO watched VALUES (1, 1), (2, 2)',
];

const analyser = createAnalyser();

async function statementsOf(lab: Lab, text: string): Promise<readonly string[]> {
  const { statements, error } = await analyser.analyse(text, lab.dialect);
  assert.equal(error, undefined, text);
  return statements.map((statement) => statement.text);
}

/** Commits with its way back made before, and runs it the way a person does. @returns rows it lists as left alone */
async function commitWithUndo(lab: Lab, text: string) {
  const change = await lab.change(await statementsOf(lab, text));
  const undo = await change.undo?.();
  assert.deepEqual(await change.commit(receipt), { kind: 'acknowledged' });
  assert.ok(undo);
  return undo;
}

async function runUndo(lab: Lab, undo: Awaited<ReturnType<typeof commitWithUndo>>) {
  const { steps } = assertSteps(undo);
  if (steps.length === 0) return [];
  const script = steps.map(({ sql }) => `${sql};\n`).join('');
  const change = await lab.change(await statementsOf(lab, script), { returnedRows: 20 });
  assert.deepEqual(await change.commit(receipt), { kind: 'acknowledged' });
  return change.preview.statements.flatMap(({ returned }) => returned ?? []);
}

/** Every value in every bit, table by table. */
async function contents({ database }: Lab, except: readonly string[] = []): Promise<Record<string, readonly string[]>> {
  const columns = await database.query("SELECT TABLE_NAME AS t, COLUMN_NAME AS c, DATA_TYPE AS d FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() ORDER BY 1, ORDINAL_POSITION");
  const found: Record<string, readonly string[]> = {};
  for (const table of new Set(columns.map(({ t }) => String(t)))) {
    if (except.includes(table)) continue;
    const values = columns.filter(({ t }) => t === table).map(({ c, d }) => `IFNULL(HEX(${d === 'float' ? `CAST(CAST(\`${String(c)}\` AS DOUBLE) AS CHAR)` : ['enum', 'set', 'bit'].includes(String(d)) ? `CAST(\`${String(c)}\` + 0 AS CHAR)` : `CAST(\`${String(c)}\` AS BINARY)`}), '-')`);
    const rows = await database.query(`SELECT CONCAT_WS(',', ${values.join(', ')}) AS r FROM \`${table}\``);
    found[table] = rows.map(({ r }) => String(r)).toSorted();
  }
  return found;
}

for (const dialect of ['mariadb', 'mysql'] as const satisfies readonly MysqlDialect[]) {
  const { skip } = await sharedServer(dialect);
  describe(`${dialect}: what is taken back is as it was`, { skip }, () => {
    const rounds: readonly (readonly [text: string, except?: readonly string[]])[] = [
      ["UPDATE parents SET name = 'x' WHERE id < 3"],
      ['DELETE FROM parents WHERE id = 1'],
      ["INSERT INTO parents VALUES (50, 'new'); INSERT INTO children VALUES (50, 50, 'new')"],
      ['UPDATE children SET parent = 3, v = NULL WHERE id = 3; DELETE FROM parents WHERE id = 2'],
      ['DELETE FROM tree WHERE id = 5'],
      ['UPDATE computed SET a = a + 1 WHERE id = 1; DELETE FROM computed WHERE id = 2'],
      ['UPDATE swaps SET place = place + 10 WHERE id > 0; UPDATE swaps SET place = 4 - id WHERE id > 0'],
      ["DELETE FROM swaps WHERE id = 1; UPDATE swaps SET place = 1 WHERE id = 2; INSERT INTO swaps VALUES (7, 2, 'new')"],
      ['UPDATE pairs SET v = v + 1 WHERE a = 1; DELETE FROM pairs WHERE a = 2'],
      ["INSERT INTO numbered (v) VALUES ('c'); DELETE FROM numbered WHERE id = 1"],
      ['UPDATE stamped SET v = 9 WHERE id = 1; DELETE FROM stamped WHERE id = 2'],
      ['UPDATE watched SET v = v + 1 WHERE id = 1', ['log']],
      ['UPDATE watched SET v = v WHERE id = 1', ['log']],
    ];
    for (const [text, except] of rounds) {
      test(text, async () =>
        await inLab(dialect, schema, async (lab) => {
          const before = await contents(lab, except);
          assert.deepEqual(await runUndo(lab, await commitWithUndo(lab, text)), []);
          assert.deepEqual(await contents(lab, except), before);
        }),
      );
    }
  });
}
after(() => analyser.dispose());
