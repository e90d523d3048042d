/**
 * What a change did to a table, found by reading all of it twice: as the change sees it, and as everybody else does. The only
 * way to tell where no statement says which rows were written, as for triggers, and only for tables that are small.
 */
import type { Row, RowChange } from '../../../core/effect/preview.ts';
import type { RowReceiver } from '../command.ts';
import type { Line, RunOptions } from '../line.ts';
import { ask } from './asking.ts';
import type { TableFacts } from './catalog.ts';
import { idOf, inPortions, keyOfId, portion, selectAll, selectByKeys, valuesOf } from './rows.ts';

export type Lines = {
  /** The change's own line. */
  readonly own: Line;
  /** Sees what was there before: the change is not committed. */
  readonly former: Line;
  readonly run: RunOptions;
};

/** A changed row and its key as it was, or is where it is new; empty for tables without a key. */
export type KeyedChange = { readonly id: string; readonly change: RowChange };

export const maxComparedRows = 50_000;
export const maxComparedBytes = 64 * 1024 * 1024;

/** False for a table that is too large to be read twice. The sizes are the server's estimates, so reading is limited as well. */
export function isComparable({ rows, bytes, isView }: TableFacts): boolean {
  return !isView && rows <= maxComparedRows && bytes <= maxComparedBytes;
}

/**
 * Every row that differs because of this change; `undefined` when the table turned out to be too large. Throws `Unanswered`.
 *
 * @param asks - `latest` takes locks on the rows that differ, to tell them from what others committed meanwhile; without an index
 *   that would lock the whole table
 */
export async function compareTable(lines: Lines, facts: TableFacts, asks: 'latest' | 'nothing' = 'latest'): Promise<readonly KeyedChange[] | undefined> {
  const now = new Kept(facts);
  const before = new Kept(facts);
  const text = selectAll(facts, ` LIMIT ${String(maxComparedRows + 1)}`);
  await Promise.all([ask(lines.own, text, { ...lines.run, receiver: now }), ask(lines.former, text, { ...lines.run, receiver: before })]);
  if (now.isTooLarge || before.isTooLarge) return undefined;
  if (facts.key.length === 0) return differingRows(now, before);
  const different = differingKeys(now, before);
  return asks === 'latest' ? await onlyOurs(lines, facts, different) : different;
}

/** Rows read so far: by key, or by all of their values with how often they occur. */
class Kept implements RowReceiver {
  readonly rows = new Map<string, { readonly values: Row; count: number }>();
  isTooLarge = false;
  readonly #facts: TableFacts;
  #count = 0;
  #bytes = 0;

  constructor(facts: TableFacts) {
    this.#facts = facts;
  }

  columns(): void {
    // Known: they were asked for.
  }

  row(row: (string | null)[], bytes: number): void {
    this.#count += 1;
    this.#bytes += bytes;
    this.isTooLarge ||= this.#count > maxComparedRows || this.#bytes > maxComparedBytes;
    if (this.isTooLarge) return this.rows.clear();
    const values = valuesOf(this.#facts, row);
    const id = this.#facts.key.length === 0 ? JSON.stringify(values) : idOf(this.#facts, row);
    const known = this.rows.get(id);
    if (known) known.count += 1;
    else this.rows.set(id, { values, count: 1 });
  }
}

function differingRows(now: Kept, before: Kept): readonly KeyedChange[] {
  const changes: KeyedChange[] = [];
  for (const [id, { values, count }] of before.rows) {
    for (let left = count - (now.rows.get(id)?.count ?? 0); left > 0; left -= 1) changes.push({ id: '', change: { kind: 'deleted', before: values } });
  }
  for (const [id, { values, count }] of now.rows) {
    for (let left = count - (before.rows.get(id)?.count ?? 0); left > 0; left -= 1) changes.push({ id: '', change: { kind: 'inserted', after: values } });
  }
  return changes;
}

function differingKeys(now: Kept, before: Kept): readonly KeyedChange[] {
  const changes: KeyedChange[] = [];
  for (const [id, { values }] of before.rows) {
    const change = changeOf(values, now.rows.get(id)?.values);
    if (change) changes.push({ id, change });
  }
  for (const [id, { values }] of now.rows) if (!before.rows.has(id)) changes.push({ id, change: { kind: 'inserted', after: values } });
  return changes;
}

/** What became of a row; `undefined` when it is the same. */
export function changeOf(before: Row | undefined, after: Row | undefined): RowChange | undefined {
  if (!before) return after ? { kind: 'inserted', after } : undefined;
  if (!after) return { kind: 'deleted', before };
  return before.every((value, index) => value === after[index]) ? undefined : { kind: 'updated', before, after };
}

/** Others may have committed something between the two readings: what we wrote is what the latest version shows to us alone. */
async function onlyOurs({ own, run }: Lines, facts: TableFacts, changes: readonly KeyedChange[]): Promise<readonly KeyedChange[]> {
  const ours: KeyedChange[] = [];
  for (const some of inPortions(changes, portion)) {
    const { rows } = await ask(own, selectByKeys(facts, some.map(({ id }) => keyOfId(id)), ' FOR UPDATE'), run);
    const latest = new Map(rows.map((row) => [idOf(facts, row), valuesOf(facts, row)]));
    for (const each of some) {
      const after = each.change.kind === 'deleted' ? undefined : each.change.after;
      const now = latest.get(each.id);
      if (after ? now?.every((value, index) => value === after[index]) === true : now === undefined) ours.push(each);
    }
  }
  return ours;
}
