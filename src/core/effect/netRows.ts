/** How many rows really differ, told from hashes of rows before and after: for changes with more rows than are ever fetched. */
import type { RowCounts } from './counters.ts';
import type { RowChange } from './preview.ts';

/**
 * What each row's text of hashes holds, eight characters for each: `row`: a table without a key; `key`: key, row;
 * `identity`: what stays when a row moves to another partition, key, row.
 */
export type HashLayout = 'row' | 'key' | 'identity';

/** Hashes of many rows, one behind the other, in buckets that a row never changes. */
export type HashedRows = ReadonlyMap<number, string>;

const hashLength = 8;
const hashesOf: Readonly<Record<HashLayout, number>> = { row: 1, key: 2, identity: 3 };

export type NetRows = { readonly inserted: number; readonly updated: number; readonly deleted: number };

type Facts = {
  readonly layout: HashLayout;
  /** Row operations the server counted: without a key they tell an update from a deletion and an insertion. */
  readonly counts: RowCounts;
};

/** Distinct rows that were inserted, updated and deleted; a row that is the same on both sides is none of them. */
export function countNetRows(old: HashedRows, fresh: HashedRows, { layout, counts }: Facts): NetRows {
  let net: NetRows = { inserted: 0, updated: 0, deleted: 0 };
  for (const bucket of new Set([...old.keys(), ...fresh.keys()])) {
    const sides = [old.get(bucket) ?? '', fresh.get(bucket) ?? ''] as const;
    const found = layout === 'row' ? countRows(...sides) : countKeys(...sides, layout);
    net = { inserted: net.inserted + found.inserted, updated: net.updated + found.updated, deleted: net.deleted + found.deleted };
  }
  return layout === 'row' ? asUpdates(net, counts) : net;
}

/** The same from rows that were fetched. */
export function totalsOf(changes: readonly RowChange[], hasKey: boolean, counts: RowCounts): NetRows {
  const count = (kind: RowChange['kind']) => changes.filter((change) => change.kind === kind).length;
  const net = { inserted: count('inserted'), updated: count('updated'), deleted: count('deleted') };
  return hasKey ? net : asUpdates(net, counts);
}

/** Where nothing but updates was counted, what went and what came are the same rows. */
function asUpdates(net: NetRows, { inserted, deleted }: RowCounts): NetRows {
  const isOnlyUpdates = inserted === 0 && deleted === 0 && net.inserted === net.deleted;
  return isOnlyUpdates ? { inserted: 0, updated: net.updated + net.inserted, deleted: 0 } : net;
}

function countRows(old: string, fresh: string): NetRows {
  const left = new Map<string, number>();
  for (const hash of pieces(fresh, hashLength)) left.set(hash, (left.get(hash) ?? 0) + 1);
  let deleted = 0;
  let inserted = fresh.length / hashLength;
  for (const hash of pieces(old, hashLength)) {
    const same = left.get(hash) ?? 0;
    left.set(hash, same - 1);
    if (same > 0) inserted -= 1;
    else deleted += 1;
  }
  return { inserted, updated: 0, deleted };
}

function countKeys(old: string, fresh: string, layout: 'key' | 'identity'): NetRows {
  const length = hashLength * hashesOf[layout];
  const keyAt = length - 2 * hashLength;
  const successors = new Map([...pieces(fresh, length)].map((hashes) => [hashes.slice(keyAt, keyAt + hashLength), hashes]));
  const gone: string[] = [];
  let updated = 0;
  for (const hashes of pieces(old, length)) {
    const key = hashes.slice(keyAt, keyAt + hashLength);
    const successor = successors.get(key);
    if (successor === undefined) gone.push(hashes);
    else if (successor !== hashes) updated += 1;
    successors.delete(key);
  }
  const come = [...successors.values()];
  const moved = layout === 'identity' ? countMoved(gone, come) : 0;
  return { inserted: come.length - moved, updated: updated + moved, deleted: gone.length - moved };
}

/** Identities that one row had before and one has after. */
function countMoved(gone: readonly string[], come: readonly string[]): number {
  const counts = new Map<string, [number, number]>();
  for (const [side, rows] of [gone, come].entries()) {
    for (const hashes of rows) {
      const count = counts.get(hashes.slice(0, hashLength)) ?? [0, 0];
      count[side === 0 ? 0 : 1] += 1;
      counts.set(hashes.slice(0, hashLength), count);
    }
  }
  return [...counts.values()].filter(([before, after]) => before === 1 && after === 1).length;
}

function* pieces(text: string, length: number): Generator<string> {
  for (let at = 0; at < text.length; at += length) yield text.slice(at, at + length);
}
