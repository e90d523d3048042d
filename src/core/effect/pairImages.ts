/** From row versions before and after to what happened to each row. */
import type { Row, RowChange } from './preview.ts';

export type ImagePair = {
  /** Positions of the columns that identify a row; empty when nothing does. */
  readonly key: readonly number[];
  /** Those of them that stay the same when a row moves to another partition; absent when rows cannot move. */
  readonly identity?: readonly number[];
  /** Old versions: rows that no longer exist like this. */
  readonly before: readonly Row[];
  /** New versions: rows that did not exist like this. */
  readonly after: readonly Row[];
  /** Updates the server counted: lets a single pair without a key be told from a delete and an insert. */
  readonly updated: number;
};

/**
 * Pairs versions by key: both sides = updated, only before = deleted, only after = inserted. A row that is the same on both
 * sides did not change.
 *
 * Values are compared as the server prints them. A row whose key changed is a deleted and an inserted one, unless its
 * `identity` is left and nobody else has it: then it moved. Without a key versions are paired only when the server counted
 * nothing but updates, and then by the columns that stayed as they were.
 *
 * @returns updates and deletions in the order of `before`, then insertions in the order of `after`
 */
export function pairImages({ key, identity, before, after, updated }: ImagePair): readonly RowChange[] {
  if (key.length === 0) return pairWithoutKey(before, after, updated);
  const successors = new Map(after.map((row) => [keyOf(row, key), row]));
  const pairs = new Map<Row, Row>();
  for (const row of before) {
    const successor = successors.get(keyOf(row, key));
    if (!successor) continue;
    pairs.set(row, successor);
    successors.delete(keyOf(row, key));
  }
  if (identity && identity.length > 0) pairMoved(before.filter((row) => !pairs.has(row)), [...successors.values()], identity, pairs);
  const paired = new Set(pairs.values());
  return [...before.flatMap((row) => changeOf(row, pairs.get(row))), ...after.filter((row) => !paired.has(row)).map((row): RowChange => ({ kind: 'inserted', after: row }))];
}

/** Said where updates of a table without a key are listed that are not paired. */
export const withoutKey = 'The table has no key: where it cannot be told which row became which, rows are listed as they were and as they are, each by itself.';

/** Identity of a row among its table's rows. */
export function keyOf(row: Row, key: readonly number[]): string {
  return JSON.stringify(key.map((position) => row[position] ?? null));
}

function changeOf(before: Row, after: Row | undefined): readonly RowChange[] {
  if (!after) return [{ kind: 'deleted', before }];
  return isSameRow(before, after) ? [] : [{ kind: 'updated', before, after }];
}

function isSameRow(a: Row, b: Row): boolean {
  return a.length === b.length && a.every((value, index) => value === b[index]);
}

/** Only where one row went and one came with the same identity: more of them could be anybody. */
function pairMoved(before: readonly Row[], after: readonly Row[], identity: readonly number[], pairs: Map<Row, Row>): void {
  const [gone, come] = [groupBy(before, identity), groupBy(after, identity)];
  for (const [name, [row, ...others]] of gone) {
    const [successor, ...rivals] = come.get(name) ?? [];
    if (row && successor && others.length === 0 && rivals.length === 0) pairs.set(row, successor);
  }
}

function groupBy(rows: readonly Row[], positions: readonly number[]): ReadonlyMap<string, readonly Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const name = keyOf(row, positions);
    const group = groups.get(name);
    if (group) group.push(row);
    else groups.set(name, [row]);
  }
  return groups;
}

function pairWithoutKey(before: readonly Row[], after: readonly Row[], updated: number): readonly RowChange[] {
  const [gone, come] = [withoutCommon(before, after), withoutCommon(after, before)];
  const pairs = updated > 0 && gone.length === come.length ? pairByWhatStayed(gone, come) : new Map<Row, Row>();
  const paired = new Set(pairs.values());
  return [
    ...gone.map((row): RowChange => {
      const successor = pairs.get(row);
      return successor ? { kind: 'updated', before: row, after: successor } : { kind: 'deleted', before: row };
    }),
    ...come.filter((row) => !paired.has(row)).map((row): RowChange => ({ kind: 'inserted', after: row })),
  ];
}

/**
 * Columns that hold the same values on both sides, each as often, were not touched: rows that agree in all of them are the same
 * row, where no others agree in them, or where it does not matter which is meant.
 */
function pairByWhatStayed(gone: readonly Row[], come: readonly Row[]): Map<Row, Row> {
  const positions = (gone[0] ?? []).map((_, position) => position);
  const stayed = positions.filter((position) => withoutCommon(gone.map((row) => [row[position] ?? null]), come.map((row) => [row[position] ?? null])).length === 0);
  const successors = groupBy(come, stayed);
  const pairs = new Map<Row, Row>();
  for (const [name, rows] of groupBy(gone, stayed)) {
    const others = successors.get(name) ?? [];
    if (rows.length !== others.length || !(areAlike(rows) || areAlike(others))) continue;
    rows.forEach((row, index) => {
      const successor = others[index];
      if (successor) pairs.set(row, successor);
    });
  }
  return pairs;
}

/** True when it does not matter which of the rows is meant. */
function areAlike(rows: readonly Row[]): boolean {
  const [first] = rows;
  return first !== undefined && rows.every((row) => isSameRow(row, first));
}

/** Rows that `others` has not, each as often as it is there. */
function withoutCommon(rows: readonly Row[], others: readonly Row[]): readonly Row[] {
  const counts = new Map<string, number>();
  for (const row of others) counts.set(JSON.stringify(row), (counts.get(JSON.stringify(row)) ?? 0) + 1);
  return rows.filter((row) => {
    const name = JSON.stringify(row);
    const left = counts.get(name) ?? 0;
    counts.set(name, left - 1);
    return left <= 0;
  });
}
