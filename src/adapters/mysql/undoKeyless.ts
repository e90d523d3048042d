/**
 * Changed rows of a table without a key, where some columns together tell each of them from every other row. Only for tables
 * that are small enough to be read as a whole.
 */
import { isOneOf, quoteName } from '../../core/effect/mysql/keyText.ts';
import type { RowCounts } from '../../core/effect/counters.ts';
import type { Row, RowChange } from '../../core/effect/preview.ts';
import { ask } from './change/asking.ts';
import type { TableFacts } from './change/catalog.ts';
import { compareTable, isComparable, type KeyedChange, type Lines } from './change/compareTable.ts';
import { inPortions, keyOfId, qualifiedName } from './change/rows.ts';

export type Identified = { readonly facts: TableFacts; readonly kinds: ReadonlyMap<string, RowChange['kind']> };

/** What is known of what a change did to the table. */
export type KeylessChange = { readonly operations: RowCounts; /** Its changed rows, where they were looked for already. */ readonly known: readonly KeyedChange[] | undefined };

/**
 * The way back would look at each row of the table, and lock it. Where there is no index either, the statement itself did that
 * already.
 *
 * Throws `Unanswered`.
 */
export async function identifyRows(lines: Lines, facts: TableFacts, { operations, known }: KeylessChange): Promise<Identified | { readonly reason: string }> {
  const name = `${facts.ref.schema}.${facts.ref.table}`;
  if (facts.indexes.size > 0 || operations.updated + operations.deleted === 0) return { reason: `${name} has no key by which its rows could be found again, and looking for them would keep others from writing to it.` };
  const changes = known ?? (isComparable(facts) ? await compareTable(lines, facts) : undefined);
  if (!changes) return { reason: `${name} has no key by which its rows could be found again, and is too large to be looked through.` };
  for (const key of candidates(facts, changes)) {
    const identified = await identifyBy(lines, { ...facts, key }, changes);
    if (identified) return identified;
  }
  return { reason: `${name} has no key by which its rows could be found again: all its columns together do not tell them apart.` };
}

/** First the columns that the change left as they were: then a changed row is still the same row. */
function candidates({ columns }: TableFacts, changes: readonly KeyedChange[]): readonly (readonly string[])[] {
  const [before, after] = [changes.flatMap(({ change }) => (change.kind === 'inserted' ? [] : [change.before])), changes.flatMap(({ change }) => (change.kind === 'deleted' ? [] : [change.after]))];
  const usable = columns.flatMap(({ kind }, position) => (kind !== 'none' && [...before, ...after].every((row) => row[position] !== null) ? [position] : []));
  const stayed = usable.filter((position) => valuesAt(before, position) === valuesAt(after, position));
  const namesOf = (positions: readonly number[]) => positions.map((position) => columns[position]?.name ?? '');
  return [stayed, usable].filter((positions, index) => positions.length > 0 && (index === 0 || positions.length > stayed.length)).map(namesOf);
}

function valuesAt(rows: readonly Row[], position: number): string {
  return JSON.stringify(rows.map((row) => row[position] ?? '').toSorted((a, b) => (a < b ? -1 : Number(a > b))));
}

/** `undefined` when another row has the same values in these columns, on either side of the change. */
async function identifyBy(lines: Lines, facts: TableFacts, expected: readonly KeyedChange[]): Promise<Identified | undefined> {
  const changes = await compareTable(lines, facts, 'nothing');
  if (!changes) return undefined;
  const kinds = new Map(changes.map(({ id, change }) => [id, change.kind]));
  const sides = [[lines.former, 'inserted'], [lines.own, 'deleted']] as const;
  for (const [line, absent] of sides) {
    const ids = [...kinds].filter(([, kind]) => kind !== absent).map(([id]) => id);
    const wanted = expected.filter(({ change }) => change.kind !== absent).length;
    if (ids.length !== wanted || (await countByKeys(line, facts, ids)) !== wanted) return undefined;
  }
  return { facts, kinds };
}

async function countByKeys(line: Lines['own'], facts: TableFacts, ids: readonly string[]): Promise<number> {
  let sum = 0;
  for (const some of inPortions(ids)) {
    const { rows } = await ask(line, `SELECT COUNT(*) FROM ${qualifiedName(facts)} WHERE ${isOneOf(facts.key.map(quoteName), some.map(keyOfId))}`, { deadlineMs: 60_000 });
    sum += Number(rows[0]?.[0] ?? 0);
  }
  return sum;
}
