/** Commits a change and takes it back, like the product does, and looks at the tables from outside. */
import assert from 'node:assert/strict';
import type { ChangeRequest, IntentReceipt, OpenChange, Session } from '../../../src/app/ports.ts';
import { createPostgresAnalyser } from '../../../src/adapters/sql/postgresAnalyser.ts';
import type { ClassifiedStatement } from '../../../src/core/sql/verdict.ts';
import type { Undo, UndoSteps } from '../../../src/core/undo/undo.ts';
import type { TestDatabase } from '../../support/postgres.ts';

export const receipt = { id: 'x' } as IntentReceipt;
const analyser = createPostgresAnalyser();

export const limits: ChangeRequest['limits'] = { lockTimeoutMs: 2000, statementTimeoutMs: 20_000, holdMs: 30_000, maxRows: 50 };

/** The statements as the gate lets them through. */
export async function classify(text: string): Promise<readonly ClassifiedStatement[]> {
  const { statements, error } = await analyser.analyse(text);
  assert.equal(error, undefined, text.slice(0, 2000));
  return statements;
}

export async function closeAnalyser(): Promise<void> {
  await analyser.dispose();
}

export async function openChange(session: Session, text: string, more: Partial<ChangeRequest['limits']> = {}): Promise<OpenChange> {
  const start = await session.beginChange({ statements: await classify(text), limits: { ...limits, ...more }, signal: new AbortController().signal });
  if (start.kind !== 'open') assert.fail(`${text.slice(0, 2000)}: ${JSON.stringify(start)}`);
  return start.change;
}

/** Commits the text, with its way back made before. */
export async function commitWithUndo(session: Session, text: string): Promise<Undo> {
  const change = await openChange(session, text);
  await change.images();
  const undo = await change.undo?.();
  assert.deepEqual(await change.commit(receipt), { kind: 'acknowledged' });
  assert.ok(undo);
  return undo;
}

/** @returns rows that were not restored, as the server lists them */
export async function runUndo(session: Session, undo: Undo): Promise<void> {
  const { steps } = assertSteps(undo);
  for (const { sql } of steps) {
    const statements = await classify(sql);
    assert.deepEqual([statements.length, statements[0]?.class === 'write' || statements[0]?.class === 'unknown'], [1, true], JSON.stringify(statements[0]?.reasons));
    const change = await openChange(session, sql);
    assert.deepEqual(await change.commit(receipt), { kind: 'acknowledged' });
  }
}

export function assertSteps(undo: Undo): UndoSteps {
  if (undo.kind !== 'steps') assert.fail(`no undo: ${undo.reason}`);
  return undo;
}

/** Every row of every table, sorted: equal texts mean equal data. */
export async function contents(database: Pick<TestDatabase, 'query'>, tables: readonly string[]): Promise<Record<string, readonly string[]>> {
  const parts = tables.map((table) => `SELECT '${table}' AS name, countersign_::text AS row FROM ONLY ${table} AS countersign_`);
  const rows = (await database.query(`SELECT * FROM (${parts.join(' UNION ALL ')}) AS all_rows ORDER BY name, row COLLATE "C"`)) as unknown;
  const list = (Array.isArray(rows) ? rows : []) as { name: string; row: string }[];
  return Object.fromEntries(tables.map((table) => [table, list.filter(({ name }) => name === table).map(({ row }) => row)]));
}
