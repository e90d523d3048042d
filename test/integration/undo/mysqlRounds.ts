/** Commits changes on MySQL and MariaDB and takes them back, like the product does, and looks at the tables from outside. */
import assert from 'node:assert/strict';
import { createAnalyser } from '../../../src/adapters/sql/analyser.ts';
import type { Undo } from '../../../src/core/undo/undo.ts';
import type { Row } from '../../../src/core/effect/preview.ts';
import { receipt, type Lab } from '../mysql/changeHarness.ts';
import { assertSteps } from './undoRounds.ts';

const analyser = createAnalyser();

export async function closeMysqlAnalyser(): Promise<void> {
  await analyser.dispose();
}

export async function statementsOf(lab: Lab, text: string): Promise<readonly string[]> {
  const { statements, error } = await analyser.analyse(text, lab.dialect);
  assert.equal(error, undefined, text);
  return statements.map((statement) => statement.text);
}

/** Commits with its way back made before. */
export async function commitWithUndo(lab: Lab, text: string): Promise<Undo> {
  const change = await lab.change(await statementsOf(lab, text));
  const undo = await change.undo?.();
  assert.deepEqual(await change.commit(receipt), { kind: 'acknowledged' });
  assert.ok(undo);
  return undo;
}

/** @returns rows it lists as left alone */
export async function runUndo(lab: Lab, undo: Undo): Promise<readonly Row[]> {
  const { steps } = assertSteps(undo);
  if (steps.length === 0) return [];
  const script = steps.map(({ sql }) => `${sql};\n`).join('');
  const change = await lab.change(await statementsOf(lab, script), { returnedRows: 20 });
  assert.deepEqual(await change.commit(receipt), { kind: 'acknowledged' });
  return change.preview.statements.flatMap(({ returned }) => returned ?? []);
}

/** Every value in every bit, table by table. */
export async function mysqlContents({ database }: Pick<Lab, 'database'>, except: readonly string[] = []): Promise<Record<string, readonly string[]>> {
  const columns = await database.query('SELECT TABLE_NAME AS t, COLUMN_NAME AS c, DATA_TYPE AS d FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() ORDER BY 1, ORDINAL_POSITION');
  const found: Record<string, readonly string[]> = {};
  for (const table of new Set(columns.map(({ t }) => String(t)))) {
    if (except.includes(table)) continue;
    const values = columns.filter(({ t }) => t === table).map(({ c, d }) => `IFNULL(HEX(${exactly(quoted(String(c)), String(d))}), '-')`);
    const rows = await database.query(`SELECT CONCAT_WS(',', ${values.join(', ')}) AS r FROM ${quoted(table)}`);
    found[table] = rows.map(({ r }) => String(r)).toSorted();
  }
  return found;
}

function quoted(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``;
}

function exactly(column: string, type: string): string {
  if (type === 'float') return `CAST(CAST(${column} AS DOUBLE) AS CHAR)`;
  return ['enum', 'set', 'bit'].includes(type) ? `CAST(${column} + 0 AS CHAR)` : `CAST(${column} AS BINARY)`;
}
