/** Random tables and changes on MySQL and MariaDB: taken back they are as they were, or were refused before with the cause. */
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { sharedServer, type MysqlDialect } from '../../support/mysql.ts';
import { inLab, receipt, type Lab } from '../mysql/changeHarness.ts';
import { closeMysqlAnalyser, mysqlContents, runUndo, statementsOf } from './mysqlRounds.ts';
import { createRandom, type Random } from './randomSchemas.ts';

/** More on demand. */
const schemas = Number(process.env['UNDO_SCHEMAS'] ?? 6);
const roundsPerSchema = 25;
const firstSeed = Number(process.env['UNDO_SEED'] ?? 1);

after(closeMysqlAnalyser);

const types: readonly (readonly [type: string, value: (random: Random) => string])[] = [
  ['int', (random) => String(random.below(20) - 5)],
  ['varchar(20)', (random) => random.pick(["''", "'a'", "'it''s'", "'ü😀'", "'\\\\'", 'NULL'])],
  ['decimal(8,3)', (random) => random.pick(['0', '1.5', '-99999.999', 'NULL'])],
  ['float', (random) => random.pick(['0.1', '1e30', 'NULL'])],
  ['datetime(3)', (random) => random.pick(["'2026-03-29 01:30:00.123'", 'NULL'])],
  ['timestamp NULL', (random) => random.pick(["'2026-07-25 00:30:00'", 'NULL'])],
  ['json', (random) => random.pick(["'{\"a\": [1, null]}'", "'1'", 'NULL'])],
  ["enum('x','y')", (random) => random.pick(["'x'", "'y'", 'NULL'])],
  ['blob', (random) => random.pick(["x'00ff'", "''", 'NULL'])],
];

type Table = { readonly name: string; readonly key: 'id' | 'pair' | 'auto'; readonly columns: readonly { readonly name: string; readonly value: (random: Random) => string }[]; readonly references: string | undefined };

/** Logs what happens to their tables; a log is not compared, because the way back is logged too. */
const logSchema = ['CREATE TABLE log (id int AUTO_INCREMENT PRIMARY KEY, what varchar(20))'];

function createSchema(random: Random): { readonly tables: readonly Table[]; readonly sql: readonly string[] } {
  const sql = [...logSchema];
  const tables: Table[] = [];
  const bind: string[] = [];
  for (let index = 0; index < 2 + random.below(2); index += 1) {
    const name = `t${String(index)}`;
    const key = random.pick(['id', 'id', 'pair', 'auto'] as const);
    const columns = Array.from({ length: 1 + random.below(3) }, (_, position) => {
      const [type, value] = random.pick(types);
      return { name: `c${String(position)}`, type, value };
    });
    const parents = [...tables.filter((table) => table.key !== 'pair').map((table) => table.name), ...(key === 'pair' ? [] : [name])];
    const references = parents.length > 0 && random.chance(60) ? random.pick(parents) : undefined;
    const keys = { id: 'id int PRIMARY KEY', pair: "id int, part varchar(5) DEFAULT 'p', PRIMARY KEY (part, id)", auto: 'id int AUTO_INCREMENT PRIMARY KEY' }[key];
    sql.push(`CREATE TABLE ${name} (${[keys, `u int${random.chance(30) ? ' UNIQUE' : ''}`, 'g int AS (u * 2) STORED', ...columns.map((column) => `${column.name} ${column.type}`), 'ref int'].join(', ')})`);
    const table: Table = { name, key, columns, references };
    for (let row = 1; row <= 5; row += 1) sql.push(insertOf(table, row, random));
    if (references !== undefined) bind.push(`UPDATE ${name} SET ref = 1 + id % 5`, `ALTER TABLE ${name} ADD FOREIGN KEY (ref) REFERENCES ${references} (id) ON DELETE ${random.pick(['CASCADE', 'SET NULL', 'RESTRICT'])} ON UPDATE ${references === name ? 'RESTRICT' : random.pick(['CASCADE', 'RESTRICT'])}`);
    if (random.chance(30)) for (const event of ['INSERT', 'UPDATE', 'DELETE']) bind.push(`CREATE TRIGGER ${name}_${event} AFTER ${event} ON ${name} FOR EACH ROW INSERT INTO log (what) VALUES ('${event}')`);
    tables.push(table);
  }
  return { tables, sql: [...sql, ...bind] };
}

function insertOf({ name, columns }: Table, id: number, random: Random): string {
  return `INSERT INTO ${name} (id, u${columns.map((column) => `, ${column.name}`).join('')}) VALUES (${String(id)}, ${String(id)}${columns.map(({ value }) => `, ${value(random)}`).join('')})`;
}

function randomChange(tables: readonly Table[], random: Random): string {
  return Array.from({ length: 1 + random.below(2) }, () => {
    const table = random.pick(tables);
    const { name, columns, references } = table;
    const some = random.pick(['id < 3', `id = ${String(1 + random.below(5))}`, 'id > 2', 'id > 0']);
    const column = random.pick(columns);
    const choices = [
      () => `UPDATE ${name} SET ${column.name} = ${column.value(random)} WHERE ${some}`,
      () => `UPDATE ${name} SET u = u + ${String(10 + random.below(3))} WHERE ${some}`,
      () => `DELETE FROM ${name} WHERE ${some}`,
      () => insertOf(table, 6 + random.below(5), random),
      () => `INSERT INTO ${name} (id, u) SELECT id + 20, u + 20 FROM ${name} WHERE ${some}`,
      ...(table.key === 'id' ? [() => `UPDATE ${name} SET id = id + 30 WHERE ${some}`] : []),
      ...(references === undefined ? [] : [() => `UPDATE ${name} SET ref = ${random.pick(['NULL', '1', '2'])} WHERE ${some}`]),
    ];
    return random.pick(choices)();
  }).join(';\n');
}

/** Why there may be no way back; anything else is a fault. */
const honestReasons = [
  /exchanged values that must be unique, and rows elsewhere depend on them/,
  /refused it when it was tried: (?:Duplicate entry|Cannot (?:add or update|delete or update))/,
  /not every (?:row that changed|changed row of \S+) is known/,
  /would not come back as they were/,
];

for (const dialect of ['mariadb', 'mysql'] as const satisfies readonly MysqlDialect[]) {
  const { skip } = await sharedServer(dialect);
  describe(`${dialect}: random changes are taken back exactly`, { skip }, () => {
    const tally = { undone: 0, refused: 0, broken: 0 };
    for (let index = 0; index < schemas; index += 1) {
      const seed = firstSeed + index;
      test(`seed ${String(seed)}`, async () => {
        const random = createRandom(seed);
        const { tables, sql } = createSchema(random);
        await inLab(dialect, sql, async (lab) => {
          for (let round = 0; round < roundsPerSchema; round += 1) tally[await oneRound(lab, tables, random, seed)] += 1;
        });
      });
    }
    after(() => assert.ok(tally.undone > (tally.undone + tally.refused) * 0.6, JSON.stringify(tally)));
  });
}

async function oneRound(lab: Lab, tables: readonly Table[], random: Random, seed: number): Promise<'undone' | 'refused' | 'broken'> {
  const text = randomChange(tables, random);
  const at = `seed ${String(seed)}: ${text}`;
  const before = await mysqlContents(lab, ['log']);
  const start = await lab.begin(await statementsOf(lab, text));
  if (start.kind !== 'open') return 'broken';
  const undo = await start.change.undo?.();
  assert.ok(undo, at);
  if (undo.kind === 'none') {
    await start.change.rollback();
    assert.ok(honestReasons.some((reason) => reason.test(undo.reason)), `${at}\n${undo.reason}`);
    assert.deepEqual(await mysqlContents(lab, ['log']), before, at);
    return 'refused';
  }
  assert.deepEqual(await start.change.commit(receipt), { kind: 'acknowledged' }, at);
  assert.deepEqual(await runUndo(lab, undo), [], at);
  assert.deepEqual(await mysqlContents(lab, ['log']), before, `${at}\n${undo.steps.map(({ sql }) => sql).join(';\n')}`);
  return 'undone';
}
