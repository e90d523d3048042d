/**
 * Whether a way back reaches further than the rows it names. A row that goes and comes back at once takes others along, where a
 * foreign key says so, and the server tells nobody but counts what it writes for that.
 */
import { isOneOf, quoteName } from '../../core/effect/mysql/keyText.ts';
import type { UndoStep } from '../../core/undo/undo.ts';
import { ask } from './change/asking.ts';
import type { Measured } from './change/measure.ts';
import type { Plan } from './change/plan.ts';
import { readWritten } from './change/proof.ts';
import { inPortions, qualifiedName } from './change/rows.ts';
import type { Context } from './context.ts';
import type { Line } from './line.ts';
import type { TouchedRows } from './undoLiterals.ts';

export type ReachRequest = { readonly context: Context; readonly own: Line; readonly measured: Measured };

export type ReachBaseline = {
  /** Rows the transaction wrote before the way back was tried; absent when the server does not tell. */
  readonly written: number | undefined;
  /** False where what is counted beyond the plan cannot be the doing of foreign keys. */
  readonly mayReach: boolean;
};

/** Before the way back is tried. Triggers write as well, so where they fire, rows that hang on those that go are looked for. */
export async function readBaseline(request: ReachRequest, touched: readonly TouchedRows[], firesTriggers: boolean): Promise<ReachBaseline> {
  const { rows } = await readWritten(request.context, request.measured.former, () => true);
  return { written: rows, mayReach: !firesTriggers || (await hasDependents(request, touched)) };
}

/** Why it changes more than it says, behind the steps. Throws `Unanswered`. */
export async function writesMore({ context, measured: { former } }: ReachRequest, steps: readonly UndoStep[], { written, mayReach }: ReachBaseline): Promise<string | undefined> {
  if (!mayReach || written === undefined) return undefined;
  const planned = steps.flatMap(({ parts }) => parts).reduce((sum, { rows }) => sum + rows, 0);
  const { rows = written } = await readWritten(context, former, (count) => count - written <= planned);
  const more = rows - written - planned;
  return more > 0 ? `taking it back would change ${String(more)} further ${more === 1 ? 'row' : 'rows'} over foreign keys.` : undefined;
}

async function hasDependents({ own, measured: { plan } }: ReachRequest, touched: readonly TouchedRows[]): Promise<boolean> {
  for (const key of plan.foreignKeys.filter(({ onDelete }) => onDelete !== 'none')) {
    const parent = touched.find(({ facts }) => facts.id === key.parent);
    if (parent && (await hasChildren(own, plan, key, parent))) return true;
  }
  return false;
}

async function hasChildren(own: Line, plan: Plan, { child, childColumns, parentColumns }: Plan['foreignKeys'][number], { facts, kinds, after }: TouchedRows): Promise<boolean> {
  const table = plan.tables.get(child);
  const positions = parentColumns.map((name) => facts.columns.findIndex((column) => column.name.toLowerCase() === name.toLowerCase()));
  const tuples = [...kinds].flatMap(([id, kind]) => (kind === 'inserted' ? [positions.map((position) => after.get(id)?.[position] ?? null)] : [])).filter((tuple): tuple is string[] => !tuple.includes(null));
  if (!table) return tuples.length > 0;
  for (const some of inPortions(tuples)) {
    const { rows } = await ask(own, `SELECT COUNT(*) FROM ${qualifiedName(table)} WHERE ${isOneOf(childColumns.map(quoteName), some)}`, { deadlineMs: 60_000 });
    if (Number(rows[0]?.[0] ?? 0) > 0) return true;
  }
  return false;
}
