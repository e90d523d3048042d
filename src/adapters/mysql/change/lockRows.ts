/**
 * Locks the rows that a statement will take, and those its foreign keys reach, before it runs. From here until the end of the
 * transaction nobody else can change them, so what was found is what is written.
 */
import { ForeignKeyWalk, type Errand, type WalkKey, type WalkRow } from '../../../core/effect/mysql/foreignKeyWalk.ts';
import { isOneOf, quoteName } from '../../../core/effect/mysql/keyText.ts';
import type { RowReceiver } from '../command.ts';
import type { Line, RunOptions } from '../line.ts';
import { ask, errnoOf, errors } from './asking.ts';
import type { TableFacts } from './catalog.ts';
import type { Plan, PlannedStatement, TakenTable } from './plan.ts';
import { byIndex, handleColumns, qualifiedName, selectDigest, selectHandle, toWalkRow, type HandleColumns } from './rows.ts';

type RowsWrite = Extract<PlannedStatement['write'], { kind: 'rows' }>;

/** What was locked for one statement. */
export type LockedRows = {
  /** Rows that the query returned: what the server should say it took. */
  readonly count: number;
  /** With a digest of each row, where whether it changed has to be told row by row. */
  readonly taken: readonly { readonly table: TakenTable; readonly rows: ReadonlyMap<string, { readonly row: WalkRow; readonly digest: string | null }> }[];
  /** Everything reached, the statement's own rows included. */
  readonly walk: ForeignKeyWalk;
  /** Why these may not be all rows, in words. */
  readonly doubts: readonly string[];
};

/** Identities kept for one change. What is beyond is counted by the server alone. */
export const maxHeldRows = 100_000;

export type LockOptions = { readonly run: RunOptions; readonly withDigests: boolean };

/** `undefined` when the rows cannot be asked for: the statement's own answer then says more. Throws `Unanswered` for locks and lost lines. */
export async function lockRows(line: Line, plan: Plan, { shape, taken }: RowsWrite, options: LockOptions): Promise<LockedRows | undefined> {
  const sides = taken.map((table) => ({ table, columns: handleColumns(table.facts, plan.foreignKeys), rows: new Map<string, { row: WalkRow; digest: string | null }>() }));
  const selected = sides.flatMap(({ table, columns }) => [...selectHandle(columns, table.qualifier), ...(options.withDigests ? [selectDigest(table.facts, table.qualifier)] : [])]);
  const receiver = new TakenRows(sides, options.withDigests);
  const text = [shape.head, `SELECT ${selected.length === 0 ? '1' : selected.join(', ')} FROM`, shape.from, shape.tail, 'FOR UPDATE'].filter((part) => part !== '').join('\n');
  try {
    await ask(line, text, { ...options.run, receiver });
  } catch (thrown) {
    if (mustEnd(thrown)) throw thrown;
    return undefined;
  }
  const walk = new ForeignKeyWalk(plan.foreignKeys, maxHeldRows);
  for (const { table, rows } of sides) {
    walk.add(table.facts.id, [...rows.values()].map(({ row }) => row), shape.operation === 'delete' ? 'deleted' : 'updated', changedColumns(table));
  }
  const doubts = [...(await followKeys(line, plan, walk, options.run)), ...receiver.doubts(sides, plan.foreignKeys)];
  return { count: receiver.count, taken: sides.map(({ table, rows }) => ({ table, rows })), walk, doubts };
}

/** Assigned columns, and those that the server computes anew. */
function changedColumns({ facts, assigned }: TakenTable): readonly string[] {
  return assigned.length === 0 ? [] : [...assigned, ...facts.columns.filter(({ isGenerated, followsTime }) => isGenerated || followsTime).map(({ name }) => name)];
}

/** Errors after which the transaction, or the line, is not as it was. */
function mustEnd(thrown: unknown): boolean {
  const errno = errnoOf(thrown);
  return errno === undefined || [errors.lockWait, errors.deadlock, errors.interrupted, errors.timeMariadb, errors.timeMysql].some((code) => code === errno);
}

async function followKeys(line: Line, plan: Plan, walk: ForeignKeyWalk, run: RunOptions): Promise<readonly string[]> {
  const doubts = new Set<string>();
  for (let errand = walk.next(); errand; errand = walk.next()) {
    const facts = plan.tables.get(errand.table);
    if (!facts) {
      doubts.add('A foreign key leads to a table that you may not see.');
      continue;
    }
    try {
      walk.answer(errand, await lockChildren(line, facts, errand, { foreignKeys: plan.foreignKeys, run }));
    } catch (thrown) {
      if (mustEnd(thrown)) throw thrown;
      doubts.add(`Rows of ${facts.ref.schema}.${facts.ref.table} that a foreign key reaches could not be read.`);
    }
  }
  return walk.isCut ? [...doubts, tooManyRows] : [...doubts];
}

async function lockChildren(line: Line, facts: TableFacts, { columns, tuples }: Errand, { foreignKeys, run }: { foreignKeys: readonly WalkKey[]; run: RunOptions }): Promise<readonly WalkRow[]> {
  const handle = handleColumns(facts, foreignKeys);
  const { rows } = await ask(line, `SELECT ${selectHandle(handle, qualifiedName(facts)).join(', ')} FROM ${qualifiedName(facts)}${byIndex(facts, columns)} WHERE ${isOneOf(columns.map(quoteName), tuples)} FOR UPDATE`, run);
  return rows.flatMap((values) => toWalkRow(facts, handle, values, nextNumber()) ?? []);
}

let lastNumber = 0;

function nextNumber(): number {
  lastNumber += 1;
  return lastNumber;
}

const tooManyRows = `It reaches more than ${String(maxHeldRows)} rows: not all of them were followed to the tables that depend on them.`;

type Side = { readonly table: TakenTable; readonly columns: HandleColumns; readonly rows: Map<string, { row: WalkRow; digest: string | null }> };

/** Takes rows as they come and keeps no more than it may. */
class TakenRows implements RowReceiver {
  count = 0;
  #isCut = false;
  readonly #sides: readonly Side[];
  readonly #withDigests: boolean;

  constructor(sides: readonly Side[], withDigests: boolean) {
    this.#sides = sides;
    this.#withDigests = withDigests;
  }

  columns(): void {
    // Known: they were asked for.
  }

  row(values: (string | null)[]): void {
    this.count += 1;
    let at = 0;
    for (const { table, columns, rows } of this.#sides) {
      const own = values.slice(at, at + columns.length);
      at += columns.length;
      const digest = this.#withDigests ? (values[at] ?? null) : null;
      if (this.#withDigests) at += 1;
      const row = toWalkRow(table.facts, columns, own, nextNumber());
      if (row === undefined) continue;
      if (rows.size < maxHeldRows) rows.set(row.id, { row, digest });
      else this.#isCut ||= !rows.has(row.id);
    }
  }

  /** Only where something hangs on the rows that were not kept. */
  doubts(sides: readonly Side[], foreignKeys: readonly WalkKey[]): readonly string[] {
    const isParent = sides.some(({ table }) => foreignKeys.some(({ parent, onDelete, onUpdate }) => parent === table.facts.id && (onDelete !== 'none' || onUpdate !== 'none')));
    return isParent && this.#isCut ? [tooManyRows] : [];
  }
}
