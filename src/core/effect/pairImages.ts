/** From row versions before and after to what happened to each row. */
import type { Row, RowChange } from './preview.ts';

export type ImagePair = {
  /** Positions of the columns that identify a row; empty when nothing does. */
  readonly key: readonly number[];
  /** Old versions: rows that no longer exist like this. */
  readonly before: readonly Row[];
  /** New versions: rows that did not exist like this. */
  readonly after: readonly Row[];
  /** Updates the server counted: lets a single pair without a key be told from a delete and an insert. */
  readonly updated: number;
};

/**
 * Pairs versions by key: both sides = updated, only before = deleted, only after = inserted.
 *
 * Values are compared as the server prints them. A row whose key changed is a deleted and an inserted one. Without a key
 * versions cannot be paired, except when there is one of each and the server counted an update.
 *
 * @returns updates and deletions in the order of `before`, then insertions in the order of `after`
 */
export function pairImages({ key, before, after, updated }: ImagePair): readonly RowChange[] {
  if (key.length === 0) return pairWithoutKey(before, after, updated);
  const unpaired = new Map(after.map((row) => [keyOf(row, key), row]));
  const changes = before.map((row): RowChange => {
    const identity = keyOf(row, key);
    const successor = unpaired.get(identity);
    if (!successor) return { kind: 'deleted', before: row };
    unpaired.delete(identity);
    return { kind: 'updated', before: row, after: successor };
  });
  return [...changes, ...[...unpaired.values()].map((row): RowChange => ({ kind: 'inserted', after: row }))];
}

/** Identity of a row among its table's rows. */
export function keyOf(row: Row, key: readonly number[]): string {
  return JSON.stringify(key.map((position) => row[position] ?? null));
}

function pairWithoutKey(before: readonly Row[], after: readonly Row[], updated: number): readonly RowChange[] {
  const [old] = before;
  const [fresh] = after;
  if (updated > 0 && old && fresh && before.length === 1 && after.length === 1) return [{ kind: 'updated', before: old, after: fresh }];
  return [
    ...before.map((row): RowChange => ({ kind: 'deleted', before: row })),
    ...after.map((row): RowChange => ({ kind: 'inserted', after: row })),
  ];
}
