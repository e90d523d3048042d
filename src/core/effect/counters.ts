/** Row operations a server counted, and the difference of two readings. */

/** How often rows of one table were inserted, updated and deleted. Attempts: a row changed twice counts twice. */
export type RowCounts = { readonly inserted: number; readonly updated: number; readonly deleted: number };

/** Cumulative counts by the server's own identity of the table. A table that is not listed has counted nothing. */
export type TableCounters = ReadonlyMap<string, RowCounts>;

const none: RowCounts = { inserted: 0, updated: 0, deleted: 0 };

/**
 * Row operations on each table between two readings of the server's transaction counters.
 *
 * Both readings must come from the same open transaction: the counters still hold what earlier transactions of the session
 * did and nobody has collected yet, so a single reading counts too much.
 *
 * @param before - taken right after BEGIN
 * @param after - taken after the statements
 * @returns tables with at least one operation, in the order of `after`
 * @throws TypeError if a counter went down: the readings were not from one transaction
 * @see PostgreSQL manual, "The Cumulative Statistics System", pg_stat_xact_user_tables. TRUNCATE is not counted there.
 */
export function diffCounters(before: TableCounters, after: TableCounters): TableCounters {
  const effects = new Map<string, RowCounts>();
  for (const id of before.keys()) {
    if (!after.has(id)) continue;
    assertGrown(before.get(id) ?? none, after.get(id) ?? none);
  }
  for (const [id, counts] of after) {
    const start = before.get(id) ?? none;
    const effect = {
      inserted: counts.inserted - start.inserted,
      updated: counts.updated - start.updated,
      deleted: counts.deleted - start.deleted,
    };
    if (totalOf(effect) > 0) effects.set(id, effect);
  }
  return effects;
}

/**
 * Row operations of one step among several of a transaction. A table whose counters went down was emptied in the step, which
 * starts its counting anew.
 */
export function diffStep(before: TableCounters, after: TableCounters, baseline: TableCounters): TableCounters {
  const starts = new Map([...before].map(([id, counts]) => [id, isGrown(counts, after.get(id) ?? none) ? counts : (baseline.get(id) ?? none)]));
  const known = new Map([...after].filter(([id, counts]) => isGrown(starts.get(id) ?? none, counts)));
  return diffCounters(new Map([...starts].filter(([id]) => known.has(id))), known);
}

/** Operations of all kinds together. */
export function totalOf({ inserted, updated, deleted }: RowCounts): number {
  return inserted + updated + deleted;
}

export function addCounts(a: RowCounts, b: RowCounts): RowCounts {
  return { inserted: a.inserted + b.inserted, updated: a.updated + b.updated, deleted: a.deleted + b.deleted };
}

function isGrown(before: RowCounts, after: RowCounts): boolean {
  return after.inserted >= before.inserted && after.updated >= before.updated && after.deleted >= before.deleted;
}

function assertGrown(before: RowCounts, after: RowCounts): void {
  if (!isGrown(before, after)) {
    throw new TypeError('a counter went down: the two readings are not from one transaction');
  }
}
