/**
 * The way back from an open change on MySQL or MariaDB. The server makes the literals of every touched row, on both sides of
 * the change; then the statements are run behind a savepoint, what came of them is compared row by row, and all is taken back.
 * Which order satisfies the foreign keys is found out by trying.
 */
import { totalOf } from '../../core/effect/counters.ts';
import type { Preview, RowChange } from '../../core/effect/preview.ts';
import type { ClassifiedStatement } from '../../core/sql/verdict.ts';
import { findFiredAgain, type FiredAgain } from '../../core/undo/firedAgain.ts';
import { phaseOrders, planMysqlUndo, type MysqlUndoTable } from '../../core/undo/mysql/planMysql.ts';
import type { Undo, UndoStep } from '../../core/undo/undo.ts';
import type { Trigger } from '../../core/effect/why.ts';
import { refOf, tableId, type TableFacts } from './change/catalog.ts';
import type { Measured } from './change/measure.ts';
import { tablesNamedIn } from './change/plan.ts';
import { eachChange, readingProblem } from './change/rowChanges.ts';
import type { Context } from './context.ts';
import type { Line } from './line.ts';
import { parentsFirst, readUniques, toUndoTable } from './undoFacts.ts';
import { identifyRows, type Identified } from './undoKeyless.ts';
import { readLiterals, sameLiterals, type TouchedRows } from './undoLiterals.ts';
import { readBaseline, writesMore } from './undoReach.ts';
import { tryMysqlUndo } from './undoTry.ts';

export type UndoRequest = {
  readonly context: Context;
  readonly own: Line;
  readonly measured: Measured;
  readonly preview: Preview;
  readonly statements: readonly ClassifiedStatement[];
  readonly dialect: 'mysql' | 'mariadb';
  /** Rows of all tables together. */
  readonly maxRows: number;
  readonly signal: AbortSignal;
};

const none = (reason: string): Undo => ({ kind: 'none', reason });

/** Throws `Unanswered` when a line is lost. */
export async function makeMysqlUndo(request: UndoRequest): Promise<Undo> {
  const obstacle = obstacleIn(request);
  if (obstacle !== undefined) return none(obstacle);
  const { measured, preview } = request;
  const tables = [...measured.tables].flatMap(([id, { operations }]) => {
    const facts = measured.plan.tables.get(id);
    return facts && totalOf(operations) > 0 ? [facts] : [];
  });
  const again = findFiredAgain(tables.map((facts) => touchedByChange(measured, facts)), await triggersOf(request, tables));
  const wanted = parentsFirst(tables.filter(({ id }) => !again.left.has(id)), measured.plan.foreignKeys);
  const touched: TouchedRows[] = [];
  let rows = 0;
  for (const facts of wanted) {
    const found = await readTouched(request, facts, request.maxRows - rows);
    if ('reason' in found) return none(found.reason);
    rows += found.kinds.size;
    touched.push(found);
  }
  const numbered = tables.filter(({ id, columns }) => (measured.tables.get(id)?.operations.inserted ?? 0) > 0 && columns.some(({ isAutoIncrement }) => isAutoIncrement));
  const leaves = [...numbered.map(({ ref }) => `Automatic numbers that new rows of ${ref.schema}.${ref.table} took stay used.`), ...again.leaves, ...writtenByTriggers(again, tables)];
  if (preview.effects.length === 0 || touched.every(({ kinds }) => kinds.size === 0)) return { kind: 'steps', dialect: request.dialect, settings: {}, steps: [], leaves };
  const uniques = await readUniques(measured.former, wanted);
  const planned = await findOrder(request, touched, { tables: touched.map((each) => toUndoTable(each, measured.plan, uniques)), firesTriggers: again.firing.length > 0 });
  return 'reason' in planned ? none(planned.reason) : { kind: 'steps', dialect: request.dialect, settings: {}, steps: planned.steps, leaves };
}

/** What can be said without looking at any row. */
function obstacleIn({ preview, measured, statements, maxRows }: UndoRequest): string | undefined {
  if (!measured.checksForeignKeys) return 'foreign keys were switched off while it ran, and a way back cannot be tried as it would run.';
  if (statements.some(({ implicitCommit, class: kind }) => implicitCommit || kind === 'ddl' || kind === 'admin' || kind === 'privilege')) return 'the change alters definitions, and only rows can be brought back.';
  if (measured.completeness.exactness !== 'exact') return `not every row that changed is known${preview.unlisted === undefined ? '' : `: ${String(preview.unlisted)} more were written by triggers or over foreign keys`}.`;
  const operations = [...measured.tables.values()].reduce((sum, each) => sum + totalOf(each.operations), 0);
  return operations > maxRows ? `more than ${String(maxRows)} rows changed.` : undefined;
}

function touchedByChange({ tables }: Measured, { id, ref }: TableFacts): Parameters<typeof findFiredAgain>[0][number] {
  const account = tables.get(id);
  const { inserted = 0, updated = 0, deleted = 0 } = account?.operations ?? {};
  return { id, table: ref, counts: { inserted, updated, deleted }, isOwn: account?.cause !== 'trigger' };
}

/** All there are, not only those of the change: what was deleted is inserted on the way back. */
async function triggersOf({ measured: { plan, former }, dialect }: UndoRequest, tables: readonly TableFacts[]): Promise<readonly Trigger[]> {
  const triggers: Trigger[] = [];
  for (const trigger of plan.known.filter(({ table }) => tables.some(({ id }) => id === table))) {
    const mentions = plan.mentioned.get(trigger) ?? (await tablesNamedIn(former, trigger, dialect)).map(tableId);
    triggers.push({ table: trigger.table, name: trigger.name, events: [trigger.event], mentions });
  }
  return triggers;
}

/** Every changed row of a table, by key, with its values as literals on both sides. */
async function readTouched(request: UndoRequest, table: TableFacts, mostRows: number): Promise<TouchedRows | { readonly reason: string }> {
  const { own, measured } = request;
  const name = `${table.ref.schema}.${table.ref.table}`;
  const found = table.key.length === 0 ? await identifyRows({ own, former: measured.former, run: {} }, table, { operations: measured.tables.get(table.id)?.operations ?? { inserted: 0, updated: 0, deleted: 0 }, known: measured.compared.get(table.id) }) : await changedRows(request, table, mostRows);
  if ('reason' in found) return found;
  const { facts, kinds } = found;
  if (kinds.size > mostRows) return { reason: 'too many rows changed.' };
  const idsWith = (...some: readonly RowChange['kind'][]) => [...kinds].filter(([, kind]) => some.includes(kind)).map(([id]) => id);
  const [before, after] = await Promise.all([readLiterals(measured.former, facts, idsWith('deleted', 'updated')), readLiterals(own, facts, idsWith('inserted', 'updated'))]);
  const isComplete = [...kinds].every(([id, kind]) => (kind === 'inserted' || before.has(id)) && (kind === 'deleted' || after.has(id)));
  return isComplete ? { facts, kinds, before, after } : { reason: `not every changed row of ${name} could be read again by its key.` };
}

async function changedRows({ own, measured, signal }: UndoRequest, facts: TableFacts, mostRows: number): Promise<Identified | { readonly reason: string }> {
  const kinds = new Map<string, RowChange['kind']>();
  const found = await eachChange({
    own,
    measured,
    facts,
    tell: ({ id, change }) => {
      kinds.set(id, change.kind);
      return kinds.size <= mostRows && !signal.aborted;
    },
  }).catch((thrown: unknown) => ({ isWhole: false, problem: readingProblem(thrown) }));
  if (found.isWhole || kinds.size > mostRows) return { facts, kinds };
  return { reason: `not every changed row of ${facts.ref.schema}.${facts.ref.table} is known${found.problem === undefined ? '.' : `: ${found.problem.charAt(0).toLowerCase()}${found.problem.slice(1)}`}` };
}

/** The first order of the parts that the server takes and that leaves every row as it was. */
async function findOrder(request: UndoRequest, touched: readonly TouchedRows[], { tables, firesTriggers }: { readonly tables: readonly MysqlUndoTable[]; readonly firesTriggers: boolean }): Promise<{ readonly steps: readonly UndoStep[] } | { readonly reason: string }> {
  const { own, signal } = request;
  const baseline = await readBaseline(request, touched, firesTriggers);
  let reason = '';
  const tried = new Set<string>();
  for (const order of phaseOrders) {
    const planned = planMysqlUndo(tables, order);
    if (planned.kind === 'none') return planned;
    const text = planned.steps.map(({ sql }) => sql).join(';');
    if (tried.has(text)) continue;
    tried.add(text);
    const problem = await tryMysqlUndo(own, planned.steps, async () => (await differences(own, touched)) ?? (await writesMore(request, planned.steps, baseline)), signal);
    if (problem === undefined) return { steps: planned.steps };
    if (reason === '') reason = problem;
    if (signal.aborted) break;
  }
  return { reason };
}

/** Why the rows are not as they were, behind the way back. */
async function differences(own: Line, touched: readonly TouchedRows[]): Promise<string | undefined> {
  for (const { facts, kinds, before } of touched) {
    const now = await readLiterals(own, facts, [...kinds.keys()]);
    if (!sameLiterals(now, before)) return `rows of ${facts.ref.schema}.${facts.ref.table} would not come back as they were.`;
  }
  return undefined;
}

/** Tables that the change left alone and a trigger of the way back names. */
function writtenByTriggers({ firing }: FiredAgain, tables: readonly TableFacts[]): readonly string[] {
  const name = (id: string) => Object.values(refOf(id)).join('.');
  return firing.flatMap(({ name: trigger, table, mentions }) => mentions.filter((id) => id !== table && !tables.some((known) => known.id === id)).map((id) => `On the way back the trigger ${trigger} on ${name(table)} may write to ${name(id)}.`));
}
