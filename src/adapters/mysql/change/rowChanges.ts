/** Every row that a change made different, table by table: what the images, the fingerprint and the way back are made of. */
import { quoteName } from '../../../core/effect/mysql/keyText.ts';
import type { Row } from '../../../core/effect/preview.ts';
import type { Line } from '../line.ts';
import { ask, errnoOf } from './asking.ts';
import type { TableFacts } from './catalog.ts';
import { changeOf, compareTable, isComparable, type KeyedChange } from './compareTable.ts';
import { maxHeldRows } from './lockRows.ts';
import type { Measured } from './measure.ts';
import { numberColumn } from './numbers.ts';
import { idOf, inPortions, keyOfId, selectAll, selectByKeys, valuesOf } from './rows.ts';

export type FoundChanges = {
  /** True when every row that differs was told. */
  readonly isWhole: boolean;
  /** Why rows may be missing, in words. */
  readonly problem?: string;
};

export type ChangesRequest = { readonly own: Line; readonly measured: Measured; readonly facts: TableFacts; /** Stops early when it says false. */ readonly tell: (change: KeyedChange) => boolean };

/** Throws `Unanswered` when a line is lost or the transaction may be over. */
export async function eachChange(request: ChangesRequest): Promise<FoundChanges> {
  const { own, measured, facts, tell } = request;
  const known = measured.compared.get(facts.id) ?? (needsComparison(measured, facts) ? await compareAgain(own, measured, facts) : undefined);
  if (known) return { isWhole: known.every(tell) };
  if (facts.key.length === 0) return { isWhole: false, problem: 'This table has no usable key and is too large to be compared as a whole: its rows are not listed.' };
  const { ids, isCut } = heldIds(measured, facts);
  const whole = await tellByKey(request, ids);
  const added = await tellAdded(request, ids);
  if (!added || needsNewKeys(measured, facts)) return { isWhole: false, problem: 'Rows with keys that the statements do not tell are not listed: the table is too large to be compared as a whole.' };
  return isCut ? { isWhole: false, problem: `It reaches more than ${String(maxHeldRows)} rows: not all of them are listed.` } : { isWhole: whole };
}

/** Rows were written whose keys nobody told us. */
function needsComparison(measured: Measured, facts: TableFacts): boolean {
  if (facts.key.length === 0 || needsNewKeys(measured, facts)) return true;
  const account = measured.tables.get(facts.id);
  const isAdded = (account?.operations.inserted ?? 0) > 0;
  return account?.cause === 'trigger' || (isAdded && (measured.firstNumbers.get(facts.id) === undefined || isComparable(facts)));
}

/** A statement gave rows other keys. */
function needsNewKeys({ plan, tables }: Measured, facts: TableFacts): boolean {
  const assigns = plan.statements.some(({ write }) => write.kind === 'rows' && write.taken.some((taken) => taken.facts.id === facts.id && taken.assigned.some((column) => facts.key.some((key) => key.toLowerCase() === column.toLowerCase()))));
  const follows = plan.foreignKeys.some(({ child, childColumns, onUpdate }) => child === facts.id && onUpdate !== 'none' && childColumns.some((column) => facts.key.includes(column)));
  return assigns || (follows && (tables.get(facts.id)?.operations.extra ?? 0) > 0);
}

async function compareAgain(own: Line, measured: Measured, facts: TableFacts): Promise<readonly KeyedChange[] | undefined> {
  if (!isComparable(facts)) return undefined;
  return await compareTable({ own, former: measured.former, run: {} }, facts);
}

/** Rows that were locked for the change, in the order they were found. */
function heldIds({ accounts }: Measured, facts: TableFacts): { readonly ids: ReadonlySet<string>; readonly isCut: boolean } {
  const ids = new Set<string>();
  let isCut = false;
  for (const { locked } of accounts) {
    if (!locked) continue;
    for (const id of locked.walk.tables.get(facts.id)?.keys() ?? []) ids.add(id);
    const taken = locked.taken.find(({ table }) => table.facts.id === facts.id);
    isCut ||= locked.walk.isCut || (taken !== undefined && taken.rows.size >= maxHeldRows && locked.count > taken.rows.size);
  }
  return { ids, isCut };
}

/** @returns false when it was stopped */
async function tellByKey({ own, measured, facts, tell }: ChangesRequest, ids: ReadonlySet<string>): Promise<boolean> {
  for (const some of inPortions([...ids])) {
    const keys = some.map(keyOfId);
    const [before, after] = await Promise.all([readKeyed(measured.former, facts, selectByKeys(facts, keys)), readKeyed(own, facts, selectByKeys(facts, keys))]);
    for (const id of some) {
      const change = changeOf(before.get(id), after.get(id));
      if (change && !tell({ id, change })) return false;
    }
  }
  return true;
}

/** Rows with automatic numbers above the highest one there was. @returns false when rows were added that cannot be found */
async function tellAdded({ own, measured, facts, tell }: ChangesRequest, known: ReadonlySet<string>): Promise<boolean> {
  const expected = measured.tables.get(facts.id)?.operations.inserted ?? 0;
  if (expected === 0) return true;
  const first = measured.firstNumbers.get(facts.id);
  const column = numberColumn(facts);
  if (first === undefined || !column) return false;
  const text = selectAll(facts, ` WHERE ${quoteName(column.name)} > ${first} ORDER BY ${quoteName(column.name)} LIMIT ${String(maxHeldRows + 1)}`);
  const [before, after] = await Promise.all([readKeyed(measured.former, facts, text), readKeyed(own, facts, text)]);
  let found = 0;
  for (const [id, row] of after) {
    // What others can see is not ours.
    if (before.has(id) || known.has(id)) continue;
    found += 1;
    if (!tell({ id, change: { kind: 'inserted', after: row } })) return true;
  }
  return found >= expected || found + known.size >= expected;
}

async function readKeyed(line: Line, facts: TableFacts, text: string): Promise<ReadonlyMap<string, Row>> {
  const { rows } = await ask(line, text, { rowBytes: 8 * 1024 * 1024, deadlineMs: 60_000 });
  return new Map(rows.map((row) => [idOf(facts, row), valuesOf(facts, row)]));
}

/** Why the rows of a table could not be read, if the line and the transaction are still as they were. */
export function readingProblem(thrown: unknown): string {
  if (errnoOf(thrown) === undefined) throw thrown;
  const message = thrown instanceof Error ? thrown.message : '';
  return `The rows could not be read: ${message.replace(/\.$/, '')}.`;
}
